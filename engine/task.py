"""The task: what a model is asked, and how its reply becomes a name or is unreadable.

A task is data, a TOML file in ``resources/tasks`` or the person's own ``tasks``. The app is built around one,
``colour``; anything else whose replies a judge can score is trained by the same loop.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import tomli_w

from engine import palette, places
from engine.color import parse_hex
from engine.outside import OutsideError, has_unseen, parse_toml, read_toml, upgrade
from engine.reading import reading

COLOR = "colour"
"""The slug of the app's own task."""

_HELD_OUT_EVERY = 6
_PURPOSE = 0x1A5C
_SHOWN = 80
_LONGEST_INPUT = 200

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class TaskError(ValueError):
    """A task that cannot be used, in one sentence."""


class Reply(msgspec.Struct, frozen=True):
    """What a model's reply comes to.

    Attributes
    ----------
    name
        The name, or, if there is none, the start of what was said instead.
    unreadable
        Why the reply is no name, in a few words; empty when it is one.
    """

    name: str
    unreadable: str = ""


class ReplyRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a reply becomes a name: its first line, trimmed, no longer than this.

    Attributes
    ----------
    letters
        Whether a name needs a letter; a sequence of emoji has none.
    """

    max_words: Annotated[int, msgspec.Meta(ge=1, le=100)] = 4
    max_letters: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 40
    letters: bool = True

    def read(self, text: str, ended: bool = True) -> Reply:
        """Read a name from a reply.

        Parameters
        ----------
        text
            The reply, its end-of-turn token left out.
        ended
            Whether the model ended its turn; if not, the name was cut.
        """
        lines = text.strip().splitlines()
        name = " ".join(lines[0].split()) if lines else ""
        shown = "".join(c for c in name if c.isprintable())[: self.max_letters]
        if not name:
            return Reply("", "empty")
        # With something put behind it, a first line that was finished is not the last.
        if not ended and len(f"{text.lstrip()}.".splitlines()) == 1:
            return Reply(shown, "never ended")
        if not name.isprintable() or "<|" in name:
            return Reply(shown, "not plain text")
        if self.letters and not any(c.isalpha() for c in name):
            return Reply(shown, "no letters")
        if len(name) > self.max_letters:
            return Reply(shown, f"longer than {self.max_letters} characters")
        if len(name.split()) > self.max_words:
            return Reply(shown, f"more than {self.max_words} words")
        return Reply(name)


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked, of what, and how replies are read.

    Attributes
    ----------
    name, about
        For people.
    system, ask
        The conversation that asks for a name; ``{input}`` in ``ask`` is what the name is for.
    phrasings
        Other ways to ask than ``ask``, which a training may take turns with.
    reading
        A further line, where the input is a colour and the base needs it in words, at ``{reading}``.
    inputs
        The words that names are for; none means colours, all that there are.
    judges
        Slugs of the judges that train it if nothing else is asked for: the taste, then its guards.
    reply
        How a reply becomes a name.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    system: Line
    ask: Line
    version: Literal[1] = 1
    about: Annotated[str, msgspec.Meta(max_length=500)] = ""
    phrasings: Annotated[tuple[Line, ...], msgspec.Meta(max_length=64)] = ()
    reading: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    inputs: Annotated[tuple[Line, ...], msgspec.Meta(max_length=100_000)] = ()
    judges: Annotated[tuple[str, ...], msgspec.Meta(max_length=64)] = ()
    reply: ReplyRules = ReplyRules()

    @property
    def of_colors(self) -> bool:
        """Whether names are for colours."""
        return not self.inputs

    def read_input(self, text: str) -> str:
        """Return what somebody asks a name for, as the prompt has it.

        Raises
        ------
        ColorError
            If the task is about colours and this is none.
        """
        return parse_hex(text) if self.of_colors else " ".join(text.split())[:_LONGEST_INPUT]

    def line(self, given: str) -> str:
        """Return the task for one input, word for word."""
        return self.ask.replace("{input}", given)

    def messages(self, given: str, with_reading: bool, phrasing: int = 0) -> list[dict[str, str]]:
        """Return the conversation that asks for a name.

        Parameters
        ----------
        given
            The input: a colour as ``#rrggbb``, or one of the task's words.
        with_reading
            Whether to tell a colour in words too: small models cannot read a hex. The reading comes last,
            so that the prompts of all colours share as long a beginning as they can.
        phrasing
            0 for the task, word for word; others take turns with it, as many as there are.
        """
        asks = (self.ask, *self.phrasings)
        line = asks[phrasing % len(asks)].replace("{input}", given)
        if with_reading and self.of_colors and self.reading:
            line = f"{line}\n{self.reading.replace('{reading}', reading(given))}"
        return [{"role": "system", "content": self.system}, {"role": "user", "content": line}]

    def training_inputs(self, seed: int, step: int, count: int, rare: float = 0.0) -> list[str]:
        """Return the inputs of one training step, from the seed and the step alone; none is held out.

        ``rare`` is the share of rare ones among them, where they are colours.
        """
        if self.of_colors:
            return palette.training_colors(seed, step, count, rare)
        known = [given for given in self.inputs if not _is_held_out(given)]
        rng = np.random.default_rng([seed, step, _PURPOSE])
        rounds = -(-count // len(known))
        order = np.concatenate([rng.permutation(len(known)) for _ in range(rounds)])[:count]
        return [known[i] for i in order.tolist()]

    def held_out_inputs(self, count: int) -> list[str]:
        """Return up to ``count`` inputs that no training meets, always the same."""
        if self.of_colors:
            return palette.held_out_colors(count)
        return [given for given in self.inputs if _is_held_out(given)][:count]


def parse(text: str) -> Task:
    """Read a task from TOML text.

    Raises
    ------
    TaskError
        With one sentence that says what is wrong.
    """
    try:
        return _from_data(parse_toml(text))
    except OutsideError as error:
        raise TaskError(f"This task cannot be used: {error}.") from error


def _from_data(data: dict[str, Any]) -> Task:
    try:
        task: Task = msgspec.convert(upgrade(data), Task)
    except OutsideError as error:
        raise TaskError(f"This task cannot be used: {error}.") from error
    except msgspec.ValidationError as error:
        raise TaskError(f"This task is not sound: {error}.") from error
    if any(has_unseen(text) for text in (task.name, *task.inputs)):
        raise TaskError("This task's name or inputs hold characters that cannot be seen.")
    if not all("{input}" in ask for ask in (task.ask, *task.phrasings)):
        raise TaskError("This task's ask must say {input} where what is to be named goes.")
    if len(set(task.inputs)) != len(task.inputs):
        raise TaskError("This task has an input twice.")
    if task.inputs and (len(task.held_out_inputs(2)) < 2 or len(task.training_inputs(0, 0, 2)) < 2):
        raise TaskError("This task has too few inputs to keep some of them apart: give 24 or more.")
    return task


def load(reference: str) -> Task:
    """Return a task by slug, the person's own before those that ship, or by the path of its file.

    Raises
    ------
    TaskError
        If there is none, or it cannot be used.
    """
    folders = (places.home() / "tasks", places.resources() / "tasks")
    paths = [folder / f"{reference}.toml" for folder in folders if reference.replace("-", "").isalnum()]
    if reference.endswith(".toml"):
        paths.append(Path(reference).expanduser())
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        known = sorted({found.stem for folder in folders for found in folder.glob("*.toml")})
        raise TaskError(
            f"There is no task “{reference[:_SHOWN]}”: give one of {', '.join(known)}, or a .toml's path."
        )
    return read(path)


def read(path: Path) -> Task:
    """Read a task's file; see :func:`parse`."""
    try:
        return _from_data(read_toml(path))
    except OSError as error:
        raise TaskError(f"{path} cannot be read: {error.strerror or error}.") from error
    except OutsideError as error:
        raise TaskError(f"{path} cannot be used: {error}.") from error


def dump(task: Task) -> str:
    """Write a task as TOML text that :func:`parse` reads back to an equal one."""
    return tomli_w.dumps(msgspec.to_builtins(task))


@lru_cache(maxsize=1)
def color_task() -> Task:
    """Return the app's own task."""
    return read(places.resources() / "tasks" / f"{COLOR}.toml")


def _is_held_out(given: str) -> bool:
    # By the word alone, so that whoever trains, with whatever seed, never meets it.
    return zlib.crc32(given.encode()) % _HELD_OUT_EVERY == 0
