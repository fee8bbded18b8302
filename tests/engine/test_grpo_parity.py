"""Our trainer against the unmodified TRL class on the same batch: log-probabilities, losses, gradients."""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from msgspec.structs import replace as replace_recipe
from trl import GRPOTrainer

from engine.advantage import advantages
from engine.lm.load import LoadedBase, copy_linears, lora_targets
from engine.recipe import Budget, Learning, Lora, Panel, Recipe, Rejection, Taste
from engine.task import color_task
from engine.train.batch import Batch, Hooks
from engine.train.grpo import PainterTrainer, settings
from engine.train.objectives import OBJECTIVES, lora

pytestmark = pytest.mark.usefixtures("one_thread")

COLORS = ["#d48475", "#123456", "#9acd32"]
GROUP = 4


def recipe_of(objective: str = "grpo", **learning: Any) -> Recipe:
    return Recipe(
        name="Parity",
        panel=Panel(tastes=(Taste("any"),)),
        budget=Budget(steps=1, colors=len(COLORS), group=GROUP),
        learning=Learning(objective=objective, max_grad_norm=1000.0, **learning),
        lora=Lora(rank=4, alpha=8.0),
        max_name_tokens=8,
    )


def worth(tokens: tuple[int, ...]) -> float:
    """Return a reward that anyone can compute from a reply's tokens."""
    return (sum(tokens) % 97) / 97


def hooks_of(learning: Learning) -> Hooks:
    def judge(batch: Batch) -> list[list[float]]:
        rewards = [[worth(tokens) for tokens in group] for group in batch.replies]
        scale = OBJECTIVES[learning.objective]["scale_rewards"]
        return advantages(rewards, scale=scale, min_spread=0.0)

    return Hooks(
        colors=lambda step: COLORS,
        prompt=lambda color: color_task().messages(color, True),
        judge=judge,
        updated=lambda batch, metrics: True,
        phase=lambda phase, step: None,
    )


def reward_of(completion_ids: list[list[int]], **_: Any) -> list[float]:
    return [worth(tuple(ids)) for ids in completion_ids]


