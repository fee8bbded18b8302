"""The app under an X server and a window manager, driven by keyboard and mouse alone.

The naming service and the training are scripted; ``tests/bench/drive.py`` does the same with the real ones.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import xvfb

if xvfb.missing():
    pytest.skip(f"not installed: {', '.join(xvfb.missing())}", allow_module_level=True)

APP = Path(__file__).with_name("xvfb_app.py")


@pytest.fixture
def display(tmp_path):
    shown = xvfb.Display(tmp_path)
    yield shown
    shown.close()


@pytest.mark.timeout(300)
def test_pick_judge_train_compare_by_keyboard_and_mouse(display, home, tmp_path):
    app = display.start([sys.executable, str(APP)], PAINTER_STUDIO_HOME=str(home))
    try:
        seen = xvfb.drive(display, app, home, steps=3, patience=45)
    except AssertionError:
        display.picture(tmp_path / "screen.png")
        raise
    finally:
        xvfb.end(app)
        print((tmp_path / "app.log").read_text())
    assert len(seen) == 6
