"""Names, judges and files of strangers are shown letter by letter: on no page are they markup."""

import psutil
import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTextEdit, QWidget
from scripted import SAID, Training

from engine.events import GroupPainted, JudgeFailed, Rollout, Warned
from engine.judges import spec
from engine.recipe import Budget, Panel, Recipe, Taste
from studio.runs import Runs

EVIL = "<b>Bold</b><img src='x.png'>"
MARK = "<img"


@pytest.fixture
def strange_world(world, monkeypatch):
    world.add_painter(
        "poet", name=EVIL, card={"machine": EVIL, "run": EVIL, "imported": EVIL, "judges": ["evil"]}
    )
    world.add_painter(
        "worse", name=EVIL[:59], parent=world.home / "painters", card={"base": EVIL, "primer": EVIL}
    )
    (world.add_painter("torn", parent=world.home / "painters") / "card.toml").write_text(
        f'version = "{EVIL}"'
    )
    folder = world.home / "judges"
    folder.mkdir()
    judge = spec.Contrast(name=EVIL, asks=EVIL, liked=(EVIL, "Fog"), about=EVIL)
    (folder / "evil.toml").write_text(spec.dump(judge), encoding="utf-8")
    (folder / "torn.toml").write_text(f'kind = "{EVIL}"', encoding="utf-8")
    (world.home / "bench.toml").write_text(f'names = ["{EVIL}"]', encoding="utf-8")
    (world.home / "palette.json").write_text(
        f'{{"colors": [{{"hex": "#d48475", "label": "{EVIL}"}}]}}', encoding="utf-8"
    )
    for slug in (*SAID, "worse"):
        monkeypatch.setitem(SAID, slug, (EVIL, f"{EVIL} 2", "Fog"))
    recipe = Recipe(name=EVIL, panel=Panel(tastes=(Taste("evil"),)), budget=Budget(steps=3))
    made = Runs(world.home).create(recipe, {"evil": judge})
    training = Training(made, 3)
    training.begin(EVIL, device=EVIL)
    for step in (1, 2):
        training.writer.write(
            GroupPainted(
                step=step,
                color="#d48475",
                reading=EVIL,
                rollouts=tuple(
                    Rollout(
                        name=f"{EVIL} {n}",
                        reward=n / 9,
                        scores={"evil": n / 9},
                        unreadable=EVIL if n == 3 else "",
                    )
                    for n in range(4)
                ),
                bar=0.2,
                spread=0.1,
            )
        )
        training.step(step, groups=1)
    training.writer.write(JudgeFailed(step=2, judge="evil", reason=EVIL))
    training.writer.write(Warned(step=2, message=EVIL))
    training.evaluate(2)
    training.finish("failed", 2, reason=EVIL)
    return world


def cells(view: QAbstractItemView) -> list[str]:
    model = view.model()
    if not isinstance(model, QAbstractItemModel):
        return []
    role = Qt.ItemDataRole.ToolTipRole
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    places = ((row, column) for row in range(model.rowCount()) for column in range(columns))
    return [str(model.index(*place).data(role) or "") for place in places]


def interpreted(root: QWidget) -> list[str]:
    """Return what Qt would read as HTML of what a stranger wrote."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        tips = [widget.toolTip(), *(cells(widget) if isinstance(widget, QAbstractItemView) else [])]
        found += [
            f"tip of {type(widget).__name__}" for tip in tips if MARK in tip and Qt.mightBeRichText(tip)
        ]
        if (
            isinstance(widget, QLabel)
            and MARK in widget.text()
            and widget.textFormat() != Qt.TextFormat.PlainText
        ):
            found.append(f"label {widget.text()[:80]}")
        if isinstance(widget, QTextEdit) and '<img src="x' in widget.toHtml().replace("'", '"'):
            found.append("text")
    return found


def shown(root: QWidget) -> int:
    """Return how many labels and tooltips show the stranger's words."""
    texts = [w.text() for w in root.findChildren(QLabel)] + [w.toolTip() for w in root.findChildren(QWidget)]
    return sum(MARK in text or "&lt;img" in text for text in texts)


def test_no_page_reads_a_strangers_words_as_markup(strange_world, open_studio, qtbot):
    studio = open_studio(strange_world)
    told = 0
    for page in ("Compare", "Judges", "Train", "Painters", "Learn"):
        studio.window.open_titled(page)
        qtbot.wait(300)
        assert interpreted(studio.window) == [], page
        told += shown(studio.window)
    assert told > 5
    studio.notices.say(EVIL)
    there = psutil.Process().net_connections(kind="inet")
    assert [one for one in there if one.status == psutil.CONN_LISTEN] == []
    assert interpreted(studio.window) == []
