"""Sampling names: the common prompt once, each colour once, the names G times, all in one batch.

Randomness is one table of uniform numbers drawn from a seed before the first token, so a name does not
depend on which other rows have already ended, and the same seed gives the same names again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.lm.scoring import body_and_head, run_body
from engine.lm.tree import Grid, KeyValues, Tree, attend, common_prefix, shared_prefix


@dataclass(frozen=True)
class Sampled:
    """One sampled reply: its tokens, the end included when reached, and their log-probabilities."""

    tokens: tuple[int, ...]
    logps: tuple[float, ...]


class _Decode:
    """Attention of one new token a row: to its prompt, shared by the group, and to its own tokens."""

    def __init__(self, tree: Tree, rows: int, longest: int) -> None:
        self._tree = tree
        self._rows, self._longest = rows, longest
        self._own: dict[int, KeyValues] = {}
        self.time = 0
        self.alive: Tensor
        self.grid: Grid
        self.cells: Tensor

    def select(self, alive: Sequence[int], branch_of: Sequence[int], branches: int, device: Any) -> None:
        """Set which rows are still being written."""
        lengths: list[list[int]] = [[] for _ in range(branches)]
        for row in alive:
            lengths[branch_of[row]].append(1)
        self.alive = torch.tensor(alive, device=device)
        self.grid = Grid.of(lengths, device)
        self.cells = self.alive[self.grid.index]

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        if layer not in self._own:
            shape = (self._rows, self._longest, *key.shape[1:])
            self._own[layer] = (key.new_empty(shape), value.new_empty(shape))
        keys, values = self._own[layer]
        t = self.time
        keys[self.alive, t] = key
        values[self.alive, t] = value
        branches, group, _ = self.grid.shape
        own_k = keys[self.cells, : t + 1].view(branches, group, t + 1, *key.shape[1:])
        own_v = values[self.cells, : t + 1].view(branches, group, t + 1, *value.shape[1:])
        ctx_k, ctx_v = self._tree.contexts[layer]
        context = (ctx_k, ctx_v, self._tree.context_bias)
        return self.grid.pack(attend(self.grid.spread(query), own_k, own_v, context, None, scaling))


def _draw(logits: Tensor, uniform: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """Draw one token a row by inverting the cumulative distribution; greedy at temperature 0."""
    scores = logits.float()
    if temperature == 0:
        tokens = scores.argmax(-1)
    else:
        scores = scores / temperature
        cumulative = torch.softmax(scores, -1).cumsum_(-1)
        target = uniform * cumulative[:, -1]
        tokens = torch.searchsorted(cumulative, target[:, None], right=True)[:, 0]
        tokens.clamp_(max=scores.shape[-1] - 1)
    logps = scores.gather(1, tokens[:, None])[:, 0] - torch.logsumexp(scores, -1)
    return tokens, logps


@torch.no_grad()
def sample(
    model: Any,
    prompts: Sequence[Sequence[int]],
    groups: Sequence[int],
    *,
    ends: Sequence[int],
    longest: int,
    temperature: float,
    seed: int,
) -> list[list[Sampled]]:
    """Sample replies to several prompts.

    Parameters
    ----------
    model
        A transformers causal model; as a rule the merged buffer.
    prompts, groups
        Token ids of each prompt and how many replies it gets.
    ends
        Token ids that end a reply.
    longest
        At most so many tokens a reply.
    temperature
        0 is greedy.
    seed
        Fixes the result, whatever else is in the process.

    Returns
    -------
    list of list of Sampled
        ``[prompt][reply]``; none is empty.
    """
    device = next(model.parameters()).device
    shared = common_prefix(prompts)
    trunk, branches = prompts[0][:shared], [prompt[shared:] for prompt in prompts]
    tree = Tree.build(trunk, branches, [[] for _ in branches], device, keep=True)
    hidden = run_body(model, tree)
    body, weight = body_and_head(model)
    branch_of = [branch for branch, count in enumerate(groups) for _ in range(count)]
    rows = len(branch_of)
    uniform = torch.rand(rows, longest, generator=torch.Generator().manual_seed(seed)).to(device)
    first = hidden[torch.tensor(tree.ends, device=device)] @ weight.t()
    tokens, logps = _draw(first[torch.tensor(branch_of, device=device)], uniform[:, 0], temperature)
    replies: list[list[int]] = [[] for _ in range(rows)]
    chances: list[list[float]] = [[] for _ in range(rows)]
    stop = frozenset(ends)
    lengths = [len(prompt) for prompt in prompts]
    decode = _Decode(tree, rows, longest)
    alive = list(range(rows))
    for t in range(longest):
        if t:
            positions = torch.tensor([[lengths[branch_of[row]] + t - 1 for row in alive]], device=device)
            with shared_prefix(body):
                out = body(input_ids=tokens[None], position_ids=positions, use_cache=False, tree=decode)
            logits = out.last_hidden_state[0] @ weight.t()
            tokens, logps = _draw(logits, uniform[decode.alive, t], temperature)
        for row, token, logp in zip(alive, tokens.tolist(), logps.tolist(), strict=True):
            replies[row].append(token)
            chances[row].append(logp)
        going = [i for i, row in enumerate(alive) if replies[row][-1] not in stop]
        if not going or t + 1 == longest:
            break
        if len(going) < len(alive) or t == 0:
            tokens = tokens[torch.tensor(going, device=device)]
            alive = [alive[i] for i in going]
            decode.select(alive, branch_of, len(prompts), device)
        decode.time = t
    grouped: list[list[Sampled]] = [[] for _ in prompts]
    for row, branch in enumerate(branch_of):
        grouped[branch].append(Sampled(tuple(replies[row]), tuple(chances[row])))
    return grouped
