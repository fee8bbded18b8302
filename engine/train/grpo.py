"""The one file that knows TRL: ``GRPOTrainer`` with our sampling and our log-probabilities.

How this differs from the GRPO of DeepSeekMath (2402.03300), in four honest lines:
no KL term unless asked for (beta 0, as in DAPO and Dr. GRPO); one update a batch unless asked for, so that
the ratio is 1 and clipping idle; groups whose rewards hardly differ give no gradient (``min_spread``);
rewards may depend on the whole batch (sameness).
Only where a recipe asks for it: rejected rollouts are masked out and the loss is a mean over the rest;
groups without spread are drawn again for other colours; an entropy bonus holds a floor.

TRL keeps the objectives, the optimizer's steps, clipping of gradients, accumulation and accelerate. Of it
we replace how names are sampled, how their log-probabilities are got, and the advantages, by functions
that are tested against its own. The methods that are overridden are private: TRL is pinned to 1.16.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor
from transformers import TrainerCallback
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from trl import GRPOConfig, GRPOTrainer

from engine.lm.lora import merge_into
from engine.lm.sampling import Sampled, Sampler
from engine.recipe import Recipe
from engine.train.batch import Batch, Hooks
from engine.train.logps import in_parts, tree_logps
from engine.train.memory import Parts
from engine.train.objectives import ENTROPY_STEP, OBJECTIVES, OVER_ROWS, lora, optimizer
from engine.train.ranks import ALONE, Ranks
from engine.train.seeds import derive
from engine.train.sound import finite


class Prompts(Dataset):  # type: ignore[misc]
    """All steps' prompts in order, made when they are asked for.

    TRL insists on a ``datasets.Dataset``. Arrow would hold every row of a run that may be 100,000 steps
    long, and a lazy transform is pickled for its fingerprint, the whole training with it.
    """

    def __init__(self, hooks: Hooks, first: int, last: int, width: int) -> None:
        self._hooks, self._first, self._width = hooks, first, width
        self._count = (last - first + 1) * width
        self._drawn: tuple[int, list[str]] = (0, [])

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._count} prompts)"

    def __getitem__(self, index: int) -> dict[str, Any]:
        step = self._first + index // self._width
        if self._drawn[0] != step:
            self._drawn = (step, self._hooks.colors(step))
        color = self._drawn[1][index % self._width]
        return {"prompt": self._hooks.prompt(color), "color": color}

    def __getitems__(self, indices: list[int]) -> list[dict[str, Any]]:
        return [self[index] for index in indices]


def settings(
    recipe: Recipe, steps: int, device: torch.device, scratch: Path, processes: int = 1, **more: Any
) -> GRPOConfig:
    """Return TRL's settings for a recipe, for ``steps`` steps from wherever it is."""
    learning, rollouts = recipe.learning, recipe.budget.colors * recipe.budget.group
    vllm = {"vllm_mode": "server", "vllm_server_base_url": recipe.vllm or None, "use_vllm": bool(recipe.vllm)}
    return GRPOConfig(
        output_dir=str(scratch),
        per_device_train_batch_size=rollouts // learning.accumulation // processes,
        gradient_accumulation_steps=learning.accumulation,
        steps_per_generation=learning.accumulation,
        num_generations=recipe.budget.group,
        num_iterations=learning.updates_per_batch,
        max_steps=steps * learning.updates_per_batch,
        max_completion_length=recipe.max_name_tokens,
        temperature=learning.temperature,
        top_p=1.0,
        top_k=0,
        beta=learning.beta,
        use_adaptive_entropy=learning.entropy_floor > 0,
        entropy_target=learning.entropy_floor,
        entropy_coef_delta=ENTROPY_STEP,
        learning_rate=learning.learning_rate,
        lr_scheduler_type="constant",
        max_grad_norm=learning.max_grad_norm,
        seed=recipe.seed,
        bf16=False,
        fp16=False,
        use_cpu=device.type == "cpu",
        shuffle_dataset=False,
        save_strategy="no",
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        ddp_find_unused_parameters=False,
        log_completions=False,
        **{"gradient_checkpointing": False, **OBJECTIVES[learning.objective], **vllm, **more},
    )


