"""Sampling names: the common prompt once, each colour once, the names G times, all in one batch.

Randomness is one table of uniform numbers drawn from a seed before the first token, so a name does not
depend on which other rows have already ended, and the same seed gives the same names again.

Two ways to write the names, with equal results: rows that ended leave the batch (CPU, where work is what
costs), or one decode step with fixed shapes, captured once as a CUDA graph and replayed (CUDA, where
launching thousands of small kernels is what costs).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.lm.product import logits
from engine.lm.scoring import body_and_head, run_body
from engine.lm.tree import Grid, KeyValues, Tree, attend, common_prefix, shared_prefix

# Contexts are padded to a multiple of this, so that one graph serves readings of many lengths.
CONTEXT_STEP = 32


@dataclass(frozen=True)
class Sampled:
    """One sampled reply: its tokens, the end included when reached, and their log-probabilities."""

    tokens: tuple[int, ...]
    logps: tuple[float, ...]


@dataclass(frozen=True)
class _Start:
    """Prompts computed, the first token drawn: what both ways of decoding go on from."""

    tree: Tree
    tokens: Tensor
    logps: Tensor
    uniform: Tensor
    branch_of: list[int]
    lengths: list[int]


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


class Sampler:
    """Samples replies from one model, again and again as its weights change.

    Parameters
    ----------
    model
        A transformers causal model; as a rule the merged buffer.
    graphs
        Whether to decode by CUDA graphs; by default on CUDA.
    rows
        Told before each forward how many of its packed rows belong to each prompt. With it every prompt is
        computed on its own, for prompts that are not the same model's (``engine.lm.lora.Painters``), and
        all of them are given the same dice.
    trunk
        How many tokens all prompts begin with, and their keys and values, one for each prompt (see
        ``Tree.trunk_cache``), if they were computed before; only with ``rows``.
    """

    def __init__(
        self,
        model: Any,
        graphs: bool | None = None,
        rows: Callable[[Sequence[int]], None] | None = None,
        trunk: tuple[int, dict[int, KeyValues]] | None = None,
    ) -> None:
        self._model, self._rows, self._trunk = model, rows, trunk
        self._device: torch.device = next(model.parameters()).device
        self._by_graph = self._device.type == "cuda" if graphs is None else graphs
        self._graphs: dict[tuple[Any, ...], _GraphDecode] = {}

    @torch.no_grad()
    def sample(
        self,
        prompts: Sequence[Sequence[int]],
        groups: Sequence[int],
        *,
        ends: Sequence[int],
        longest: int,
        temperature: float,
        seed: int,
        before: int = 0,
        ended: Callable[[int, Sampled], None] = lambda prompt, reply: None,
    ) -> list[list[Sampled]]:
        """Sample replies to several prompts.

        Parameters
        ----------
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
        before
            How many replies of the same batch come before these: they get the dice that they would get if
            all were sampled together.
        ended
            Told each reply and its prompt's place as soon as it has ended, where no graph decodes.

        Returns
        -------
        list of list of Sampled
            ``[prompt][reply]``; none is empty.
        """
        start = self._begin(prompts, groups, longest, temperature, seed, before)
        stop = frozenset(ends)
        if self._by_graph and len(set(groups)) == 1:
            replies, chances = self._by_graphs(start, groups[0], stop, longest, temperature)
        else:
            replies, chances = self._by_rows(start, stop, longest, temperature, ended)
        grouped: list[list[Sampled]] = [[] for _ in prompts]
        for row, branch in enumerate(start.branch_of):
            grouped[branch].append(Sampled(tuple(replies[row]), tuple(chances[row])))
        return grouped

    def _begin(
        self,
        prompts: Sequence[Sequence[int]],
        groups: Sequence[int],
        longest: int,
        temperature: float,
        seed: int,
        before: int,
    ) -> _Start:
        shared, cached = self._trunk or (common_prefix(prompts) if self._rows is None else 0, None)
        trunk, branches = prompts[0][:shared], [prompt[shared:] for prompt in prompts]
        tree = Tree.build(trunk, branches, [[] for _ in branches], self._device, cached, keep=True)
        if self._rows is not None:
            self._rows([len(branch) for branch in branches])
        hidden = run_body(self._model, tree)
        _, weight = body_and_head(self._model)
        branch_of = [branch for branch, count in enumerate(groups) for _ in range(count)]
        dice = len(branch_of) if self._rows is None else max(groups)
        uniform = torch.rand(before + dice, longest, generator=torch.Generator().manual_seed(seed))[before:]
        if self._rows is not None:
            uniform = torch.cat([uniform[:count] for count in groups])
        uniform = uniform.to(self._device)
        first = logits(hidden[torch.tensor(tree.ends, device=self._device)], weight)
        rows = torch.tensor(branch_of, device=self._device)
        tokens, logps = _draw(first[rows], uniform[:, 0], temperature)
        return _Start(tree, tokens, logps, uniform, branch_of, [len(prompt) for prompt in prompts])

    def _by_rows(
        self,
        start: _Start,
        stop: frozenset[int],
        longest: int,
        temperature: float,
        ended: Callable[[int, Sampled], None],
    ) -> tuple[list[list[int]], list[list[float]]]:
        body, weight = body_and_head(self._model)
        rows = len(start.branch_of)
        replies: list[list[int]] = [[] for _ in range(rows)]
        chances: list[list[float]] = [[] for _ in range(rows)]
        decode = _RowDecode(start.tree, rows, longest)
        tokens, logps = start.tokens, start.logps
        alive = list(range(rows))
        for t in range(longest):
            if t:
                at = [[start.lengths[start.branch_of[row]] + t - 1 for row in alive]]
                positions = torch.tensor(at, device=self._device)
                if self._rows is not None:
                    said = Counter(start.branch_of[row] for row in alive)
                    self._rows([said[branch] for branch in range(len(start.lengths))])
                with shared_prefix(body):
                    out = body(input_ids=tokens[None], position_ids=positions, use_cache=False, tree=decode)
                scores = logits(out.last_hidden_state[0], weight)
                tokens, logps = _draw(scores, start.uniform[decode.alive, t], temperature)
            going = []
            for i, (row, token, logp) in enumerate(zip(alive, tokens.tolist(), logps.tolist(), strict=True)):
                replies[row].append(token)
                chances[row].append(logp)
                if token in stop or t + 1 == longest:
                    ended(start.branch_of[row], Sampled(tuple(replies[row]), tuple(chances[row])))
                else:
                    going.append(i)
            if not going:
                break
            if len(going) < len(alive) or t == 0:
                tokens = tokens[torch.tensor(going, device=self._device)]
                alive = [alive[i] for i in going]
                decode.select(alive, start.branch_of, len(start.lengths), self._device)
            decode.time = t
        return replies, chances

    def _by_graphs(
        self, start: _Start, group: int, stop: frozenset[int], longest: int, temperature: float
    ) -> tuple[list[list[int]], list[list[float]]]:
        context = start.tree.contexts[0][0].shape[1]
        padded = -(-context // CONTEXT_STEP) * CONTEXT_STEP
        key = (len(start.lengths), group, padded, longest, temperature)
        if key not in self._graphs:
            self._graphs[key] = _GraphDecode(self._model, start, group, padded, longest, temperature)
        tokens, logps = self._graphs[key].run(start, torch.tensor(sorted(stop), device=self._device))
        replies, chances = [], []
        for row, said in zip(tokens.tolist(), logps.tolist(), strict=True):
            length = next((i + 1 for i, token in enumerate(row) if token in stop), len(row))
            replies.append(row[:length])
            chances.append(said[:length])
        return replies, chances


class _RowDecode:
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
        """See :class:`engine.lm.tree.Attends`."""
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


class _GraphDecode:
    """One decode step over all rows with fixed shapes, captured as a CUDA graph at its first use.

    Whatever changes lies in buffers that are written before a replay; rows that have ended go on being
    computed, and what they say is not read.
    """

    def __init__(
        self, model: Any, start: _Start, group: int, padded: int, longest: int, temperature: float
    ) -> None:
        self._model, self._group, self._longest, self._temperature = model, group, longest, temperature
        device, rows = start.tokens.device, len(start.branch_of)
        layers = len(start.tree.contexts)
        branches, _, kv, dim = start.tree.contexts[0][0].shape
        like = start.tree.contexts[0][0]
        self._contexts = like.new_zeros(layers, 2, branches, padded, kv, dim)
        self._bias = torch.zeros(branches, 1, 1, padded, device=device)
        self._own = like.new_zeros(layers, 2, rows, longest, kv, dim)
        self._columns = torch.arange(longest, device=device)
        self._time = torch.zeros(1, dtype=torch.long, device=device)
        self._tokens = torch.zeros(rows, dtype=torch.long, device=device)
        self._positions = torch.zeros(1, rows, dtype=torch.long, device=device)
        self._uniform = torch.zeros_like(start.uniform)
        self._said = torch.zeros(rows, longest, dtype=torch.long, device=device)
        self._chances = torch.zeros(rows, longest, device=device)
        self._graph: torch.cuda.CUDAGraph | None = None

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """See :class:`engine.lm.tree.Attends`."""
        self._own[layer, 0].index_copy_(1, self._time, key[:, None])
        self._own[layer, 1].index_copy_(1, self._time, value[:, None])
        branches = self._contexts.shape[2]
        cells = (branches, self._group)
        later = torch.zeros_like(self._columns, dtype=torch.float32)
        later = later.masked_fill(self._columns > self._time, float("-inf"))
        mixed = attend(
            query.view(*cells, 1, *query.shape[1:]),
            self._own[layer, 0].view(*cells, self._longest, *key.shape[1:]),
            self._own[layer, 1].view(*cells, self._longest, *value.shape[1:]),
            (self._contexts[layer, 0], self._contexts[layer, 1], self._bias),
            later,
            scaling,
        )
        return mixed.view(query.shape)

    def _step(self) -> None:
        body, weight = body_and_head(self._model)
        with shared_prefix(body):
            out = body(input_ids=self._tokens[None], position_ids=self._positions, use_cache=False, tree=self)
        self._time += 1
        self._positions += 1
        uniform = self._uniform.index_select(1, self._time)[:, 0]
        tokens, logps = _draw(out.last_hidden_state[0] @ weight.t(), uniform, self._temperature)
        self._tokens.copy_(tokens)
        self._said.index_copy_(1, self._time, tokens[:, None])
        self._chances.index_copy_(1, self._time, logps[:, None])

    def _set(self, start: _Start) -> None:
        for layer, (keys, values) in start.tree.contexts.items():
            self._contexts[layer, 0, :, : keys.shape[1]] = keys
            self._contexts[layer, 1, :, : values.shape[1]] = values
        width = start.tree.contexts[0][0].shape[1]
        self._bias.fill_(float("-inf"))
        self._bias[..., :width] = 0 if start.tree.context_bias is None else start.tree.context_bias
        self._uniform.copy_(start.uniform)
        self._tokens.copy_(start.tokens)
        self._said[:, 0] = start.tokens
        self._chances[:, 0] = start.logps
        lengths = [start.lengths[branch] for branch in start.branch_of]
        self._positions.copy_(torch.tensor([lengths], device=self._positions.device))
        self._time.zero_()

    def run(self, start: _Start, ends: Tensor) -> tuple[Tensor, Tensor]:
        """Decode to the end; return all rows' tokens and log-probabilities, (rows, longest) each."""
        self._set(start)
        if self._graph is None and start.tokens.device.type == "cuda" and self._longest > 1:
            self._capture()
            self._set(start)
        ended = torch.isin(start.tokens, ends)
        for _ in range(1, self._longest):
            if bool(ended.all()):
                break
            if self._graph is None:
                self._step()
            else:
                self._graph.replay()
            ended |= torch.isin(self._tokens, ends)
        return self._said, self._chances

    def _capture(self) -> None:
        # Warm up on a side stream, as CUDA graphs ask, then capture one step.
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            self._step()
        torch.cuda.current_stream().wait_stream(side)
        self._time.zero_()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step()
        self._graph = graph


def sample(
    model: Any,
    prompts: Sequence[Sequence[int]],
    groups: Sequence[int],
    *,
    ends: Sequence[int],
    longest: int,
    temperature: float,
    seed: int,
    before: int = 0,
) -> list[list[Sampled]]:
    """Sample once, without graphs; see :meth:`Sampler.sample`."""
    return Sampler(model, graphs=False).sample(
        prompts, groups, ends=ends, longest=longest, temperature=temperature, seed=seed, before=before
    )
