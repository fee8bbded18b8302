"""A training from recipe to painter: what happens around TRL's loop, and every event that is told.

Data flows one way: recipe → colours → rollouts → judgements → advantages → update → events.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from engine.advantage import Scale
from engine.durable import RunError
from engine.events import (
    CheckpointSaved,
    EvalFinished,
    Phase,
    PhaseEntered,
    Warned,
)
from engine.judges.base import Judge
from engine.lm.exact import inexact
from engine.lm.load import LoadedBase, copy_linears, lora_targets, twin
from engine.lm.lora import merge_into
from engine.lm.scoring import score_names
from engine.recipe import Recipe
from engine.rundir import RunFolder
from engine.train import memory, sound, state
from engine.train.batch import Batch, Hooks
from engine.train.clock import Clock
from engine.train.evaluation import Check, evaluate
from engine.train.grpo import PainterTrainer
from engine.train.judged import Judged, ask, inserted, joined, names_of
from engine.train.keeping import Keeping
from engine.train.objectives import OBJECTIVES
from engine.train.patience import patiently
from engine.train.ranks import ALONE, Log, Ranks
from engine.train.seeds import derive
from engine.train.stopping import Best, Stopping
from engine.train.telling import group_painted, step_finished
from engine.train.watching import Watch

REST = 0.1
"""Seconds between two looks at whether a pause is over."""


class Training:
    """One attempt at a run.

    Parameters
    ----------
    folder, writer
        The run and its open log.
    recipe
        What to train.
    base
        In memory, on the device and in the dtype to train with.
    judges
        Slug → judge, for all that the panel names.
    check
        Who checks the reward at every evaluation; ``None`` for nobody.
    ranks
        The processes that share this training.
    """

    def __init__(
        self,
        folder: RunFolder,
        writer: Log,
        recipe: Recipe,
        base: LoadedBase,
        judges: Mapping[str, Judge],
        scratch: Path,
        check: Check | None = None,
        ranks: Ranks = ALONE,
    ) -> None:
        self._folder, self._writer, self._recipe, self._base = folder, writer, recipe, base
        self._judges, self._check, self._ranks = judges, check, ranks
        self._clock = Clock()
        self._mine: Judged | None = None
        self._judged: Judged | None = None
        self._rewards: list[float] = []
        self._streak, self._keeping = sound.Streak(), Keeping(writer)
        self._parts = memory.Parts(recipe.budget.colors * recipe.budget.group, self._warn)
        self._watch = Watch(folder, writer, self._found)
        self._stopping = Stopping(folder, recipe.patience, Best())
        self.step, self._saved, self.stopped = 0, 0, False
        self.made_of: int | None = None
        checkpoint = folder.latest_checkpoint()
        self.resumed_from = checkpoint.step if checkpoint else 0
        self._targets = list(lora_targets(base.primed))
        self.not_shared = self._probe()
        self._buffer = None if self.not_shared else copy_linears(base.primed)
        self._trainer = PainterTrainer(
            # A LoRA changes the modules that it is put on, and judges go on reading the base.
            twin(base.primed),
            self._buffer,
            base.tokenizer,
            base.ends,
            recipe,
            self._targets,
            self.resumed_from + 1,
            Hooks(
                colors=self._colors,
                prompt=lambda given: base.messages(given, self._phrasing(given)),
                judge=self._judge,
                updated=self._updated,
                phase=self._phase,
                redraw=self._other_colors,
            ),
            scratch,
            self._parts,
            ranks,
        )
        if checkpoint:
            progress = state.load(
                checkpoint.path, self._trainer.model, self._trainer.weights(), self._trainer.optimizer
            )
            self._rewards, self.step = list(progress.rewards), progress.step
            self._saved, self._watch = self.step, Watch(folder, writer, self._found, progress)
            self._stopping = Stopping(folder, recipe.patience, progress.stopping)
            self._trainer.resume_entropy(progress.entropy_weight, progress.entropy)
        elif recipe.origin is not None:
            origin = state.load_weights(folder.origin, self._trainer.model)
            self._watch = Watch(folder, writer, self._found, state.Progress(step=0, base=origin.base))

        self.memory = self._weigh()

    def _weigh(self) -> int | None:
        """Estimate a step's peak in bytes; where it would not fit, trade time for memory."""
        if self.not_shared:
            return None
        device = self._base.device
        peak, room = self._peak(), memory.free(device)
        if peak - memory.resident(device) > memory.SHARE * room:
            self.model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
            self.model.enable_input_require_grads()
            self._warn(
                f"A step would take about {peak / 1e9:.1f} GB and {room / 1e9:.1f} GB are free: "
                "layers are computed twice to save memory, which is slower."
            )
            peak = self._peak()
        return peak

    def _peak(self) -> int:
        budget = self._recipe.budget
        return memory.estimate(
            self.model,
            [self._base.prompt(color) for color in self._base.task.held_out_inputs(4)],
            budget.group,
            # Longer than most names: some go on to the limit.
            self._base.name_tokens("Quiet Lavender Rose"),
            budget.colors,
            self._recipe.learning.accumulation,
        )

    def _probe(self) -> str:
        if self._recipe.vllm:
            return "vLLM draws the names"
        if self._recipe.quantize != "none":
            return "its weights are held in 4 bits"
        prompts = [self._base.prompt(color) for color in self._base.task.held_out_inputs(3)]
        return inexact(self._base.primed, prompts, self._base.name_tokens("Quiet Morning Rose"))

    @property
    def model(self) -> Any:
        """The peft model that is trained."""
        return self._trainer.model

    @property
    def reward_ends(self) -> tuple[float | None, float | None]:
        """Mean reward over the first and the last five steps."""
        first, last = self._rewards[:5], self._rewards[-5:]
        return (float(np.mean(first)), float(np.mean(last))) if first else (None, None)

    def run(self) -> None:
        """Train to the recipe's end, or until the stop file is there."""
        if self.not_shared:
            self._warn(f"This base takes the plain, slower path: {self.not_shared}.")
        if (origin := self._recipe.origin) is not None and not self.resumed_from:
            self._warn(f"It begins from step {origin.step} of {origin.run}: weights, and a fresh optimizer.")
        if self._buffer is not None and self._watch.looking.owed:
            self._evaluate(self.step)
        if self.step < self._recipe.budget.steps and not self._stopping.enough:
            self._trainer.train()
        best = None if self.stopped else self._stopping.earlier(self.step)
        if best is not None:
            state.load_weights(best.path, self._trainer.model)
            self.made_of = best.step
            told = f"The painter is made of step {best.step}: held-out colours earned no more after it."
            self._writer.write(Warned(message=told, step=self.step))

    # --- one step

    def _warn(self, message: str) -> None:
        self._writer.write(Warned(message=message, step=self.step))

    def _phase(self, phase: str, step: int) -> None:
        self._clock.enter(phase)
        self._writer.write(PhaseEntered(phase=cast(Phase, phase), step=step))

    def _colors(self, step: int) -> list[str]:
        recipe = self._recipe
        task, count, rare = self._base.task, recipe.budget.colors, recipe.breadth.rare
        return task.training_inputs(recipe.seed, step, count, rare)

    def _other_colors(self, step: int, again: int, count: int) -> list[str]:
        seed = derive(self._recipe.seed, step, f"colors {again}")
        return self._base.task.training_inputs(seed, step, count, self._recipe.breadth.rare)

    def _phrasing(self, color: str) -> int:
        return derive(self._recipe.seed, 0, color) % self._recipe.breadth.phrasings

    def _judge(self, batch: Batch) -> list[list[float]]:
        """Return the advantages of this process's rollouts, which rest on those of all."""
        replies = [[self._base.read(tokens) for tokens in group] for group in batch.replies]
        asked = [batch.colors[c] for c in batch.fresh]
        names = [names_of(replies)[c] for c in batch.fresh]
        scores, failures = ask(self._judges, batch.step, asked, names, self._parts)
        if batch.redrawn and self._mine is not None:
            scores = inserted(self._mine.scores, scores, batch.fresh)
        before = self._group_logps(batch)
        mine = self._mine = Judged(
            batch.colors, batch.replies, batch.logps, replies, scores, failures, before
        )
        judged = self._judged = joined(self._ranks.gather(mine))
        for failure in judged.failures:
            self._writer.write(failure)
        judged.rate(self._recipe, cast(Scale, OBJECTIVES[self._recipe.learning.objective]["scale_rewards"]))
        lost = all(reward is None for row in judged.rewards for reward in row)
        batch.unsound = "no name has a reward" if lost else ""
        own = slice(self._ranks.rank * len(replies), (self._ranks.rank + 1) * len(replies))
        batch.rejected = [[bool(why) for why in row] for row in judged.rejected[own]]
        return judged.advantages[own]

    @torch.no_grad()
    def _group_logps(self, batch: Batch) -> list[tuple[float, ...]]:
        """Return the first group's token log-probabilities under the weights as they are in the buffer."""
        if self._buffer is None or self._ranks.rank:
            return []
        prompt = batch.prompts[0]
        scored = score_names(
            self._buffer,
            prompt[:-1],
            [prompt[-1:]],
            [batch.replies[0]],
            temperature=self._recipe.learning.temperature,
        )
        return [tuple(part.tolist()) for part in scored.logps.split(list(scored.lengths))]

    def _updated(self, batch: Batch, metrics: dict[str, float]) -> bool:
        self._clock.enter("telling")
        assert self._judged is not None
        if self._ranks.rank == 0 and not self._folder.events_path.exists():
            # Its stop file went with it: nobody could end this training any more.
            raise RunError("The run's folder was deleted or moved meanwhile; put back, it resumes.")
        self.step = batch.step
        earned = len(self._rewards)
        if self._ranks.rank == 0:
            self._tell(batch, self._judged, metrics)
        self._count_skipped(batch, earned)
        done = self.step >= self._recipe.budget.steps
        self.stopped = self._ranks.agree(not done and self._folder.stop_requested())
        reward = self._rewards[-1] if self._rewards else None
        look = self._watch.due(
            self.step, self._judged.readable, reward, self._due(self._recipe.eval_every, done)
        )
        # What a skipped step would save was saved before, or is when it turns out how many follow.
        if self._due(0 if self._streak.length else self._recipe.checkpoint_every, done or self.stopped):
            self._save()
        if self._buffer is not None and look:
            self._evaluate(self.step)
        if self._ranks.agree(self._stopping.enough) and not done:
            done = True
            self._save_once()
        if not (done or self.stopped):
            self._rest()
        return not (done or self.stopped)

    def _count_skipped(self, batch: Batch, earned: int) -> None:
        """Say that a step was skipped; end the run, its last good state saved, when too many were."""
        if not (told := self._streak.count(batch.unsound, self.step, earned)):
            return
        self._warn(told)
        if self._streak.length < sound.IN_A_ROW:
            return
        # Skipped steps move nothing: weights and moments are those of the last good step.
        self.step, earned = self._streak.good
        self._rewards = self._rewards[:earned]
        saved = self._folder.latest_checkpoint()
        if self.step > (saved.step if saved else 0):
            self._save()
        raise RunError(
            f"{sound.IN_A_ROW} steps in a row were skipped, since {batch.unsound}. "
            f"What was learned until step {self.step} is saved."
        )

    def _tell(self, batch: Batch, judged: Judged, metrics: dict[str, float]) -> None:
        """Tell of every group and of the step."""
        after: list[tuple[float, ...]] = []
        if self._buffer is not None:
            merge_into(self._buffer, self._trainer.model)
            after = self._group_logps(batch)
        if self._keeping.wants_groups(self.step, self.step >= self._recipe.budget.steps):
            for c in range(len(judged.colors)):
                self._writer.write(group_painted(self._base, self.step, judged, c, after if c == 0 else []))
        rate = self._recipe.learning.learning_rate
        told = step_finished(batch, judged, {} if batch.unsound else metrics, self._clock, rate)
        if told.reward is not None:
            self._rewards.append(told.reward)
        self._writer.write(told)

    def _rest(self) -> None:
        """Wait for as long as the pause file lies there; saved first, since a pause may outlast the power."""
        if not self._ranks.agree(self._folder.pause_requested()):
            return
        if self._streak.length or not self._due(self._recipe.checkpoint_every, False):
            self._save()
        self._phase("paused", self.step)
        while self._ranks.agree(self._folder.pause_requested() and not self._folder.stop_requested()):
            time.sleep(REST)
        self.stopped = self._ranks.agree(self._folder.stop_requested())

    def _due(self, every: int, anyway: bool) -> bool:
        return anyway or (every > 0 and self.step % every == 0)

    # --- between steps

    def _save(self) -> None:
        if self._ranks.rank:
            return
        self._phase("saving", self.step)
        trainer = self._trainer
        watch = self._watch
        at = state.Progress(
            self.step,
            tuple(self._rewards),
            watch.base,
            watch.best,
            watch.healthy,
            self._stopping.best,
            *trainer.entropy_control,
            watch.looking,
        )

        def fill(part: Path) -> None:
            state.save(part, trainer.model, self._recipe.base, trainer.weights(), trainer.optimizer, at)

        patiently(
            lambda: self._folder.commit_checkpoint(self.step, fill), self._folder, self._writer, self.step
        )
        self._saved = self.step
        self._writer.write(CheckpointSaved(step=self.step))

    def _save_once(self) -> None:
        if self._saved < self.step:
            self._save()

    def _evaluate(self, step: int) -> None:
        """Tell what held-out colours are called now, and whether the names collapse."""
        if self._ranks.rank:
            return
        self._phase("evaluating", step)
        if step == self.resumed_from:
            merge_into(cast(torch.nn.Module, self._buffer), self._trainer.model)
        first = step == 0 and self._recipe.origin is None  # a painter begins as its base
        if self._watch.calm(self._buffer, self._buffer if first else self._base.primed, step):
            self._watch.healthy = step if self._recipe.checkpoint_every else self._saved
            if self._recipe.checkpoint_every:
                self._save_once()  # so that there is something healthy to go back to
        if self._watch.last is not None:
            self._stopping.look(self._watch.last, self._save_once)
        self._watch.done()

    def _found(self, model: Any, step: int) -> EvalFinished:
        return evaluate(model, self._base, self._judges, self._check, self._recipe, step, self._parts)
