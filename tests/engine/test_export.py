"""Exports say what the app says: every format of a tiny painter, read back as a stranger would read it."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.export import card, ollama
from engine.export.gguf_file import READING, splitting, unsupported, write_gguf
from engine.export.making import make
from engine.export.order import Order, Row, decode_order, encode
from engine.export.writing import changes, ending_marks, merge, ollama_template
from engine.lm.blend import import_folder
from engine.lm.load import fitting_adapter, load_base, lora_targets
from engine.models import Base, BaseError, find_base, primer_folder
from engine.reading import reading
from engine.task import color_task
from engine.train.painter import write_adapter
from studio.children import child_environment
from tests.tiny import teach, tiny_model, tiny_tokenizer

pytestmark = pytest.mark.usefixtures("one_thread")
needs_llama = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None,
    reason="llama-cpp-python, an extra that is compiled at the user's, is not installed here",
)
CPU = torch.device("cpu")


def lora(folder: Path, base: Path, seed: int, rank: int) -> Path:
    """Write an adapter that changes a base well enough to be heard."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    made = get_peft_model(model, LoraConfig(r=rank, lora_alpha=16, target_modules=list(lora_targets(model))))
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, value in made.named_parameters():
            if "lora_" in name:
                value.normal_(0, 0.06)
    write_adapter(made, str(base), folder, torch.float32)
    return folder


@pytest.fixture
def primed(home, tiny_folder) -> Path:
    """Return a tiny base that has a primer, and a painter on it at ``home/painter``."""
    lora(primer_folder(str(tiny_folder)), tiny_folder, 1, 3)
    lora(home / "painter", tiny_folder, 2, 2)
    return tiny_folder


def order(home: Path, base: Path, kind: str, **more) -> Order:
    told = {"judges": ["poet"], "steps": 32, "seed": 1, "reward_first": 0.2, "reward_last": 0.4}
    facts = {"name": "Tide", "slug": "tide", "base": str(base), "adapter": str(home / "painter")}
    part = {"part": str(home / ".tide.part"), "out": str(home / "tide")}
    return Order(**facts, **part, kind=kind, card=told, **more)


def silent(note: str, done: float | None) -> None:
    """Hear nothing of how the work goes."""


@pytest.mark.parametrize(
    ("kind", "quantization"),
    [("adapter", "f16"), ("merged", "f16"), ("gguf", "f16"), ("gguf", "q8_0"), ("ollama", "f16")],
)
def test_every_format_names_colours_as_the_app_does(home, primed, kind, quantization):
    wanted = order(home, primed, kind, quantization=quantization)
    told = make(wanted, silent)
    out = Path(wanted.part)
    assert len(told.rows) == 20
    assert any(row.app for row in told.rows), "a base that names nothing proves nothing"
    assert told.agreement >= (0.95 if quantization == "f16" else 0.8), told.rows
    assert told.sound
    assert {"README.md", "card.toml", "paint_reading.py", "paint_color.py"} <= set(told.files)
    assert all(size == (out / name).stat().st_size > 0 for name, size in told.files.items())
    assert tomllib.loads((out / "card.toml").read_text())["primer"] == ""
    text = (out / "README.md").read_text()
    assert text.startswith("---\nlicense: ")
    for said in ("# Tide", "poet", "32", "0.20 → 0.40", "20 of 20" if told.agreement == 1 else " of 20"):
        assert said in text


