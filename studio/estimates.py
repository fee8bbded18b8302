"""How long a training will take on this machine, and how much memory and disk: told before it starts.

Time is work over speed. The work is a step's multiplications, counted token by token as
``tests/bench/engine.py`` does for its floor; the speed is that of a run that was made here before, or else
that of a plain product, which the service measures. Memory is :mod:`studio.footprint`'s; where a run on the
same base told what it counted, only the difference from that run is reckoned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from engine.judges.spec import Contrast, Describes, JudgeSpec, Listener, Rating, Remote, kind_of
from engine.recipe import Recipe
from studio import footprint
from studio.footprint import NAME_TOKENS, SHARED_TOKENS, color_tokens
from studio.shapes import Shape

HELD_OUT = 48  # as in ``engine.train.evaluation``

# Of a plain product's rate, what a step comes to: 58% in fp32 and 38% in bf16 on two cores (README).
_REACHED = {"float32": 0.55, "bfloat16": 0.36}
# A GPU waits for kernels to be launched: 128 rollouts took 0.56 s on an H100 (README).
_LEAST_GPU_STEP = 0.5
# What judging a name costs, in forward passes over a name; measured on two cores for Poet and Listener.
_JUDGED = {"contrast": 1.4, "rating": 1.4, "describes": 1.4}
_HEARD = 0.68  # for each colour that the listener chooses from
_BYTES_A_WEIGHT = 0.62  # of a GGUF of the usual quantization
_ANSWER = 1.0  # seconds that a server may take
_LOADING = 25.0


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What trainings run on, as far as it is known.

    Attributes
    ----------
    kind, dtype
        Of device and numbers when the recipe leaves them open: ``cpu``, ``float32`` …; empty: not known.
    name
        What a training here says of itself; empty while the service has not told.
    devices
        Kinds of device that are there, the best first; empty: not known.
    threads
        The processor's.
    gflops
        GFLOP/s of a plain product, by dtype, on the device ``kind``.
    memory_free, memory_total, disk_free
        In bytes; 0: not known. Memory is the processor's.
    device_free, device_total
        A GPU's own memory in bytes; 0 without one.
    """

    kind: str = ""
    dtype: str = ""
    name: str = ""
    devices: tuple[str, ...] = ()
    threads: int = 1
    gflops: dict[str, float] = {}
    memory_free: int = 0
    memory_total: int = 0
    disk_free: int = 0
    device_free: int = 0
    device_total: int = 0


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a past run went.

    Attributes
    ----------
    name, machine, dtype
        What its painter was called; what it ran on and in which numbers.
    recipe
        What it was.
    judges
        Its panel's kinds, see :func:`panel_kinds`.
    sampling, judging, updating
        Seconds of a step, medians.
    looking
        Seconds for the held-out colours, ``None`` if it never looked.
    loading
        Seconds until its first step.
    memory
        The bytes that it said a step would take, ``None`` if it did not.
    """

    name: str
    machine: str
    dtype: str
    recipe: Recipe
    judges: tuple[str, ...]
    sampling: float
    judging: float
    updating: float
    looking: float | None = None
    loading: float | None = None
    memory: int | None = None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a training will take.

    Attributes
    ----------
    seconds
        From start to painter; ``None`` while nothing is known of this machine's speed.
    memory
        Bytes at a step's peak; ``None`` if the base's shape is not known.
    memory_least
        Bytes when it computes layers twice to save memory, which it does by itself where it must.
    disk
        Bytes.
    basis
        What the time rests on: a run of this base with the same judges, with others, or a product's rate.
    run
        The name of the run that it rests on; empty if none.
    remote
        Whether a server judges, whose time is a guess.
    """

    seconds: float | None = None
    memory: int | None = None
    memory_least: int | None = None
    disk: int = 0
    basis: Literal["measured", "alike", "speed", "nothing"] = "nothing"
    run: str = ""
    remote: bool = False


def panel_kinds(judges: Mapping[str, JudgeSpec]) -> tuple[str, ...]:
    """Return what judging costs depend on: the judges' kinds, with the model that is asked, sorted."""
    return tuple(sorted(_kind(spec) for spec in judges.values()))


def _kind(spec: JudgeSpec) -> str:
    model = spec.model if isinstance(spec, Contrast | Rating | Describes | Remote) else ""
    among = f" {spec.among}" if isinstance(spec, Listener) else ""
    return f"{kind_of(spec)}{among}{f' by {model}' if model else ''}"


def device_of(recipe: Recipe, machine: Machine) -> str:
    """Return the kind of device that a recipe will be trained on; empty while that is not known."""
    return machine.kind if recipe.device == "auto" else recipe.device


def dtype_of(recipe: Recipe, machine: Machine, paces: Sequence[Pace] = ()) -> str:
    """Return the numbers that a recipe will be trained in; those of the last run while that is not known."""
    if recipe.dtype != "auto":
        return recipe.dtype
    return machine.dtype or next((pace.dtype for pace in paces), "")


