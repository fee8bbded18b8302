"""Bases and adapters as files: what is missing, damaged or of another kind is told in a sentence."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

from engine import models
from engine.lm.load import (
    copy_linears,
    encode_chat,
    load_base,
    lora_targets,
    merge_adapter,
    pick_device,
    pick_dtype,
    twin,
)
from engine.models import Base, BaseError, embedded_gguf, find_base, fingerprint
from engine.recipe import EMBEDDED_BASE
from engine.train.painter import write_adapter
from tests.tiny import tiny_model, tiny_tokenizer

CPU = torch.device("cpu")


def sentence(error: pytest.ExceptionInfo[BaseError]) -> str:
    text = str(error.value)
    assert text[0].isupper()
    assert text.endswith((".", ")."))
    assert "\n" not in text
    return text


# --- finding


def test_the_embedded_base_is_found_before_it_is_made(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAINTER_STUDIO_CACHE", str(tmp_path))
    base = find_base(EMBEDDED_BASE)
    assert base.embedded
    assert base.with_reading
    assert base.folder.is_relative_to(tmp_path)
    assert not base.ready()


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BaseError) as error:
        find_base(str(tmp_path / "nothing"))
    assert "config.json" in sentence(error)
    with pytest.raises(BaseError, match="There is no base “smollm”"):
        find_base("smollm")


@pytest.mark.parametrize("weights", [[], ["pytorch_model.bin"], ["model.gguf", "model.pt"]])
def test_a_folder_without_safetensors_is_refused(tmp_path: Path, weights: list[str]) -> None:
    (tmp_path / "config.json").write_text("{}")
    for name in weights:
        (tmp_path / name).write_bytes(b"\x80\x04never unpickled")
    with pytest.raises(BaseError) as error:
        find_base(str(tmp_path))
    assert "no safetensors weights" in sentence(error)


def test_a_folder_by_its_path(tiny_folder: Path) -> None:
    base = find_base(str(tiny_folder))
    assert (base.slug, base.title, base.embedded) == (str(tiny_folder), "tiny-llama", False)
    assert base.ready()
    assert base.with_reading, "a model this small cannot read a hex"


def test_a_fingerprint_changes_with_the_weights(tiny_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_folder, tmp_path / "copy")
    first = fingerprint(find_base(str(folder)))
    assert fingerprint(find_base(str(folder))) == first
    with (folder / "model.safetensors").open("ab") as file:
        file.write(b"more")
    assert fingerprint(find_base(str(folder))) != first


# --- the package that carries the embedded base


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site" / "imagined_smollm2"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('never imported')")
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.setattr(models, "GGUF_PACKAGE", "imagined_smollm2")
    return folder


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "GGUF_PACKAGE", "there_is_no_such_package")
    with pytest.raises(BaseError) as error:
        embedded_gguf()
    assert "pip install" in sentence(error)


def test_a_package_without_its_file_is_told(package: Path) -> None:
    with pytest.raises(BaseError, match="install version"):
        embedded_gguf()


def test_a_damaged_file_is_never_opened(package: Path) -> None:
    (package / models.GGUF_NAME).write_bytes(b"GGUF" + b"\x00" * 4096)
    with pytest.raises(BaseError) as error:
        embedded_gguf()
    assert "damaged" in sentence(error)


def test_the_right_file_is_found_without_importing(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"GGUF and so on"
    (package / models.GGUF_NAME).write_bytes(content)
    monkeypatch.setattr(models, "GGUF_SHA256", hashlib.sha256(content).hexdigest())
    assert embedded_gguf() == package / models.GGUF_NAME


# --- loading


def test_loading_gives_twins_that_share_their_weights(tiny_folder: Path) -> None:
    base = load_base(find_base(str(tiny_folder)), CPU, torch.float32)
    assert base.ends == (2,)
    assert base.name_tokens("Red<|im_end|>").count(2) == 1
    prompt = base.tokenizer.decode(base.prompt("#d48475"))
    assert prompt.endswith("<|im_start|>assistant\n")
    assert "Name this paint color: #d48475" in prompt
    pairs = zip(base.raw.parameters(), base.primed.parameters(), strict=True)
    assert all(a.data_ptr() == b.data_ptr() and not a.requires_grad for a, b in pairs)
    get_peft_model(base.primed, LoraConfig(target_modules=list(lora_targets(base.primed))))
    assert not any("lora" in name for name, _ in base.raw.named_modules())


@pytest.mark.parametrize("damage", ["weights", "config", "kind", "tokenizer"])
def test_a_damaged_folder_is_told(tiny_folder: Path, tmp_path: Path, damage: str) -> None:
    folder = shutil.copytree(tiny_folder, tmp_path / "damaged")
    if damage == "weights":
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:1000])
    elif damage == "config":
        (folder / "config.json").write_text("{")
    elif damage == "kind":
        (folder / "config.json").write_text('{"model_type": "teapot"}')
    else:
        (folder / "tokenizer.json").write_text("[]")
    with pytest.raises(BaseError) as error:
        load_base(find_base(str(folder)), CPU, torch.float32)
    assert "damaged cannot be loaded" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_base_whose_replies_would_never_end_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_folder, tmp_path / "endless")
    path = folder / "tokenizer_config.json"
    facts = json.loads(path.read_text())
    for key in ("eos_token", "pad_token"):
        facts.pop(key)
    path.write_text(json.dumps(facts))
    with pytest.raises(BaseError, match="no end-of-turn token"):
        load_base(find_base(str(folder)), CPU, torch.float32)


def test_a_device_that_is_not_there_is_told() -> None:
    assert pick_device("cpu") == CPU
    assert pick_device("auto").type in ("cpu", "cuda", "mps")
    if not torch.backends.mps.is_available():
        with pytest.raises(BaseError, match="There is no mps device here"):
            pick_device("mps")
    assert pick_dtype(CPU, "float32") == torch.float32
    assert pick_dtype(CPU, "bfloat16") == torch.bfloat16
    assert pick_dtype(CPU) in (torch.float32, torch.bfloat16)


def test_a_tokenizer_without_a_template_is_asked_plainly() -> None:
    class Plain:
        chat_template = None

        def encode(self, text: str) -> list[int]:
            return [ord(letter) for letter in text]

    ids = encode_chat(Plain(), [{"role": "system", "content": "Be"}, {"role": "user", "content": "so"}])
    assert "".join(map(chr, ids)) == "Be\nso\n"
    assert encode_chat(tiny_tokenizer(), [{"role": "user", "content": "x"}])[0] == 1


# --- adapters


@pytest.fixture
def adapter(tmp_path: Path):
    """Return an adapter's folder and the model that it was made on, with the adapter on."""
    model = tiny_model(layers=2)
    torch.manual_seed(1)
    peft = get_peft_model(
        twin(model),
        LoraConfig(r=4, lora_alpha=12, target_modules=list(lora_targets(model)), task_type="CAUSAL_LM"),
    )
    with torch.no_grad():
        for name, weight in peft.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.05)
    write_adapter(peft, "tiny", tmp_path / "poet", torch.float32)
    return tmp_path / "poet", model, peft


