"""What the gallery says of painters: lineage, figures beside the base's, and plain words for them."""

from itertools import pairwise

import pytest

from engine import color as colors_of
from studio.glossary import load
from studio.painters import PainterCard, PainterLibrary, Parent
from studio.views import gallery, name_map

BASE = PainterCard(
    slug="base",
    name="Base",
    report={"colors": 192, "effective": 60.0, "top10_share": 0.38, "correctness": 0.88, "unreadable": 0.0},
    report_small={"colors": 96, "effective": 47.0},
)


def painter(**facts):
    return PainterCard(slug="mine", name="Mine", folder="x", **facts)


def figures(card, base=BASE):
    return {figure.term: figure for figure in gallery.report_view(card, base).figures}


def report(**changes):
    whole = {"colors": 192, "effective": 92.7, "top10_share": 0.25, "correctness": 0.93, "unreadable": 0.0}
    return {**whole, "style_auc": 0.96, "style_auc_held_out": 0.94, **changes}


def test_every_figure_stands_beside_the_bases_with_a_word():
    found = figures(painter(report=report()))
    assert list(found) == ["effective-names", "mode-collapse", "correctness", "taste", "over-optimization"]
    names = found["effective-names"]
    assert (names.value, names.base, names.word, names.tone) == (
        "93",
        "60",
        "more varied than the base",
        "good",
    )
    assert names.share == pytest.approx(92.7 / 192)
    assert (found["correctness"].value, found["correctness"].base) == ("93%", "88%")
    assert found["correctness"].word == "describes colours better than the base"
    assert found["taste"].base == "50%"
    assert found["over-optimization"].word == "a judge it never met agrees"


@pytest.mark.parametrize(
    ("effective", "word", "tone"),
    [
        (14, "collapsed", "bad"),
        (29, "narrow", "bad"),
        (50, "a little narrower", ""),
        (61, "as varied as the base", ""),
        (90, "more varied", "good"),
    ],
)
def test_variety_in_words(effective, word, tone):
    figure = figures(painter(report=report(effective=effective)))["effective-names"]
    assert figure.word.startswith(word)
    assert figure.tone == tone


def test_what_goes_wrong_is_said():
    found = figures(
        painter(
            report=report(
                top10_share=0.89, correctness=0.56, style_auc_held_out=0.55, unreadable=0.2, style_auc=0.95
            )
        )
    )
    assert found["mode-collapse"].word == "ten names for nearly every colour"
    assert found["correctness"].word == "hardly better than names at random"
    assert found["over-optimization"].tone == "bad"
    assert (found["name"].value, found["name"].tone) == ("20%", "bad")


def test_only_reports_over_the_same_colours_are_compared():
    small = figures(painter(report_small={"colors": 96, "effective": 40.0}))
    assert small["effective-names"].base == "47"
    other = figures(painter(report={"colors": 2000, "effective": 400.0}))
    assert other["effective-names"].base == ""
    assert other["effective-names"].base_share is None
    alone = figures(painter(report=report()), None)
    assert alone["correctness"].base == ""


def test_the_base_is_not_compared_with_itself():
    found = figures(BASE)
    assert found["effective-names"].base == ""
    assert "equally common" in found["effective-names"].word


def test_a_painter_that_was_not_measured_says_so():
    view = gallery.report_view(painter(), BASE)
    assert view.figures == ()
    assert view.said.startswith("Not measured yet.")


def test_figures_that_are_none_are_passed_over():
    assert figures(painter(report={"colors": 96, "effective": "many", "correctness": float("nan")})) == {}


def test_lineage_from_the_base_on():
    card = painter(
        base="smollm2-135m-instruct",
        primer="primer",
        judges=("poet", "listener"),
        steps=32,
        seed=1,
        date="2026-11-25T07:28:44+00:00",
        machine="CPU, 2 threads",
        run="2026-11-25-poet-65e2",
        reward_first=0.2,
        reward_last=0.42,
        recipe={
            "panel": {"guards": ["listener"]},
            "budget": {"colors": 10, "group": 8},
            "lora": {"rank": 8},
        },
    )
    told = {
        fact.label: fact.words for fact in gallery.lineage(card, {"poet": "Poet", "listener": "Listener"})
    }
    assert list(told)[:2] == ["Base", "Primer"]
    assert told["Base"] == "SmolLM2 135M"
    assert told["Panel"] == "Poet, guarded by Listener"
    assert told["Steps"] == "32, each of 10 colours × 8 names"
    assert told["Made"] == "25 November 2026"
    assert (told["Seed"], told["Rank"], told["Reward"]) == ("1", "8", "0.20 → 0.42")


def test_lineage_of_what_was_not_trained():
    blend = painter(parents=(Parent("a", "Poet", 0.6), Parent("b", "Tide", 0.4)), rank=16, date="yesterday")
    told = {fact.label: fact.words for fact in gallery.lineage(blend, {})}
    assert told["Blend of"] == "60% Poet and 40% Tide"
    assert told["Made"] == "yesterday"
    assert "Seed" not in told
    copy = {f.label: f.words for f in gallery.lineage(painter(parents=(Parent("a", "Poet"),)), {})}
    assert copy["Copy of"] == "Poet"
    taken = {f.label: f.words for f in gallery.lineage(painter(imported="shanty"), {})}
    assert taken["Imported from"] == "shanty"


def test_origins_in_a_few_words():
    assert gallery.origin(BASE) == "Before any taste"
    assert gallery.origin(painter(steps=60)) == "Yours, 60 steps"
    assert gallery.origin(painter(steps=60, shipped=True)) == "House, 60 steps"
    assert gallery.origin(painter(parents=(Parent("a", "A"),))) == "A copy"
    assert gallery.origin(painter(parents=(Parent("a", "A"), Parent("b", "B")))) == "A blend"
    assert gallery.origin(painter(imported="x")) == "Imported"
    assert gallery.origin(painter(error="Torn.")) == "Cannot be used"


def test_every_term_is_in_the_glossary(home):
    terms = load()
    for card in PainterLibrary(home).list():
        for part in (*gallery.lineage(card, {}), *gallery.report_view(card, BASE).figures):
            if part.term:
                assert terms.get(part.term)


def test_a_fan_deck_goes_once_around_the_hues_in_colours_to_speak_of():
    grid = name_map.grid()
    lch = [colors_of.oklch(grid[place]) for place in gallery.deck_places()]
    assert len(set(gallery.deck_places())) == 12
    hues = [hue for _, _, hue in lch]
    assert hues == sorted(hues)
    assert max(b - a for a, b in pairwise(hues)) < 60
    assert min(chroma for _, chroma, _ in lch) > 0.07
