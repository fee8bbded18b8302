"""The picker's states, for screenshots.py: each way to a colour, and what it says when something is off."""

import tempfile
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from shooting import HISTORY, opened, settle, wait_for

from engine import color as colors
from ui.widgets.eyedropper import Loupe

HARBOUR = (
    ("#c8d3de", 90),
    ("#7f9fc2", 80),
    ("#33566b", 90),
    ("#3c5a3a", 50),
    ("#d0271d", 14),
    ("#efe6d2", 12),
)


def harbour(path):
    """Write a picture to take colours from: bands with some grain."""
    rows = [np.tile(colors.to_srgb(color), (height, 300, 1)) for color, height in HARBOUR]
    grain = np.random.default_rng(4).normal(0, 0.015, (sum(height for _, height in HARBOUR), 300, 1))
    rgb = np.ascontiguousarray(colors.to_bytes(np.concatenate(rows) + grain))
    QImage(rgb.data, 300, len(rgb), 900, QImage.Format.Format_RGB888).save(str(path))


def shoot_picker(app, out, world, mode, size):
    """Take the pictures of the picker's sections, of faults in them, and of the eyedropper."""
    with opened(app, world, mode, size, HISTORY) as studio:
        picker = studio.compare.picker
        wait_for(lambda: bool(studio.compare.chips))

        def save(name):
            settle(700)
            studio.window.grab().save(str(out / f"picker_{name}_{mode}_{size[0]}x{size[1]}.png"))

        picker.trays.choose(1)
        picker.figures.segments.choose(1)
        save("harmony_hsl")
        picker.trays.choose(2)
        picker.figures.segments.choose(2)
        picker.wheel.gamut.setChecked(True)
        studio.current.set_hex("#3b6ea5")
        save("contrast_rgb_true_shape")
        picker.figures.segments.choose(0)
        picker.trays.choose(3)
        with tempfile.TemporaryDirectory() as folder:
            harbour(Path(folder) / "harbour.png")
            picker.picture.take_file(Path(folder) / "harbour.png")
            wait_for(lambda: bool(picker.picture.shares.colors))
            picker.field.take("oklch(80% 0.4 150)")
            save("picture_beyond_srgb")
            (Path(folder) / "notes.txt").write_text("no picture")
            picker.picture.take_file(Path(folder) / "notes.txt")
            wait_for(lambda: not picker.picture.fault.isHidden())
        picker.field.take("Acapulko Sun")
        wait_for(lambda: not picker.fault.isHidden())
        save("faults")
        loupe = Loupe(studio.theme, app.primaryScreen(), studio.window.grab())
        loupe.resize(*size)
        corner = studio.compare.stage.mapTo(studio.window, QPoint(0, 0))
        loupe._go(corner + QPoint(92, 148))
        loupe.grab().save(str(out / f"picker_eyedropper_{mode}_{size[0]}x{size[1]}.png"))
        loupe.deleteLater()
