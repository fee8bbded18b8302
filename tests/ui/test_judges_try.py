"""Trying a judge: the live board, what it really likes, picking pairs, and its model on labelled names."""

import pytest
from PySide6.QtCore import Qt

from engine.judges.spec import Contrast, Describes, Pick, Preference, Rating
from engine.service.protocol import Ask, Like, Progress, Score, Try

WEATHER = Contrast(name="Weather", asks="names like weather", liked=("Thunderhead",))
TASTE = Preference(name="My taste", picks=tuple(Pick(f"Good {n}", f"Bad {n}") for n in range(9)))


@pytest.fixture
def page(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Judges")
    qtbot.waitUntil(lambda: bool(world.client.scores()))
    return studio.judges


@pytest.fixture
def slow(slow_world, open_studio, qtbot):
    studio = open_studio(slow_world)
    studio.window.open_titled("Judges")
    qtbot.waitUntil(lambda: bool(slow_world.client.scores()))
    return studio.judges


def have(page, world, qtbot, slug, spec):
    world.makers.judges.save(slug, spec)
    page.reload(slug)
    qtbot.waitUntil(lambda: page.opened == slug and page.form.isVisible())


def scored(board, column=0):
    return [score for score in board.column(column) if score is not None]


def press(qtbot, control):
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton)


# The board.


def test_the_open_judge_scores_the_names_on_the_board(page, world, qtbot):
    qtbot.waitUntil(lambda: len(scored(page.trial.board)) == 6)
    _, request = world.client.scores()[-1]
    assert request.judge.name == "Poet"
    assert request.color == "#d48475"
    assert page.trial.board.scores[0] == pytest.approx(0.81)
    assert page.trial.board.bar(0).toolTip() == "by the script"


def test_typing_a_name_scores_it_once_typing_stops(page, world, qtbot):
    def asked():
        # Compare asks for scores too, of the painters' names.
        return [request for _, request in world.client.scores() if request.names[-1].startswith("Ember")]

    qtbot.keyClicks(page.trial.board.line(6), "Ember Lullaby")
    qtbot.waitUntil(lambda: bool(asked()))
    assert [request.names[-1] for request in asked()] == ["Ember Lullaby"]
    qtbot.waitUntil(lambda: len(scored(page.trial.board)) == 7)


def test_another_colour_is_scored_anew(page, world, qtbot):
    before = len(world.client.scores())
    page.trial._current.set_hex("#3b6ea5")
    qtbot.waitUntil(lambda: len(world.client.scores()) > before)
    assert world.client.scores()[-1][1].color == "#3b6ea5"


def test_judges_beside_it_make_columns_and_a_reward(page, world, qtbot):
    have(page, world, qtbot, "weather", WEATHER)
    press(qtbot, page.trial.board)  # nothing is chosen yet
    page.trial.menu.aboutToShow.emit()
    named = {action.text(): action for action in page.trial.menu.actions()}
    assert "Weather" not in named
    named["Poet"].trigger()
    named["Listener"].trigger()
    board = page.trial.board
    assert board.columns == ("Weather", "Poet", "Listener", "Reward")
    qtbot.waitUntil(lambda: all(len(scored(board, column)) == 6 for column in range(4)))
    # Both tastes and the guard give 0.81 by the script.
    assert board.column(3)[0] == pytest.approx(0.81 * (0.15 + 0.85 * 0.81))
    assert "Listener takes" in board.bar(0, 3).toolTip()

    def asked():
        # Compare asks about its chips too, for their own judges.
        names = [request.judge.name for _, request in world.client.scores()]
        return [name for name in names if name in ("Weather", "Poet", "Listener")]

    # While one types, only the judge that changes is asked again.
    before = len(asked())
    qtbot.keyClicks(page.form.controls["asks"].inner, "y")
    qtbot.waitUntil(lambda: len(asked()) > before)
    assert asked()[before:] == ["Weather"]
    qtbot.waitUntil(lambda: not any(board.bar(row, 3).stale for row in range(6)))
    # A new name is asked of all.
    before = len(asked())
    qtbot.keyClicks(board.line(6), "Fog")
    qtbot.waitUntil(lambda: len(asked()) == before + 3)


def test_the_bench_is_remembered(page, world, open_studio, qtbot):
    board = page.trial.board
    qtbot.keyClicks(board.line(6), "Fog")
    press(qtbot, board.thumb(6))
    press(qtbot, board.thumb(1))
    press(qtbot, board.thumb(1))
    page.trial.set_beside(["correctness"])
    assert (board.thumb(6).rating, board.thumb(1).rating) == (1, -1)
    assert "rated down" in board.thumb(1).accessibleName()
    store = page._store
    qtbot.waitUntil(lambda: store.load().beside == ("correctness",))
    bench = store.load()
    assert bench.names[-1] == "Fog"
    assert bench.rated() == {"Fog": 1.0, "Sandy Beige": -1.0}


