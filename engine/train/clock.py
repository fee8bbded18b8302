"""How long each phase of a step takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Clock:
    """Seconds that each phase of a step took."""

    step_began: float = 0.0
    entered: float = 0.0
    phase: str = ""
    spent: dict[str, float] = field(default_factory=dict)

    def enter(self, phase: str) -> None:
        """Close the phase that was on and begin another."""
        now = time.monotonic()
        if phase == "sampling":
            self.step_began, self.spent = now, {}
        elif self.phase:
            self.spent[self.phase] = self.spent.get(self.phase, 0.0) + now - self.entered
        self.entered, self.phase = now, phase
