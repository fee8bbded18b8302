"""The shared prefix: many prompts and names as one tree, computed in one forward pass.

Our prompts are nearly all alike and our names short, so a batch is a tree: a **trunk** (what all prompts
begin with), a **branch** a colour, a **leaf** a name. All its tokens lie packed in a single row, each
token once, so every linear layer is one large product; only attention knows the tree. It is registered
with transformers as an attention implementation, so any decoder that uses transformers' attention
interface can be run this way, and gradients flow as in a plain forward.

What is computed is exactly what a plain causal forward over each (prompt, name) would compute:
a token sees the trunk, its own branch and its own leaf. Models whose attention does more than that (a
sliding window shorter than the text, sinks, soft-capping) are noticed by ``engine.lm.exact``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor
from transformers import AttentionInterface

ATTENTION = "painter_tree"


class _Move(torch.autograd.Function):
    """Move rows to where ``index`` says. Each row lands in one place, so backward is a move as well."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, index: Tensor, inverse: Tensor) -> Tensor:
        ctx.save_for_backward(inverse)
        return rows.index_select(0, index)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (inverse,) = ctx.saved_tensors
        return grad.index_select(0, inverse), None, None


@dataclass(frozen=True)
class Grid:
    """Ragged runs of tokens as a padded (batch, group, length) grid, and the way back.

    Attributes
    ----------
    shape
        (B, G, L).
    index
        For each cell, the row of the packed tokens that it holds; padding points at row 0.
    inverse
        For each packed row, its cell.
    padding
        Whether any cell is padding; if none and the order is kept, moving is a view.
    """

    shape: tuple[int, int, int]
    index: Tensor
    inverse: Tensor
    padding: bool

    @classmethod
    def of(cls, lengths: Sequence[Sequence[int]], device: torch.device) -> Grid:
        """Lay out runs, given in packed order as ``lengths[batch][group]``."""
        groups = max((len(row) for row in lengths), default=0)
        longest = max((n for row in lengths for n in row), default=0)
        index = torch.zeros(len(lengths) * groups * longest, dtype=torch.long)
        inverse: list[int] = []
        for b, row in enumerate(lengths):
            for g, n in enumerate(row):
                start = (b * groups + g) * longest
                index[start : start + n] = torch.arange(len(inverse), len(inverse) + n)
                inverse.extend(range(start, start + n))
        padding = len(inverse) != index.numel()
        return cls(
            (len(lengths), groups, longest), index.to(device), torch.tensor(inverse).to(device), padding
        )

    def spread(self, rows: Tensor) -> Tensor:
        """(n, heads, d) packed rows → (B, G, L, heads, d)."""
        if self.padding:
            # Padding cells hold row 0's values, which nothing reads; `_Move` gives them no gradient.
            rows = _Move.apply(rows, self.index, self.inverse)
        return rows.view(*self.shape, *rows.shape[1:])

    def pack(self, cells: Tensor) -> Tensor:
        """(B, G, L, heads, d) → (n, heads, d); the inverse of :meth:`spread`."""
        rows = cells.reshape(-1, *cells.shape[3:])
        return _Pack.apply(rows, self.inverse, rows.shape[0]) if self.padding else rows


