"""What the command palette finds: fuzzy matching and ranking, without a window.

A query's words must all be found in an entry, each in its title or in the words beside it. Letters may be
left out (``trn`` finds Train), but the more they stand together and begin words, the higher it ranks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine import css_color
from engine.color import ColorError

Kind = Literal["Page", "Action", "Judge", "Painter", "Run", "Term", "Colour"]
LIMIT = 50
_FIRST = {"Page": 6.0, "Action": 4.0, "Judge": 2.0, "Painter": 2.0, "Run": 0.0, "Term": 1.0, "Colour": 9.0}
_START, _WORD, _NEXT, _LETTER, _ELSEWHERE = 14.0, 8.0, 5.0, 1.0, 2.0


@dataclass(frozen=True)
class Entry:
    """One thing that can be found.

    Attributes
    ----------
    kind, title
        What it is and what it is called.
    detail
        A few words beside the title; they are searched too.
    shortcut
        The keys that do the same, as Qt writes them portably.
    words
        Other words for it, searched and not shown.
    """

    kind: Kind
    title: str
    detail: str = ""
    shortcut: str = ""
    words: str = ""


@dataclass(frozen=True)
class Hit:
    """An entry that matches.

    Attributes
    ----------
    place
        Which of the entries it is.
    letters
        Which letters of its title were asked for.
    """

    place: int
    score: float
    letters: tuple[int, ...] = ()


def find(query: str, entries: Sequence[Entry], limit: int = LIMIT) -> list[Hit]:
    """Return what matches a query, best first; all of it, in the given order, for an empty one."""
    words = plain(query).split()
    if not words:
        return [Hit(place, 0.0) for place in range(min(len(entries), limit))]
    hits = []
    for place, entry in enumerate(entries):
        hit = _match(words, place, entry)
        if hit is not None:
            hits.append(hit)
    hits.sort(key=lambda hit: (-hit.score, len(entries[hit.place].title), hit.place))
    return hits[:limit]


def color_of(query: str) -> str:
    """Return the colour that a query spells in any form of CSS, ``#rrggbb``; empty when it spells none.

    A bare hex needs at least one figure or six letters, so that words like *add* and *bed* stay words.
    """
    text = query.strip()
    try:
        color = css_color.parse(text).hex
    except ColorError:
        return ""
    bare = not text.startswith("#") and set(text.lower()) <= set("0123456789abcdef")
    return "" if bare and len(text) < 6 and not any(c.isdigit() for c in text) else color


def plain(text: str) -> str:
    """Return a text as it is compared: in small letters, without accents, letter for letter."""
    folded = []
    for letter in text:
        bare = unicodedata.normalize("NFD", letter)[0].lower()
        folded.append(bare if len(bare) == 1 else letter)
    return "".join(folded)


def _match(words: Sequence[str], place: int, entry: Entry) -> Hit | None:
    title = plain(entry.title)
    beside = ""
    score, letters = _FIRST[entry.kind], []
    for word in words:
        found = _letters(word, title)
        if found:
            score += _worth(found, title)
            letters += found
            continue
        beside = beside or plain(f"{entry.detail} {entry.words} {entry.kind}")
        at = beside.find(word)
        if at < 0:
            return None
        score += _ELSEWHERE * len(word) * (1.0 if at == 0 or beside[at - 1] == " " else 0.5)
    return Hit(place, score - 0.02 * len(title), tuple(sorted(set(letters))))


def _letters(word: str, text: str) -> list[int]:
    """Return where a word's letters stand in a text: together if they do, else at the starts of words."""
    at = _together(word, text)
    if at >= 0:
        return list(range(at, at + len(word)))
    if len(word) > len(text):
        return []
    found: list[int] = []
    following = 0
    for letter in word:
        place = text.find(letter, following)
        if place < 0:
            return []
        start = _next_start(letter, text, following)
        if place != following and start >= 0 and _rest_fits(word[len(found) + 1 :], text, start + 1):
            place = start
        found.append(place)
        following = place + 1
    # Letters strewn over a whole sentence are no match that a person meant.
    return found if found[-1] - found[0] < 4 * len(word) + 8 or _starts(found, text) >= len(word) - 1 else []


def _together(word: str, text: str) -> int:
    at = text.find(word)
    first = at
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return at
        at = text.find(word, at + 1)
    return first


def _next_start(letter: str, text: str, following: int) -> int:
    at = text.find(letter, following)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return at
        at = text.find(letter, at + 1)
    return -1


def _rest_fits(rest: str, text: str, following: int) -> bool:
    for letter in rest:
        following = text.find(letter, following) + 1
        if following == 0:
            return False
    return True


def _starts(found: Sequence[int], text: str) -> int:
    return sum(at == 0 or not text[at - 1].isalnum() for at in found)


def _worth(found: Sequence[int], text: str) -> float:
    worth = _START if found[0] == 0 else 0.0
    for before, at in zip((-2, *found), found, strict=False):
        if at == before + 1:
            worth += _NEXT
        elif at == 0 or not text[at - 1].isalnum():
            worth += _WORD
        else:
            worth += _LETTER
    return worth
