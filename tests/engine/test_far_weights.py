"""Weights in 4 bits and names drawn by vLLM: refused in a sentence where they cannot be had."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest
import torch

from engine import recipe as recipes
from engine.events import RunFinished
from engine.judges.spec import Form
from engine.lm import load
from engine.models import BaseError, find_base
from engine.recipe import Panel, Recipe, RecipeError, Taste
from engine.rundir import RunFolder
from engine.train import __main__ as training
from engine.train.grpo import settings

RECIPE = Recipe(name="Far", panel=Panel(tastes=(Taste("any"),)))
CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_four_bits_need_cuda_bitsandbytes_and_a_base_without_a_primer(tiny_folder: Path, monkeypatch) -> None:
    base = find_base(str(tiny_folder))
    with pytest.raises(BaseError, match="need a CUDA device"):
        load.load_base(base, CPU, torch.bfloat16, quantize="nf4")
    monkeypatch.setattr(load.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BaseError, match="pip install bitsandbytes"):
        load.in_four_bits(base, CUDA, torch.bfloat16)
    monkeypatch.setattr(load.importlib.util, "find_spec", lambda name: object())
    with pytest.raises(BaseError, match="has a primer"):
        load.in_four_bits(msgspec.structs.replace(base, primer=tiny_folder), CUDA, torch.bfloat16)


def test_vllm_is_trls_own_and_refused_where_it_is_not_installed(tmp_path: Path, tiny_folder: Path) -> None:
    recipe = msgspec.structs.replace(RECIPE, base=str(tiny_folder), vllm="http://localhost:8000")
    assert recipes.parse(recipes.dump(recipe)) == recipe
    with pytest.raises(RecipeError):
        recipes.parse(recipes.dump(recipe).replace("http://", "file://"))
    plain = settings(RECIPE, 1, CPU, tmp_path)
    assert (plain.use_vllm, plain.vllm_server_base_url) == (False, None)
    served = settings(recipe, 1, CPU, tmp_path)
    assert (served.use_vllm, served.vllm_mode) == (True, "server")
    assert served.vllm_server_base_url == "http://localhost:8000"
    folder = RunFolder.create(tmp_path, recipe, {"any": Form(name="Any")}, datetime(2026, 11, 27))
    assert training.main([str(folder.path)]) == 1
    end = folder.tail().events[-1]
    assert isinstance(end, RunFinished)
    assert "need the package vllm here too" in end.reason
