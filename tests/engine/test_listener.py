"""The listener on a tiny model: its posterior is that of plain forwards, over the batch's own colours."""

import math

import pytest
import torch

from engine.judges import listener as module
from engine.judges.listener import ListenerJudge
from engine.judges.spec import Listener
from engine.lm.load import LoadedBase

pytestmark = pytest.mark.usefixtures("one_thread")

COLORS = ["#d48475", "#3b6ea5", "#9acd32", "#2a0f38"]
PAIRS = [
    ("#d48475", "Sunset Dust"),
    ("#3b6ea5", "Deep Harbour"),
    ("#3b6ea5", "Sunset Dust"),
    ("#9acd32", "Lime"),
    ("#2a0f38", "Midnight Plum"),
    ("#d48475", "Sunset Dust"),
]


@torch.no_grad()
def plain(base: LoadedBase, color: str, name: str) -> float:
    """Return log p(name | color) by a plain forward, the name's end left out."""
    prompt, tokens = base.prompt(color), base.name_tokens(name)[:-1]
    logits = base.primed(input_ids=torch.tensor([[*prompt, *tokens]])).logits[0, len(prompt) - 1 : -1]
    logps = torch.log_softmax(logits.float(), -1)
    return float(logps.gather(1, torch.tensor(tokens)[:, None]).sum())


def test_the_score_is_the_posterior_of_the_right_color(tiny_base: LoadedBase) -> None:
    verdicts = ListenerJudge(Listener(name="Listener", among=3), tiny_base).score(PAIRS)
    for (color, name), verdict in zip(PAIRS, verdicts, strict=True):
        at = COLORS.index(color)
        logps = [plain(tiny_base, COLORS[(at + other) % 4], name) for other in range(3)]
        posterior = math.exp(logps[0]) / sum(map(math.exp, logps))
        assert verdict.score == pytest.approx(posterior, abs=1e-4)
        assert "among 3 colours" in verdict.reason


def test_parts_of_a_batch_score_as_the_whole(tiny_base: LoadedBase, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = ListenerJudge(Listener(name="Listener", among=4), tiny_base)
    whole = [verdict.score for verdict in judge.score(PAIRS)]
    monkeypatch.setattr(module, "BATCH", 5)
    assert [verdict.score for verdict in judge.score(PAIRS)] == pytest.approx(whole, abs=1e-5)


def test_a_name_alone_is_heard_among_fixed_colors(tiny_base: LoadedBase) -> None:
    [verdict] = ListenerJudge(Listener(name="Listener", among=4), tiny_base).score([PAIRS[0]])
    assert verdict.score is not None
    assert 0 < verdict.score < 1
    assert "among 4 colours" in verdict.reason


def test_no_name_points_nowhere(tiny_base: LoadedBase) -> None:
    judge = ListenerJudge(Listener(name="Listener"), tiny_base)
    scores = [verdict.score for verdict in judge.score([("#d48475", " "), *PAIRS, ("#3b6ea5", "")])]
    assert (scores[0], scores[-1]) == (0.0, 0.0)
    assert all(score is not None and score > 0 for score in scores[1:-1])
    assert [verdict.score for verdict in judge.score([("#d48475", "")])] == [0.0]
