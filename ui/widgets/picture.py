"""A picture's colours: chosen as a file, pasted, or dropped on the picker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from engine.image_palette import Share, palette
from ui.background import Background
from ui.pictures import FORMATS, PictureError, pixels, read_file
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Elided, Label, button, column, row
from ui.widgets.swatches import Shares

_HINT = "Drop a picture here for its colours."


class PicturePalette(QWidget):
    """The colours of one picture.

    Parameters
    ----------
    theme
        The look.
    background
        Where pictures are read and their colours found.

    Attributes
    ----------
    chosen
        One of the colours was chosen; carries ``#rrggbb``.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__()
        self._background = background
        self._asked = 0
        self.shares = Shares(theme)
        self.words = Label(theme, _HINT, 13, "2", wrap=True)
        self.fault = Label(theme, size=12, tone="danger", wrap=True)
        self.fault.hide()
        self.source = Elided(theme, "", 12, "3")
        self.open = button(theme, "Choose …", "Choose a picture", "link")
        self.paste = button(theme, "Paste", "Paste a picture", "link")
        self._top = QStackedWidget()
        theme.fit(self._top, height=20)
        self._top.addWidget(self.words)
        self._top.addWidget(self.shares)
        for each in (self.open, self.paste):
            each.setFont(theme.font(12, 500))
            theme.fit(each, height=18)
        line = row(space=16)
        line.addWidget(self.open)
        line.addWidget(self.paste)
        line.addWidget(self.source, 1)
        layout = column(self, space=4)
        layout.addWidget(self._top)
        layout.addWidget(self.fault)
        layout.addLayout(line)
        layout.addStretch(1)
        self.open.clicked.connect(self._choose)
        self.paste.clicked.connect(lambda: self.take(QGuiApplication.clipboard().mimeData()))
        self.shares.chosen.connect(lambda place: self.chosen.emit(self.shares.colors[place]))

    def take(self, data: QMimeData) -> None:
        """Take a picture that was dropped or pasted."""
        path = local_file(data)
        if path is not None:
            self.take_file(path)
        elif data.hasImage():
            image = QImage(data.imageData())
            self._find(lambda: image, "A pasted picture")
        elif data.hasUrls():
            self._say("Only a picture on this computer can be read; save it here first.")
        else:
            self._say("There is no picture to paste; copy one first.")

    def take_file(self, path: Path) -> None:
        """Take a picture file."""
        self._find(lambda: read_file(path), path.name)

    def _choose(self) -> None:
        kinds = " ".join(f"*.{kind}" for kind in FORMATS)
        name, _ = QFileDialog.getOpenFileName(self, "Colours of a picture", "", f"Pictures ({kinds})")
        if name:
            self.take_file(Path(name))

    def _find(self, read: Callable[[], QImage], source: str) -> None:
        """Find the colours, not on Qt's thread; a later picture overtakes an earlier one."""
        self._asked += 1
        asked = self._asked
        self.words.setText("Looking at it …")
        self._top.setCurrentWidget(self.words)
        self._top.show()
        self.fault.hide()
        self._background.run(
            lambda: palette(pixels(read())),
            lambda shares: self._found(asked, shares, source),
            lambda error: self._failed(asked, error),
        )

    def _found(self, asked: int, shares: tuple[Share, ...], source: str) -> None:
        if asked != self._asked:
            return
        self.shares.show_shares(shares)
        self._top.setCurrentWidget(self.shares)
        self.source.setText(source)
        self.source.setToolTip(tip(source))

    def _failed(self, asked: int, error: Exception) -> None:
        if asked == self._asked:
            known = isinstance(error, PictureError)
            self._say(str(error) if known else "The picture could not be read; choose another.")

    def _say(self, fault: str) -> None:
        """Say what is wrong; colours that were found before stay."""
        self.fault.setText(fault)
        self.fault.show()
        self._top.setCurrentWidget(self.shares)
        self._top.setVisible(bool(self.shares.colors))


def local_file(data: QMimeData) -> Path | None:
    """Return the first file of this computer among what was dropped or pasted."""
    return next((Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()), None)


def has_picture(data: QMimeData) -> bool:
    """Say whether something dropped or pasted may be a picture."""
    return data.hasImage() or data.hasUrls()
