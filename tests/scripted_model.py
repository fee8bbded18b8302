"""A language model that says what it is told to, for tests of those who ask it."""

from collections.abc import Callable, Sequence

import numpy as np

OPEN, CLOSE = 1, 2


class ScriptedModel:
    """Every letter is a token; ``says`` makes the probabilities of the answers from what was asked.

    Attributes
    ----------
    asked
        Each text that was answered, in order.
    """

    def __init__(self, says: Callable[[str], Sequence[float]]) -> None:
        self.title, self.fingerprint = "Scripted", "scripted"
        self.says, self.asked = says, []

    def encode(self, text: str, after: str = "") -> list[int]:
        return [ord(letter) for letter in text.strip(" ")]

    def start(self) -> list[int]:
        return []

    def turn(self) -> tuple[list[int], list[int]]:
        return [OPEN], [CLOSE]

    def choices(self, prefix, texts, wanted):
        assert prefix[0] == OPEN
        assert all(text[-1] == CLOSE for text in texts)
        said = ["".join(map(chr, text[:-1])) for text in texts]
        self.asked += said
        chances = np.array([self.says(text) for text in said], dtype=float)
        assert chances.shape == (len(texts), len(wanted))
        with np.errstate(divide="ignore"):
            return np.log(chances)
