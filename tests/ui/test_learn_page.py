"""Learn: terms are found, read, and lead to each other and into the app; all of it by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from studio.glossary import load


@pytest.fixture
def studio(world, open_studio):
    opened = open_studio(world)
    opened.window.open_titled("Learn")
    return opened


@pytest.fixture
def page(studio):
    studio.learn.tabs.choose(1)
    return studio.learn.glossary


def pressed(page, qtbot, words):
    """Press the button with these words once it is there."""

    def found():
        return [b for b in page.term.findChildren(QPushButton) if b.isVisible() and words in b.text()]

    qtbot.waitUntil(lambda: len(found()) == 1)
    qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)


def test_it_opens_on_a_term_with_all_terms_beside_it(page):
    assert page.opened == "rollout"
    assert page.shelf.count() == len(load())
    assert page.term.name.text == "Rollout"
    assert page.term.one.text.startswith("A rollout is")
    assert not page.back.isVisible()


def test_typing_finds_and_arrow_keys_open(page, qtbot):
    page.search.setFocus()
    qtbot.keyClicks(page.search, "clip")
    assert page.shelf.shown()[0] == "clipping"
    assert page.found.text().endswith(f"of {len(load())}")
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.opened == page.shelf.shown()[0] == "clipping"
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert page.shelf.hasFocus()


def test_a_word_that_no_term_has_is_said_and_the_open_term_stays(page, qtbot):
    qtbot.keyClicks(page.search, "blimp")
    assert page.shelf.count() == 0
    assert "No term has “blimp”" in page.found.text()
    assert page.term.name.text == "Rollout"
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.opened == "rollout"


def test_neighbours_lead_on_and_back(page, qtbot):
    qtbot.keyClicks(page.search, "rollout")
    pressed(page, qtbot, "Group")
    assert page.opened == "group"
    assert page.shelf.currentItem() is not None, "the list shows where one is, whatever was searched"
    qtbot.keyClick(page.shelf, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.opened == "rollout"
    assert not page.back.isVisible()


def test_a_term_leads_to_its_page(studio, page, qtbot):
    page.open_term("judge-bias")
    qtbot.mouseClick(page.term.page, Qt.MouseButton.LeftButton)
    assert studio.window.title == "Judges"


def test_a_paper_is_opened_where_it_lies(page, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toString()))
    page.open_term("grpo")
    pressed(page, qtbot, "arXiv")
    assert asked == ["https://arxiv.org/abs/2402.03300"]


@pytest.mark.parametrize("width", [1000, 1600])
def test_every_term_fits_its_column(studio, page, width):
    studio.window.resize(width, 680)
    for term in load():
        page.open_term(term.slug)
        assert page.term.width() <= page.term.parentWidget().width()
        for part in (page.term.name, page.term.one, page.term.more):
            assert part.heightForWidth(part.width()) <= part.height() + 1, term.slug
