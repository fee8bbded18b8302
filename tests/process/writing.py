"""``writing.py settings|judge HOME COUNT``: kills a writer COUNT times while it writes, and reads what is."""

import os
import random
import signal
import sys
import time
from pathlib import Path

from engine.judges.spec import Contrast
from studio.judges import JudgeLibrary
from studio.settings import Settings, SettingsStore


def save(what: str, home: Path, text: str) -> None:
    if what == "settings":
        SettingsStore(home).save(Settings(run=text))
    else:
        JudgeLibrary(home).save("mine", Contrast(name="Mine", asks=text, liked=("One",)))


def read(what: str, home: Path) -> str:
    if what == "settings":
        settings, notice = SettingsStore(home).load()
        assert not notice
        return settings.run
    judge = JudgeLibrary(home).get("mine")
    assert isinstance(judge, Contrast)
    return judge.asks


def main(what: str, home: Path, count: int) -> None:
    dice, sound = random.Random(1), 0
    save(what, home, "a" * 300)
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            while True:
                for letter in "bcd":
                    save(what, home, letter * 300)
        time.sleep(dice.uniform(0.002, 0.02))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        text = read(what, home)
        sound += len(text) == 300 and len(set(text)) == 1
    print(f"{count} kills, {sound} sound")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
