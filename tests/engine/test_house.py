"""The painters that ship still are what their cards say: a change to prompts or sampling cannot spoil them.

The grid is small, so the figures may differ a little between machines and dtypes; the bounds say how much.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import places, reports
from engine.judges import spec
from engine.judges.build import JudgeBuilder
from engine.lexicon import Lexicon
from engine.lm.load import adapter_weights, copy_linears, load_base, merge_adapter, pick_dtype
from engine.models import find_base
from engine.palette import held_out_colors
from engine.recipe import EMBEDDED_BASE
from engine.reports import Row
from engine.service.survey import survey

HOUSE = ("architect", "poet", "unhinged", "unhinged-cured")
SHIPPED = places.resources() / "painters"
JUDGES = places.resources() / "judges"
HELD_OUT = " (held out)"


def card(slug: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / slug / "card.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rows() -> Mapping[str, Row]:
    device = torch.device("cpu")
    base = load_base(find_base(EMBEDDED_BASE), device, pick_dtype(device))
    builder = JudgeBuilder(base, Lexicon.load(), places.cache() / "calibrations")
    correctness = builder.build(spec.load(JUDGES / "correctness.toml"))
    judges = {}
    for slug in ("poet", "architect", "unhinged"):
        judges[slug] = builder.build(spec.load(JUDGES / f"{slug}.toml"))
        judges[slug + HELD_OUT] = builder.build(spec.load(JUDGES / "held-out" / f"{slug}.toml"))
    colors = held_out_colors(card("poet")["report_small"]["colors"])
    surveys = []
    model = copy_linears(base.primed)
    for slug in ("base", *HOUSE):
        if slug != "base":
            merge_adapter(model, SHIPPED / slug, source=base.primed)
        who = base.primed if slug == "base" else model
        surveys.append(survey(slug, who, base, colors, judges, correctness, lambda done: True))
    taste = {slug: card(slug)["judges"][0] for slug in HOUSE}
    own = {slug: (judge, judge + HELD_OUT) for slug, judge in taste.items()}
    return {row.painter: row for row in reports.rows(colors, surveys, surveys[0], own)}


@pytest.mark.real
@pytest.mark.timeout(900)
@pytest.mark.parametrize("slug", ["base", *HOUSE])
def test_a_shipped_painter_is_what_its_card_says(rows: Mapping[str, Row], slug: str) -> None:
    told, row = card("primer" if slug == "base" else slug)["report_small"], rows[slug]
    assert row.unreadable == pytest.approx(told["unreadable"], abs=0.03)
    assert row.effective == pytest.approx(told["effective"], rel=0.25)
    assert row.top10_share == pytest.approx(told["top10_share"], abs=0.12)
    assert row.correctness == pytest.approx(told["correctness"], abs=0.07)
    if slug != "base":
        assert row.style_auc == pytest.approx(told["style_auc"], abs=0.1)
        assert row.style_auc_held_out == pytest.approx(told["style_auc_held_out"], abs=0.1)


@pytest.mark.real
def test_the_taste_left_alone_collapses_and_the_cured_one_does_not(rows: Mapping[str, Row]) -> None:
    base = rows["base"]
    assert rows["unhinged"].effective < base.effective / 2
    for slug in ("poet", "architect", "unhinged-cured"):
        assert rows[slug].effective > 2 * rows["unhinged"].effective
        assert rows[slug].style_auc > 0.55


@pytest.mark.parametrize("slug", HOUSE)
def test_a_house_painters_card_is_whole(slug: str) -> None:
    told = card(slug)
    for key in ("name", "base", "primer", "judges", "seed", "steps", "date", "machine", "recipe", "report"):
        assert told[key] not in ("", None), key
    pairs, scale = adapter_weights(SHIPPED / slug)
    assert scale > 0
    assert all(torch.isfinite(down).all() and torch.isfinite(up).all() for down, up in pairs.values())


def test_all_shipped_adapters_together_are_at_most_40_mb() -> None:
    files: list[Path] = list(SHIPPED.rglob("*.safetensors"))
    assert len(files) == len(HOUSE) + 1
    assert sum(path.stat().st_size for path in files) <= 40_000_000
