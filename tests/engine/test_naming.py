"""Naming by many painters: quicker, and the same names and chances as a plain forward of merged weights."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.judges.build import JudgeBuilder
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase, copy_linears, lora_targets, merge_adapter
from engine.lm.sampling import Sampler
from engine.service.naming import BEST, Naming
from engine.service.protocol import (
    Done,
    Explain,
    Explained,
    Failed,
    Name,
    NameAll,
    Named,
    NamedAll,
    PainterRef,
    Reply,
)
from engine.service.server import Server

pytestmark = pytest.mark.usefixtures("one_thread")

COLORS = ["#d48475", "#3b6ea5", "#9acd32", "#2a0f38", "#efdfb0"]
BASE = PainterRef("base")


def write_adapter(folder: Path, base: LoadedBase, seed: int, rank: int = 4) -> PainterRef:
    """Write a random LoRA strong enough to change what is said."""
    folder.mkdir()
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for path, layer in lora_targets(base.primed).items():
        down = torch.randn(rank, layer.in_features, generator=generator) * 0.1
        up = torch.randn(layer.out_features, rank, generator=generator) * 0.1
        weights[f"base_model.model.{path}.lora_A.weight"] = down
        weights[f"base_model.model.{path}.lora_B.weight"] = up
    save_file(weights, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": rank, "lora_alpha": rank}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    return PainterRef(folder.name, str(folder))


def merged(base: LoadedBase, ref: PainterRef):
    """Return the painter's weights as a model of their own."""
    model = copy_linears(base.primed)
    if ref.folder:
        merge_adapter(model, Path(ref.folder))
    return model


@pytest.fixture
def painters(tiny_base: LoadedBase, tmp_path: Path) -> list[PainterRef]:
    # Of unequal ranks, as a person's own may be.
    return [
        BASE,
        write_adapter(tmp_path / "poet", tiny_base, 1),
        write_adapter(tmp_path / "architect", tiny_base, 2, rank=6),
    ]


@pytest.fixture
def server(tiny_base: LoadedBase, tmp_path: Path):
    said: list[Reply] = []
    builder = JudgeBuilder(tiny_base, Lexicon.load(), tmp_path / "calibrations")
    made = Server(tiny_base, builder, said.append, lambda number: False)
    return made, said


def alone(base: LoadedBase, ref: PainterRef, color: str):
    """Name a colour greedily by merged weights, without any sharing."""
    [[reply]] = Sampler(merged(base, ref), graphs=False).sample(
        [base.prompt(color)], [1], ends=base.ends, longest=16, temperature=0.0, seed=0
    )
    return base.read(reply.tokens), sum(reply.logps)


def test_all_painters_say_what_each_would_say_alone(
    tiny_base: LoadedBase, painters: list[PainterRef]
) -> None:
    naming = Naming(tiny_base)
    for color in COLORS[:2]:
        for ref, choices in zip(painters, naming.name(color, painters), strict=True):
            read, logp = alone(tiny_base, ref, color)
            assert choices[0].name == read.name
            assert choices[0].greedy
            assert torch.tensor(choices[0].probability).log() == pytest.approx(logp, abs=1e-3)


def test_alternatives_are_drawn_by_the_same_dice_whatever_was_named_before(
    tiny_base: LoadedBase, painters: list[PainterRef]
) -> None:
    fresh = Naming(tiny_base).name("#d48475", painters, samples=6, seed=3)
    naming = Naming(tiny_base)
    first = naming.name("#d48475", painters)
    again = naming.name("#d48475", painters, samples=6, seed=3)
    assert [[c.name for c in one] for one in again] == [[c.name for c in one] for one in fresh]
    assert [one[0].name for one in again] == [one[0].name for one in first]


def test_a_long_list_is_named_as_colour_by_colour(
    tiny_base: LoadedBase, painters: list[PainterRef], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.service.naming.TOGETHER", 2)
    for ref in painters[:2]:
        told = list(Naming(tiny_base).name_all([*COLORS, COLORS[0]], ref))
        assert [start for start, _ in told] == [0, 2, 4]
        names = [name for _, part in told for name in part]
        naming = Naming(tiny_base)
        single = [naming.name(color, [ref])[0][0] for color in COLORS]
        assert names == [*("" if c.unreadable else c.name for c in single), names[0]]


def test_work_ends_between_two_passes_once_it_is_taken_back(
    tiny_base: LoadedBase, painters: list[PainterRef]
) -> None:
    passes = 0

    def halt() -> None:
        nonlocal passes
        passes += 1
        if passes == 3:
            raise InterruptedError

    naming = Naming(tiny_base)
    with pytest.raises(InterruptedError):
        naming.name("#d48475", painters, halt=halt)
    assert passes == 3
    # The layers are as they were: the base says what it says.
    read, _ = alone(tiny_base, BASE, "#d48475")
    assert naming.name("#d48475", [BASE])[0][0].name == read.name


@torch.no_grad()
def test_a_name_is_explained_as_a_plain_forward_of_both_has_it(
    tiny_base: LoadedBase, painters: list[PainterRef]
) -> None:
    name = "Quiet Rose"
    told = Naming(tiny_base).explain("#d48475", name, painters[1])
    tokens = tiny_base.name_tokens(name)
    prompt = tiny_base.prompt("#d48475")
    for ref, side in ((painters[1], "painter"), (BASE, "base")):
        ids = torch.tensor([[*prompt, *tokens[:-1]]])
        logits = merged(tiny_base, ref)(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 :]
        chances = torch.softmax(logits.float(), -1)
        assert len(told) == len(tokens)
        for place, (token, said) in enumerate(zip(tokens, told, strict=True)):
            assert getattr(said, side) == pytest.approx(float(chances[place, token]), rel=1e-3)
            best = getattr(said, f"{side}_best")
            top = chances[place].topk(BEST).values
            assert [guess.probability for guess in best] == pytest.approx(top.tolist(), rel=1e-3)
    assert "".join(token.text for token in told) == name
    assert told[-1].text == ""


def test_the_base_explains_itself_with_equal_chances(tiny_base: LoadedBase) -> None:
    for token in Naming(tiny_base).explain("#d48475", "Quiet Rose", BASE):
        assert token.painter == pytest.approx(token.base)


def test_the_service_names_one_or_many_and_explains(server, painters: list[PainterRef]) -> None:
    answer, said = server
    answer.answer(Name(id=1, color="#D48475", painters=tuple(painters)))
    assert [type(reply) for reply in said] == [Named, Named, Named, Done]
    assert [reply.painter for reply in said[:3]] == ["base", "poet", "architect"]
    said.clear()
    answer.answer(NameAll(id=2, colors=tuple(COLORS), painter=painters[1]))
    assert said[0] == NamedAll(id=2, painter="poet", start=0, names=said[0].names)
    assert len(said[0].names) == len(COLORS)
    assert said[1] == Done(id=2)
    said.clear()
    answer.answer(Explain(id=3, color="#d48475", name="Quiet Rose", painter=painters[1]))
    assert isinstance(said[0], Explained)
    assert said[0].tokens[0].painter != said[0].tokens[0].base
    assert said[1] == Done(id=3)


def test_a_painter_that_is_gone_is_a_sentence(server, tmp_path: Path) -> None:
    answer, said = server
    answer.answer(Explain(id=1, color="#d48475", name="Rose", painter=PainterRef("x", str(tmp_path / "x"))))
    [failed] = said
    assert isinstance(failed, Failed)
    assert "cannot be read" in failed.reason
