"""Palettes: what other programs write is read, damage is told in a sentence, and nothing ever crashes."""

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import palettes
from studio.palette_store import PaletteStore
from studio.palettes import HOUSE, KINDS, MOST, Entry, Palette, PaletteError

HEX = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
LABEL = st.text(max_size=40).map(palettes.clean)
ENTRIES = st.lists(st.builds(Entry, HEX, LABEL), min_size=1, max_size=12).map(tuple)


def block(kind, body):
    return struct.pack(">HI", kind, len(body)) + body


def utf16(text):
    return struct.pack(">H", len(text) + 1) + text.encode("utf-16-be") + b"\0\0"


def swatch(name, model, *figures, kind=0):
    return block(1, utf16(name) + model + struct.pack(f">{len(figures)}fH", *figures, kind))


def ase(*blocks, version=1):
    return b"ASEF" + struct.pack(">HHI", version, 0, len(blocks)) + b"".join(blocks)


def hexes(data):
    return [entry.hex for entry in palettes.read(data).entries]


def read_or_told(data):
    try:
        return hexes(data), ""
    except PaletteError as error:
        return [], str(error)


def test_a_golden_ase_file_of_all_models():
    data = ase(
        block(0xC001, utf16("Harbour")),
        swatch("Clay", b"RGB ", 212 / 255, 132 / 255, 117 / 255),
        swatch("Magenta", b"CMYK", 0, 1, 0, 0, kind=2),
        swatch("Middle", b"LAB ", 0.5, 0, 0, kind=1),
        swatch("Grey", b"Gray", 0.2),
        block(0xC002, b""),
    )
    palette = palettes.read(data, "file")
    assert palette.name == "Harbour"
    assert [entry.label for entry in palette.entries] == ["Clay", "Magenta", "Middle", "Grey"]
    # L* 50 without a and b is a neutral grey, #777777 in sRGB.
    assert hexes(data) == ["#d48475", "#ff00ff", "#777777", "#333333"]


