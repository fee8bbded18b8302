"""What the numbers beside a training mean, a sentence or two each, wherever they are shown."""

from __future__ import annotations

MEANINGS: dict[str, str] = {
    "reward": (
        "The mean of what the panel gave all names of a step, from 0 to 1. The thin line is each step, the "
        "strong one their running mean, the band how far the names' rewards lie apart."
    ),
    "unseen": (
        "The reward for half of 48 colours that are never trained on, named without chance. Where it stays "
        "behind while the reward rises, the painter learns its own colours by heart."
    ),
    "names": (
        "How many of a step's names differ. The circles tell it for the 48 unseen colours: as many equally "
        "common names would be as varied. Where it falls, many colours get one name: collapse."
    ),
    "entropy": (
        "How undecided the painter is at each token, in nats. It falls as it learns what is liked; near "
        "zero it says the same again and again and nothing is left to learn from."
    ),
    "kl": "How far the painter's words have moved from the base's, in nats a token.",
    "grad_norm": (
        "How long the update's gradient is, before it is cut. Steps that stick out learned from few, "
        "surprising names. (This recipe has no KL term, so no distance from the base is measured.)"
    ),
    "bar": (
        "The mean reward of one colour's names. What lies above it becomes likelier, what lies below rarer."
    ),
    "advantage": (
        "How far a name's reward lies from its group's bar, in units of the group's spread: how strongly, "
        "and which way, this name was pushed."
    ),
    "spread": "How far the rewards of a step lie apart (standard deviation); without it nothing is learned.",
}
"""By the key of a plot or of a figure."""
TERMS: dict[str, str] = {
    "reward": "reward",
    "names": "effective-names",
    "entropy": "entropy",
    "kl": "kl",
    "grad_norm": "gradient",
}
"""Which term of the glossary each is, where there is one."""
