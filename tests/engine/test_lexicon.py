"""The lexicon: what it holds, what is near, what is new, what is held out."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from engine.lexicon import Lexicon, LexiconError, fold


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


def test_it_holds_every_known_name(lexicon: Lexicon) -> None:
    assert len(lexicon) == len(lexicon.names) == len(lexicon.colors) == 31_881
    assert len(set(lexicon.names)) == 31_881
    assert dict(zip(lexicon.names, lexicon.colors, strict=True))["100 Mph"] == "#c93f38"
    assert lexicon.oklab.shape == (31_881, 3)


def test_it_loads_in_a_moment() -> None:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        Lexicon.load()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.15


@pytest.mark.parametrize("bad", [b"", b"no gzip at all"])
def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "names.gz"
    path.write_bytes(bad)
    with pytest.raises(LexiconError, match="install the app again"):
        Lexicon.load(path)
    with pytest.raises(LexiconError, match="install the app again"):
        Lexicon.load(tmp_path / "absent.gz")


def test_fold_leaves_words_only() -> None:
    assert fold("  Àn Zǐ  Purple!") == "an zi purple"
    assert fold("Angel’s Sigh") == "angels sigh"
    assert fold("5-Masted Preußen") == "5 masted preussen"
    assert fold("Blåbærgrød") == "blabaergrod"
    assert fold("☃") == ""


def test_nearest_names_come_in_order(lexicon: Lexicon) -> None:
    near = lexicon.nearest("#d48475", 5)
    apart = [distance for _, _, distance in near]
    assert len(near) == 5
    assert apart == sorted(apart)
    assert apart[-1] < 0.02
    name, color, distance = lexicon.nearest(lexicon.colors[7], 1)[0]
    assert distance < 1e-9
    assert color == lexicon.colors[7]
    assert name in lexicon.names


def test_novelty_runs_from_known_to_strange(lexicon: Lexicon) -> None:
    known = lexicon.novelty("dark red")
    near = lexicon.novelty("Darker Reds")
    new = lexicon.novelty("Tax Return Zeppelin")
    strange = lexicon.novelty("Zqx Wvj")
    assert known == 0
    assert known < near < new < strange <= 1
    assert lexicon.novelty("☃") == 1
    assert lexicon.novelty("") == 1


def test_novelty_is_fast_enough_for_training(lexicon: Lexicon) -> None:
    lexicon.novelty("warm")
    start = time.perf_counter()
    for index in range(128):
        lexicon.novelty(f"Ember Lullaby {index}")
    assert time.perf_counter() - start < 0.2


def test_a_tenth_is_held_out_and_twins_stay_together(lexicon: Lexicon) -> None:
    assert 0.09 < lexicon.held_out.mean() < 0.11
    side: dict[str, bool] = {}
    for words, out in zip(lexicon.folded, lexicon.held_out.tolist(), strict=True):
        assert side.setdefault("".join(sorted(words.split())), out) == out


def test_the_reference_is_fixed_and_not_held_out(lexicon: Lexicon) -> None:
    sample = lexicon.reference(512)
    held = {name for name, out in zip(lexicon.names, lexicon.held_out.tolist(), strict=True) if out}
    assert len(set(sample)) == 512
    assert sample == lexicon.reference(512)
    assert sample != lexicon.reference(512, seed=1)
    assert not held & {name for name, _ in sample}
    colors = dict(zip(lexicon.names, lexicon.colors, strict=True))
    assert all(colors[name] == color for name, color in sample)
    assert np.isfinite(lexicon.oklab).all()
