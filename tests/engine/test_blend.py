"""Blending is exact, cutting its rank is the best there is, and a stranger's adapter is checked whole."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

from engine.lm.blend import blend, blend_folders, import_folder, truncate, write
from engine.lm.load import adapter_weights, copy_linears, fitting_adapter, lora_targets, merge_adapter
from engine.models import BaseError
from engine.train.painter import write_adapter
from tests.tiny import tiny_model

IDS = torch.tensor([[1, 5, 9, 40, 77, 300, 12, 8]])


@pytest.fixture(scope="module")
def model():
    return tiny_model(layers=2)


def painter(folder: Path, seed: int, rank: int = 4, layers: int = 2, targets=None, **more) -> Path:
    base = tiny_model(layers=layers)
    wanted = targets or list(lora_targets(base))
    made = get_peft_model(base, LoraConfig(r=rank, lora_alpha=8, target_modules=wanted, **more))
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, value in made.named_parameters():
            if "lora_" in name:
                value.normal_(0, 0.05)
    write_adapter(made, "tiny", folder, torch.float32)
    return folder


@pytest.fixture(scope="module")
def parents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("painters")
    return painter(folder / "one", 1), painter(folder / "two", 2, rank=6, use_rslora=True)


@torch.no_grad()
def logits(model, *changes):
    """Return the logits with these changes (folder, weight) added to the weights themselves."""
    changed = copy_linears(model)
    for path, module in lora_targets(changed).items():
        for folder, weight in changes:
            pairs, scale = adapter_weights(folder)
            if path in pairs:
                down, up = pairs[path]
                module.weight += weight * scale * (up @ down)
    return changed(IDS).logits


def test_a_blends_logits_are_those_of_the_weighted_changes(model, parents, tmp_path):
    out = tmp_path / "blend"
    rank, kept = blend_folders(model, "tiny", parents, (0.6, 0.4), out)
    assert (rank, kept) == (10, 1.0)
    expected = logits(model, (parents[0], 0.6), (parents[1], 0.4))
    blended = copy_linears(model)
    merge_adapter(blended, out)
    with torch.no_grad():
        torch.testing.assert_close(blended(IDS).logits, expected, rtol=1e-5, atol=1e-5)
    # It is not one of its parents, and not the base.
    for other in (logits(model), logits(model, (parents[0], 1.0)), logits(model, (parents[1], 1.0))):
        assert (expected - other).abs().max() > 0.01


def test_peft_reads_a_blend_as_we_do(model, parents, tmp_path):
    from peft import PeftModel

    blend_folders(model, "tiny", parents, (0.3, 0.7), tmp_path / "blend")
    read = PeftModel.from_pretrained(tiny_model(layers=2), tmp_path / "blend")
    with torch.no_grad():
        expected = logits(model, (parents[0], 0.3), (parents[1], 0.7))
        torch.testing.assert_close(read(IDS).logits, expected, rtol=1e-5, atol=1e-5)


def test_a_layer_that_only_one_parent_touches_keeps_its_share(model, parents, tmp_path):
    only = painter(tmp_path / "only", 3, targets=["q_proj"])
    blend_folders(model, "tiny", (parents[0], only), (0.5, 0.5), tmp_path / "blend")
    pairs, _ = adapter_weights(tmp_path / "blend")
    assert {down.shape[0] for down, _ in pairs.values()} == {8}, "peft wants one rank"
    merged = copy_linears(model)
    merge_adapter(merged, tmp_path / "blend")
    with torch.no_grad():
        expected = logits(model, (parents[0], 0.5), (only, 0.5))
        torch.testing.assert_close(merged(IDS).logits, expected, rtol=1e-5, atol=1e-5)


def test_cutting_the_rank_is_the_best_that_the_rank_allows(model, parents):
    whole = blend([fitting_adapter(model, folder) for folder in parents], (0.6, 0.4))
    cut, kept = truncate(whole, 4)
    lost = total = 0.0
    for path, (down, up) in whole.items():
        change, (small_down, small_up) = up @ down, cut[path]
        assert small_down.shape[0] == small_up.shape[1] == 4
        u, values, v = torch.linalg.svd(change, full_matrices=False)
        best = (u[:, :4] * values[:4]) @ v[:4]
        torch.testing.assert_close(small_up @ small_down, best, rtol=1e-3, atol=1e-5)
        lost += float((change - best).square().sum())
        total += float(change.square().sum())
    assert kept == pytest.approx(1 - lost / total, abs=1e-4)
    assert 0.3 < kept < 0.999


def test_a_rank_that_is_large_enough_loses_nothing(model, parents, tmp_path):
    rank, kept = blend_folders(model, "tiny", parents, (0.6, 0.4), tmp_path / "b", rank=64)
    assert (rank, kept) == (10, 1.0)
    same, kept = truncate(fitting_adapter(model, parents[0]), 4)
    assert kept == pytest.approx(1.0)
    for path, (down, up) in fitting_adapter(model, parents[0]).items():
        torch.testing.assert_close(same[path][1] @ same[path][0], up @ down, rtol=1e-4, atol=1e-6)


def test_an_adapter_of_zeros_is_cut_without_a_nan() -> None:
    cut, kept = truncate({"a": (torch.zeros(4, 8), torch.zeros(6, 4))}, 2)
    assert kept == 1.0
    assert all(torch.isfinite(part).all() for part in cut["a"])


@pytest.mark.parametrize("weights", [(0.0, 1.0), (float("nan"), 1.0), (-1.0, 2.0), (1.0,)])
def test_weights_that_are_none_are_refused(model, parents, tmp_path, weights):
    with pytest.raises(BaseError, match="blend"):
        blend_folders(model, "tiny", parents, weights, tmp_path / "blend")
    assert not (tmp_path / "blend").exists()


def test_parents_of_another_base_are_refused(model, parents, tmp_path):
    stranger = painter(tmp_path / "stranger", 4, layers=3)
    with pytest.raises(BaseError, match="another base"):
        blend_folders(model, "tiny", (parents[0], stranger), (0.5, 0.5), tmp_path / "blend")


# --- taking in a stranger's


def test_an_import_does_what_the_adapter_did(model, parents, tmp_path):
    foreign = shutil.copytree(parents[1], tmp_path / "foreign")
    (foreign / "evil.py").write_text("raise SystemExit")
    assert import_folder(model, "tiny", foreign, tmp_path / "in") == 6
    merged = copy_linears(model)
    merge_adapter(merged, tmp_path / "in")
    with torch.no_grad():
        torch.testing.assert_close(merged(IDS).logits, logits(model, (foreign, 1.0)), rtol=1e-5, atol=1e-5)
    names = sorted(path.name for path in (tmp_path / "in").iterdir())
    assert names == ["adapter_config.json", "adapter_model.safetensors"]


def spoil(folder: Path, how: str) -> None:
    weights, config = folder / "adapter_model.safetensors", folder / "adapter_config.json"
    facts = json.loads(config.read_text())
    tensors = load_file(weights)
    first = next(iter(tensors))
    match how:
        case "pickle":
            weights.rename(folder / "adapter_model.bin")
        case "nothing":
            weights.unlink()
        case "no config":
            config.unlink()
        case "config torn":
            config.write_text("{")
        case "config a list":
            config.write_text("[]")
        case "weights torn":
            weights.write_bytes(weights.read_bytes()[:100])
        case "nan" | "inf":
            tensors[first][0, 0] = float(how)
            save_file(tensors, weights)
        case "shape":
            tensors[first] = tensors[first][:, :-1].contiguous()
            save_file(tensors, weights)
        case "half":
            del tensors[next(key for key in tensors if "lora_B" in key)]
            save_file(tensors, weights)
        case "other half":
            del tensors[next(key for key in tensors if "lora_A" in key)]
            save_file(tensors, weights)
        case "more":
            save_file({**tensors, "base_model.model.lm_head.weight": torch.zeros(2)}, weights)
        case "untrained":
            save_file({k: v if "lora_A" in k else torch.zeros_like(v) for k, v in tensors.items()}, weights)
        case _:
            key, value = {
                "dora": ("use_dora", True),
                "ranks": ("rank_pattern", {"q_proj": 2}),
                "bias": ("bias", "all"),
                "kind": ("peft_type", "IA3"),
                "zero rank": ("r", 0),
            }[how]
            config.write_text(json.dumps(facts | {key: value}))


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("pickle", "a pickle, which is never opened"),
        ("nothing", "no adapter_model.safetensors"),
        ("no config", "cannot be read"),
        ("config torn", "cannot be read"),
        ("config a list", "not a plain LoRA"),
        ("weights torn", "damaged"),
        ("nan", "numbers are finite"),
        ("inf", "numbers are finite"),
        ("shape", "another base"),
        ("half", "not whole"),
        ("other half", "not whole"),
        ("more", "more than a LoRA"),
        ("untrained", "changes nothing"),
        ("dora", "DoRA"),
        ("ranks", "ranks of their own"),
        ("bias", "biases"),
        ("kind", "not a plain LoRA"),
        ("zero rank", "not a plain LoRA"),
    ],
)
def test_what_cannot_be_a_painter_is_refused_in_a_sentence(model, parents, tmp_path, how, says):
    folder = shutil.copytree(parents[0], tmp_path / "foreign")
    spoil(folder, how)
    with pytest.raises(BaseError, match=says) as error:
        import_folder(model, "tiny", folder, tmp_path / "in")
    text = str(error.value)
    assert text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text
    assert not (tmp_path / "in").exists()


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json"])
def test_a_link_is_not_followed(model, parents, tmp_path, name):
    strange = tmp_path / "strange"
    shutil.copytree(parents[0], strange)
    (strange / name).unlink()
    try:
        (strange / name).symlink_to(parents[0] / name)
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(BaseError, match="is a link"):
        import_folder(model, "tiny", strange, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_written_adapter_has_scale_one(model, parents, tmp_path):
    adapter = fitting_adapter(model, parents[0])
    assert write(adapter, "tiny", tmp_path / "w") == 4
    pairs, scale = adapter_weights(tmp_path / "w")
    assert scale == 1.0
    for path, (down, up) in adapter.items():
        torch.testing.assert_close(pairs[path][0], down)
        torch.testing.assert_close(pairs[path][1], up)
