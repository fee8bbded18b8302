"""The recipe side of the Train page, as a person uses it: choose, weigh, unfold, start from, be refused."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from scripted import FACTS, READY

from engine.judges.spec import Rating
from engine.recipe import Gate, Panel, Recipe, Taste
from engine.service.protocol import Describe, Described, Try


@pytest.fixture
def studio(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Train")
    form = studio.train.form
    qtbot.waitUntil(lambda: form.panel.tastes == ["poet"] and bool(form.panel.judges))
    qtbot.waitUntil(lambda: "Takes about" in form.preflight.text())
    return studio


@pytest.fixture
def form(studio):
    return studio.train.form


def advanced(form):
    form.fold.set_open(True)
    form.advanced.finish()
    return form.advanced.rows


def type_in(qtbot, control, text):
    control.setFocus()
    control.selectAll()
    qtbot.keyClicks(control, text)
    qtbot.keyClick(control, Qt.Key.Key_Return)


# At first sight.


def test_the_panel_is_told_in_a_sentence_and_each_length_with_its_time_and_memory(form):
    assert form.sentence.text() == "Poet, guarded by Listener and Correctness."
    assert not form.warning.isVisible()
    cards = form.budget._cards
    assert [card.word for card in cards] == ["Quick", "Standard", "Long"]
    assert all("min" in card.time or "h" in card.time for card in cards)
    assert {card.memory for card in cards} == {"3.6 GB"}
    assert "how fast this machine multiplies" in form.basis.text()
    assert "free memory" in form.preflight.text()
    assert "Standard, 60 steps" in form.budget.accessibleDescription()


def test_start_is_seen_at_the_smallest_size_with_everything_unfolded(studio, form, qtbot):
    studio.window.resize(1000, 680)
    advanced(form)
    qtbot.waitUntil(lambda: studio.train._scroll.verticalScrollBar().maximum() > 800)
    corner = form.start.mapTo(studio.window, QPoint(0, form.start.height()))
    assert form.start.isVisible()
    assert corner.y() <= studio.window.height()
    # Nothing is wider than its column.
    assert studio.train._scroll.horizontalScrollBar().maximum() == 0


def test_the_machine_is_asked_about_once_while_the_page_is_seen(slow_world, open_studio, qtbot):
    studio = open_studio(slow_world)
    client = slow_world.client
    client.reply(READY)
    qtbot.waitUntil(lambda: studio.service.described is not None)

    def asked():
        return [number for number, request in enumerate(client.sent, 1) if isinstance(request, Describe)]

    assert not asked()
    studio.window.open_titled("Train")
    qtbot.waitUntil(lambda: len(asked()) == 1)
    assert studio.train.form.basis.text() == ""
    client.reply(Described(id=asked()[0], facts=FACTS))
    qtbot.waitUntil(lambda: "multiplies" in studio.train.form.basis.text())


# The panel.


def test_shares_are_moved_and_the_others_keep_theirs_of_the_rest(form, qtbot):
    form.panel.add("unhinged", "taste")
    form.panel.add("architect", "taste")
    poet, unhinged, architect = form.panel._members[:3]
    poet.share.setFocus()
    poet.share.setValue(50)
    assert [member.told.text() for member in (poet, unhinged, architect)] == ["50%", "25%", "25%"]
    assert unhinged.share.value() == 25
    assert form.sentence.text().startswith("50% Poet, 25% Unhinged and 25% Architect, guarded")
    qtbot.keyClick(poet.share, Qt.Key.Key_Right)
    assert poet.told.text() == "51%"
    qtbot.mousePress(poet.share, Qt.MouseButton.LeftButton, pos=QPoint(poet.share.width() - 1, 10))
    assert poet.told.text() == "98%"  # a weight is 100 at most
    weights = [taste.weight for taste in form.draft.panel.tastes]
    assert weights[1:] == [1.0, 1.0]
    assert 0.01 <= weights[0] <= 100


def test_a_gate_is_added_beside_a_guard_and_asks_for_a_number(form, qtbot):
    form.panel.add_gate.menu().aboutToShow.emit()
    action = next(a for a in form.panel.add_gate.menu().actions() if a.text() == "Correctness")
    action.trigger()
    (gate,) = [member for member in form.panel._members if member.role == "gate"]
    type_in(qtbot, gate.least, "0.45")
    assert form.draft.panel.gates == (Gate("correctness", 0.45),)
    assert form.sentence.text().endswith("; a name needs 0.45 from Correctness.")
    qtbot.mouseClick(gate.remove, Qt.MouseButton.LeftButton)
    assert form.draft.panel.gates == ()


def test_no_guard_is_warned_of_and_may_be_started(studio, form, world, qtbot):
    for member in [member for member in form.panel._members if member.role == "guard"]:
        qtbot.mouseClick(member.remove, Qt.MouseButton.LeftButton)
    assert "Add a guard" in form.warning.text()
    assert form.warning.isVisible()
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(world.supervisor.started) == 1)
    assert world.supervisor.started[0].recipe().panel.guards == ()


def test_a_rating_judge_is_tried_and_one_near_chance_is_warned_of(studio, form, world, qtbot):
    world.makers.judges.save("mark", Rating(name="Mark", asks="names like weather"))
    studio.judges.reload()
    qtbot.waitUntil(lambda: "mark" in form.panel.judges)
    form.panel.add("mark", "taste")
    qtbot.waitUntil(lambda: "Mark: SmolLM2 135M" in form.warning.text())
    assert "55% of pairs" in form.warning.text()
    form.set_value("seed", 3)
    assert sum(isinstance(request, Try) for request in world.client.sent) == 1


def test_a_judge_that_is_gone_is_named_and_not_started_with(studio, form, world, qtbot):
    form.show_recipe(Recipe(name="Old", panel=Panel(tastes=(Taste("vanished"),))))
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert "There is no judge “vanished” here" in form.panel_field.fault
    assert not world.supervisor.started


# Advanced.


def test_what_differs_is_marked_and_set_back(form, qtbot):
    rows = advanced(form)
    row = rows["learning.learning_rate"]
    assert not row.reset.isVisible()
    type_in(qtbot, row.control, "3e-4")
    assert form.draft.learning.learning_rate == 3e-4
    assert row._label.text() == "• Learning rate"
    assert form.fold.head.note == "1 changed"
    assert "0.00015" in row.reset.toolTip()
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert form.draft.learning.learning_rate == 1.5e-4
    assert form.fold.head.note == ""


def test_everything_is_reset_and_that_can_be_undone(form, qtbot):
    rows = advanced(form)
    rows["lora.rank"].set_value(32)
    rows["panel.sameness"].set_value(False)
    qtbot.mouseClick(form.advanced.reset, Qt.MouseButton.LeftButton)
    assert form.draft.lora.rank == 8
    assert form.draft.panel.sameness
    qtbot.mouseClick(form.undo, Qt.MouseButton.LeftButton)
    assert form.draft.lora.rank == 32
    assert not form.draft.panel.sameness
    assert rows["lora.rank"].value == 32
    assert not form.undo.isVisible()


def test_parts_that_do_not_divide_have_a_fault_beside_them_and_do_not_start(form, world, qtbot):
    rows = advanced(form)
    type_in(qtbot, rows["learning.accumulation"].control, "5")
    assert (
        rows["learning.accumulation"].fault == "64 names cannot be cut into 5 equal parts; 2 or 4 would do."
    )
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert not world.supervisor.started
    type_in(qtbot, rows["budget.colors"].control, "10")
    assert rows["learning.accumulation"].fault == ""


def test_a_number_beyond_its_limits_comes_back_to_them(form, qtbot):
    rows = advanced(form)
    type_in(qtbot, rows["budget.group"].control, "1")
    assert form.draft.budget.group == 2
    type_in(qtbot, rows["learning.temperature"].control, "0,7")
    assert form.draft.learning.temperature == 0.7
    rate = rows["learning.learning_rate"].control
    rate.setFocus()
    qtbot.keyClick(rate, Qt.Key.Key_Up)
    assert form.draft.learning.learning_rate == pytest.approx(1.9e-4)
    type_in(qtbot, rate, "1e")
    assert form.draft.learning.learning_rate == pytest.approx(1.9e-4)


def test_the_wheel_scrolls_past_a_number(studio, form, qtbot):
    rows = advanced(form)
    control = rows["budget.steps"].control
    studio.window.setFocus()
    at = QPointF(10, 10)
    wheel = QWheelEvent(
        at, control.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(control, wheel)
    assert form.draft.budget.steps == 60


def test_another_number_of_steps_is_no_card(form, qtbot):
    rows = advanced(form)
    type_in(qtbot, rows["budget.steps"].control, "37")
    assert form.budget.place == -1
    assert form.custom.text() == "37 steps of 8 colours × 8 names."
    form.budget.setFocus()
    qtbot.keyClick(form.budget, Qt.Key.Key_Left)
    assert form.draft.budget.steps in (20, 60, 200)
    assert rows["budget.steps"].value == form.draft.budget.steps


def test_only_devices_that_are_there_are_offered(form):
    control = advanced(form)["device"].control
    assert [control.itemData(place) for place in range(control.count())] == ["auto", "cpu"]


def test_a_device_from_elsewhere_is_kept_and_refused(form):
    rows = advanced(form)
    form.show_recipe(msgspec.structs.replace(form.draft, device="cuda"))
    assert rows["device"].control.currentText() == "NVIDIA GPU"
    assert "no NVIDIA GPU here" in form.why_not.text()
    rows["device"].set_value("auto")
    assert form.start.isEnabled()


def test_fields_come_by_themselves_and_none_holds_the_window_up(form, qtbot):
    qtbot.waitUntil(lambda: form.advanced.whole)
    assert not form.advanced.isVisible()
    form.fold.head.setFocus()
    qtbot.keyClick(form.fold.head, Qt.Key.Key_Space)
    assert form.advanced.isVisible()
    assert form.advanced.rows["budget.steps"].value == 60


def test_an_objective_says_what_it_is(form):
    row = advanced(form)["learning.objective"]
    row.set_value("dr_grpo")
    assert row._sentence.text().startswith("Dr. GRPO:")
    assert form.draft.learning.objective == "dr_grpo"


def test_the_focus_goes_from_top_to_bottom(studio, form, qtbot):
    advanced(form)
    form.panel.add("unhinged", "taste")
    studio.train.tabs.setFocus()
    seen = []
    for _ in range(100):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
        if seen[-1] is form.start:
            break
    wanted = [
        *(studio.train.links.start_from, studio.train.links.keep, form.name, form.base),
        *(control for control in form.panel.controls if control.isVisible()),
        *(form.budget, form.fold.head),
        *(control for control in form.advanced.controls if control.isVisible() and control.isEnabled()),
        form.start,
    ]
    assert seen == wanted
