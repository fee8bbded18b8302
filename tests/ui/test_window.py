"""The window as a whole: pages, keys, schemes, what it remembers, and that it can be reached by everyone."""

import pytest
from PySide6.QtCore import Qt

from engine import color as colors
from studio.settings import SettingsStore
from ui.theme import DARK, LIGHT, ink
from ui.widgets.chip import SMALL, chip_height
from ui.widgets.chip_list import list_height, percent
from ui.widgets.stage import GAP, arrangement

TITLES = ("Compare", "Judges", "Train")


@pytest.fixture
def studio(world, open_studio):
    world.add_painter("poet")
    return open_studio(world)


def test_ctrl_and_a_figure_open_the_pages(studio, qtbot):
    keys = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
    for key, title in reversed(list(zip(keys, TITLES, strict=True))):
        qtbot.keyClick(studio.window, key, Qt.KeyboardModifier.ControlModifier)
        assert studio.window.title == title
        assert studio.window.header.title.text() == title


def test_escape_lets_go_of_a_field(studio, qtbot):
    studio.compare.picker.hex.setFocus()
    qtbot.keyClick(studio.compare.picker.hex, Qt.Key.Key_Escape)
    assert not studio.compare.picker.hex.hasFocus()


def test_tab_goes_through_the_picker_in_order_and_shows_the_ring(studio, qtbot):
    picker = studio.compare.picker
    picker.pad.setFocus(Qt.FocusReason.TabFocusReason)
    assert studio.window.focus_ring.isVisible()
    seen = []
    while not picker.history.hasFocus():
        qtbot.keyClick(studio.window.focusWidget(), Qt.Key.Key_Tab)
        seen.append(studio.window.focusWidget())
        assert len(seen) < 40
    assert picker.hex in seen
    picker.hex.setFocus()
    assert not studio.window.focus_ring.isVisible()


def test_schemes_change_everything_and_are_remembered(studio, world, qtbot):
    rail = studio.window.rail
    assert studio.theme.mode == "system"
    qtbot.mouseClick(rail._mode, Qt.MouseButton.LeftButton)
    assert (studio.theme.mode, studio.theme.tokens) == ("light", LIGHT)
    qtbot.mouseClick(rail._mode, Qt.MouseButton.LeftButton)
    assert (studio.theme.mode, studio.theme.tokens) == ("dark", DARK)
    assert studio.window.palette().window().color().name() == DARK.canvas
    for title in TITLES:
        studio.window.open_titled(title)
        assert not studio.window.grab().isNull()
    studio.window.close()
    assert SettingsStore(world.home).load()[0].theme == "dark"


def test_the_window_remembers_colour_page_and_judge(studio, world, open_studio, qtbot):
    with qtbot.waitSignal(studio.current.settled):
        studio.current.set_hex("#3b6ea5")
    studio.window.open_titled("Judges")
    studio.judges.shelf.choose("unhinged")
    open_studio.close(studio)
    again = open_studio(world)
    assert again.current.hex == "#3b6ea5"
    assert again.window.title == "Judges"
    assert again.judges.opened == "unhinged"


def test_the_accent_follows_the_colour_once_it_rests(studio, qtbot):
    with qtbot.waitSignal(studio.theme.accent_changed):
        studio.current.set_hex("#3b6ea5")
    assert studio.theme.fill.name() == "#3b6ea5"


def test_broken_settings_are_said_and_do_not_stand_in_the_way(world, open_studio, qtbot):
    (world.home / "settings.toml").write_text("= nonsense")
    studio = open_studio(world)
    assert "settings" in studio.notice.lower()


def test_it_is_usable_at_its_smallest(studio, qtbot):
    window = studio.window
    window.resize(1000, 680)
    for title in TITLES:
        window.open_titled(title)
        qtbot.waitUntil(lambda: window.stack.currentWidget().width() <= 912)
        assert (window.width(), window.height()) == (1000, 680)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_tokens_and_ink_can_be_read(tokens):
    for ground in (tokens.canvas, tokens.surface, tokens.sunken):
        for text in (tokens.text, tokens.text_2, tokens.text_3, tokens.danger):
            assert colors.contrast(text, ground) >= 4.4
    assert colors.contrast(tokens.edge, tokens.surface) >= 3
    for color in (
        "#d48475",
        "#ffff00",
        "#0000ff",
        "#9acd32",
        "#2a0f38",
        "#efdfb0",
        "#ffffff",
        "#808080",
        "#000000",
    ):
        assert colors.contrast(ink(color, tokens), tokens.surface) >= 4.5


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 9])
@pytest.mark.parametrize("room", [(470, 560), (620, 556), (730, 640), (1050, 850)])
def test_chips_are_laid_out_within_the_width_and_seen_at_once_where_that_is_possible(count, room):
    across, width, also = arrangement(count, *room)
    assert 1 <= across <= count
    assert width >= SMALL
    assert across * width + (across - 1) * GAP <= room[0]
    if count <= 2:
        assert also >= 4
        assert chip_height(width) + list_height(also) <= room[1]


def test_five_and_six_lie_in_rows_of_three():
    assert arrangement(5, 730, 640)[0] == 3
    # Alternatives give way before chips do.
    assert arrangement(4, 520, 508)[2] == 0
    assert arrangement(6, 730, 640)[0] == 3


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.5, "50%"), (0.0995, "10%"), (0.052, "5.2%"), (0.0012, "0.1%"), (0.0001, "<0.1%")],
)
def test_probabilities_are_written_as_people_read_them(probability, words):
    assert percent(probability) == words


def test_a_click_that_brings_the_window_forward_shows_no_ring(studio):
    # The focus then comes with the window, when the mouse button is up again.
    ring, pad = studio.window.focus_ring, studio.compare.picker.pad
    ring._moved(None, pad)
    assert not ring.isVisible()
    ring._moved(None, None)
    pad.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.isVisible()
    # Back from another window, the ring is where it was.
    ring._moved(pad, None)
    assert not ring.isVisible()
    ring._moved(None, pad)
    assert ring.isVisible()
