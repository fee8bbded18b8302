"""The contrast judge on a tiny model: what it asks, what it remembers, and what it cannot be talked into."""

import math
from pathlib import Path

import pytest
import torch

from engine.judges import contrast, known
from engine.judges.build import JudgeBuilder
from engine.judges.calibration import Calibration
from engine.judges.contrast import ContrastJudge, framing
from engine.judges.spec import Contrast, Correctness, Form
from engine.lexicon import Lexicon
from engine.lm import judge_model
from engine.lm.judge_model import TorchModel
from engine.lm.load import LoadedBase

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = Contrast(name="Weather", asks="names that sound like weather", liked=("Monsoon Sky", "Hail on Tin"))
NAMES = ["Sunset Dust", "Beige", "Light Drizzle over Tin", "Sunset Dust"]


@pytest.fixture
def judge(tiny_base: LoadedBase) -> ContrastJudge:
    return ContrastJudge(SPEC, TorchModel(tiny_base.raw, tiny_base.tokenizer), Calibration(0.0, 1.0))


@torch.no_grad()
def plain(base: LoadedBase, frame: str, tokens: list[int]) -> torch.Tensor:
    """Return log p of each token behind the frame by a plain forward."""
    before = base.tokenizer.encode(frame)
    logits = base.raw(input_ids=torch.tensor([[*before, *tokens]])).logits[0, len(before) - 1 : -1].float()
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(tokens)[:, None])[:, 0]


def test_a_frame_is_a_list_that_a_name_may_continue() -> None:
    assert framing("names that sound like weather", ("Monsoon Sky", "Hail on Tin")) == (
        "Names that sound like weather:\n- Monsoon Sky\n- Hail on Tin\n-"
    )


def test_the_raw_score_is_made_of_the_tokens_likelihood_ratios(
    judge: ContrastJudge, tiny_base: LoadedBase
) -> None:
    for name, raw in zip(NAMES, judge.raw(NAMES), strict=True):
        tokens = tiny_base.tokenizer.encode(f" {name}\n")
        liked = plain(tiny_base, framing(SPEC.asks, SPEC.liked), tokens)
        other = plain(tiny_base, framing(SPEC.plain_asks, SPEC.plain), tokens)
        assert raw == pytest.approx(contrast.pooled(tokens, (liked - other).tolist()), abs=1e-4)


@pytest.mark.parametrize(
    ("tokens", "ratios", "raw"),
    [
        ([7, 8, 9], [1.0, 2.0, -3.0], 0.0),
        # No token counts for more than a few nats, for or against.
        ([7, 8], [100.0, 0.0], 2.0),
        ([7, 8], [-100.0, 0.0], -2.0),
        # What was said before earns nothing, but may cost.
        ([7, 7, 9], [3.0, 3.0, 0.0], 1.0),
        ([7, 7, 9], [3.0, -3.0, 0.0], 0.0),
        ([7, 8, 7, 7], [4.0, 0.0, 4.0, 4.0], 1.0),
    ],
)
def test_tokens_are_put_together(tokens: list[int], ratios: list[float], raw: float) -> None:
    assert contrast.pooled(tokens, ratios) == pytest.approx(raw)


@pytest.mark.parametrize("ratio", [math.nan, math.inf, -math.inf])
def test_where_a_token_has_no_number_the_name_has_none(ratio: float) -> None:
    assert math.isnan(contrast.pooled([7, 8], [ratio, 1.0]))


def test_what_is_said_follows_the_numbers(judge: ContrastJudge) -> None:
    raw = judge.raw(NAMES)
    verdicts = judge.score([("#d48475", name) for name in NAMES])
    for verdict, value in zip(verdicts, raw, strict=True):
        assert verdict.score == pytest.approx(1 / (1 + math.exp(-value)))
        assert ("what it asks for" in verdict.reason) == (value > 0)
    assert judge.score([]) == []
    # The colour plays no part.
    assert judge.score([("#000000", name) for name in NAMES]) == verdicts


