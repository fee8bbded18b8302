"""Rules about a name's shape, each checked to the letter: the judge that nobody can argue with.

Each rule that is set gives 0..1, and the score is their mean. Rules are graded where nearness means
something (a name one word too long is better than one three too long), since a reward that is almost always
0 teaches nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.judges.base import Verdict
from engine.judges.spec import Form
from engine.lexicon import Lexicon, fold

# What one word or one letter beyond the limits costs.
_PER_WORD = 0.5
_PER_LETTER = 0.1
# As unlike all known names as this is wholly new; see Lexicon.novelty.
_NEW = 0.5
# Words that alliteration passes over.
_SMALL = frozenset(
    {"a", "an", "and", "at", "by", "de", "for", "in", "la", "of", "on", "or", "the", "to", "with"}
)


class FormJudge:
    """Scores names by the rules of a :class:`~engine.judges.spec.Form`.

    Parameters
    ----------
    spec
        The rules. Limits on words and letters that are as they come count only if no other rule is set.
    lexicon
        The known names, for novelty and for which words there are.
    """

    def __init__(self, spec: Form, lexicon: Lexicon) -> None:
        self.spec = spec
        self.lexicon = lexicon
        usual = Form(name=spec.name)
        words = (spec.min_words, spec.max_words) != (usual.min_words, usual.max_words)
        letters = (spec.min_letters, spec.max_letters) != (usual.min_letters, usual.max_letters)
        asks = any(
            (
                spec.must_contain,
                spec.must_not_contain,
                spec.alliteration,
                spec.novelty,
                spec.real_words,
                spec.no_repeats,
            )
        )
        self._limits_words = words or not (letters or asks)
        self._limits_letters = letters or not (words or asks)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """Score (colour, name) pairs; the colour does not matter. See :class:`engine.judges.base.Judge`."""
        known: dict[str, Verdict] = {}
        for _, name in pairs:
            if name not in known:
                known[name] = self._verdict(name)
        return [known[name] for _, name in pairs]

    def _verdict(self, name: str) -> Verdict:
        words = name.split()
        if not words:
            return Verdict(0.0, "There is no name.")
        marks = self._marks(name, words)
        faults = [fault for mark, fault in marks if mark < 1.0]
        reason = f"{faults[0][0].upper()}{'; '.join(faults)[1:]}." if faults else "It keeps every rule."
        return Verdict(sum(mark for mark, _ in marks) / len(marks), reason)

    def _marks(self, name: str, words: list[str]) -> list[tuple[float, str]]:
        """Each active rule's mark in 0..1, and what to say if it is below 1."""
        spec = self.spec
        folded = fold(name)
        marks: list[tuple[float, str]] = []
        if self._limits_words:
            mark = _within(len(words), spec.min_words, spec.max_words, _PER_WORD)
            marks.append(
                (mark, f"it has {_count(len(words), 'word')}, not {_range(spec.min_words, spec.max_words)}")
            )
        if self._limits_letters:
            letters = sum(character.isalpha() for character in name)
            mark = _within(letters, spec.min_letters, spec.max_letters, _PER_LETTER)
            marks.append(
                (
                    mark,
                    f"it has {_count(letters, 'letter')}, not {_range(spec.min_letters, spec.max_letters)}",
                )
            )
        if spec.must_contain:
            found = any(_holds(folded, wanted) for wanted in spec.must_contain)
            marks.append((float(found), f"it has none of: {', '.join(spec.must_contain[:5])}"))
        if spec.must_not_contain:
            barred = [word for word in spec.must_not_contain if _holds(folded, word)]
            marks.append((float(not barred), f"it contains {', '.join(barred)}"))
        if spec.alliteration:
            marks.append((_alliteration(folded), "its words do not all begin alike"))
        if spec.novelty:
            marks.append((min(1.0, self.lexicon.novelty(name) / _NEW), "it is close to a known name"))
        said = folded.split()
        if spec.real_words:
            # One word that is none spoils a name.
            strange = [word for word in said if word not in self.lexicon.words]
            marks.append((float(bool(said) and not strange), f"no known name says {', '.join(strange[:3])}"))
        if spec.no_repeats:
            marks.append((float(len(set(said)) == len(said)), "it says a word twice"))
        return marks


def _within(value: int, low: int, high: int, cost: float) -> float:
    return max(0.0, 1.0 - cost * max(low - value, value - high, 0))


def _holds(folded: str, wanted: str) -> bool:
    """Look for these words whole, so that "red" is not found in "sacred"; for a letter, anywhere."""
    words = fold(wanted)
    return words in folded if len(words) == 1 else bool(words) and f" {words} " in f" {folded} "


def _alliteration(folded: str) -> float:
    """Return the share of words, after the first, that begin like the most; one word alone cannot."""
    initials = [word[0] for word in folded.split() if word not in _SMALL]
    if len(initials) < 2:
        return 0.0
    return (Counter(initials).most_common(1)[0][1] - 1) / (len(initials) - 1)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"
