"""What the service and its clients say to each other: one JSON object a line, over stdin and stdout.

A request carries an ``id`` that rises; replies to it carry the same. Each request ends with exactly one
:class:`Done` or :class:`Failed`; a cancelled one ends with ``Failed(cancelled=True)``. A newer request may
be sent before an older one is done; they are served in order, cancelled ones skipped.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from engine.events import GroupPainted, StepFinished
from engine.judges.base import Verdict
from engine.judges.hacking import Hacking
from engine.judges.liking import Liking
from engine.judges.spec import JudgeSpec, Preference
from engine.judges.trial import Advice, Trial
from engine.recipe import Panel
from engine.reports import Survey
from engine.service.said import Choice as Choice
from engine.service.said import Guess as Guess
from engine.service.said import Pair as Pair
from engine.service.said import TokenChance as TokenChance


class _Line(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    id: int = 0


class PainterRef(msgspec.Struct, frozen=True):
    """A painter by slug and by the folder of its adapter; the base has no folder."""

    slug: str
    folder: str = ""


class Name(_Line, frozen=True, kw_only=True, tag="name"):
    """Name a colour: the greedy name of each painter, and ``samples`` sampled ones."""

    color: str
    painters: tuple[PainterRef, ...]
    samples: int = 0
    seed: int = 0


class NameAll(_Line, frozen=True, kw_only=True, tag="name_all"):
    """Name many colours greedily by one painter: a palette, or a map of names."""

    colors: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=10_000)]
    painter: PainterRef


class Explain(_Line, frozen=True, kw_only=True, tag="explain"):
    """Say token by token how likely a painter and the base are to say this name."""

    color: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    painter: PainterRef


class Score(_Line, frozen=True, kw_only=True, tag="score"):
    """Score names for a colour by a judge, saved or not."""

    color: str
    names: tuple[str, ...]
    judge: JudgeSpec


class ScorePairs(_Line, frozen=True, kw_only=True, tag="score_pairs"):
    """Score names, each for its own colour: a batch as a training has them."""

    pairs: tuple[tuple[str, str], ...]
    judge: JudgeSpec


class Ask(_Line, frozen=True, kw_only=True, tag="ask"):
    """Fit a preference judge's picks so far, and choose the next two names to ask a person about.

    ``skipped`` are pairs that were not decided; the same picks, skips and seed give the same answer.
    """

    judge: Preference
    skipped: tuple[tuple[str, str], ...] = ()
    seed: int = 0


class Report(_Line, frozen=True, kw_only=True, tag="report"):
    """Name ``colors`` held-out colours greedily by each painter, and score the names by every judge."""

    painters: tuple[PainterRef, ...]
    judges: dict[str, JudgeSpec] = {}
    colors: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = 2000


class Like(_Line, frozen=True, kw_only=True, tag="like"):
    """Ask what a judge really likes: see ``engine.judges.liking``.

    ``known`` is how many names of the lexicon are scored; ``rated`` are names as the person rated them, any
    numbers in which more is better.
    """

    judge: JudgeSpec
    known: int = 2000
    rated: dict[str, float] = {}


class Hack(_Line, frozen=True, kw_only=True, tag="hack"):
    """Try to cheat a judge with one name for all colours: see ``engine.judges.hacking``.

    ``names`` are the person's own tries; with ``search`` more are looked for, among what ``painter`` says
    too, if there is one. The same seed finds the same.
    """

    judge: JudgeSpec
    names: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=200)], ...], msgspec.Meta(max_length=64)
    ] = ()
    search: bool = False
    painter: PainterRef | None = None
    seed: int = 0


class Try(_Line, frozen=True, kw_only=True, tag="try"):
    """Try a judge's model on labelled names, before anyone trains on it; done once for a model."""

    judge: JudgeSpec


class Blend(_Line, frozen=True, kw_only=True, tag="blend"):
    """Write the blend of two painters of this base into the folder ``out``; see ``engine.lm.blend``.

    ``rank`` 0 is as large as it takes to be exact.
    """

    parents: tuple[PainterRef, ...]
    weights: tuple[float, ...]
    out: str
    rank: int = 0


class TakeIn(_Line, frozen=True, kw_only=True, tag="take_in"):
    """Check a foreign adapter's folder against this base, and write it as a painter's into ``out``.

    ``plain`` says that it was made for the base's weights without the primer. A ``.gguf`` file is checked and
    copied; where that is a LoRA, ``gguf_base`` is the file that it was made for.
    """

    folder: str
    out: str
    plain: bool = False
    gguf_base: str = ""


class Describe(_Line, frozen=True, kw_only=True, tag="describe"):
    """Ask what the service runs on."""


class TakeStep(_Line, frozen=True, kw_only=True, tag="take_step"):
    """Take one real training step on one colour, from the base: see ``engine.train.lesson``.

    Attributes
    ----------
    panel, judges
        Who judges: every judge that the panel names, by slug. Judges beside them only speak of ``asides``.
    asides
        Further names, scored for the same colour by all ``judges`` and not trained on.
    """

    color: str
    panel: Panel
    judges: dict[str, JudgeSpec]
    group: Annotated[int, msgspec.Meta(ge=2, le=64)] = 8
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    learning_rate: Annotated[float, msgspec.Meta(gt=0, le=0.1)] = 1.5e-4
    asides: tuple[str, ...] = ()