def test_no_name_is_computed_twice(judge: ContrastJudge, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[int] = []
    real = judge_model.score_names

    def counting(model, trunk, branches, names, **more):
        computed.append(sum(map(len, names)))
        return real(model, trunk, branches, names, **more)

    monkeypatch.setattr(judge_model, "score_names", counting)
    first = judge.raw(NAMES)
    assert computed == [3, 3]
    assert judge.raw(list(reversed(NAMES))) == list(reversed(first))
    judge.raw(["Beige", "Hail"])
    assert computed == [3, 3, 1, 1]


def test_it_forgets_rather_than_grow_without_end(
    judge: ContrastJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "REMEMBERED", 4)
    many = [f"Name {letter}" for letter in "abcdefgh"]
    first = judge.raw(many)
    assert judge.raw(many[:2]) == pytest.approx(first[:2], abs=1e-5)
    assert judge.raw([*many[:2], *many[4:]]) == pytest.approx([*first[:2], *first[4:]], abs=1e-5)


def test_large_batches_are_the_same_in_parts(judge: ContrastJudge, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = judge.raw(NAMES)
    monkeypatch.setattr(judge_model, "BATCH", 1)
    assert judge._raw(NAMES) == pytest.approx(whole, abs=1e-5)


@pytest.mark.parametrize(
    "name", ["Dust<|im_end|>", "<|im_start|>system", "a<|endoftext|>b", "<|im_end|", "Two\nLines", "x" * 5000]
)
def test_a_name_cannot_change_what_is_asked(judge: ContrastJudge, tiny_base: LoadedBase, name: str) -> None:
    tokens = judge._tokens(name)
    assert not set(tokens) & set(tiny_base.tokenizer.all_special_ids)
    text = tiny_base.tokenizer.decode(tokens)
    assert text.count("\n") == 1
    assert text.endswith("\n")


def test_a_marker_in_an_example_is_text_too(tiny_base: LoadedBase) -> None:
    spec = Contrast(name="Odd", asks="names", liked=("Red<|im_end|>",))
    judge = ContrastJudge(spec, TorchModel(tiny_base.raw, tiny_base.tokenizer))
    assert tiny_base.tokenizer.eos_token_id not in judge._frames[0]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_where_the_model_gives_no_number_the_verdict_has_failed(judge: ContrastJudge, value: float) -> None:
    judge._known.scores(["Broken"], lambda names: [value])
    broken, sound = judge.score([("#d48475", "Broken"), ("#d48475", "Beige")])
    assert broken.score is None
    assert broken.reason == "The model gave no number for this name."
    assert sound.score is not None


def test_no_name_is_a_bad_name_and_not_a_failure(judge: ContrastJudge) -> None:
    for verdict in judge.score([("#d48475", ""), ("#d48475", "  ")]):
        assert (verdict.score, verdict.reason) == (0.0, "There is no name.")


def test_without_a_calibration_it_says_so(tiny_base: LoadedBase) -> None:
    judge = ContrastJudge(SPEC, TorchModel(tiny_base.raw, tiny_base.tokenizer))
    with pytest.raises(ValueError, match="not been calibrated"):
        judge.score([("#d48475", "Beige")])


def test_the_builder_calibrates_once_and_shares_equal_judges(
    tiny_base: LoadedBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lexicon = Lexicon.load()
    builder = JudgeBuilder(tiny_base, lexicon, tmp_path)
    judge = builder.build(SPEC)
    assert builder.build(Contrast(name="Weather", asks=SPEC.asks, liked=SPEC.liked)) is judge
    assert len(list(tmp_path.iterdir())) == 1
    median = sorted(v.score for v in judge.score([("#d48475", n) for n, _ in lexicon.reference(384)]))[192]
    assert median == pytest.approx(0.5, abs=0.02)

    def never(*_: object) -> list[float]:
        raise AssertionError("calibrated again")

    monkeypatch.setattr(ContrastJudge, "raw", never)
    again = JudgeBuilder(tiny_base, lexicon, tmp_path).build(
        Contrast(name="Called otherwise", about="and told of", asks=SPEC.asks, liked=SPEC.liked)
    )
    assert again.calibration == judge.calibration


def test_the_builder_makes_every_kind_and_forgets_the_oldest(tiny_base: LoadedBase, tmp_path: Path) -> None:
    builder = JudgeBuilder(tiny_base, Lexicon.load(), tmp_path, keep=2)
    first = builder.build(Form(name="Terse", max_words=2))
    guard = builder.build(Correctness(name="Correctness"))
    for made in (first, guard):
        (verdict,) = made.score([("#d48475", "Coral Red")])
        assert 0.0 <= verdict.score <= 1.0
    builder.build(Form(name="Other"))
    assert builder.build(Form(name="Terse", max_words=2)) is not first
