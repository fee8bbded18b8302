"""Painters that are GGUFs: what is taken in and what is refused, and that they name as transformers does."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from engine.lm.blend import import_folder
from engine.lm.gguf_import import import_gguf
from engine.lm.gguf_painter import LORA, MODEL, GgufPainter, is_gguf
from engine.lm.llama import LlamaError
from engine.lm.load import fitting_adapter
from engine.models import BaseError
from engine.service.naming import Naming
from engine.service.protocol import PainterRef
from studio.children import child_environment
from tests.engine.test_blend import logits, painter
from tests.tiny import tiny_model, tiny_tokenizer
from tests.tiny_gguf import write_gguf

pytestmark = pytest.mark.usefixtures("one_thread")
HERE = importlib.util.find_spec("llama_cpp") is not None
needs_llama = pytest.mark.skipif(
    not HERE, reason="llama-cpp-python, an extra that is compiled at the user's, is not installed here"
)
COLORS = ["#d48475", "#3b6ea5", "#9acd32", "#2a0f38", "#efdfb0", "#87878b"]


@pytest.fixture(scope="module")
def whole(tiny_base, tmp_path_factory) -> Path:
    """Return the tiny base as a GGUF."""
    return write_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", tiny_base.raw, tiny_base.tokenizer)


def write_lora(path: Path, model, seed: int = 0, arch: str = "llama", **spoiled) -> Path:
    """Write a LoRA for a tiny Llama's feed-forward layers, as llama.cpp's converter does."""
    writer, dice = gguf.GGUFWriter(path, arch), np.random.default_rng(seed)
    writer.add_type("adapter")
    writer.add_string("adapter.type", spoiled.get("type", "lora"))
    writer.add_float32("adapter.lora.alpha", 4.0)
    hidden, inner = model.config.hidden_size, model.config.intermediate_size
    for layer in range(model.config.num_hidden_layers):
        key = f"blk.{layer}.ffn_down.weight"
        down = dice.normal(0, 0.3, (2, inner + spoiled.get("wider", 0))).astype(np.float32)
        up = dice.normal(0, 0.3, (hidden, 2)).astype(np.float32)
        if spoiled.get("nan"):
            up[0, 0] = np.nan
        writer.add_tensor(f"{key}.lora_a", down)
        if not spoiled.get("half"):
            writer.add_tensor(f"{key}.lora_b", up)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_gguf_is_copied_as_a_painter(whole, tmp_path):
    import_gguf(whole, tmp_path / "in")
    assert (tmp_path / "in" / MODEL).read_bytes() == whole.read_bytes()
    assert is_gguf(str(tmp_path / "in"))
    assert not is_gguf(str(tmp_path))
    assert not is_gguf("")


def test_a_lora_brings_its_base(whole, tiny_base, tmp_path):
    lora = write_lora(tmp_path / "l.gguf", tiny_base.raw)
    import_gguf(lora, tmp_path / "in", whole)
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == [LORA, MODEL]


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ({"wider": 1}, "another base than tiny.gguf"),
        ({"half": True}, "lacks one of its matrices"),
        ({"nan": True}, "not all of its numbers are finite"),
        ({"type": "control_vector"}, "not a plain LoRA"),
        ({"arch": "qwen2"}, "a base of the kind qwen2"),
    ],
)
def test_a_lora_that_does_not_fit_is_refused(whole, tiny_base, tmp_path, spoiled, says):
    lora = write_lora(tmp_path / "l.gguf", tiny_base.raw, **spoiled)
    with pytest.raises(BaseError, match=says) as error:
        import_gguf(lora, tmp_path / "in", whole)
    assert str(error.value).endswith(".")
    assert not (tmp_path / "in").exists()


def test_what_is_no_model_is_refused(whole, tiny_base, tmp_path):
    def refused(data: bytes, says: str) -> None:
        (tmp_path / "x.gguf").write_bytes(data)
        with pytest.raises(BaseError, match=says):
            import_gguf(tmp_path / "x.gguf", tmp_path / "in", None)
        assert not (tmp_path / "in").exists()

    data = whole.read_bytes()
    refused(b"PK\x03\x04 no model", "is not a GGUF file")
    refused(data[: len(data) // 2], "cut short")
    refused(data[:2000], "cut short")
    refused(data[:-64] + b"\xff" * 64, "numbers are finite")
    refused(write_lora(tmp_path / "l.gguf", tiny_base.raw).read_bytes(), "say which GGUF it was made for")
    writer = gguf.GGUFWriter(tmp_path / "v.gguf", "clip")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    refused((tmp_path / "v.gguf").read_bytes(), "holds no vocabulary")
    with pytest.raises(BaseError, match="cannot be read"):
        import_gguf(tmp_path / "nowhere.gguf", tmp_path / "in")


def test_an_adapter_for_plain_weights_lies_on_the_primed_ones_as_it_did(tmp_path):
    model = tiny_model(layers=2)
    foreign, primer = painter(tmp_path / "foreign", 1), painter(tmp_path / "primer", 2, rank=3)
    assert import_folder(model, "tiny", foreign, tmp_path / "in", primer) == 4 + 3
    expected = logits(model, (foreign, 1.0))
    on_primer = logits(model, (primer, 1.0), (tmp_path / "in", 1.0))
    torch.testing.assert_close(on_primer, expected, rtol=1e-4, atol=1e-4)
    assert fitting_adapter(model, tmp_path / "in")


def test_without_llama_cpp_a_sentence_says_what_is_off(whole, tiny_base, tmp_path, monkeypatch):
    from engine.lm import llama

    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    llama._library.cache_clear()
    assert not llama.is_there()
    import_gguf(whole, tmp_path / "in")
    with pytest.raises(LlamaError, match="doctor"):
        Naming(tiny_base).name("#d48475", [PainterRef("g", str(tmp_path / "in"))])
    monkeypatch.undo()
    llama._library.cache_clear()


def test_nothing_that_paints_with_a_gguf_loads_torch():
    code = "import sys, engine.service.naming_gguf; print('torch' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], env=child_environment(), capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


# --- through llama.cpp


@needs_llama
def test_a_gguf_names_as_its_weights_do(whole, tiny_base, tmp_path):
    import_gguf(whole, tmp_path / "in")
    ref, base = PainterRef("g", str(tmp_path / "in")), PainterRef("base")
    naming = Naming(tiny_base)
    same = 0
    for color in COLORS:
        mine, theirs = naming.name(color, [ref, base])
        same += mine[0].name == theirs[0].name
        assert mine[0].greedy
        if mine[0].name == theirs[0].name:
            assert mine[0].probability == pytest.approx(theirs[0].probability, rel=0.1)
    assert same >= 5
    assert naming.name(COLORS[0], [base, ref])[1] == naming.name(COLORS[0], [ref])[0], "in the order asked"
    told = dict(naming.name_all(COLORS, ref))
    assert [told[i][0] for i in range(len(COLORS))] == [
        "" if (first := naming.name(color, [ref])[0][0]).unreadable else first.name for color in COLORS
    ]


@needs_llama
def test_sampled_names_are_repeatable_and_their_probabilities_true(whole, tiny_base, tmp_path):
    import_gguf(whole, tmp_path / "in")
    ref, naming = PainterRef("g", str(tmp_path / "in")), Naming(tiny_base)
    first, again = (naming.name(COLORS[0], [ref], 24, 7)[0] for _ in range(2))
    assert first == again
    assert len(first) > 1
    chances = [choice.probability for choice in first[1:]]
    assert chances == sorted(chances, reverse=True)
    assert 0 < sum(chances) <= 1.001


@needs_llama
def test_a_gguf_explains_its_names_beside_the_base(whole, tiny_base, tmp_path):
    import_gguf(whole, tmp_path / "in")
    ref, naming = PainterRef("g", str(tmp_path / "in")), Naming(tiny_base)
    tokens = naming.explain(COLORS[0], "Quiet Rose", ref)
    assert "".join(token.text for token in tokens) == "Quiet Rose"
    for token in tokens:
        assert token.painter == pytest.approx(token.base, rel=0.1, abs=1e-4), "the same weights"
        assert len(token.painter_best) == len(token.base_best) == 3


@needs_llama
def test_a_lora_in_a_gguf_changes_what_is_said(whole, tiny_base, tmp_path):
    import_gguf(whole, tmp_path / "plain")
    import_gguf(write_lora(tmp_path / "l.gguf", tiny_base.raw), tmp_path / "lora", whole)
    plain, changed = (GgufPainter(tmp_path / name, 1) for name in ("plain", "lora"))
    before, after = (one.chances(COLORS[0], one.name_tokens("Quiet Rose"), 3) for one in (plain, changed))
    assert max(abs(a[0] - b[0]) for a, b in zip(before, after, strict=True)) > 1e-4


@needs_llama
def test_the_prompt_is_transformers_own(whole, tiny_base):
    for color in COLORS[:2]:
        assert GgufPainter(whole, 1).prompt(color) == tiny_base.prompt(color)
    assert tiny_tokenizer().chat_template
