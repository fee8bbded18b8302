"""Kill −9 at any moment of a training: what is resumed ends where the run that nothing happened to ended."""

import errno
import random
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import pytest

from engine.events import PhaseEntered, RunFinished, StepFinished, Warned
from engine.recipe import Budget
from engine.rundir import RunFolder
from tests.process.yard import KILLED, STEPS, Yard

pytestmark = pytest.mark.timeout(900)

# Each is (kind, how many such moments an unbroken run has).
LAST = ["renamed", 8]
MOMENTS = {"fsync": 58, "rename": 15, "renamed": 15, "torn": 66, "weights": 13}
PHASES = {"loading": 3, "sampling": STEPS, "judging": STEPS, "updating": STEPS, "saving": 4, "evaluating": 3}


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("yard")
        patch.setenv("PAINTER_STUDIO_HOME", str(root / "home"))
        patch.setenv("PAINTER_STUDIO_CACHE", str(root / "cache"))
        made = Yard(root)
        yield made
        made.close()


def test_a_few_kills(yard: Yard) -> None:
    """The moments that differ most, in one run: the last is between the painter and the run's last word."""
    folder, step = yard.make(), 0
    for die in (["torn", 20], ["weights", 4], ["renamed", 3], ["phase", "updating", 2, 0.0], LAST):
        assert yard.attempt(folder, die=die) == KILLED, (die, yard.logs())
        step = yard.check_wreck(folder)
    assert yard.attempt(folder) == 0, yard.logs()
    yard.check_end(folder, step)
    yard.check_tidy()


def noted(folder: RunFolder) -> list[str]:
    return [e.note for e in folder.tail().events if isinstance(e, PhaseEntered) and e.phase == "paused"]


@pytest.mark.parametrize(
    ("call", "code", "note"),
    [
        ("fsync", errno.ENOSPC, "Could not save the checkpoint of step 2: the disk is full; free some space"),
        ("fsync", errno.EROFS, "Could not save the checkpoint of step 2: the disk is read-only"),
        ("write", errno.ENOSPC, "The disk is full: free some space, and it goes on by itself"),
    ],
    ids=["full, saving", "read-only", "full, telling"],
)
def test_a_disk_that_says_no_is_waited_for(yard: Yard, call: str, code: int, note: str) -> None:
    folder = yard.make()
    first, last = (6, 8) if call == "fsync" else (20, 24)
    assert yard.attempt(folder, die=["refuse", call, code, first, last]) == 0, yard.logs()
    yard.check_end(folder, 0)
    said = noted(folder)
    assert said
    assert said[0].startswith(note)


def test_a_folder_that_is_moved_away_and_put_back_goes_on_from_its_checkpoint(yard: Yard) -> None:
    folder = yard.make()
    away = yard.root / "away"
    assert yard.attempt(folder, die=["vanish", 5, str(folder.path), str(away)]) != 0
    ended = RunFolder(away).tail().events[-1]
    assert isinstance(ended, RunFinished)
    assert ended.reason == "The run's folder was deleted or moved meanwhile; put back, it resumes."
    away.rename(folder.path)
    assert yard.check_wreck(folder) == 4
    assert yard.attempt(folder) == 0, yard.logs()
    yard.check_end(folder, 4)


@pytest.mark.heavy
@pytest.mark.timeout(4 * 3600)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and sets a limit that others do not heed")
def test_a_limit_on_memory_has_the_step_done_in_parts(yard: Yard) -> None:
    """What a step needs is found by trying: too little ends with a sentence, enough changes nothing."""
    budget = Budget(steps=2, colors=64, group=32)
    reasons, parts = [], []
    for megabytes in (2000, 10, 30, 80, 240):
        folder = yard.make(budget=budget, eval_every=0)
        status = yard.attempt(folder, die=["room", megabytes])
        events = folder.tail().events
        ended = events[-1]
        assert isinstance(ended, RunFinished), yard.logs()
        told = [event.message for event in events if isinstance(event, Warned)]
        if megabytes == 2000:
            assert status == 0
            assert not told
            whole = rewards(folder)
        elif status:
            assert ended.reason == "There is not enough memory: use fewer colours or a smaller group."
            reasons.append(megabytes)
        elif told:
            assert told[0].startswith("Memory ran out: the step is done again in 2 parts")
            assert rewards(folder) == pytest.approx(whole, abs=1e-3)
            parts.append((megabytes, len(told)))
        else:
            break
    print(f"\ntoo little: {reasons} MB; in parts: {parts}")
    assert parts


def rewards(folder: RunFolder) -> list[float | None]:
    return [event.reward for event in folder.tail().events if isinstance(event, StepFinished)]


@pytest.mark.heavy
@pytest.mark.timeout(4 * 3600)
def test_a_hundred_kills(yard: Yard) -> None:
    """At points of each kind, so long after each phase began, and at times drawn at random."""
    dice, kills = random.Random(8), Counter[str]()
    folder, step, broken = yard.make(), 0, 0
    for kind in chain.from_iterable(repeat(["random", "phase", *MOMENTS], 30)):
        order: dict[str, Any] = {}
        if kind == "random":
            order["wait"] = dice.uniform(0, yard.seconds)
        elif kind == "phase":
            name = dice.choice(list(PHASES))
            order["die"] = ["phase", name, dice.randint(1, PHASES[name]), dice.uniform(0, 0.2)]
        else:
            order["die"] = [kind, dice.randint(1, MOMENTS[kind])]
        status = yard.attempt(folder, **order)
        assert status in (0, KILLED), (order, yard.logs())
        if status == KILLED:
            kills[kind] += 1
            step = yard.check_wreck(folder)
        if status == 0 or dice.random() < 0.25:
            if status == KILLED:
                assert yard.attempt(folder) == 0, (order, yard.logs())
            yard.check_end(folder, step)
            folder, step, broken = yard.make(), 0, broken + 1
        if kills.total() >= 100 and status == 0:
            break
    print(f"\n{kills.total()} kills of {broken} runs: {dict(kills)}")
    assert kills.total() >= 100
    yard.check_tidy()
