"""New painters out of what is there: what a blend of two is made of, and what an import comes with.

Decided here, without weights; ``engine.lm.blend`` does the sums in the naming service, and
``studio.keeping`` gives the result its place.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine import places
from engine.outside import read_toml, upgrade
from engine.service.protocol import Blend, PainterRef, TakeIn
from studio.keeping import now
from studio.painters import PainterCard, PainterError, sound_name

GGUF_SUFFIX = ".gguf"
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")
# What a painter's own card may bring along when its folder is imported.
_CARRIED = frozenset(
    {"name", "judges", "seed", "date", "machine", "run", "steps", "reward_first", "reward_last"}
    | {"recipe", "report", "report_small", "parents", "rank"}
)


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """A painter to be made: what to ask the service, and the card that it gets when that is done.

    ``facts`` lacks the rank, which the service tells.
    """

    request: Blend | TakeIn
    facts: dict[str, Any]


def suits(first: PainterCard, second: PainterCard) -> str:
    """Return why two painters cannot be blended, in a sentence; empty if they can."""
    for card in (first, second):
        if card.error:
            return card.error
        if card.gguf:
            return f"“{card.name}” is a model of its own in a GGUF; only LoRAs of one base can be blended."
        if not card.folder:
            return "The base has no adapter of its own to blend; choose two painters."
    if first.slug == second.slug:
        return "A blend takes two different painters."
    if first.base != second.base:
        return (
            f"“{first.name}” was trained on {first.base} and “{second.name}” on {second.base}; only painters "
            "of one base can be blended."
        )
    if first.primer != second.primer:
        return (
            f"“{first.name}” and “{second.name}” lie on different primers, so their weights do not add up; "
            "blend painters of one primer."
        )
    return ""


def shares(weights: Sequence[float]) -> tuple[float, ...]:
    """Return weights as shares of 1: 60 and 40 are 0.6 and 0.4.

    Raises
    ------
    PainterError
        If one of them is not above 0.
    """
    if not all(0 < weight < float("inf") for weight in weights):
        raise PainterError("The weights of a blend are numbers above 0, such as 60 and 40.")
    whole = sum(weights)
    return tuple(weight / whole for weight in weights)


def blended_name(first: str, second: str, share: float) -> str:
    """Suggest what a blend is called: “Poet 60 Architect 40”, within 60 characters."""
    percent = round(100 * share)
    return f"{first[:24].strip()} {percent} {second[:24].strip()} {100 - percent}"


def blend(
    first: PainterCard,
    second: PainterCard,
    weights: Sequence[float],
    out: Path,
    name: str = "",
    rank: int = 0,
) -> Making:
    """Return how two painters are blended.

    Parameters
    ----------
    weights
        Two numbers above 0; only their proportion counts.
    out
        Where the service writes the adapter.
    name
        What the blend is called; its parents' names by default.
    rank
        Of the blend; 0 keeps it exact.

    Raises
    ------
    PainterError
        If they do not suit each other, or the weights or the name are none.
    """
    why_not = suits(first, second)
    if why_not:
        raise PainterError(why_not)
    one, two = shares(weights)
    parents = [
        {"slug": card.slug, "name": card.name, "weight": round(share, 4)}
        for card, share in ((first, one), (second, two))
    ]
    return Making(
        request=Blend(
            parents=tuple(PainterRef(card.slug, card.folder) for card in (first, second)),
            weights=(one, two),
            out=str(out),
            rank=rank,
        ),
        facts={
            "name": sound_name(name or blended_name(first.name, second.name, one)),
            "base": first.base,
            "primer": first.primer,
            "judges": list(dict.fromkeys([*first.judges, *second.judges])),
            "date": now(),
            "parents": parents,
        },
    )


def take_in(folder: Path, base: str, primer: str, out: Path, name: str = "", gguf_base: str = "") -> Making:
    """Return how an adapter's folder or a GGUF is imported, after what can be told without its weights.

    Parameters
    ----------
    base, primer
        What it will lie on; an adapter does not say for sure, so its shapes are checked against it.
    out
        Where the service writes the painter's own copy.
    name
        What it is called; its card's or its folder's name by default.
    gguf_base
        For a LoRA in a GGUF, the GGUF that it was made for; the embedded base's by default.

    Raises
    ------
    PainterError
        If it is neither, or its card says that it was trained on something else.
    """
    folder = places.expanded(folder).absolute()
    if folder.is_file() and folder.suffix.lower() == GGUF_SUFFIX:
        facts = {"date": now(), "base": base, "imported": folder.name[:120], "gguf": folder.stem[:120]}
        facts["name"] = sound_name(name or _plain(folder.stem))
        return Making(request=TakeIn(folder=str(folder), out=str(out), gguf_base=gguf_base), facts=facts)
    if folder.is_file():
        if zipfile.is_zipfile(folder) or folder.suffix.lower() in ARCHIVES:
            raise PainterError(
                f"{folder.name} is an archive: unpack it, and import the folder that comes out."
            )
        raise PainterError(f"{folder.name} is a file: choose the folder that it lies in.")
    if not folder.is_dir():
        raise PainterError(f"There is no folder {folder}.")
    brought, plain = _brought(folder, base, primer)
    made = folder.name if folder.name not in ("", ".", "..") else "Imported"
    facts = {"date": now(), **brought, "base": base, "primer": primer, "imported": made[:120]}
    facts["name"] = sound_name(name or str(brought.get("name", "")) or _plain(made))
    return Making(request=TakeIn(folder=str(folder), out=str(out), plain=plain), facts=facts)


def _brought(folder: Path, base: str, primer: str) -> tuple[dict[str, Any], bool]:
    """Return what a painter's own card tells, and whether the adapter is for the base without the primer.

    An adapter that never was a painter of ours tells nothing, and can only have been made for the plain
    weights: nobody else has ours with the primer in them. An export is for the plain weights too.
    """
    path = folder / "card.toml"
    if path.is_symlink():
        raise PainterError(f"The card.toml in {folder.name} is a link, which is not followed: delete it.")
    if not path.is_file():
        return {}, bool(primer) and _foreign(folder, base)
    try:
        data = upgrade(read_toml(path))
        card = msgspec.convert(
            {"slug": "x", **data, "date": str(data.get("date", ""))} | {"folder": ""}, PainterCard
        )
    except (OSError, ValueError) as error:  # cannot be read, not UTF-8, not TOML, not a card
        raise PainterError(
            f"The card.toml in {folder.name} is not sound: {error}. Mend or delete it."
        ) from error
    if card.base != base or card.primer not in ("", primer):
        theirs, ours = _ground(card.base, card.primer), _ground(base, primer)
        raise PainterError(
            f"{folder.name} was trained on {theirs}, not on {ours}, so it cannot be used here."
        )
    carried = {key: value for key, value in data.items() if key in _CARRIED}
    return carried | {"date": card.date or now()}, card.primer != primer


def _foreign(folder: Path, base: str) -> bool:
    """Tell whether an adapter names another base than our trainings do; a faulty one is refused later."""
    try:
        facts = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(facts, dict) and facts.get("base_model_name_or_path") != base


def _ground(base: str, primer: str) -> str:
    return f"{base} with the primer “{primer}”" if primer else f"{base} without a primer"


def _plain(name: str) -> str:
    words = "".join(c if c.isprintable() else " " for c in name.replace("_", " ").replace("-", " "))
    return " ".join(words.split())[:60].strip().capitalize() or "Imported"