class _Pack(torch.autograd.Function):
    """Pick the cells that hold tokens; backward leaves zeros in the padding."""

    @staticmethod
    def forward(ctx: Any, cells: Tensor, inverse: Tensor, count: int) -> Tensor:
        ctx.save_for_backward(inverse)
        ctx.count = count
        return cells.index_select(0, inverse)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (inverse,) = ctx.saved_tensors
        full = grad.new_zeros(ctx.count, *grad.shape[1:])
        full.index_copy_(0, inverse, grad)
        return full, None, None


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    context: tuple[Tensor, Tensor, Tensor | None] | None,
    own_bias: Tensor | None,
    scaling: float,
) -> Tensor:
    """Attend from each run to its batch's context, shared by the group, and to the run itself.

    Parameters
    ----------
    query
        (B, G, L, heads, d).
    key, value
        (B, G, M, kv heads, d): the runs' own.
    context
        Keys and values (B, S, kv heads, d) and a bias (B, 1, 1, S) that is −inf where padded.
    own_bias
        Added to the own scores, broadcast over (B, G, kv heads, L, repeats, M): the causal mask.
    scaling
        Of the scores, 1/√d as a rule.

    Returns
    -------
    Tensor
        (B, G, L, heads, d).
    """
    b, g, length, heads, d = query.shape
    m, kv = key.shape[2], key.shape[3]
    r = heads // kv
    q = (query * scaling).view(b, g, length, kv, r, d)
    own_q = q.permute(0, 1, 3, 2, 4, 5).reshape(b * g * kv, length * r, d)
    own_k = key.permute(0, 1, 3, 4, 2).reshape(b * g * kv, d, m)
    own_v = value.permute(0, 1, 3, 2, 4).reshape(b * g * kv, m, d)
    own = torch.bmm(own_q, own_k).view(b, g, kv, length, r, m).float()
    if own_bias is not None:
        own = own + own_bias
    if context is None:
        weights = torch.softmax(own, -1).to(query.dtype)
        mixed = torch.bmm(weights.view(b * g * kv, length * r, m), own_v)
        return mixed.view(b, g, kv, length, r, d).permute(0, 1, 3, 2, 4, 5).reshape(b, g, length, heads, d)
    ctx_k, ctx_v, ctx_bias = context
    s = ctx_k.shape[1]
    ctx_q = q.permute(0, 3, 1, 2, 4, 5).reshape(b * kv, g * length * r, d)
    far = torch.bmm(ctx_q, ctx_k.permute(0, 2, 3, 1).reshape(b * kv, d, s))
    far = far.view(b, kv, g * length * r, s).float()
    if ctx_bias is not None:
        far = far + ctx_bias
    near = own.permute(0, 2, 1, 3, 4, 5).reshape(b, kv, g * length * r, m)
    weights = torch.softmax(torch.cat([far, near], -1), -1).to(query.dtype)
    far_w, near_w = weights[..., :s], weights[..., s:]
    far_out = torch.bmm(
        far_w.reshape(b * kv, g * length * r, s), ctx_v.permute(0, 2, 1, 3).reshape(b * kv, s, d)
    ).view(b, kv, g, length, r, d)
    near_w = near_w.reshape(b, kv, g, length, r, m).permute(0, 2, 1, 3, 4, 5)
    near_out = torch.bmm(near_w.reshape(b * g * kv, length * r, m), own_v).view(b, g, kv, length, r, d)
    out = far_out.permute(0, 2, 3, 1, 4, 5) + near_out.permute(0, 1, 3, 2, 4, 5)
    return out.reshape(b, g, length, heads, d)


def causal(length: int, device: torch.device) -> Tensor:
    """Return the causal bias of a run, shaped (L, 1, L) to broadcast over the heads' repeats."""
    future = torch.ones(length, length, dtype=torch.bool, device=device).triu(1)
    return torch.zeros(length, length, device=device).masked_fill(future, float("-inf")).unsqueeze(1)


class Attends(Protocol):
    """What ``tree=`` may be in a forward call."""

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """Attend in one layer: (n, heads, d) queries, (n, kv heads, d) keys and values → (n, heads, d)."""
        ...


KeyValues = tuple[Tensor, Tensor]