def test_stale_answers_are_dropped_and_the_score_stands_back(slow, slow_world, qtbot):
    client, board = slow_world.client, slow.trial.board
    first, _ = client.scores()[-1]
    qtbot.keyClicks(board.line(0), "s")
    qtbot.waitUntil(lambda: client.scores()[-1][0] != first)
    assert first in client.cancelled
    client.answer(first)
    second, _ = client.scores()[-1]
    client.answer(second)
    qtbot.waitUntil(lambda: len(scored(board)) == 6)
    assert board.scores[1] == pytest.approx(0.22)
    qtbot.keyClicks(board.line(0), "s")
    qtbot.waitUntil(lambda: board.bar(1).stale)
    assert board.scores[1] == pytest.approx(0.22)


def test_calibrating_shows_progress_and_a_failure_is_a_sentence(slow, slow_world, qtbot):
    client, trial = slow_world.client, slow.trial
    number, _ = client.scores()[-1]
    client.reply(Progress(id=number, note="Calibrating Poet", done=0.25))
    qtbot.waitUntil(lambda: trial.bar.isVisible())
    assert trial.note.text() == "Calibrating Poet…"
    assert trial.bar.share == pytest.approx(0.25)
    client.fail(number, "There is no file judge.gguf.")
    qtbot.waitUntil(lambda: trial.note.text() == "There is no file judge.gguf.")
    assert not trial.bar.isVisible()


def test_what_takes_long_is_said(slow, slow_world, qtbot):
    qtbot.waitUntil(lambda: "known names" in slow.trial.note.text())
    slow_world.client.answer(slow_world.client.scores()[-1][0])
    qtbot.waitUntil(lambda: slow.trial.note.text() == "")


# What it likes.


def test_what_a_judge_really_likes_is_told(page, world, qtbot):
    press(qtbot, page.trial.board.thumb(0))
    page.pane.choice.choose(1)
    press(qtbot, page.pane.liking.look)
    liking = page.pane.liking
    qtbot.waitUntil(lambda: bool(liking.sentence.text()))
    _, request = world.client.asked(Like)[-1]
    assert (request.judge.name, request.rated) == ("Poet", {"Sunset Dust": 1.0})
    assert "give it a guard" in liking.sentence.text()
    assert (len(liking.best.names), len(liking.worst.names)) == (20, 20)
    assert liking.shortcuts.names[0] == "Night of the Falling Leaves"
    assert any("clearly preferred" in fact.value for fact in liking.view.facts)
    assert any(fact.name == "your ratings" for fact in liking.view.facts)
    # It is known again when one comes back.
    page.shelf.choose("terse")
    assert not liking.area.isVisible()
    page.shelf.choose("poet")
    assert liking.area.isVisible()


def test_looking_shows_how_far_it_is_and_can_be_stopped(slow, slow_world, qtbot):
    slow.pane.choice.choose(1)
    liking = slow.pane.liking
    press(qtbot, liking.look)
    number, _ = slow_world.client.asked(Like)[-1]
    slow_world.client.reply(Progress(id=number, note="Scoring known names", done=0.5))
    qtbot.waitUntil(lambda: liking.bar.share == pytest.approx(0.5))
    assert liking.note.text() == "Scoring known names…"
    press(qtbot, liking.stop)
    assert number in slow_world.client.cancelled
    slow_world.client.fail(number, "It broke.")
    qtbot.waitUntil(lambda: liking.note.text() == "It broke.")
    assert liking.look.isVisible()


# Picking.


def test_pairs_are_picked_by_keys_and_saved_at_once(page, world, qtbot):
    have(page, world, qtbot, "my-taste", TASTE)
    picking = page.desk.picking
    qtbot.waitUntil(lambda: bool(picking.left.name))
    left, right = picking.left.name, picking.right.name
    picking.setFocus()
    qtbot.keyClick(picking, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: len(world.makers.judges.get("my-taste").picks) == 10)
    assert world.makers.judges.get("my-taste").picks[-1] == Pick(right, left)
    qtbot.waitUntil(lambda: picking.left.name not in ("", left))
    assert "10 picks" in picking.standing.text()
    assert [count for count, _ in picking.curve.points] == [9, 10]
    assert "Ember Lullaby" in picking.likes.text()
    assert picking.hasFocus()
    # Neither.
    before = picking.left.name
    qtbot.keyClick(picking, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: picking.left.name not in ("", before))
    assert len(world.client.asked(Ask)[-1][1].skipped) == 1
    # And back, both of them.
    qtbot.keyClick(picking, Qt.Key.Key_Backspace)
    assert picking.left.name == before
    qtbot.keyClick(picking, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (picking.left.name, picking.right.name) == (left, right)
    qtbot.waitUntil(lambda: world.makers.judges.get("my-taste").picks == TASTE.picks)


def test_a_pick_is_made_with_the_mouse_and_survives_a_rename(page, world, qtbot):
    have(page, world, qtbot, "my-taste", TASTE)
    picking = page.desk.picking
    qtbot.waitUntil(lambda: bool(picking.left.name))
    name = page.form.controls["name"].inner
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "Ours")
    press(qtbot, picking.left)
    qtbot.waitUntil(lambda: len(world.makers.judges.get("my-taste").picks) == 10)
    assert world.makers.judges.get("my-taste").name == "Ours"