class Cancel(_Line, frozen=True, kw_only=True, tag="cancel"):
    """Drop the request with this id, if it is not done."""


class Ready(_Line, frozen=True, kw_only=True, tag="ready"):
    """The base is loaded."""

    device: str
    dtype: str
    base: str
    seconds: float


class Progress(_Line, frozen=True, kw_only=True, tag="progress"):
    """Long work goes on; ``done`` is a share in 0..1 when known. Id 0: loading, before ``Ready``.

    With a request's id: a judge's model is opened, or the judge is calibrated.
    """

    note: str
    done: float | None = None


class Named(_Line, frozen=True, kw_only=True, tag="named"):
    """One painter's names for the colour, best first; one such line a painter, as each has ended."""

    color: str
    painter: str
    names: tuple[Choice, ...]


class NamedAll(_Line, frozen=True, kw_only=True, tag="named_all"):
    """Names of some of the colours, from the one at ``start`` on; empty where the reply was no name."""

    painter: str
    start: int
    names: tuple[str, ...]


class Explained(_Line, frozen=True, kw_only=True, tag="explained"):
    """The name's tokens, its end the last."""

    color: str
    name: str
    painter: str
    tokens: tuple[TokenChance, ...]


class Scored(_Line, frozen=True, kw_only=True, tag="scored"):
    """The verdicts, in the order of the names asked about."""

    verdicts: tuple[Verdict, ...]


class Asked(_Line, frozen=True, kw_only=True, tag="asked"):
    """The two names to ask about, and how well the picks are understood."""

    pair: Pair


class Surveyed(_Line, frozen=True, kw_only=True, tag="surveyed"):
    """One painter's survey; one such line a painter."""

    survey: Survey


class Likes(_Line, frozen=True, kw_only=True, tag="likes"):
    """What the judge really likes, and the seconds that each part of finding out took."""

    liking: Liking
    seconds: dict[str, float] = {}


class Hacked(_Line, frozen=True, kw_only=True, tag="hacked"):
    """What came of trying to cheat the judge, and the seconds that each part of it took."""

    hacking: Hacking
    seconds: dict[str, float] = {}


class Tried(_Line, frozen=True, kw_only=True, tag="tried"):
    """What came of the trial, and what it means for this judge."""

    trial: Trial
    advice: Advice


class Written(_Line, frozen=True, kw_only=True, tag="written"):
    """An adapter was written: its rank, and the share of its change that a cut rank has kept, in 0..1."""

    rank: int
    kept: float = 1.0


class Described(_Line, frozen=True, kw_only=True, tag="described"):
    """What the service runs on: ``device``, ``dtype``, ``base``, ``threads``, ``versions`` and so on.

    ``kind`` is the device's type and ``devices`` those that are there, ``machine`` what a training here says
    of itself, ``gflops`` how fast a plain product is by dtype, ``device_memory`` bytes of a GPU's own memory.
    """

    facts: dict[str, Any]


class StepTaken(_Line, frozen=True, kw_only=True, tag="step_taken"):
    """One training step, as its event log told it.

    Attributes
    ----------
    group, step
        The whole group, with log-probabilities before and after the update, and the step's figures.
    asides
        Name → judge's slug → its verdict: the asides, and the group's readable names.
    trained, weights
        How many weights the update moved (the LoRA's), and how many the base has, which rest.
    """

    group: GroupPainted
    step: StepFinished
    asides: dict[str, dict[str, Verdict]]
    trained: int
    weights: int


class Done(_Line, frozen=True, kw_only=True, tag="done"):
    """All replies to the request have been sent."""


class Failed(_Line, frozen=True, kw_only=True, tag="failed"):
    """The request (or, with id 0, the service) failed; a sentence says why."""

    reason: str
    cancelled: bool = False


Question = (
    Name
    | NameAll
    | Explain
    | Score
    | ScorePairs
    | Ask
    | Report
    | Like
    | Hack
    | Try
    | Blend
    | TakeIn
    | Describe
    | TakeStep
)
Request = Question | Cancel
Reply = (
    Ready
    | Progress
    | Named
    | NamedAll
    | Explained
    | Scored
    | Asked
    | Surveyed
    | Likes
    | Hacked
    | Tried
    | Written
    | Described
    | StepTaken
    | Done
    | Failed
)

_encoder = msgspec.json.Encoder()
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_replies: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def encode(message: Request | Reply) -> bytes:
    """Write one message as a JSON line, newline included."""
    return _encoder.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """Read a request; ``msgspec.DecodeError`` if it is none."""
    return _requests.decode(line)


def decode_reply(line: bytes) -> Reply:
    """Read a reply; ``msgspec.DecodeError`` if it is none."""
    return _replies.decode(line)