@dataclass
class Tree:
    """A packed batch: its tokens, positions and attention.

    Attributes
    ----------
    input_ids, position_ids
        (1, n): trunk, then branches, then leaves.
    ends
        For each branch, the packed row of its last token (the trunk's last, if the branch is empty);
        −1 where that lies in a cached trunk.
    starts
        For each leaf, the packed row of its first token.
    trunk_cache
        layer → the trunk's keys and values (S, kv heads, d), when it is not in this row; or (branches, S,
        kv heads, d), when every branch is another model's (``engine.lm.lora.Painters``).
    keep
        Whether to keep contexts (and, with ``keep_trunk``, the trunk's keys and values) for later.
    """

    input_ids: Tensor
    position_ids: Tensor
    trunk: int
    branches: Grid | None
    leaves: Grid | None
    branch_rows: int
    context_bias: Tensor | None
    ends: list[int]
    starts: list[int]
    trunk_cache: dict[int, KeyValues] | None = None
    keep: bool = False
    contexts: dict[int, KeyValues] = field(default_factory=dict)
    trunks: dict[int, KeyValues] = field(default_factory=dict)
    _causal: dict[int, Tensor] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        trunk: Sequence[int],
        branches: Sequence[Sequence[int]],
        leaves: Sequence[Sequence[Sequence[int]]],
        device: torch.device,
        trunk_cache: dict[int, KeyValues] | None = None,
        keep: bool = False,
    ) -> Tree:
        """Pack a tree.

        Parameters
        ----------
        trunk
            Token ids that all begin with. With a ``trunk_cache`` they are not packed again.
        branches
            Token ids of each branch; may all be empty.
        leaves
            ``leaves[branch]`` lists the token ids of that branch's leaves; a leaf may be empty.
        """
        offset = len(trunk)
        packed: list[int] = [] if trunk_cache is not None else list(trunk)
        positions = list(range(len(packed)))
        in_row = len(packed)
        ends: list[int] = []
        for branch in branches:
            packed.extend(branch)
            positions.extend(range(offset, offset + len(branch)))
            ends.append(len(packed) - 1 if branch else in_row - 1)
        branch_rows = len(packed) - in_row
        starts: list[int] = []
        for branch, group in zip(branches, leaves, strict=True):
            for leaf in group:
                starts.append(len(packed))
                packed.extend(leaf)
                positions.extend(range(offset + len(branch), offset + len(branch) + len(leaf)))
        lengths = [len(branch) for branch in branches]
        apart = trunk_cache is not None and next(iter(trunk_cache.values()))[0].dim() == 4
        leaf_lengths = [[len(leaf) for leaf in group] for group in leaves]
        longest = max(lengths, default=0)
        bias = None
        if len(set(lengths)) > 1:
            bias = torch.zeros(len(branches), 1, 1, offset + longest)
            for c, n in enumerate(lengths):
                bias[c, ..., offset + n :] = float("-inf")
            bias = bias.to(device)
        return cls(
            input_ids=torch.tensor([packed], device=device),
            position_ids=torch.tensor([positions], device=device),
            trunk=in_row,
            branches=Grid.of([[n] for n in lengths] if apart else [lengths], device) if branch_rows else None,
            leaves=Grid.of(leaf_lengths, device) if any(map(any, leaf_lengths)) else None,
            branch_rows=branch_rows,
            context_bias=bias,
            ends=ends,
            starts=starts,
            trunk_cache=trunk_cache,
            keep=keep,
        )

    def _mask(self, length: int, device: torch.device) -> Tensor:
        if length not in self._causal:
            self._causal[length] = causal(length, device)
        return self._causal[length]

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """See :class:`Attends`."""
        out: list[Tensor] = []
        n = self.trunk
        if self.trunk_cache is not None:
            trunk_k, trunk_v = self.trunk_cache[layer]
        else:
            trunk_k, trunk_v = key[:n], value[:n]
        if n:
            mask = self._mask(n, query.device)
            out.append(
                attend(
                    query[None, None, :n], key[None, None, :n], value[None, None, :n], None, mask, scaling
                )[0, 0]
            )
        if self.keep:
            self.trunks[layer] = (trunk_k, trunk_v)
        context = (trunk_k, trunk_v) if trunk_k.dim() == 4 else (trunk_k[None], trunk_v[None])
        if self.branches is not None:
            grid, rows = self.branches, slice(n, n + self.branch_rows)
            k, v = grid.spread(key[rows]), grid.spread(value[rows])
            bias = self._mask(grid.shape[2], query.device)
            far = (*context, None) if context[0].shape[1] else None
            out.append(grid.pack(attend(grid.spread(query[rows]), k, v, far, bias, scaling)))
            count = grid.shape[0] * grid.shape[1]
            context = (
                torch.cat([context[0].expand(count, *context[0].shape[1:]), k.flatten(0, 1)], 1),
                torch.cat([context[1].expand(count, *context[1].shape[1:]), v.flatten(0, 1)], 1),
            )
        if self.keep:
            self.contexts[layer] = context
        if self.leaves is not None:
            grid, rows = self.leaves, slice(n + self.branch_rows, None)
            k, v = grid.spread(key[rows]), grid.spread(value[rows])
            ctx_k, ctx_v = context
            if ctx_k.shape[0] != grid.shape[0]:
                ctx_k = ctx_k.expand(grid.shape[0], *ctx_k.shape[1:])
                ctx_v = ctx_v.expand(grid.shape[0], *ctx_v.shape[1:])
            bias = self._mask(grid.shape[2], query.device)
            out.append(
                grid.pack(
                    attend(grid.spread(query[rows]), k, v, (ctx_k, ctx_v, self.context_bias), bias, scaling)
                )
            )
        return torch.cat(out) if len(out) > 1 else out[0]


def _tree_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    tree: Attends | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """Run attention for a packed row: transformers' interface, (1, heads, n, d) in, (1, n, heads, d) out."""
    if tree is None:
        raise ValueError("This attention needs tree=; use it inside shared_prefix().")
    scale = scaling if scaling is not None else float(query.shape[-1]) ** -0.5
    layer = int(module.layer_idx)  # type: ignore[arg-type]
    q, k, v = (x[0].transpose(0, 1) for x in (query, key, value))
    return tree.attend(layer, q, k, v, scale).unsqueeze(0), None


AttentionInterface.register(ATTENTION, _tree_attention)


@contextmanager
def shared_prefix(model: Any) -> Iterator[None]:
    """Let ``model`` (any transformers decoder) take ``tree=`` in its forward calls."""
    configs = {id(m.config): m.config for m in model.modules() if hasattr(m, "config")}
    before = [(config, config._attn_implementation) for config in configs.values() if _has_attention(config)]
    for config, _ in before:
        config._attn_implementation_internal = ATTENTION
    try:
        yield
    finally:
        for config, name in before:
            config._attn_implementation_internal = name


def _has_attention(config: Any) -> bool:
    return hasattr(config, "_attn_implementation_internal")


def common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    """Return how many leading tokens all sequences share, leaving each at least one of its own."""
    shortest = min(len(s) for s in sequences) - 1
    first = sequences[0]
    for i in range(shortest):
        if any(s[i] != first[i] for s in sequences):
            return i
    return max(shortest, 0)
