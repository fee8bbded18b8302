"""What a recipe's learning means: an objective in TRL's settings, the LoRA in peft's, the optimizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from peft import LoraConfig
from torch import Tensor

from engine.recipe import Learning, Recipe

# What each objective means in TRL's settings; CISPO's epsilon left out would fall to 0.2 and scale all.
OBJECTIVES: dict[str, dict[str, Any]] = {
    "grpo": {"loss_type": "grpo", "scale_rewards": "group"},
    "dr_grpo": {"loss_type": "dr_grpo", "scale_rewards": "none"},
    "dapo": {
        "loss_type": "dapo",
        "scale_rewards": "group",
        "epsilon_high": 0.28,
        "mask_truncated_completions": True,
    },
    "gspo": {
        "loss_type": "grpo",
        "scale_rewards": "group",
        "importance_sampling_level": "sequence",
        "epsilon": 3e-4,
        "epsilon_high": 4e-4,
    },
    "cispo": {"loss_type": "cispo", "scale_rewards": "group", "epsilon_high": 5.0},
}
# Whose loss is a mean over rows, or over rows of the longest length; the others' is one over tokens.
OVER_ROWS = ("grpo", "dr_grpo")
# By how much the entropy bonus's coefficient rises a step below the floor, and falls above it. TRL's 0.005 is
# for thousands of steps; a painter's training has tens.
ENTROPY_STEP = 0.02


def lora(recipe: Recipe, targets: Sequence[str]) -> LoraConfig:
    """Return peft's settings for a recipe's LoRA."""
    return LoraConfig(
        r=recipe.lora.rank,
        lora_alpha=recipe.lora.alpha,
        target_modules=list(targets),
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
    )


def optimizer(weights: Sequence[Tensor], learning: Learning) -> torch.optim.Optimizer:
    """Return AdamW without decay: a LoRA that decays drifts back to its base, which is a KL by stealth."""
    return torch.optim.AdamW(list(weights), lr=learning.learning_rate, weight_decay=0.0)
