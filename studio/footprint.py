"""How much memory and disk a training will take: a line for each thing that takes some.

The constants are fitted to ``engine.train.memory``, which counts on the model itself once it is loaded:
within 1% of what it told for the embedded base in fp32.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.judges.spec import Contrast, Describes, JudgeSpec, Rating
from engine.recipe import Recipe
from studio.shapes import Shape

NAME_TOKENS = 6  # an ordinary name's, its end included
COLOR_TOKENS, PLAIN_TOKENS = 27, 10  # what prompts do not share, with the colour in words and without
SHARED_TOKENS = 35

# Kept for the backward pass by each layer and token, in elements per hidden and per inner width; fitted to
# ``engine.train.memory.kept_bytes`` on two shapes, ranks 8 and 32. In bf16 some of it stays fp32.
_KEPT_HIDDEN, _KEPT_INNER = 3.3, 5.2
_KEPT_BYTES = {"float32": 4.0, "bfloat16": 2.35}
_HEAD_CHUNK = 256  # ``engine.lm.head.CHUNK``
_LIBRARIES = {"cuda": 0.6e9}
_USUAL_LIBRARIES = 1.2e9
_NF4_BYTES = 0.516  # 4 bits, and a quantized constant for each block of 64 (QLoRA, section 3)
_MODEL_SHARE = 1.15  # of a GGUF's file, with its buffers
_ROLLOUT_BYTES = 420  # of the log
_CHECKPOINTS = 3  # two are kept, and one is being written


def color_tokens(shape: Shape) -> int:
    """Return how many tokens of a colour's prompt are its own."""
    return COLOR_TOKENS if shape.with_reading else PLAIN_TOKENS


def trained(recipe: Recipe, shape: Shape) -> int:
    """Return how many numbers a painter of this recipe has."""
    return recipe.lora.rank * shape.edges


def peak(
    recipe: Recipe, shape: Shape, dtype: str, device: str, models: float = 0.0, *, twice: bool = False
) -> int:
    """Return the bytes that a training holds at a step's peak.

    Parameters
    ----------
    models
        Bytes of the judges' own models, see :func:`judges_models`.
    twice
        As it is when layers are computed twice to save memory, which a training does by itself if it must.
    """
    kept = _tokens(recipe, shape) * shape.layers * _kept_layer(shape, dtype)
    if twice:
        # Each layer's input, and all of one layer.
        inputs = shape.layers * shape.hidden * _size(dtype)
        kept = min(kept, _tokens(recipe, shape) * (inputs + _kept_layer(shape, dtype)))
    rows = min(_HEAD_CHUNK, recipe.budget.colors * recipe.budget.group * NAME_TOKENS)
    logits = rows * shape.vocabulary * (12.0 + _size(dtype))
    # Gradients, and Adam's two moments.
    return int(_held(recipe, shape, dtype, device) + kept + logits + 12.0 * trained(recipe, shape) + models)


def judges_models(sizes: Mapping[str, int], judges: Mapping[str, JudgeSpec]) -> float:
    """Return the bytes that the judges' own models take; ``sizes`` are their files', by path."""
    asked = {s.model for s in judges.values() if isinstance(s, Contrast | Rating | Describes) and s.model}
    return _MODEL_SHARE * sum(sizes.get(path, 0) for path in asked)


def disk(recipe: Recipe, shape: Shape) -> int:
    """Return the bytes of a run's folder and its painter."""
    budget = recipe.budget
    log = budget.steps * budget.colors * budget.group * _ROLLOUT_BYTES
    # An adapter, and its two moments beside it.
    return log + trained(recipe, shape) * 4 * (3 * _CHECKPOINTS + 1)


def _size(dtype: str) -> int:
    return 2 if dtype == "bfloat16" else 4


def _held(recipe: Recipe, shape: Shape, dtype: str, device: str) -> float:
    """Return the bytes of the libraries, the base, a copy for its primer if any, and one to sample from."""
    if recipe.quantize == "nf4":
        # Layers in 4 bits with their constants, the rest as it was; names are drawn from the same weights.
        rest = (shape.parameters - shape.body) * _size(dtype)
        return _LIBRARIES.get(device, _USUAL_LIBRARIES) + _NF4_BYTES * shape.body + rest
    weights = _size(dtype) * (shape.parameters + shape.body * (2 if shape.primed else 1))
    return _LIBRARIES.get(device, _USUAL_LIBRARIES) + weights


def _tokens(recipe: Recipe, shape: Shape) -> float:
    """Return how many tokens are learnt from at once."""
    budget = recipe.budget
    whole = budget.colors * (color_tokens(shape) + budget.group * NAME_TOKENS)
    return SHARED_TOKENS + whole / recipe.learning.accumulation


def _kept_layer(shape: Shape, dtype: str) -> float:
    """Return the bytes that a layer keeps for each token."""
    elements = _KEPT_HIDDEN * shape.hidden + _KEPT_INNER * shape.inner
    return elements * _KEPT_BYTES.get(dtype, 4.0)