@pytest.mark.parametrize(
    ("lab", "shown"),
    # Lab under D50 of sRGB's own primaries and white, as CSS Color 4 has them.
    [((54.29, 80.80, 69.89), "#ff0000"), ((29.57, 68.30, -112.03), "#0000ff"), ((100, 0, 0), "#ffffff")],
)
def test_lab_is_taken_under_d50(lab, shown):
    ((found),) = hexes(ase(swatch("", b"LAB ", lab[0] / 100, lab[1], lab[2])))
    pairs = zip(bytes.fromhex(found[1:]), bytes.fromhex(shown[1:]), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= 2


def test_a_golden_gimp_palette():
    text = (
        "GIMP Palette\r\nName: Sea and sand\r\nColumns: 4\r\n# a remark\r\n"
        "212 132 117\tSunset Dust\r\n  0  16 255   Deep  Water\r\n255 255 255\r\n7 8 9 Untitled\r\n"
    )
    palette = palettes.read(text.encode(), "file")
    assert palette == Palette(
        "Sea and sand",
        (
            Entry("#d48475", "Sunset Dust"),
            Entry("#0010ff", "Deep Water"),
            Entry("#ffffff"),
            Entry("#070809"),
        ),
    )


def test_css_is_read_by_its_declarations():
    text = """
    /* #123456 is a remark */ a:hover #add, #facade { color: #ABC; }
    :root { --brand-500: #d48475; --sea: rgb(0 16 255 / 50%); --half: rgba(50%, 0%, 100%, .5);
      --glass: #11223344; --thin: #1234; border: 1px solid #000; --nothing: #12345; --far: rgb(1,2) }
    """
    found = palettes.read(text.encode()).entries
    assert found == (
        Entry("#aabbcc"),
        Entry("#d48475", "brand-500"),
        Entry("#0010ff", "sea"),
        Entry("#8000ff", "half"),
        Entry("#112233", "glass"),
        Entry("#112233", "thin"),
        Entry("#000000"),
    )


def test_hexes_are_found_in_plain_text():
    assert hexes(b"Paint the wall #d48475,\nthe door #0af.\nffffff\n") == ["#d48475", "#00aaff", "#ffffff"]


def test_json_is_read_as_ours_and_as_a_plain_list():
    assert hexes(b'["#d48475", "0af", {"hex": "#FFFFFF", "more": [1]}]') == ["#d48475", "#00aaff", "#ffffff"]
    data = {"name": "Mine", "colors": [{"hex": "#d48475", "label": "Clay", "names": {"poet": "Sunset Dust"}}]}
    palette = palettes.read(json.dumps(data).encode(), "file")
    assert palette == Palette("Mine", (Entry("#d48475", "Clay", {"poet": "Sunset Dust"}),))


@pytest.mark.parametrize("kind", KINDS)
@given(entries=ENTRIES, name=LABEL)
def test_colours_survive_every_kind_and_labels_those_that_keep_them(kind, entries, name):
    written = Palette(name, entries)
    found = palettes.read(palettes.write(written, kind), "file")
    assert [entry.hex for entry in found.entries] == [entry.hex for entry in entries]
    if kind in ("ase", "json"):
        assert found == Palette(name or "file", entries)
    elif kind == "gpl":
        labels = ["" if entry.label == "Untitled" else entry.label for entry in entries]
        assert [entry.label for entry in found.entries] == labels


def test_css_properties_are_told_apart_and_named_by_the_labels():
    entries = (Entry("#d48475", "Sunset Dust"), Entry("#d48476", "Sunset dust"), Entry("#000000", "黒"))
    text = palettes.write(Palette("", entries), "css").decode()
    assert "--sunset-dust: #d48475;" in text
    assert "--sunset-dust-2: #d48476;" in text
    assert "--color-3: #000000;" in text


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_no_bytes_do_harm(data):
    for start in (b"", b"ASEF", b"ASEF\0\1\0\0\0\0\0\2", b"GIMP Palette\n", b"[", b'{"colors":[', b"--a:#"):
        colors, sentence = read_or_told(start + data)
        assert colors or sentence.endswith(".")


@given(ENTRIES, st.data())
def test_a_damaged_ase_file_is_refused_or_read_but_never_crashes(entries, data):
    whole = bytearray(palettes.write(Palette("x", entries), "ase"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    colors, sentence = read_or_told(bytes(whole))
    assert colors or 0 < len(sentence) < 400


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (ase(swatch("Clay", b"RGB ", 1, 0, 0))[:-3], "ends too early"),
        (ase(swatch("Clay", b"HSB ", 1, 0, 0)), "unknown model “HSB”"),
        (ase(swatch("Clay", b"RGB ", float("nan"), 0, 0)), "no number"),
        (ase(version=2), "version 2"),
        (b"GIMP Palette\n1 2 3\tA\n300 2 3\tB\n", "Line 3"),
        (b"GIMP Palette\n1 2 three\n", "1 2 three"),
        (b'["#d48475", "mauve"]', "mauve"),
        (b'{"colors": [{"label": "x"}]}', "missing required field `hex`"),
        (b"[" * 5000, "JSON"),
        (b"", "no colour"),
        (b"There is nothing here.", "no colour"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "neither an ASE palette nor text"),
        (b"\n".join([b"#123456"] * (MOST + 1)), f"more than {MOST} colours"),
        (ase(*[swatch("", b"Gray", 0)] * (MOST + 1)), f"more than {MOST} colours"),
        (b"#" * 8_000_001, "larger than 8 MB"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_do(data, says):
    with pytest.raises(PaletteError, match=says):
        palettes.read(data)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [b"/*/", b"--a", b"#12345 ", b"rgb(", b"a:b;", b"{", b"ffffff", b"   "])
def test_a_large_file_of_nothing_is_told_soon(piece):
    with pytest.raises(PaletteError):
        palettes.read(piece * (2_000_000 // len(piece)))


def test_a_file_is_called_by_its_name_in_errors_and_where_it_has_none(tmp_path):
    path = tmp_path / "Harbour.css"
    path.write_text("--sea: #0010ff;", encoding="utf-8")
    assert palettes.read_file(path).name == "Harbour"
    with pytest.raises(PaletteError, match=r"gone\.ase cannot be read"):
        palettes.read_file(tmp_path / "gone.ase")
    path.write_bytes(b"ASEF\0")
    with pytest.raises(PaletteError, match=r"Harbour\.css: This ASE file is damaged"):
        palettes.read_file(path)
    with pytest.raises(PaletteError, match="cannot be written"):
        palettes.write_file(tmp_path / "nowhere" / "x.css", HOUSE, "css")


def test_names_of_a_painter_become_the_labels():
    palette = Palette("", (Entry("#d48475", "Clay"), Entry("#000000", "Night")))
    found = palettes.named(palette, {"#d48475": {"poet": "Sunset Dust", "base": "Beige"}}, "poet")
    assert found.entries == (
        Entry("#d48475", "Sunset Dust", {"poet": "Sunset Dust", "base": "Beige"}),
        Entry("#000000", "Night"),
    )
    assert palettes.read(palettes.write(found, "json")).entries == found.entries


def test_the_palette_is_kept_and_a_torn_one_put_aside(home):
    store = PaletteStore(home)
    assert store.load() == (HOUSE, "")
    mine = Palette("Mine", (Entry("#d48475", "Clay"),))
    store.save(mine)
    assert store.load() == (mine, "")
    store.path.write_bytes(b'{"colors": [')
    palette, notice = store.load()
    assert palette == HOUSE
    assert "palette.broken.json" in notice
    assert store.path.with_name("palette.broken.json").exists()
    store.save(mine)
    store.save(Palette("Mine"))
    assert store.load() == (HOUSE, "")


def test_the_houses_palette_is_sound():
    colors = [entry.hex for entry in HOUSE.entries]
    assert 12 <= len(set(colors)) == len(colors) <= 20
    assert colors[0] == "#d48475"
