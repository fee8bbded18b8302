"""The pictures of names: well-formed whatever a model said, and a collapse is seen in them."""

import re
from xml.etree import ElementTree

from engine.palette import held_out_colors
from studio import pictures

SVG = "{http://www.w3.org/2000/svg}"
COLORS = held_out_colors(300)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def fields(svg: str) -> set[str]:
    return set(re.findall(r'height="6.4" fill="(#[0-9a-f]{6})"', svg))


def test_a_varied_painter_keeps_the_rainbow_and_a_collapsed_one_a_flat_field() -> None:
    varied = pictures.name_maps(COLORS, [("Base", [f"Name {i}" for i in range(300)])])
    flat = pictures.name_maps(COLORS, [("Unhinged", ["Mulled Wine"] * 300)])
    assert len(fields(varied)) > 200
    assert len(fields(flat)) == 1
    assert "Mulled Wine" in texts(flat)
    assert "1 effective name" in texts(flat)


def test_what_a_model_says_is_text_and_no_markup() -> None:
    nasty = '</text><script>x</script>"&\x00\u202e'
    for svg in (
        pictures.name_maps(COLORS, [(nasty, [nasty] * 300)]),
        pictures.names_table(COLORS[:3], [(nasty, [nasty, "", "x" * 500])]),
    ):
        root = ElementTree.fromstring(svg)
        assert not list(root.iter(f"{SVG}script"))
        assert max(map(len, texts(svg))) <= 60


def test_the_table_shows_every_color_with_every_painters_name() -> None:
    svg = pictures.names_table(COLORS[:2], [("Base", ["Coral", "Fern"]), ("Poet", ["Ember", ""])])
    assert [text for text in texts(svg) if not text.startswith("#")] == [
        *("Base", "Poet", "Coral", "Ember", "Fern", "no name")
    ]