class Pair:
    """Our trainer and stock TRL's on equal models, the LoRA's weights equal and not zero."""

    def __init__(self, base: LoadedBase, recipe: Recipe, scratch: Path) -> None:
        hooks = hooks_of(recipe.learning)
        # A model of its own for each: a LoRA changes the modules that it is put on.
        model, other = copy.deepcopy(base.raw), copy.deepcopy(base.raw)
        targets = list(lora_targets(model))
        self.ours = PainterTrainer(
            model, copy_linears(model), base.tokenizer, base.ends, recipe, targets, 1, hooks, scratch
        )
        self.stock = GRPOTrainer(
            model=other,
            reward_funcs=reward_of,
            args=settings(recipe, recipe.budget.steps, torch.device("cpu"), scratch),
            train_dataset=Dataset.from_list(
                [{"prompt": color_task().messages(color, True)} for color in COLORS]
            ),
            processing_class=base.tokenizer,
            peft_config=lora(recipe, targets),
        )
        self.shake(0)
        for trainer in (self.ours, self.stock):
            trainer.model.train()
            trainer.current_gradient_accumulation_steps = recipe.learning.accumulation
        # Stock learns from the replies that ours sampled.
        self.stock._generate_single_turn = self._replies

    def _replies(self, *_: Any, **__: Any) -> tuple[list[list[int]], None]:
        return [list(tokens) for group in self.ours._batch.replies for tokens in group], None

    def shake(self, seed: int) -> None:
        """Move both LoRAs to the same place, as an update would."""
        draw = torch.Generator().manual_seed(seed)
        theirs = dict(self.stock.model.named_parameters())
        with torch.no_grad():
            for name, weight in self.ours.model.named_parameters():
                if weight.requires_grad:
                    if seed == 0 and "lora_A" in name:
                        theirs[name].copy_(weight)
                    else:
                        move = torch.randn(weight.shape, generator=draw) * 0.03
                        weight.add_(move)
                        theirs[name].copy_(weight)

    def batches(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what either makes of the same replies."""
        rows = [{"prompt": color_task().messages(c, True), "color": c} for c in COLORS for _ in range(GROUP)]
        ours = self.ours._generate_and_score_completions(copy.deepcopy(rows))
        return ours, self.stock._generate_and_score_completions(copy.deepcopy(rows))


def gradients(trainer: GRPOTrainer, inputs: dict[str, Any]) -> tuple[float, dict[str, torch.Tensor]]:
    trainer.model.zero_grad(set_to_none=True)
    loss = trainer._compute_loss(trainer.model, inputs)
    loss.backward()
    return float(loss.detach()), {
        n: p.grad.clone() for n, p in trainer.model.named_parameters() if p.requires_grad
    }


def alike(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> float:
    assert ours.keys() == theirs.keys()
    a, b = (torch.cat([g[name].flatten().double() for name in theirs]) for g in (ours, theirs))
    assert b.norm() > 0
    return float(a @ b / (a.norm() * b.norm()))


@pytest.fixture
def pair(tiny_base: LoadedBase, tmp_path: Path) -> Callable[[Recipe], Pair]:
    return lambda recipe: Pair(tiny_base, recipe, tmp_path)


@pytest.mark.parametrize("objective", list(OBJECTIVES))
def test_loss_and_gradients_equal_stock(pair, objective: str) -> None:
    both = pair(recipe_of(objective))
    ours, stock = both.batches()
    assert "old_per_token_logps" not in ours
    assert ours.keys() == stock.keys()
    for key, value in stock.items():
        torch.testing.assert_close(ours[key], value, rtol=1e-4, atol=1e-4, msg=key)
    loss, mine = gradients(both.ours, ours)
    true, theirs = gradients(both.stock, stock)
    assert loss == pytest.approx(true, abs=1e-5)
    assert alike(mine, theirs) > 0.999
    for name, grad in theirs.items():
        torch.testing.assert_close(mine[name], grad, rtol=1e-2, atol=1e-5, msg=name)


@pytest.mark.parametrize("objective", list(OBJECTIVES))
def test_with_a_second_update_and_a_reference_they_equal_stock(pair, objective: str) -> None:
    both = pair(recipe_of(objective, updates_per_batch=2, beta=0.05, temperature=0.8))
    ours, stock = both.batches()
    for key in ("old_per_token_logps", "ref_per_token_logps"):
        mask = ours["completion_mask"].bool()
        assert (ours[key] - stock[key])[mask].abs().max() < 1e-4
    assert (ours["old_per_token_logps"] - ours["ref_per_token_logps"])[mask].abs().max() > 1e-2
    both.shake(1)  # so that the ratio is not 1
    loss, mine = gradients(both.ours, ours)
    true, theirs = gradients(both.stock, stock)
    assert loss == pytest.approx(true, abs=1e-5)
    assert alike(mine, theirs) > 0.999
    ratio = both.ours._metrics["train"]
    for key, values in both.stock._metrics["train"].items():
        if key in ("kl", "entropy") or "clip_ratio" in key:
            assert ratio[key][-1] == pytest.approx(values[-1], abs=1e-4), key


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_log_probabilities_equal_stock_wherever_the_rows_lie(pair, temperature: float) -> None:
    both = pair(recipe_of(temperature=temperature))
    inputs, _ = both.batches()
    order = torch.randperm(len(COLORS) * GROUP, generator=torch.Generator().manual_seed(4))
    ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], 1)[order]
    mask = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], 1)[order]
    keep = inputs["completion_ids"].shape[1]
    # A row that is left out whole, as DAPO does with names that never ended.
    mask[3, -keep:] = 0
    with torch.no_grad():
        mine = both.ours._get_per_token_logps_and_entropies(
            both.ours.model, ids, mask, keep, compute_entropy=True
        )
        theirs = both.stock._get_per_token_logps_and_entropies(
            both.stock.model, ids, mask, keep, compute_entropy=True
        )
    seen = mask[:, -keep:].bool()
    for a, b in zip(mine[:2], theirs[:2], strict=True):
        assert (a - b)[seen].abs().max() < 1e-4
        assert a[~seen].eq(0).all()


def test_a_batch_with_nothing_to_learn_from_has_a_loss_all_the_same(pair) -> None:
    both = pair(recipe_of("dapo"))
    inputs, _ = both.batches()
    inputs["completion_mask"] = torch.zeros_like(inputs["completion_mask"])
    loss = both.ours._compute_loss(both.ours.model, inputs)
    loss.backward()
    assert float(loss.detach()) == 0


def summed_gradient(trainer: GRPOTrainer) -> dict[str, torch.Tensor]:
    """Train for one step; return the gradient that the optimizer's first update was given."""
    kept: dict[str, torch.Tensor] = {}
    trainer.create_optimizer()
    compute, trainer.losses = trainer._compute_loss, 0

    def count(*arguments: Any) -> torch.Tensor:
        trainer.losses += 1
        return compute(*arguments)

    trainer._compute_loss = count

    def keep(*_: Any) -> None:
        for name, weight in trainer.model.named_parameters():
            if weight.requires_grad:
                kept.setdefault(name, weight.grad.clone())

    trainer.optimizer.register_step_pre_hook(keep)
    trainer.train()
    return kept


@pytest.mark.parametrize("objective", ["grpo", "dapo"])
def test_accumulated_gradients_add_up_to_those_of_one_batch(pair, objective: str) -> None:
    whole = pair(recipe_of(objective))
    at_once = summed_gradient(whole.ours)
    parts = pair(recipe_of(objective, accumulation=2))
    in_parts = summed_gradient(parts.ours)
    assert (whole.ours.losses, parts.ours.losses) == (1, 2)
    assert alike(in_parts, at_once) > 0.9999
    for name, grad in at_once.items():
        torch.testing.assert_close(in_parts[name], grad, rtol=1e-3, atol=1e-6, msg=name)
    # Stock TRL, trained by its own loop on the same replies, is given the same gradient.
    assert alike(summed_gradient(parts.stock), at_once) > 0.999


@pytest.mark.parametrize("objective", list(OBJECTIVES))
def test_the_loss_is_the_mean_over_what_was_not_rejected(pair, objective: str) -> None:
    both = pair(recipe_of(objective, beta=0.05))
    judge, rejected = (
        both.ours._hooks.judge,
        [[r == 0 or (r, c) == (1, 2) for r in range(GROUP)] for c in range(3)],
    )

    def rejecting(batch: Batch) -> list[list[float]]:
        batch.rejected = rejected
        return [
            [0.0 if out else value for value, out in zip(values, outs, strict=True)]
            for values, outs in zip(judge(batch), rejected, strict=True)
        ]

    both.ours._hooks = replace(both.ours._hooks, judge=rejecting)
    ours, _ = both.batches()
    kept = ~torch.tensor(rejected).flatten()
    # Stock TRL on the other rollouts alone, as if the rejected ones had never been sampled.
    rest = {key: value[kept] if value.dim() else value for key, value in ours.items()}
    rest["num_items_in_batch"] = rest["completion_mask"].sum()
    flat = torch.tensor([value for group in both.ours._batch.advantages for value in group])
    rest["advantages"] = flat[kept]
    loss, mine = gradients(both.ours, ours)
    true, theirs = gradients(both.stock, rest)
    assert loss == pytest.approx(true, abs=1e-5)
    for name, grad in theirs.items():
        torch.testing.assert_close(mine[name], grad, rtol=1e-2, atol=1e-5, msg=name)


def test_the_entropy_bonus_is_stocks_and_holds_the_floor(pair) -> None:
    both = pair(recipe_of(entropy_floor=9.0))
    ours, stock = both.batches()
    for trainer in (both.ours, both.stock):
        trainer.entropy_coef, trainer._last_world_entropy = 0.5, 1.0
    nothing = torch.zeros_like(stock["advantages"])
    loss, mine = gradients(both.ours, {**ours, "advantages": nothing})
    true, theirs = gradients(both.stock, {**stock, "advantages": nothing})
    assert loss == pytest.approx(true, abs=1e-4)
    assert loss < -0.5
    assert alike(mine, theirs) > 0.999
    weight, entropy = both.ours.entropy_control
    assert weight == pytest.approx(0.52)
    assert entropy == pytest.approx(both.stock._last_world_entropy, abs=1e-3)
    both.ours.resume_entropy(0.1, None)
    assert both.ours.entropy_control == (0.1, None)


def redrawing(pair, judge, redraws: int) -> tuple[list[list[str]], Batch, dict[str, Any]]:
    """Draw a step; return the colours at each judging, the batch, and what learning is given."""
    recipe = replace_recipe(recipe_of(), rejection=Rejection(redraws=redraws))
    trainer, seen = pair(recipe).ours, []

    def watch(batch: Batch) -> list[list[float]]:
        seen.append(list(batch.colors))
        return judge(batch)

    def redraw(step: int, again: int, count: int) -> list[str]:
        return [f"#{step:02x}{again:02x}{place:02x}" for place in range(count)]

    trainer._hooks = replace(trainer._hooks, judge=watch, redraw=redraw)
    rows = [{"prompt": color_task().messages(c, True), "color": c} for c in COLORS for _ in range(GROUP)]
    told = trainer._generate_and_score_completions(rows)
    return seen, trainer._batch, told


def test_groups_without_spread_are_drawn_again_for_other_colours(pair) -> None:
    def judge(batch: Batch) -> list[list[float]]:
        return [[0.0] * GROUP if color == COLORS[1] else [1.0, -1.0, 0.0, 0.0] for color in batch.colors]

    seen, batch, told = redrawing(pair, judge, redraws=3)
    assert seen == [COLORS, [COLORS[0], "#010100", COLORS[2]]]
    assert (batch.redrawn, batch.fresh) == (1, [])
    # What is learnt from is what was drawn last.
    for row, ids in enumerate(told["prompt_ids"]):
        assert ids[told["prompt_mask"][row].bool()].tolist() == batch.prompts[row // GROUP]
    _, again, _ = redrawing(pair, judge, redraws=3)
    assert again.replies == batch.replies


def test_it_draws_again_no_more_often_than_the_budget_allows(pair) -> None:
    def flat(batch: Batch) -> list[list[float]]:
        return [[0.0] * GROUP for _ in batch.colors]

    seen, batch, _ = redrawing(pair, flat, redraws=2)
    assert (len(seen), batch.redrawn) == (3, 2 * len(COLORS))
    seen, batch, _ = redrawing(pair, flat, redraws=0)
    assert (seen, batch.redrawn) == ([COLORS], 0)


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_advantages_equal_stocks(pair, scale: str) -> None:
    both = pair(recipe_of())
    both.stock.scale_rewards = scale
    _, stock = both.batches()
    rewards = [[worth(tokens) for tokens in group] for group in both.ours._batch.replies]
    ours = advantages(rewards, scale=scale, min_spread=0.0)
    flat = [value for group in ours for value in group]
    assert stock["advantages"].tolist() == pytest.approx(flat, abs=1e-4)


def test_the_lora_is_in_fp32_and_without_decay(tiny_base: LoadedBase, tmp_path: Path) -> None:
    recipe = recipe_of(learning_rate=2e-4)
    model = copy.deepcopy(tiny_base.raw).to(torch.bfloat16)
    trainer = PainterTrainer(
        model,
        copy_linears(model),
        tiny_base.tokenizer,
        tiny_base.ends,
        recipe,
        list(lora_targets(model)),
        1,
        hooks_of(recipe.learning),
        tmp_path,
    )
    assert {weight.dtype for weight in trainer.weights()} == {torch.float32}
    assert len(trainer.weights()) == 2 * len(lora_targets(tiny_base.raw))
    (group,) = trainer.optimizer.param_groups
    assert (group["lr"], group["weight_decay"]) == (2e-4, 0.0)
    before = [weight.clone() for weight in trainer.weights()]
    frozen = {n: p.clone() for n, p in trainer.model.named_parameters() if not p.requires_grad}
    trainer.train()
    assert any(not torch.equal(a, b) for a, b in zip(before, trainer.weights(), strict=True))
    for name, weight in trainer.model.named_parameters():
        if name in frozen:
            assert torch.equal(weight, frozen[name])


def test_the_plain_path_samples_and_learns_by_trls_own_means(tiny_base: LoadedBase, tmp_path: Path) -> None:
    recipe = recipe_of()
    model, told = copy.deepcopy(tiny_base.raw), []
    hooks = replace(hooks_of(recipe.learning), updated=lambda batch, metrics: told.append(batch) or True)
    targets = list(lora_targets(model))
    trainer = PainterTrainer(
        model, None, tiny_base.tokenizer, tiny_base.ends, recipe, targets, 1, hooks, tmp_path
    )
    before = [weight.clone() for weight in trainer.weights()]
    trainer.train()
    (batch,) = told
    assert (batch.step, batch.colors) == (1, COLORS)
    assert [len(group) for group in batch.replies] == [GROUP] * len(COLORS)
    assert all(1 <= len(tokens) <= 8 for group in batch.replies for tokens in group)
    assert any(not torch.equal(a, b) for a, b in zip(before, trainer.weights(), strict=True))
