"""Each judge's score of each chip's name: which judges matter to a painter, and what is still to be asked.

A painter is shown what it was trained for first, by its own judge, and then whether the name still describes
the colour. What was answered is kept, since the same names come back as a person goes to and fro.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.judges.base import Verdict
from engine.judges.spec import Correctness, Describes, JudgeSpec, Listener, Remote
from studio.judges import JudgeEntry
from studio.painters import BASE, PainterCard

CORRECTNESS = "correctness"
MOST = 2
"""So many judges have room on a chip."""
KEPT = 4000
UNTRAINED, UNASKED = "No taste of its own", "Its judge is not asked"


class ChipScore(msgspec.Struct, frozen=True, kw_only=True):
    """A judge's score of a chip's name.

    Attributes
    ----------
    judge, label
        The judge's slug, and its name for people; no slug where a painter has no judge of its own, and then
        the label says so.
    score
        0..1; ``None`` while it is awaited, and when the judge failed.
    known
        Whether the judge has answered.
    reason
        Its sentence.
    """

    judge: str
    label: str
    score: float | None = None
    known: bool = False
    reason: str = ""


class Question(msgspec.Struct, frozen=True):
    """What to ask one judge about a colour."""

    judge: str
    names: tuple[str, ...]


def judges_for(card: PainterCard, library: Mapping[str, JudgeEntry]) -> tuple[str, ...]:
    """Return the judges that are shown on a painter's chip: its own tastes, then correctness.

    Guards of other kinds are left out, judges that are gone or faulty, and those that ask somebody else's
    server: a colour that is only looked at must not spend a person's money.
    """
    usable = {slug: entry.spec for slug, entry in library.items() if entry.spec is not None}

    def taste(slug: str) -> bool:
        return slug in usable and not isinstance(usable[slug], Correctness | Describes | Listener | Remote)

    own = [slug for slug in card.judges if taste(slug)][: MOST - 1]
    guard = [CORRECTNESS] if CORRECTNESS in usable else []
    return (*own, *guard)


class ScoreBoard:
    """What judges said of names, and what they have yet to be asked.

    Notes
    -----
    A judge that is edited is another judge: what it said before is forgotten.
    """

    def __init__(self) -> None:
        self._library: dict[str, JudgeEntry] = {}
        self._wanted: dict[str, tuple[str, ...]] = {}
        self._said: dict[tuple[str, str, str], Verdict] = {}

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take the library as it is now."""
        fresh = {entry.slug: entry for entry in entries}
        changed = {s for s, e in self._library.items() if s not in fresh or fresh[s].spec != e.spec}
        self._said = {key: verdict for key, verdict in self._said.items() if key[0] not in changed}
        self._library = fresh

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Take the painters as they are now."""
        self._wanted = {card.slug: judges_for(card, self._library) for card in cards}

    def spec(self, judge: str) -> JudgeSpec:
        """Return a judge of the library by slug."""
        spec = self._library[judge].spec
        assert spec is not None  # faulty ones are never wanted
        return spec

    def rows(self, painter: str, color: str, name: str) -> tuple[ChipScore, ...]:
        """Return what stands on a painter's chip for its name of a colour; ``""`` for no name yet."""
        rows = []
        wanted = self._wanted.get(painter, ())
        if len(wanted) < MOST and painter in self._wanted and self._library:
            # So that correctness stands in one line on all chips.
            rows.append(ChipScore(judge="", label=UNTRAINED if painter == BASE else UNASKED, known=True))
        for judge in wanted:
            verdict = self._said.get((judge, color, name)) if name else None
            label = self._library[judge].name
            if verdict is None:
                rows.append(ChipScore(judge=judge, label=label))
            else:
                rows.append(
                    ChipScore(
                        judge=judge, label=label, score=verdict.score, known=True, reason=verdict.reason
                    )
                )
        return tuple(rows)

    def next_question(self, color: str, names: Mapping[str, str]) -> Question | None:
        """Return what to ask next about the painters' names of a colour; ``None`` when all is known.

        Own judges come first, in the chips' order; a judge is asked once about all names that it lacks.
        """
        lacking: dict[str, dict[str, None]] = {}
        for place in range(MOST):
            for painter, name in names.items():
                wanted = self._wanted.get(painter, ())
                # Correctness is every chip's last, however many go before it.
                judge = wanted[place] if place < len(wanted) else ""
                if judge and name and (judge, color, name) not in self._said:
                    lacking.setdefault(judge, {})[name] = None
        order = sorted(lacking, key=lambda judge: judge == CORRECTNESS)
        return Question(order[0], tuple(lacking[order[0]])) if order else None

    def take(self, question: Question, color: str, verdicts: Sequence[Verdict]) -> None:
        """Keep what a judge answered."""
        if len(self._said) > KEPT:
            self._said = dict(list(self._said.items())[KEPT // 2 :])
        silent = [Verdict(score=None, reason="The judge said nothing of it.")] * len(question.names)
        told = [*verdicts, *silent][: len(question.names)]
        for name, verdict in zip(question.names, told, strict=True):
            self._said[question.judge, color, name] = verdict

    def fail(self, question: Question, color: str, reason: str) -> None:
        """Keep that a judge could not be asked, so that it is not asked without end."""
        self.take(question, color, [Verdict(score=None, reason=reason)] * len(question.names))

    def forget_failures(self) -> None:
        """Let judges that failed be asked again: what stood in their way may have gone."""
        self._said = {key: verdict for key, verdict in self._said.items() if verdict.score is not None}
