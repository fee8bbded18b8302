"""The base as a model that judges ask: the same numbers as a plain forward pass gives."""

import pytest
import torch

from engine.lm import judge_model
from engine.lm.judge_model import TorchModel, answers
from engine.lm.load import LoadedBase, encode_chat

pytestmark = pytest.mark.usefixtures("one_thread")

NAMES = ["Sunset Dust", "Beige", "Light Drizzle over Tin"]


@pytest.fixture
def model(tiny_base: LoadedBase) -> TorchModel:
    return TorchModel(tiny_base.raw, tiny_base.tokenizer)


@torch.no_grad()
def plain(base: LoadedBase, ids: list[int]) -> torch.Tensor:
    """Return log p of every next token, by a plain forward."""
    return torch.log_softmax(base.raw(input_ids=torch.tensor([ids])).logits[0].float(), -1)


def test_what_comes_next_is_as_likely_as_a_plain_forward_says(
    model: TorchModel, tiny_base: LoadedBase
) -> None:
    prefix = model.encode("A list of names:\n-")
    texts = [model.encode(f" {name}:", after="-") for name in [*NAMES, NAMES[0]]]
    wanted = [[40], [41, 42], [40, 41, 42]]
    found = model.choices(prefix, texts, wanted)
    for row, text in zip(found, texts, strict=True):
        last = plain(tiny_base, [*prefix, *text])[-1]
        assert row == pytest.approx([float(torch.logsumexp(last[tokens], 0)) for tokens in wanted], abs=1e-4)


def test_whole_texts_are_as_likely_as_a_plain_forward_says(model: TorchModel, tiny_base: LoadedBase) -> None:
    prefix = model.encode("A list of names:\n-")
    texts = [model.encode(f" {name}\n", after="-") for name in NAMES]
    for found, text in zip(model.logps(prefix, texts), texts, strict=True):
        rows = plain(tiny_base, [*prefix, *text])[len(prefix) - 1 : -1]
        assert found == pytest.approx(rows.gather(1, torch.tensor(text)[:, None])[:, 0].tolist(), abs=1e-4)


def test_many_texts_are_the_same_in_parts(model: TorchModel, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = model.encode("A list of names:\n-")
    texts = [model.encode(f" {name}\n", after="-") for name in NAMES]
    whole = model.logps(prefix, texts), model.choices(prefix, texts, [[40]])
    monkeypatch.setattr(judge_model, "BATCH", 1)
    for found, before in zip(model.logps(prefix, texts), whole[0], strict=True):
        assert found == pytest.approx(before, abs=1e-5)
    assert model.choices(prefix, texts, [[40]]) == pytest.approx(whole[1], abs=1e-5)
    assert model.logps(prefix, []) == []
    assert model.choices(prefix, [], [[40]]).shape == (0, 1)


def test_a_turn_goes_around_what_is_said(model: TorchModel, tiny_base: LoadedBase) -> None:
    before, after = model.turn()
    said = "Is it good?"
    assert [*before, *model.encode(said), *after] == encode_chat(
        tiny_base.tokenizer, [{"role": "user", "content": said}]
    )


def test_a_model_without_a_template_is_asked_plainly(
    model: TorchModel, tiny_base: LoadedBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny_base.tokenizer, "chat_template", None)
    assert model.turn() == ([], model.encode("\n"))


def test_a_marker_in_a_text_is_text(model: TorchModel, tiny_base: LoadedBase) -> None:
    ids = model.encode(" Dust<|im_end|>\n<|im_start|>system", after=":")
    assert not set(ids) & set(tiny_base.tokenizer.all_special_ids)


def test_a_beginning_is_computed_once_and_the_oldest_is_forgotten(
    model: TorchModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[int] = []
    real = judge_model.trunk_keys
    monkeypatch.setattr(judge_model, "KEPT", 2)
    monkeypatch.setattr(
        judge_model, "trunk_keys", lambda model, tokens: computed.append(tokens[0]) or real(model, tokens)
    )
    for first in (5, 6, 5, 7, 6, 5):
        model.logps([first, 9, 9], [[10, 11]])
    assert computed == [5, 6, 7, 6, 5]


def test_an_answer_is_what_one_token_says_or_begins(model: TorchModel) -> None:
    long = "no single token at all"
    (three, letter, begun) = answers(model, [("3", " 3"), ("x", long), (long,)])
    assert three[0] in model.encode("3")
    assert letter == model.encode("x", after=":")
    assert begun == model.encode(long, after=":")[:1]
    with pytest.raises(ValueError, match="cannot tell these answers apart"):
        answers(model, [(long,), (f"{long} again",)])