def estimate(
    recipe: Recipe,
    judges: Mapping[str, JudgeSpec],
    shape: Shape | None,
    machine: Machine,
    paces: Sequence[Pace] = (),
    sizes: Mapping[str, int] | None = None,
) -> Estimate:
    """Return what a training will take.

    Parameters
    ----------
    recipe
        What to train; it need not have a name.
    judges
        Slug → judge of those of its panel that there are.
    shape
        The base's; ``None`` if it is not known.
    machine, paces
        What is known of where it runs, and the runs that were made, newest first.
    sizes
        Bytes of the judges' own models, by path.
    """
    remote = any(isinstance(spec, Remote) for spec in judges.values())
    if shape is None:
        return Estimate(remote=remote)
    sizes = sizes or {}
    device, dtype = device_of(recipe, machine), dtype_of(recipe, machine, paces)
    where = _place(recipe, machine)
    base = [
        pace
        for pace in paces
        if (pace.dtype, pace.recipe.base) == (dtype, recipe.base) and _ran_there(pace, recipe, machine, where)
    ]
    kinds = panel_kinds(judges)
    same = next((pace for pace in base if pace.judges == kinds), None)
    models = footprint.judges_models(sizes, judges)
    memory = footprint.peak(recipe, shape, dtype, device, models)
    told = next((pace for pace in base if pace.judges == kinds and pace.memory is not None), None)
    if told is not None and told.memory is not None:
        memory += told.memory - footprint.peak(told.recipe, shape, dtype, device, models)
    known = Estimate(
        memory=memory,
        memory_least=min(footprint.peak(recipe, shape, dtype, device, models, twice=True), memory),
        disk=footprint.disk(recipe, shape),
        remote=remote,
    )
    pace = same or next(iter(base), None)
    if pace is not None:
        rate = _work(pace.recipe, shape) / max(pace.sampling + pace.updating, 1e-6)
        seconds = _seconds(recipe, judges, shape, rate, sizes, pace)
        basis: Literal["measured", "alike"] = "alike" if same is None else "measured"
        return msgspec.structs.replace(known, seconds=seconds, basis=basis, run=pace.name)
    rate = machine.gflops.get(dtype, 0.0) * 1e9 * _REACHED.get(dtype, 0.4)
    if not rate or device != machine.kind:
        return known
    least = _LEAST_GPU_STEP if device == "cuda" else 0.0
    seconds = _seconds(recipe, judges, shape, rate, sizes, None, least)
    return msgspec.structs.replace(known, seconds=seconds, basis="speed")


def _place(recipe: Recipe, machine: Machine) -> str:
    """Return what a training of this recipe would call this machine, its numbers left out."""
    if recipe.threads and device_of(recipe, machine) == "cpu":
        return f"CPU, {recipe.threads} threads"
    return machine.name.rpartition(", ")[0]


def _ran_there(pace: Pace, recipe: Recipe, machine: Machine, where: str) -> bool:
    if device_of(pace.recipe, machine) != device_of(recipe, machine):
        return False
    # Until the service has told what this machine is called, runs are taken for its own.
    return not where or pace.machine.rpartition(", ")[0] == where


def _work(recipe: Recipe, shape: Shape) -> float:
    """Return the floating-point operations of one step without its judging: sampling once, learning twice."""
    budget = recipe.budget
    rollouts = budget.colors * budget.group
    inputs = rollouts * (NAME_TOKENS - 1)
    tokens = SHARED_TOKENS + budget.colors * color_tokens(shape) + inputs
    once = 2.0 * (shape.body * tokens + shape.head * (budget.colors + inputs))
    learning = recipe.learning
    # The base's own chances for the KL term, and the old ones for the ratio: a forward pass each.
    passes = 2 * learning.updates_per_batch + (learning.beta > 0) + (learning.updates_per_batch > 1)
    return once * (1 + passes)


def _seconds(
    recipe: Recipe,
    judges: Mapping[str, JudgeSpec],
    shape: Shape,
    rate: float,
    sizes: Mapping[str, int],
    pace: Pace | None,
    least: float = 0.0,
) -> float:
    """Return the seconds of a whole training at a rate in operations a second."""
    budget = recipe.budget
    rollouts = budget.colors * budget.group
    same = pace is not None and pace.judges == panel_kinds(judges)
    if pace is not None and same:
        past = pace.recipe.budget
        judging = pace.judging * rollouts / (past.colors * past.group)
    else:
        judging = rollouts * _judging(judges, shape, rate, sizes)
    step = max(_work(recipe, shape) / rate, least) + judging
    if pace is not None and same and pace.looking is not None:
        looking = pace.looking
    else:
        tokens = SHARED_TOKENS + HELD_OUT * (color_tokens(shape) + NAME_TOKENS - 1)
        looking = 2.0 * shape.parameters * tokens / rate + HELD_OUT * _judging(judges, shape, rate, sizes)
    # It looks before the first step and after the last one too.
    looks = 2 + ((budget.steps - 1) // recipe.eval_every if recipe.eval_every else 0)
    loading = pace.loading if pace is not None and pace.loading is not None else _LOADING
    return loading + budget.steps * step + looks * looking


def _judging(judges: Mapping[str, JudgeSpec], shape: Shape, rate: float, sizes: Mapping[str, int]) -> float:
    """Return the seconds in which all judges judge one name."""
    seconds = 0.0
    for spec in judges.values():
        if isinstance(spec, Remote):
            seconds += _ANSWER / spec.concurrency
            continue
        passes = _HEARD * spec.among if isinstance(spec, Listener) else _JUDGED.get(kind_of(spec), 0.0)
        own = sizes.get(spec.model, 0) if isinstance(spec, Contrast | Rating | Describes) else 0
        weights = own / _BYTES_A_WEIGHT if own else shape.parameters
        seconds += passes * 2.0 * weights * NAME_TOKENS / rate
    return seconds
