"""The settings: how it looks, who names, and where things lie. Every change is made at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QSizePolicy, QWidget

from studio.settings import Settings, fault_of_base
from ui.background import Background
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Elided, Label, button, row, rule
from ui.widgets.faults import Field
from ui.widgets.segments import Segments
from ui.widgets.sheet import Sheet

THEMES: tuple[tuple[Literal["system", "light", "dark"], str], ...] = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
)
MOTIONS: tuple[tuple[Literal["system", "on", "off"], str], ...] = (
    ("system", "As the system"),
    ("on", "On"),
    ("off", "Off"),
)
SIZES = (100, 110, 125, 150)
DEVICES: tuple[tuple[Literal["auto", "cpu", "cuda", "mps"], str], ...] = (
    ("auto", "The best there is"),
    ("cpu", "CPU"),
    ("cuda", "CUDA"),
    ("mps", "Apple GPU"),
)
OFFLINE: tuple[tuple[bool, str], ...] = ((False, "When asked for"), (True, "Never: offline"))


@dataclass(frozen=True)
class Folder:
    """A folder that is shown: what lies there, and where it is."""

    what: str
    path: Path


class SettingsSheet(Sheet):
    """Shows and changes the settings.

    Parameters
    ----------
    theme, window, background
        The look, what it lies over, and where folders are looked at.
    folders
        What lies where; the first is the home.

    Attributes
    ----------
    changed
        A setting was changed; carries all ``Settings``.
    tour_wanted, keys_wanted, report_wanted
        What was pressed.
    """

    changed = Signal(Settings)
    tour_wanted = Signal()
    keys_wanted = Signal()
    report_wanted = Signal()

    def __init__(
        self, theme: Theme, window: QWidget, background: Background, folders: Sequence[Folder], version: str
    ) -> None:
        super().__init__(theme, window, "Settings", 620)
        self._background = background
        self._settings = Settings()
        self.theme = Segments(theme, "Theme", [(word, "") for _, word in THEMES])
        self.motion = Segments(theme, "Motion", [(word, "") for _, word in MOTIONS])
        self.text_size = Segments(theme, "Text size", [(f"{size}%", "") for size in SIZES])
        self.base = QLineEdit()
        self.base.setFont(theme.font(13))
        self.base.setAccessibleName("Base that names colours: a folder")
        self.base.setPlaceholderText("SmolLM2 135M, which comes with the app")
        self.base_field = Field(theme, "", self.base)
        self.browse = button(theme, "Choose…", "Choose the base's folder")
        self.embedded = button(theme, "Use the app's", "Use the base that comes with the app", kind="quiet")
        self.offline = Segments(theme, "Fetching bases", [(word, "") for _, word in OFFLINE])
        self.device = Segments(theme, "Device for naming", [(word, "") for _, word in DEVICES])

        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        for name, control in (("Theme", self.theme), ("Motion", self.motion), ("Text size", self.text_size)):
            self._add(name, control)
        self._part()
        based = QWidget()
        chooser = row(based, 8)
        chooser.addWidget(self.base_field, 1)
        chooser.addWidget(self.browse)
        chooser.addWidget(self.embedded)
        self._add("Base", based, self.base)
        self._add("Device", self.device)
        said = "For naming in this window. Both start the naming service anew; a training has its own."
        self._grid.addWidget(Label(theme, said, 12, "3", wrap=True), self._grid.rowCount(), 1)
        self._add("Fetching bases", self.offline)
        self._part()
        self.opened = []
        for folder in folders:
            line = QWidget()
            inner = row(line, 8)
            path = Elided(theme, _short(folder.path), 13, "2")
            path.setToolTip(tip(str(folder.path)))
            show = button(theme, "Show", f"Show the folder of {folder.what.lower()}", kind="quiet")
            show.clicked.connect(lambda _=False, folder=folder: self._show_folder(folder))
            inner.addWidget(path, 1)
            inner.addWidget(show)
            self.opened.append(show)
            self._add(folder.what, line)
        self._part()
        foot = row(space=20)
        self.tour = button(theme, "Take the tour", kind="link")
        self.keys = button(theme, "Keyboard shortcuts", kind="link")
        self.report = button(theme, "Copy report", kind="link")
        self.report.setToolTip(
            "Versions, system, settings and the service's last words, without private paths"
        )
        for part in (self.tour, self.keys, self.report):
            foot.addWidget(part)
        foot.addStretch(1)
        self.body.addLayout(foot)
        about = Label(theme, f"Painter Studio {version}. It makes no sound.", 12, "3", wrap=True)
        self.body.addWidget(about)

        for choice in (self.theme, self.motion, self.text_size, self.device, self.offline):
            choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.theme.chosen.connect(lambda place: self._change(theme=THEMES[place][0]))
        self.motion.chosen.connect(lambda place: self._change(motion=MOTIONS[place][0]))
        self.text_size.chosen.connect(lambda place: self._change(text_size=SIZES[place]))
        self.device.chosen.connect(lambda place: self._change(device=DEVICES[place][0]))
        self.offline.chosen.connect(lambda place: self._change(offline=OFFLINE[place][0]))
        self.base.editingFinished.connect(lambda: self._use_base(self.base.text().strip()))
        self.browse.clicked.connect(self._browse)
        self.embedded.clicked.connect(lambda: self._use_base(""))
        self.tour.clicked.connect(self.tour_wanted)
        self.keys.clicked.connect(self.keys_wanted)
        self.report.clicked.connect(self.report_wanted)

    def show_settings(self, settings: Settings) -> None:
        """Show settings as they are now."""
        self._settings = settings
        self.theme.show_choice([key for key, _ in THEMES].index(settings.theme))
        self.motion.show_choice([key for key, _ in MOTIONS].index(settings.motion))
        nearest = min(range(len(SIZES)), key=lambda place: abs(SIZES[place] - settings.text_size))
        self.text_size.show_choice(nearest)
        self.device.show_choice([key for key, _ in DEVICES].index(settings.device))
        self.offline.show_choice([key for key, _ in OFFLINE].index(settings.offline))
        self.base.setText(settings.base)
        self.base_field.set_fault("")
        self.embedded.setVisible(bool(settings.base))

    def _add(self, name: str, control: QWidget, buddy: QWidget | None = None) -> None:
        label = Label(self._theme, name, 13, "2")
        label.setBuddy(buddy or control)
        line = self._grid.rowCount()
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(control, line, 1)

    def _part(self) -> None:
        self._grid.addWidget(rule(), self._grid.rowCount(), 0, 1, 2)

    def _change(self, **changes: object) -> None:
        self._settings = msgspec.structs.replace(self._settings, **changes)
        self.changed.emit(self._settings)

    def _use_base(self, folder: str) -> None:
        """Take a base only if it is one; else say what is missing beside the field."""
        if folder == self._settings.base:
            self.base.setText(folder)
            self.base_field.set_fault("")
            return

        def found(fault: str) -> None:
            self.base_field.set_fault(fault)
            self._later()
            if not fault:
                self._change(base=folder)
                self.show_settings(self._settings)

        self._background.run(lambda: fault_of_base(folder), found, lambda error: found(str(error)))

    def _browse(self) -> None:
        start = self._settings.base or str(Path.home())
        folder = QFileDialog.getExistingDirectory(self, "The folder of a transformers model", start)
        if folder:
            self._use_base(folder)

    def _show_folder(self, folder: Folder) -> None:
        def made(_: None) -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder.path)))

        # Until something lies there, there is no folder to show.
        self._background.run(
            lambda: folder.path.mkdir(parents=True, exist_ok=True), made, lambda error: made(None)
        )


def _short(path: Path) -> str:
    """Write a path as people do, with ``~`` for their own home."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except ValueError:
        return str(path)