def test_a_new_taste_begins_with_a_pair(page, world, qtbot):
    press(qtbot, page.list.new)
    press(qtbot, page.desk.chooser.cards["preference"])
    picking = page.desk.picking
    qtbot.waitUntil(lambda: bool(picking.left.name))
    press(qtbot, picking.right)
    qtbot.waitUntil(lambda: bool(page.opened) and len(world.makers.judges.get(page.opened).picks) == 1)
    assert "7 more until it can judge" in picking.standing.text()


def test_why_there_is_no_pair_is_said_and_asked_again(slow, slow_world, qtbot):
    have(slow, slow_world, qtbot, "my-taste", TASTE)
    picking, client = slow.desk.picking, slow_world.client
    qtbot.waitUntil(lambda: bool(client.asked(Ask)))
    qtbot.waitUntil(lambda: "Gathering names" in picking.question.text())
    qtbot.keyClick(picking, Qt.Key.Key_Left)  # there is nothing to pick from yet
    client.fail(client.asked(Ask)[-1][0], "The base is not there.")
    qtbot.waitUntil(lambda: picking.note.isVisible())
    press(qtbot, picking.again)
    client.answer(client.asked(Ask)[-1][0])
    qtbot.waitUntil(lambda: bool(picking.left.name))
    assert not picking.note.isVisible()
    assert slow.editor.spec.picks == TASTE.picks


# The model.


def test_a_rating_judge_near_chance_says_so_unasked(page, world, qtbot):
    have(page, world, qtbot, "strict", Rating(name="Strict", asks="stormy names"))
    check = page.desk.check
    qtbot.waitUntil(lambda: check.view.state == "poor")
    assert "a painter would learn noise" in check.words.text()
    press(qtbot, check.other)
    assert page.form.kind == "contrast"
    assert page.form.draft().values["asks"] == "stormy names"
    # What was measured holds for every rating judge by this model: it is not tried at each keystroke.
    page.shelf.choose("strict")
    qtbot.keyClicks(page.form.controls["asks"].inner, "!")
    qtbot.waitUntil(lambda: world.makers.judges.get("strict").asks.startswith("!"))
    assert len(world.client.asked(Try)) == 1


def test_a_contrast_judge_by_a_file_is_tried_when_asked(page, world, qtbot):
    have(page, world, qtbot, "weather", WEATHER)
    assert not page.desk.check.isVisible()
    model = page.form.controls["model"].inner
    model.setText("/models/judge.gguf")
    model.textEdited.emit(model.text())
    check = page.desk.check
    assert check.isVisible()
    assert not world.client.asked(Try)
    press(qtbot, check.again)
    qtbot.waitUntil(lambda: check.view.state == "sound")
    assert dict(check.view.shares)["contrast"] == pytest.approx(0.97)


def test_a_trial_can_be_stopped(slow, slow_world, qtbot):
    have(slow, slow_world, qtbot, "yes-or-no", Describes(name="Yes or no"))
    client, check = slow_world.client, slow.desk.check
    qtbot.waitUntil(lambda: bool(client.asked(Try)))
    number, _ = client.asked(Try)[-1]
    client.reply(Progress(id=number, note="Trying the base on known names", done=0.3))
    qtbot.waitUntil(lambda: check.bar.share == pytest.approx(0.3))
    press(qtbot, check.stop)
    assert number in client.cancelled


def test_no_judge_is_asked_for_scores_while_another_page_is_open(page, world, qtbot):
    page.window().open_page(0)
    before = len(world.client.asked(Score))
    page.trial._current.set_hex("#3b6ea5")
    with qtbot.waitSignal(page.trial._current.settled):
        page.trial._current.set_hex("#3b6ea6")
    page.window().open_titled("Judges")
    qtbot.waitUntil(lambda: len(world.client.asked(Score)) > before)
    assert world.client.scores()[-1][1].color == "#3b6ea6"
