"""What a training will need against what there is, in a sentence before its start; and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.judges.spec import JudgeSpec
from engine.recipe import Recipe
from studio import estimates
from studio.bases import Offer
from studio.estimates import Estimate, Machine, Pace
from studio.shapes import Shape
from studio.views import recipe_fields as fields
from studio.views.train_form import LENGTHS

# Of what is free, how much a training fills before it computes layers twice; ``engine.train.memory.SHARE``.
_SHARE = 0.85
_MOST_PARTS = 64


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything outside a draft that its estimate depends on.

    Attributes
    ----------
    machine, paces
        What is known of this machine, and the runs that were made, newest first.
    shape
        The draft's base's; ``None`` if it is not known.
    base_fault
        Why the base cannot be used, in a sentence; empty if it can.
    sizes
        Bytes of the judges' own models, by path.
    fits
        Title of the largest base here that trains in what is free; empty if none does.
    offer
        The draft's base, where it is not here and can be fetched.
    """

    machine: Machine = Machine()
    paces: tuple[Pace, ...] = ()
    shape: Shape | None = None
    base_fault: str = ""
    sizes: dict[str, int] = {}
    fits: str = ""
    offer: Offer | None = None

    def estimate(self, recipe: Recipe, judges: Mapping[str, JudgeSpec]) -> Estimate:
        """Return what a training will take here."""
        return estimates.estimate(recipe, judges, self.shape, self.machine, self.paces, self.sizes)

    def room(self, recipe: Recipe) -> int:
        """Return the bytes of memory that are free where a recipe is trained; 0 if that is not known."""
        on_gpu = estimates.device_of(recipe, self.machine) == "cuda"
        return self.machine.device_free if on_gpu else self.machine.memory_free


class Preflight(msgspec.Struct, frozen=True, kw_only=True):
    """The last look before a start.

    Attributes
    ----------
    sentence
        What it needs and what there is.
    basis
        What the time rests on, in a sentence; empty while there is none.
    refused
        Why it cannot start and what to change; empty if it can.
    note
        What is tight but goes; empty if nothing is.
    """

    sentence: str
    basis: str = ""
    refused: str = ""
    note: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One of the lengths to choose from, with what it takes here; empty where that is not known."""

    word: str
    steps: str
    time: str = ""
    memory: str = ""


def cards(draft: Recipe, judges: Mapping[str, JudgeSpec], around: Surroundings) -> tuple[Card, ...]:
    """Return the lengths, each with its estimate for this draft."""
    made = []
    for word, steps in LENGTHS:
        told = around.estimate(fields.put(draft, "budget.steps", steps), judges)
        made.append(
            Card(
                word=word,
                steps=f"{steps} steps",
                time=span(told.seconds) if told.seconds is not None else "",
                memory=size(told.memory) if told.memory is not None else "",
            )
        )
    return tuple(made)


def look(draft: Recipe, judges: Mapping[str, JudgeSpec], around: Surroundings) -> Preflight:
    """Return what is to be said before a draft is started."""
    told = around.estimate(draft, judges)
    free = around.room(draft)
    parts = []
    if told.seconds is not None:
        parts.append(f"about {span(told.seconds)}")
    if told.memory is not None:
        of_free = f" of {size(free)} free memory" if free else " of memory"
        parts += [f"{size(told.memory)}{of_free}", f"{size(told.disk)} of disk"]
    sentence = f"Takes {_listed(parts)}." if parts else "What it takes is not known yet."
    tight = told.memory is not None and free > 0 and told.memory > _SHARE * free
    return Preflight(
        sentence=sentence,
        basis=basis(told),
        refused=around.base_fault or _refusal(draft, judges, around, told),
        note="Memory is tight: it will compute layers twice to save some, which is slower." if tight else "",
    )


def basis(told: Estimate) -> str:
    """Say what an estimate's time rests on."""
    said = {
        "measured": f"Time as measured on “{told.run}”, your last run like this.",
        "alike": f"Time by your run “{told.run}”, which had other judges.",
        "speed": "Time estimated from how fast this machine multiplies; a first run will tell better.",
        "nothing": "",
    }[told.basis]
    return f"{said} A server's answer is reckoned at a second." if said and told.remote else said


def _refusal(draft: Recipe, judges: Mapping[str, JudgeSpec], around: Surroundings, told: Estimate) -> str:
    disk = around.machine.disk_free
    if disk and told.disk > disk:
        return (
            f"The run needs {size(told.disk)} of disk and {size(disk)} are free: free some, or train shorter."
        )
    device = estimates.device_of(draft, around.machine)
    if device and around.machine.devices and device not in around.machine.devices:
        word = dict(fields.FIELDS["device"].choices)[device]
        return f"There is no {word} here: set the device under Advanced to another one."
    free = around.room(draft)
    if not free or told.memory_least is None or told.memory_least <= free:
        return ""
    need = f"It would need {size(told.memory_least)} of memory, and {size(free)} are free"
    ways = [*_narrower(draft, judges, around, free), *_parted(draft, judges, around, free)]
    four = fields.put(draft, "quantize", "nf4")
    if not ways and device == "cuda" and _need(four, judges, around) <= free:
        ways.append("hold the base in 4 bits (Weights, under Advanced)")
    if not ways and around.fits:
        ways.append(f"begin from {around.fits}")
    if ways:
        return f"{need}: {' or '.join(ways)}, or close other programs."
    return f"{need}, most of it for the base itself: close other programs, or choose a smaller base."


def _narrower(draft: Recipe, judges: Mapping[str, JudgeSpec], around: Surroundings, free: int) -> list[str]:
    """Return the most colours a step that would fit, as advice."""
    fits = [
        colors
        for colors in range(1, draft.budget.colors)
        if _need(fields.put(draft, "budget.colors", colors), judges, around) <= free
    ]
    return [f"name {fits[-1]} colour{'' if fits[-1] == 1 else 's'} a step"] if fits else []


def _parted(draft: Recipe, judges: Mapping[str, JudgeSpec], around: Surroundings, free: int) -> list[str]:
    """Return the fewest parts that a step would have to be cut into, as advice."""
    rollouts = draft.budget.colors * draft.budget.group
    for parts in range(draft.learning.accumulation + 1, min(rollouts, _MOST_PARTS) + 1):
        cut = fields.put(draft, "learning.accumulation", parts)
        if rollouts % parts == 0 and _need(cut, judges, around) <= free:
            return [f"cut it into {parts} parts"]
    return []


def _need(draft: Recipe, judges: Mapping[str, JudgeSpec], around: Surroundings) -> int:
    return around.estimate(draft, judges).memory_least or 0


# Numbers in words.


def span(seconds: float) -> str:
    """Return a span of time as people say it: ``40 s``, ``5 min``, ``1 h 20 min``."""
    if seconds < 50:
        return f"{max(round(seconds / 10), 1) * 10} s"
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return f"{minutes} min"
    # To five minutes, later to half an hour: nobody can tell better how long hours will be.
    exact = 5 if minutes < 180 else 30
    hours, minutes = divmod(round(minutes / exact) * exact, 60)
    if hours >= 10 or not minutes:
        return f"{hours + (minutes >= 30)} h"
    return f"{hours} h {minutes} min"


def size(count: float) -> str:
    """Return bytes as people say them: ``70 MB``, ``3.6 GB``."""
    if count < 950e6:
        return f"{max(round(count / 1e6), 1)} MB"
    return f"{count / 1e9:.1f} GB" if count < 99.5e9 else f"{count / 1e9:.0f} GB"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