def test_an_adapter_on_disk_is_the_adapter(adapter) -> None:
    folder, model, peft = adapter
    assert {path.name for path in folder.iterdir()} == {"adapter_config.json", "adapter_model.safetensors"}
    merged = copy_linears(model)
    before = [parameter.clone() for parameter in model.parameters()]
    merge_adapter(merged, folder, source=model)
    merge_adapter(merged, folder, source=model)  # again from the source, not on top
    ids = torch.tensor([[1, 5, 9, 33]])
    with torch.no_grad():
        assert (merged(input_ids=ids).logits - peft(input_ids=ids).logits).abs().max() < 1e-4
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_an_adapter_for_another_base_is_refused_and_changes_nothing(adapter) -> None:
    folder, _, _ = adapter
    for other in (tiny_model(layers=1), tiny_model(layers=2, intermediate_size=96)):
        before = [parameter.clone() for parameter in other.parameters()]
        with pytest.raises(BaseError, match="made for another base"):
            merge_adapter(other, folder)
        assert all(torch.equal(a, b) for a, b in zip(before, other.parameters(), strict=True))


@pytest.mark.parametrize(
    "damage", ["nothing", "torn", "no rank", "not a table", "dora", "no matrices", "half", "misfit", "nan"]
)
def test_a_damaged_adapter_is_told(adapter, damage: str) -> None:
    folder, model, _ = adapter
    config, weights = folder / "adapter_config.json", folder / "adapter_model.safetensors"
    facts, tensors = json.loads(config.read_text()), load_file(weights)
    first = next(key for key in tensors if "lora_B" in key)
    if damage == "nothing":
        weights.unlink()
    elif damage == "torn":
        weights.write_bytes(weights.read_bytes()[:500])
    elif damage == "no rank":
        config.write_text(json.dumps({k: v for k, v in facts.items() if k != "r"}))
    elif damage == "not a table":
        config.write_text("[]")
    elif damage == "dora":
        config.write_text(json.dumps(facts | {"use_dora": True}))
    elif damage == "no matrices":
        save_file({"something": torch.zeros(1)}, weights)
    elif damage == "half":
        save_file({k: v for k, v in tensors.items() if k != first}, weights)
    elif damage == "misfit":
        save_file(tensors | {first: torch.zeros(tensors[first].shape[0], 3)}, weights)
    else:
        save_file(tensors | {first: torch.full_like(tensors[first], float("nan"))}, weights)
    with pytest.raises(BaseError) as error:
        merge_adapter(copy_linears(model), folder, source=model)
    assert "poet" in sentence(error)


def test_what_is_known_of_a_base_can_be_told(tmp_path: Path) -> None:
    base = Base(slug="x", title="X", folder=tmp_path, licence="MIT", with_reading=False)
    assert not base.ready()
    assert base.primer is None
