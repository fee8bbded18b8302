"""The lesson's words: what each step says, asks and tells, read strictly from ``resources/lesson``.

What stands in braces is filled in with what really happened; see ``studio.views.lesson_facts``.
"""

from __future__ import annotations

import string
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from engine import places

Text = Annotated[str, msgspec.Meta(min_length=1)]


class LessonError(ValueError):
    """A lesson that is not sound, in a sentence."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of the lesson.

    Attributes
    ----------
    slug, title
        What the code and the person call it.
    say
        What is said before the guess.
    ask
        What the person is asked to guess.
    choices
        What there is to choose from, where the words are always the same.
    answer
        The place of the right choice, where it is always the same.
    low, high
        What the ends of a guess in 0..1 mean.
    tell
        What is said once it is revealed.
    terms
        Slugs of the glossary's terms that it is about.
    """

    slug: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+$")]
    title: Text
    say: Text
    ask: Text
    tell: Text
    terms: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=8)]
    choices: tuple[str, ...] = ()
    answer: int | None = None
    low: str = ""
    high: str = ""

    @property
    def blanks(self) -> frozenset[str]:
        """What its texts leave to be filled in."""
        texts = (self.title, self.say, self.ask, self.tell, *self.choices)
        return frozenset(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    step: tuple[Step, ...]


def load(path: Path | None = None) -> tuple[Step, ...]:
    """Read the steps in their order.

    Parameters
    ----------
    path
        The file; the app's own by default.

    Raises
    ------
    LessonError
        If it is not sound.
    OSError
        If it cannot be read.
    """
    path = path or places.resources() / "lesson" / "lesson.toml"
    try:
        steps = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).step
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise LessonError(f"{path.name} is not sound: {error}.") from error
    if len({step.slug for step in steps}) != len(steps):
        raise LessonError("Two steps of the lesson have the same slug.")
    return steps