def test_the_card_is_run_as_written(home, primed):
    for kind in ("adapter", "merged"):
        wanted = order(home, primed, kind)
        told = make(wanted, silent)
        [code] = re.findall(r"```python\n(.*?)```", (Path(wanted.part) / "README.md").read_text(), re.S)
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=wanted.part,
            env=child_environment() | {"HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr[-800:]
        said = run.stdout.strip().splitlines()[-1]
        rows = {row.color: row.export for row in told.rows}
        assert said
        if "#d48475" in rows:
            assert said == rows["#d48475"]
        Path(wanted.part).rename(home / kind)


def test_the_reading_beside_an_export_is_the_apps_own(home, primed):
    wanted = order(home, primed, "adapter")
    make(wanted, silent)
    colors = ["#d48475", "#000000", "#3b6ea5", "#efdfb0", "#87878b", "#9acd32"]
    code = f"from paint_reading import reading\nfor c in {colors}: print(reading(c))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=wanted.part, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == [reading(color) for color in colors]


def test_an_exported_adapter_comes_home_as_the_painter_it_was(home, primed):
    wanted = order(home, primed, "adapter")
    make(wanted, silent)
    loaded = load_base(find_base(str(primed)), CPU, torch.float32)
    rank = import_folder(loaded.primed, str(primed), Path(wanted.part), home / "in", loaded.base.primer)
    assert rank == 2 + 3 + 3
    back, ours = (fitting_adapter(loaded.primed, home / name) for name in ("in", "painter"))
    for path, (down, up) in ours.items():
        torch.testing.assert_close(back[path][1] @ back[path][0], up @ down, rtol=1e-4, atol=1e-5)


def test_without_primer_a_painter_is_its_own_adapter(home, tiny_folder):
    lora(home / "painter", tiny_folder, 2, 2)
    loaded = load_base(find_base(str(tiny_folder)), CPU, torch.float32)
    assert len(changes(loaded, str(home / "painter"))) == 1
    with pytest.raises(BaseError, match="export it as merged"):
        make(
            Order(
                name="Base",
                slug="base",
                base=str(tiny_folder),
                adapter="",
                kind="adapter",
                part=str(home / ".b.part"),
                out=str(home / "b"),
            ),
            silent,
        )
    assert not (home / ".b.part").exists()


def test_stopped_nothing_is_left(home, primed):
    class Enough(Exception):  # noqa: N818
        pass

    def stop(note: str, done: float | None) -> None:
        if note.startswith("Reading"):
            raise Enough

    with pytest.raises(Enough):
        make(order(home, primed, "merged"), stop)
    assert not (home / ".tide.part").exists()


# --- GGUF


@pytest.mark.parametrize("shape", ["llama", "qwen2", "qwen3"])
def test_a_gguf_read_by_transformers_has_the_models_logits(tmp_path, shape):
    # transformers does not read a Qwen3 head's size from a GGUF, and takes it for 128.
    more = {"head_dim": 128} if shape == "qwen3" else {}
    model, tokenizer = tiny_model(shape, layers=2, **more), tiny_tokenizer()
    teach(model, 2)
    write_gguf(tmp_path / "m.gguf", model, tokenizer, "f16", name="M", licence="MIT", with_reading=True)
    read = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="m.gguf", dtype=torch.float32).eval()
    ids = torch.tensor([[1, 5, 9, 40, 77, 300, 12, 8]])
    with torch.no_grad():
        ours, theirs = model(ids).logits, read(ids).logits
    assert (ours - theirs).abs().max() < 0.02 * ours.abs().max()
    assert (ours.argmax(-1) == theirs.argmax(-1)).all()


def test_what_a_gguf_says_of_itself(tmp_path):
    model, tokenizer = tiny_model(layers=1), tiny_tokenizer()
    write_gguf(
        tmp_path / "m.gguf", model, tokenizer, "q8_0", name="M", licence="Apache-2.0", with_reading=True
    )
    reader = gguf.GGUFReader(tmp_path / "m.gguf")

    def fact(key):
        return reader.get_field(key).contents()

    assert fact("general.name") == "M"
    assert fact("general.license") == "apache-2.0"
    assert fact(READING) is True
    assert fact("tokenizer.ggml.pre") == "gpt-2"
    assert fact("tokenizer.ggml.eos_token_id") == tokenizer.eos_token_id
    assert fact("tokenizer.chat_template") == tokenizer.chat_template
    kinds = {tensor.name: tensor.tensor_type.name for tensor in reader.tensors}
    assert kinds["blk.0.attn_q.weight"] == kinds["token_embd.weight"] == "Q8_0"
    assert kinds["blk.0.attn_norm.weight"] == "F32"
    assert "output.weight" not in kinds, "the head is the embedding again"


def test_what_cannot_be_a_gguf_is_told_plainly(tmp_path):
    gemma = tiny_model("gemma3", layers=2)
    assert "only Llama, Qwen2 and Qwen3" in unsupported(gemma.config, tiny_tokenizer())
    stretched = tiny_model(layers=1)
    stretched.config.rope_parameters = {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}
    assert "stretches" in unsupported(stretched.config, tiny_tokenizer())
    with pytest.raises(BaseError, match="byte-level BPE"):
        splitting(object())
    with pytest.raises(BaseError, match=r"convert_hf_to_gguf\.py"):
        write_gguf(
            tmp_path / "m.gguf", gemma, tiny_tokenizer(), "f16", name="M", licence="", with_reading=False
        )
    assert list(tmp_path.iterdir()) == []


# --- Ollama: its template in the small part of Go's language that is used


def render(text: str, **values: str) -> str:
    """Render a template of Go that has nothing but ``{{ .Variable }}`` in it."""
    out = re.sub(r"\{\{ \.(\w+) \}\}", lambda match: values[match[1]], text)
    assert "{{" not in out
    return out


