"""Log-probabilities of names under a model, through the shared prefix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from engine.lm.head import token_logps
from engine.lm.lora import fused_lora
from engine.lm.tree import KeyValues, Tree, shared_prefix

Tokens = Sequence[int]


@dataclass(frozen=True)
class Scored:
    """Per-token results for a list of names.

    Attributes
    ----------
    logps, entropies
        (total,) flat over all names in order; entropies (nats) are of the prediction that each token
        was drawn from.
    lengths
        Tokens of each name.
    """

    logps: Tensor
    entropies: Tensor
    lengths: tuple[int, ...]

    def sums(self) -> list[float]:
        """Return the log-probability of each whole name."""
        return [float(part.sum()) for part in self.logps.detach().split(list(self.lengths))]

    def padded(self, values: Tensor, width: int) -> Tensor:
        """Return flat ``values`` as (names, width), zeros behind each name's end."""
        device = values.device
        lengths = torch.tensor(self.lengths, device=device)
        column = torch.arange(width, device=device)
        mask = column[None, :] < lengths[:, None]
        out = values.new_zeros(len(self.lengths), width)
        return out.masked_scatter(mask, values)


def body_and_head(model: Any) -> tuple[Any, Tensor]:
    """Return a causal model's decoder (adapters included) and its head's weight."""
    plain = model.get_base_model() if hasattr(model, "get_base_model") else model
    return plain.get_decoder(), plain.get_output_embeddings().weight


@contextmanager
def _as_tree(model: Any, body: Any) -> Iterator[None]:
    with shared_prefix(body), fused_lora(model) if hasattr(model, "peft_config") else nullcontext():
        yield


@contextmanager
def _checkpointed(body: Any, again: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Where layers are checkpointed, compute them again as they were computed: backward comes later."""
    layers = [layer for layer in body.modules() if getattr(layer, "gradient_checkpointing", False)]
    before = [layer._gradient_checkpointing_func for layer in layers]
    for layer in layers:
        layer._gradient_checkpointing_func = partial(
            checkpoint, use_reentrant=False, context_fn=lambda: (nullcontext(), again())
        )
    try:
        yield
    finally:
        for layer, function in zip(layers, before, strict=True):
            layer._gradient_checkpointing_func = function


def run_body(model: Any, tree: Tree) -> Tensor:
    """Return the final hidden states (n, d) of a packed tree."""
    body, _ = body_and_head(model)
    with _as_tree(model, body), _checkpointed(body, lambda: _as_tree(model, body)):
        out = body(input_ids=tree.input_ids, position_ids=tree.position_ids, use_cache=False, tree=tree)
    hidden: Tensor = out.last_hidden_state[0]
    return hidden


def score_names(
    model: Any,
    trunk: Tokens,
    branches: Sequence[Tokens],
    names: Sequence[Sequence[Tokens]],
    *,
    temperature: float = 1.0,
    trunk_cache: dict[int, KeyValues] | None = None,
    entropy: bool = False,
    slope: bool = False,
) -> Scored:
    """Return log p(token | everything before it) for names on a tree of prompts.

    Parameters
    ----------
    model
        A transformers causal model, or a ``PeftModel`` around one.
    trunk, branches
        The prompts: ``trunk + branches[c]``. No branch may be empty.
    names
        ``names[c]`` are the names (token ids, end of turn included) after prompt ``c``. Equal ones are
        computed once; their gradients add up.
    temperature
        Divides the logits, as TRL does.
    trunk_cache
        The trunk's keys and values from :func:`trunk_keys`.
    entropy
        Whether entropies are wanted; they are NaN otherwise, unless a gradient gives them for nothing.
    slope
        Whether they are to be differentiable, see :func:`engine.lm.head.token_logps`.
    """
    device = next(model.parameters()).device
    unique: list[list[Tokens]] = []
    places: list[tuple[int, int]] = []
    for branch, group in enumerate(names):
        seen: dict[tuple[int, ...], int] = {}
        for name in group:
            places.append((branch, seen.setdefault(tuple(name), len(seen))))
        unique.append([list(name) for name in seen])
    leaves = [[name[:-1] for name in group] for group in unique]
    tree = Tree.build(trunk, branches, leaves, device, trunk_cache)
    flat: list[int] = []
    tokens: list[int] = []
    first: dict[tuple[int, int], int] = {}
    leaf = 0
    for branch, group in enumerate(unique):
        for position, name in enumerate(group):
            first[branch, position] = len(flat)
            flat.append(tree.ends[branch])
            flat.extend(range(tree.starts[leaf], tree.starts[leaf] + len(name) - 1))
            tokens.extend(name)
            leaf += 1
    hidden = run_body(model, tree)
    _, weight = body_and_head(model)
    packed = torch.tensor(flat, device=device)
    order = torch.argsort(packed, stable=True)
    used, rows = torch.unique_consecutive(packed[order], return_inverse=True)
    logps, entropies = token_logps(
        hidden.index_select(0, used),
        weight,
        rows,
        torch.tensor(tokens, device=device)[order],
        temperature,
        entropy,
        slope,
    )
    back = torch.empty_like(order)
    back[order] = torch.arange(len(flat), device=device)
    lengths = [len(unique[branch][position]) for branch, position in places]
    pick: list[int] = []
    for place, n in zip(places, lengths, strict=True):
        pick.extend(range(first[place], first[place] + n))
    chosen = back[torch.tensor(pick, device=device)]
    return Scored(logps.index_select(0, chosen), entropies[rows[chosen]], tuple(lengths))


@torch.no_grad()
def trunk_keys(model: Any, trunk: Tokens) -> dict[int, KeyValues]:
    """Return the keys and values of a trunk, layer by layer, to be used again and again."""
    device = next(model.parameters()).device
    tree = Tree.build(trunk, [], [], device, keep=True)
    run_body(model, tree)
    return {layer: (k.clone(), v.clone()) for layer, (k, v) in tree.trunks.items()}
