"""What a step of the lesson shows: frozen pictures that say all there is to draw, each whole by itself."""

from __future__ import annotations

import msgspec


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """The prompt as the model reads it, and the reply below it, once there is one.

    Attributes
    ----------
    lines
        What the model reads.
    reply
        What it says; empty before it has.
    tokens
        The reply's pieces, each with the chance that it had where it stands, 0..1.
    """

    color: str
    lines: tuple[str, ...]
    reply: str = ""
    tokens: tuple[tuple[str, float], ...] = ()
    caption: str = ""


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A colour with a name; ``note`` stands at its foot, ``lit`` makes it stand out."""

    color: str
    name: str
    note: str = ""
    lit: bool = False


class Chips(msgspec.Struct, frozen=True, kw_only=True):
    """Paint chips side by side; small ones are tiles with the name on the paint."""

    chips: tuple[Chip, ...]
    small: bool = False
    caption: str = ""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A number in 0..1 with a label; without a value its place is kept, and ``note`` says why.

    ``head`` begins a group of bars; ``strong`` ones wear the accent.
    """

    label: str
    value: float | None
    note: str = ""
    strong: bool = True
    head: str = ""


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """Bars from 0 to 1, with a line across all of them, and the person's guess as another.

    Attributes
    ----------
    line, line_label
        Where the line stands, and what it is.
    guess
        Where the person thought that it would be.
    notes
        Lines to read below the bars: (what, the words).
    """

    bars: tuple[Bar, ...]
    notes: tuple[tuple[str, str], ...] = ()
    line: float | None = None
    line_label: str = ""
    guess: float | None = None
    caption: str = ""


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """A name's advantage, and the reward that it comes from."""

    label: str
    advantage: float
    reward: float | None


class Arrows(msgspec.Struct, frozen=True, kw_only=True):
    """Advantages as arrows from the bar: right is up, left is down."""

    arrows: tuple[Arrow, ...]
    caption: str = ""

    @property
    def most(self) -> float:
        """The largest advantage either way."""
        return max((abs(arrow.advantage) for arrow in self.arrows), default=0.0)


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """How a name's chance moved. ``push`` is its advantage."""

    label: str
    before: float
    after: float
    push: float
    told: str


class Moves(msgspec.Struct, frozen=True, kw_only=True):
    """Chances before and after an update, on a logarithmic scale; ``hidden`` while the after is guessed."""

    moves: tuple[Move, ...]
    hidden: bool = False
    caption: str = ""


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """The model as squares, of which those that the update moved are lit, and the step's figures."""

    share: float | None
    figures: tuple[tuple[str, str], ...] = ()
    caption: str = ""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded training: its reward, step by step, and what a few colours were called on the way.

    Attributes
    ----------
    rewards
        One a step, or, of two only, how it began and where it ended.
    steps
        How many steps there were.
    shown
        How many of the rewards are shown yet.
    guess
        Where the person thought that it would end.
    colors, moments
        Colours, and (step, their names) at a few moments.
    """

    rewards: tuple[float, ...]
    steps: int
    shown: int
    guess: float | None = None
    colors: tuple[str, ...] = ()
    moments: tuple[tuple[int, tuple[str, ...]], ...] = ()
    caption: str = ""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing to show yet: what is being done, and the share of it that is done, if known."""

    note: str
    done: float | None = None
    fault: str = ""
    caption: str = ""


Picture = Sheet | Chips | Bars | Arrows | Moves | Layers | Course | Waiting