def _unused_reward(completions: list[Any], **_: Any) -> list[float]:
    """Stand in for the reward that TRL insists on; the panel's advantages replace what TRL makes of it."""
    return [0.0] * len(completions)


class _Steps(TrainerCallback):  # type: ignore[misc]
    """Looks at each update before it is made, and ends TRL's loop when the training says so."""

    def __init__(self, look: Callable[[], None], wants_more: Callable[[], bool]) -> None:
        self._look, self._wants_more = look, wants_more

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._look()

    def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not self._wants_more():
            control.should_training_stop = True


class PainterTrainer(GRPOTrainer):  # type: ignore[misc]
    """TRL's trainer on our engine.

    Parameters
    ----------
    model
        The primed base; a LoRA is put on it.
    buffer
        A copy of it with linear weights of its own, which the LoRA is merged into once a step, for
        sampling. None: the plain path, TRL's own sampling and log-probabilities.
    recipe, targets
        What to train; the layers that the LoRA sits on.
    first
        The first step to do, from 1; above 1 when a run is resumed.
    hooks
        See :class:`Hooks`.
    parts
        Into how many parts a step is cut, should memory run out.
    ranks
        The processes that share this training.
    """

    def __init__(
        self,
        model: Any,
        buffer: Any | None,
        tokenizer: Any,
        ends: Sequence[int],
        recipe: Recipe,
        targets: Sequence[str],
        first: int,
        hooks: Hooks,
        scratch: Path,
        parts: Parts | None = None,
        ranks: Ranks = ALONE,
        **more: Any,
    ) -> None:
        self._parts = parts or Parts(recipe.budget.colors * recipe.budget.group, print)
        self._inputs: dict[str, Any] | None = None  # a batch that is being learned from
        self._hooks, self._buffer, self._recipe, self._ends = hooks, buffer, recipe, tuple(ends)
        self._sampler = Sampler(buffer) if buffer is not None else None
        self._batch, self._ranks, self._going = Batch(first - 1), ranks, True
        device, steps = next(model.parameters()).device, recipe.budget.steps - first + 1
        # peft draws the LoRA's first weights from the global generator.
        torch.manual_seed(derive(recipe.seed, 0, "lora"))
        super().__init__(
            model=model,
            reward_funcs=_unused_reward,
            args=settings(recipe, steps, device, scratch, ranks.count, **more),
            train_dataset=Prompts(hooks, first, recipe.budget.steps, recipe.budget.colors),
            processing_class=tokenizer,
            peft_config=lora(recipe, targets),
        )
        for weight in self.weights():
            weight.data = weight.data.float()
        _reads_trees(self.model)
        self.optimizer = optimizer(self.weights(), recipe.learning)
        self.remove_callback(PrinterCallback)
        self.remove_callback(ProgressCallback)
        self.add_callback(_Steps(self._leave_out_unsound, lambda: self._going))

    def weights(self) -> list[Tensor]:
        """Return the LoRA's matrices, in a fixed order."""
        return [p for p in self.model.parameters() if p.requires_grad]

    @property
    def entropy_control(self) -> tuple[float, float | None]:
        """The entropy bonus's weight, and the last step's entropy that it goes by; ``None`` at first."""
        entropy = self._last_world_entropy
        return self.entropy_coef, entropy if math.isfinite(entropy) else None

    def resume_entropy(self, weight: float, entropy: float | None) -> None:
        """Let the entropy bonus go on from where a checkpoint left it."""
        self.entropy_coef = weight
        self._last_world_entropy = math.inf if entropy is None else entropy

    def _send_telemetry(self) -> None:
        """Tell nobody: what a person trains is theirs."""

    # --- sampling and judging

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        rows = self._draw(inputs)
        output: dict[str, Any] = super()._generate_and_score_completions(rows)
        flat = [value for group in self._batch.advantages for value in group]
        output["advantages"] = torch.tensor(flat, device=output["advantages"].device)
        self._leave_out(output)
        self._hooks.phase("updating", self._batch.step)
        return output

    def _draw(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Sample and judge a step, groups without spread again within the budget; return TRL's rows then."""
        width = self.num_generations
        colors = [row["color"] for row in inputs[::width]]
        blank: list[Any] = [[] for _ in colors]
        self._batch = batch = Batch(self._batch.step + 1, colors, [*blank], [*blank], [*blank])
        # Whatever TRL draws in this step (it shuffles rows) is then the same in a resumed run.
        torch.manual_seed(derive(self._recipe.seed, batch.step, "trl"))
        batch.fresh, rows = list(range(len(colors))), list(inputs)
        for again in range(self._recipe.rejection.redraws + 1):
            if again:
                others = self._hooks.redraw(batch.step, again, len(batch.fresh))
                for place, color in zip(batch.fresh, others, strict=True):
                    batch.colors[place] = color
                    row = {"prompt": self._hooks.prompt(color), "color": color}
                    rows[place * width : (place + 1) * width] = [row] * width
                batch.redrawn += len(batch.fresh)
            self._sample(rows, again)
            self._hooks.phase("judging", batch.step)
            batch.advantages = self._hooks.judge(batch)
            batch.fresh = [place for place, group in enumerate(batch.advantages) if not any(group)]
            if not batch.fresh:
                break
        return rows

    def _sample(self, rows: list[dict[str, Any]], again: int) -> None:
        """Sample the batch's fresh groups."""
        batch, width = self._batch, self.num_generations
        self._hooks.phase("sampling", batch.step)
        asked = [rows[place * width]["prompt"] for place in batch.fresh]
        ids, images, fields = self._tokenize_prompts(asked)
        prompts = [list(one) for one in ids]
        if self._sampler is None or self._buffer is None:
            repeated = [prompt for prompt in prompts for _ in range(width)]
            replies, theirs = super()._generate_single_turn(repeated, images, fields, width)
            if theirs is not None:
                for i, place in enumerate(batch.fresh):
                    batch.theirs[place] = theirs[i * width : (i + 1) * width]
            flat = [Sampled(tuple(reply), ()) for reply in replies]
            grouped = [flat[i : i + width] for i in range(0, len(flat), width)]
        else:
            merge_into(self._buffer, self.accelerator.unwrap_model(self.model))
            purpose = f"sampling {again}" if again else "sampling"
            grouped = self._parts.run(lambda: self._name(prompts, purpose))
        for place, prompt, group in zip(batch.fresh, prompts, grouped, strict=True):
            batch.prompts[place] = prompt
            batch.replies[place] = [one.tokens for one in group]
            batch.logps[place] = [one.logps for one in group]

    def _name(self, prompts: list[list[int]], purpose: str) -> list[list[Sampled]]:
        assert self._sampler is not None
        grouped: list[list[Sampled]] = []
        each = self.num_generations
        for part in self._parts.split(prompts):
            grouped += self._sampler.sample(
                part,
                [each] * len(part),
                ends=self._ends,
                longest=self.max_completion_length,
                temperature=self.temperature,
                seed=derive(self._recipe.seed, self._batch.step, purpose),
                before=(self._ranks.rank * len(prompts) + len(grouped)) * each,
            )
        return grouped

    def _generate_single_turn(self, *_: Any, **__: Any) -> tuple[list[list[int]], list[Any] | None]:
        """Hand TRL what was drawn."""
        batch = self._batch
        theirs = [one for place in sorted(batch.theirs) for one in batch.theirs[place]]
        return [list(tokens) for group in batch.replies for tokens in group], theirs or None

    def _leave_out(self, output: dict[str, Any]) -> None:
        """Take rejected rollouts out of the loss, and let it be the mean over those that are left."""
        rejected = [one for group in self._batch.rejected for one in group]
        self.beta = self._recipe.learning.beta
        if not any(rejected):
            return
        mask = output["completion_mask"]
        kept = ~torch.tensor(rejected, device=mask.device)
        output["completion_mask"] = mask * kept.unsqueeze(1)
        output["num_items_in_batch"] = output["completion_mask"].sum()
        if self.loss_type in OVER_ROWS:
            # TRL divides by all rows. Its loss is linear in advantages and in beta, so that they may make up
            # for it; the entropy bonus is a mean over unmasked tokens already.
            share = len(rejected) / int(kept.sum())
            output["advantages"] = output["advantages"] * share
            self.beta = self.beta * share

    # --- learning

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> Tensor:
        """Learn from a batch; where memory runs out, from the same batch again in smaller parts."""
        held = [None if weight.grad is None else weight.grad.clone() for weight in self.weights()]
        before = self._batch.step

        def again() -> None:
            if self._inputs is None:
                self._batch = Batch(before)  # not even sampled and judged: it is the same step again
            # What backward had added before it broke off.
            for weight, grad in zip(self.weights(), held, strict=True):
                weight.grad = None if grad is None else grad.clone()

        work = partial(super().training_step, model, inputs, num_items_in_batch)
        loss: Tensor = self._parts.run(work, again)
        self._inputs = None
        return loss

    def _prepare_inputs(self, generation_batch: Any) -> dict[str, Any]:
        # The second time, what was sampled and judged stays.
        if self._inputs is None:
            self._inputs = super()._prepare_inputs(generation_batch)
        return self._inputs

    def _leave_out_unsound(self) -> None:
        """See that a batch without a sound gradient moves no weight, nor Adam's moments."""
        if not self._batch.unsound and not finite(self.weights()):
            self._batch.unsound = "its gradient was not a finite number"
        if self._batch.unsound:
            for weight in self.weights():
                weight.grad = None

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: Tensor,
        attention_mask: Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        **kwargs: Any,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        floor = self._recipe.learning.entropy_floor > 0
        plain = super()._get_per_token_logps_and_entropies

        def score(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor | None]:
            keep = logits_to_keep
            if self._buffer is None:
                logps, entropies, _ = plain(model, ids, mask, keep, batch_size, compute_entropy, **kwargs)
            else:
                logps, entropies = model(
                    tree=lambda policy: tree_logps(
                        policy, ids, mask, keep, self.temperature, compute_entropy, floor
                    )
                )
            return logps, entropies if compute_entropy else None

        def whole() -> tuple[Tensor, Tensor | None]:
            if self._parts.count == 1:
                return score(input_ids, attention_mask)
            return in_parts(score, self._parts, input_ids, attention_mask)

        if torch.is_grad_enabled():
            # Memory may run out in backward as well: that is seen to around both.
            return *whole(), None
        with torch.no_grad():
            return *self._parts.run(whole), None

    # --- after the update

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Take TRL's metrics of an update; the last one of a step ends the step."""
        metrics = {key: sum(values) / len(values) for key, values in self._metrics["train"].items() if values}
        metrics.update({key: value for key, value in logs.items() if isinstance(value, int | float)})
        if "loss" in logs and self.state.global_step % self._recipe.learning.updates_per_batch == 0:
            self._going = self._hooks.updated(self._batch, metrics)
        super().log(logs, start_time)


def _reads_trees(model: Any) -> None:
    """Let ``model(tree=f)`` be ``f(model)``: what wraps a model to average gradients must see the call."""
    plain = model.forward

    def forward(*args: Any, tree: Callable[[Any], Any] | None = None, **kwargs: Any) -> Any:
        return plain(*args, **kwargs) if tree is None else tree(model)

    model.forward = forward