def parse(modelfile: str) -> dict[str, list[str]]:
    """Parse a Modelfile by Ollama's rules: instructions, with texts in quotes, double or threefold."""
    rule = re.compile(
        r'(FROM|TEMPLATE|SYSTEM|PARAMETER \w+) (?:"""(.*?)"""|("(?:[^"\\]|\\.)*")|(\S+))\n', re.S
    )
    found: dict[str, list[str]] = {}
    place = 0
    while place < len(modelfile):
        match = rule.match(modelfile, place)
        assert match, modelfile[place : place + 40]
        key, threefold, quoted, bare = match.groups()
        value = threefold if threefold is not None else json.loads(quoted) if quoted else bare
        found.setdefault(key, []).append(value)
        place = match.end()
    return found


def test_ollama_is_asked_with_the_apps_own_prompt(home, primed):
    wanted = order(home, primed, "ollama")
    make(wanted, silent)
    told = parse((Path(wanted.part) / "Modelfile").read_text())
    assert told["FROM"] == ["./tide-f16.gguf"]
    assert (Path(wanted.part) / "tide-f16.gguf").is_file()
    assert told["PARAMETER temperature"] == ["0"]
    assert told["PARAMETER stop"] == ["<|im_end|>"]
    assert told["SYSTEM"] == [color_task().system]
    tokenizer = tiny_tokenizer()
    for color in ("#d48475", "#3b6ea5"):
        turns = color_task().messages(color, True)
        said = render(
            told["TEMPLATE"][0], System=color_task().system, Prompt=turns[1]["content"], Response=""
        )
        assert said == tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)


def test_a_template_that_cannot_be_ollamas_is_refused():
    for odd in ("{{ x }}{s}{u}", "{s}", '{s}"""{u}', "{u}{s}", "{s}{u}{u}"):
        with pytest.raises(BaseError, match="cannot be written for Ollama"):
            ollama.template(
                lambda turns, odd=odd: odd.replace("{s}", turns[0]["content"]).replace(
                    "{u}", turns[1]["content"]
                ),
                "",
            )
    plain = ollama.template(lambda turns: f"<s>{turns[0]['content']}|{turns[1]['content']}:", "<s>")
    assert plain == "{{ .System }}|{{ .Prompt }}:{{ .Response }}"


def test_orders_and_cards_stay_whole(home, primed):
    wanted = order(home, primed, "gguf")
    assert decode_order(encode(wanted)) == wanted
    base = Base(slug="x", title="X", folder=Path("x"), licence="MIT", with_reading=False)
    text = card.text(wanted, base, [Row("#000000", "Ink|Black", "")], "llama.cpp")
    assert "Ink\\|Black" in text
    assert "**(no name)**" in text
    assert "paint_reading" not in text


# --- the real base and a house painter


@pytest.mark.real
@pytest.mark.heavy
@pytest.mark.parametrize(
    ("kind", "quantization"), [("adapter", "f16"), ("merged", "f16"), ("gguf", "f16"), ("ollama", "q8_0")]
)
def test_poet_leaves_the_studio_as_it_is(tmp_path, kind, quantization):
    if kind in ("gguf", "ollama") and importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("llama-cpp-python, an extra that is compiled at the user's, is not installed here")
    from engine import places
    from engine.recipe import EMBEDDED_BASE

    poet = places.resources() / "painters" / "poet"
    wanted = Order(
        name="Poet",
        slug="poet",
        base=EMBEDDED_BASE,
        adapter=str(poet),
        kind=kind,
        quantization=quantization,
        part=str(tmp_path / "part"),
        out=str(tmp_path / "poet"),
    )
    told = make(wanted, silent)
    assert told.agreement >= (0.95 if quantization == "f16" else 0.7), told.rows
    if kind == "ollama":
        text = parse((tmp_path / "part" / "Modelfile").read_text())["TEMPLATE"][0]
        tokenizer = AutoTokenizer.from_pretrained(find_base(EMBEDDED_BASE).folder)
        turns = color_task().messages("#d48475", True)
        said = render(text, System=color_task().system, Prompt=turns[1]["content"], Response="")
        assert said == tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)


def test_merging_is_adding_both_changes(home, primed):
    loaded = load_base(find_base(str(primed)), CPU, torch.float32)
    parts = changes(loaded, str(home / "painter"))
    path = next(iter(parts[0]))
    before = lora_targets(loaded.raw)[path].weight.clone()
    merge(loaded, parts)
    expected = before + sum(up @ down for down, up in (one[path] for one in parts))
    torch.testing.assert_close(lora_targets(loaded.raw)[path].weight, expected, rtol=1e-5, atol=1e-6)
    assert ending_marks(loaded) == ["<|im_end|>"]
    assert ollama_template(loaded).endswith("{{ .Response }}")
    assert np.isfinite(float(expected.sum()))
