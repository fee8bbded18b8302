"""The map of names: neighbours of one name are one tile, and collapse is a figure and a field."""

import numpy as np
import pytest

from engine import color as colors_of
from studio.name_maps import NameMaps
from studio.painters import PainterCard
from studio.views import name_map

SMALL = name_map.empty(4, 3)
#      A A B A
#      C A B .
#      C C C A
ALL = range(12)
NAMES = ("Ash", "ash ", "Birch", "Ash", "Clay", "Ash", "Birch", "", "Clay", "Clay", "Clay", "Ash")


def test_the_grid_goes_around_the_hues_and_down_in_lightness():
    lch = colors_of.srgb_to_oklch(colors_of.to_srgb_many(name_map.grid()))
    lch = lch.reshape(name_map.ROWS, name_map.COLUMNS, 3)
    assert np.all(np.diff(lch[:, 0, 0]) < 0)
    assert np.all(np.diff(lch[4, :, 2]) > 10)
    assert len(set(name_map.grid())) == name_map.ROWS * name_map.COLUMNS


def test_neighbours_of_one_name_are_one_tile():
    view = name_map.fill(SMALL, ALL, NAMES)
    found = [(tile.name, tile.cells, tile.largest) for tile in view.tiles]
    assert found == [
        ("Clay", ((1, 0), (2, 0), (2, 1), (2, 2)), True),
        ("Ash", ((0, 0), (0, 1), (1, 1)), True),
        ("Birch", ((0, 2), (1, 2)), True),
        ("Ash", ((0, 3),), False),
        ("Ash", ((2, 3),), False),
    ]
    assert view.tiles[0].label == (2, 0, 3)
    # All tiles of one name have one colour, whose ink can be read.
    ash = {tile.color for tile in view.tiles if tile.name == "Ash"}
    assert len(ash) == 1
    for tile in view.tiles:
        assert tile.ink == colors_of.text_over(tile.color)


def test_figures_tell_collapse():
    view = name_map.fill(SMALL, ALL, NAMES)
    assert view.whole
    assert (view.top, view.top_share) == ("Ash", pytest.approx(5 / 12))
    assert view.sentence == "“Ash” covers 42% of the map; 3 names, as varied as 3 equally common."
    flat = name_map.fill(SMALL, ALL, ["Mulled Wine"] * 12)
    assert len(flat.tiles) == 1
    assert flat.effective == pytest.approx(1)
    assert flat.sentence == "“Mulled Wine” covers 100% of the map; 1 name, as varied as 1 equally common."
    varied = name_map.fill(SMALL, ALL, [f"Name {n}" for n in range(12)])
    assert varied.sentence == "All 12 names differ."


def test_a_map_fills_part_by_part():
    assert (SMALL.known, SMALL.tiles, SMALL.sentence) == (0.0, (), "")
    view = name_map.fill(SMALL, (4, 5), ["Clay", "Clay"])
    assert view.known == pytest.approx(2 / 12)
    assert not view.whole
    assert view.tiles[0].cells == ((1, 0), (1, 1))
    assert 4 not in name_map.missing(view)
    # Names without a cell are passed over.
    assert name_map.fill(view, (10, 11), ["Ash"] * 9).names[10:] == ("Ash", "Ash")


def test_a_coarse_grid_is_asked_for_first():
    view = name_map.empty()
    order = name_map.missing(view)
    assert sorted(order) == list(range(len(view.names)))
    first = [divmod(place, view.columns) for place in order[:12]]
    assert first == [(row, column) for row in (0, 4, 8) for column in (0, 4, 8, 12)]
    assert name_map.missing(name_map.fill(view, range(len(view.names)), ["Ash"] * len(view.names))) == ()


def test_replies_that_are_no_names_leave_blanks_that_count():
    view = name_map.fill(SMALL, ALL, [""] * 9 + ["Ash"] * 3)
    assert view.top_share == pytest.approx(3 / 12)
    assert name_map.fill(SMALL, ALL, [""] * 12).tiles == ()


@pytest.fixture
def card(tmp_path):
    folder = tmp_path / "poet"
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    return PainterCard(slug="poet", name="Poet", folder=str(folder))


def test_maps_are_kept_by_what_the_adapter_is(tmp_path, card):
    maps = NameMaps(tmp_path / "cache")
    assert maps.load(card) == name_map.empty()
    view = name_map.fill(name_map.empty(), (3, 4), ["Ash", ""])
    maps.save(card, view)
    assert maps.load(card) == view
    # Another name for people or another folder is the same painter; other weights are another.
    assert maps.load(PainterCard(slug="x", name="X", folder=card.folder)) == view
    assert maps.load(PainterCard(slug="base", name="Base")) == name_map.empty()
    (tmp_path / "poet" / "adapter_model.safetensors").write_bytes(b"others")
    assert maps.load(card) == name_map.empty()


@pytest.mark.parametrize("text", ["", "{", '{"version":1,"columns":2,"rows":1,"names":["a",null]}', "[]"])
def test_a_cache_that_is_not_sound_is_no_map(tmp_path, card, text):
    maps = NameMaps(tmp_path / "cache")
    maps.save(card, name_map.fill(name_map.empty(), (0,), ["Ash"]))
    [file] = maps.folder.iterdir()
    file.write_text(text)
    assert maps.load(card) == name_map.empty()


def test_a_cache_or_a_painter_that_cannot_be_reached_does_no_harm(tmp_path, card):
    (tmp_path / "file").write_text("")
    NameMaps(tmp_path / "file").save(card, name_map.empty())
    gone = PainterCard(slug="gone", name="Gone", folder=str(tmp_path / "gone"))
    assert NameMaps(tmp_path).load(gone) == name_map.empty()
