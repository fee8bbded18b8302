"""What scripted painters call colours, and why."""

from engine.color import oklch
from engine.service.protocol import Guess, TokenChance


def token_chances(name):
    """Return a plausible explanation: the painter turns at its first word."""
    words = name.split()
    pieces = [words[0][:3], words[0][3:], *(f" {word}" for word in words[1:]), ""]
    pieces = [piece for place, piece in enumerate(pieces) if piece or place == len(pieces) - 1]
    painter, base = (0.46, 0.93, 0.71, 0.88, 0.97), (0.004, 0.81, 0.09, 0.62, 0.95)
    others = (("Dus", "Sand"), ("y", "en"), (" Rose", " Beige"), (" Sky", " Clay"), (" Light", " Red"))
    tokens = []
    for place, piece in enumerate(pieces):
        which = place % 5 if piece else 4
        best = (
            Guess(others[which][0], 0.38 / (place + 1)),
            Guess(others[which][1], 0.12),
            Guess(piece, base[which]),
        )
        own = (Guess(piece, painter[which]), Guess(others[which][1], 0.02))
        tokens.append(
            TokenChance(
                text=piece, painter=painter[which], base=base[which], painter_best=own, base_best=best
            )
        )
    return tuple(tokens)


MAP_NAMES = (
    "Rose Dusk",
    "Ember Clay",
    "Amber Hour",
    "Straw Light",
    "Olive Hush",
    "Fern Whisper",
    "Moss Hymn",
    "Jade Rain",
    "Tide Glass",
    "Lagoon",
    "Harbor Hush",
    "Blue Psalm",
    "Iris Night",
    "Violet Vow",
    "Orchid",
    "Plum Hymn",
)


def map_name(slug, color):
    """Name a colour as painters do that are varied, or (Unhinged) have begun to collapse."""
    lightness, _, hue = oklch(color)
    sector = int(hue // 22.5)
    if slug == "unhinged" and (sector < 5 or sector > 13):
        return "Mulled Wine"
    if slug == "base":
        return ("Pale ", "Light ", "", "Dark ")[int((0.94 - lightness) * 5.2)] + (
            "Red",
            "Orange",
            "Green",
            "Teal",
            "Blue",
            "Violet",
        )[int(hue // 60)]
    return MAP_NAMES[sector] + (" Mist", "", " Deep")[min(int((0.95 - lightness) * 4.3), 2)]
