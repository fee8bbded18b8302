"""The fan deck before it is saved: what it will look like, whose names it has, and where it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from studio.views.palette import counted
from ui.background import Background
from ui.printing import image
from ui.prints import FanSheet
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, column, row
from ui.widgets.segments import Segments
from ui.widgets.speaker import SpeakerButton

MakeSheets = Callable[[str, bool], Sequence[FanSheet]]


class _Preview(QWidget):
    """The picture, at about half its size."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.image = QImage()
        self.setFixedSize(832, 520)
        self.setAccessibleName("The fan deck")

    def show_image(self, drawn: QImage) -> None:
        self.image = drawn
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        if self.image.isNull():
            painter.fillRect(area, self._theme.color("stage"))
        else:
            painter.drawImage(area, self.image)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


class FanDialog(QDialog):
    """Shows a fan deck and lets it be copied or saved.

    Parameters
    ----------
    theme, background
        The look, and where it is drawn.
    speaker
        Whose names it begins with; a slug.
    painters
        (slug, title) of those who name.
    make
        Returns the sheets for a painter's slug, sorted by hue or not.

    Attributes
    ----------
    save_wanted
        It is to be saved.
    """

    save_wanted = Signal()

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        background: Background,
        speaker: str,
        painters: Sequence[tuple[str, str]],
        make: MakeSheets,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Fan deck")
        self.setObjectName("page")
        self._background, self._make = background, make
        self.preview = _Preview(theme)
        self.speaker = SpeakerButton(theme, painters, speaker)
        self.order = Segments(theme, "Order of the colours", [("By hue", ""), ("As listed", "")])
        self.said = Label(theme, size=12, tone="3", wrap=True)
        self.copy: QPushButton = button(theme, "Copy picture")
        self.save = AccentButton(theme, "Save picture…")
        theme.fit(self.save, height=28)
        foot = row(space=8)
        foot.addWidget(self.speaker)
        foot.addSpacing(8)
        foot.addWidget(self.order)
        foot.addSpacing(8)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.copy)
        foot.addWidget(self.save)
        layout = column(self, 16, 24)
        layout.addWidget(self.preview)
        layout.addLayout(foot)
        self.speaker.changed.connect(self._draw)
        self.order.chosen.connect(lambda _: self._draw())
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self.save_wanted)
        self._draw()

    @property
    def sheets(self) -> Sequence[FanSheet]:
        """The pages as they are now."""
        return self._make(self.speaker.slug, self.order.place == 0)

    def say(self, sentence: str) -> None:
        """Say what was done."""
        self.said.set_tone("3")
        self.said.setText(sentence)

    def fail(self, error: Exception) -> None:
        """Say what went wrong."""
        self.said.set_tone("danger")
        self.said.setText(str(error))

    def _draw(self) -> None:
        sheets = self.sheets
        self.say(_facts(sheets, named=bool(self.speaker.slug)))
        scale = self.devicePixelRatioF() * self.preview.width() / sheets[0].width
        self._background.run(
            lambda: image(sheets[0], scale),
            self.preview.show_image,
            self.fail,
        )

    def _copy(self) -> None:
        sheet = self.sheets[0]

        def copied(drawn: QImage) -> None:
            QGuiApplication.clipboard().setImage(drawn)
            self.say("The picture is copied.")

        self._background.run(lambda: image(sheet), copied, self.fail)


def _facts(sheets: Sequence[FanSheet], *, named: bool) -> str:
    """Return what should be known before it is saved."""
    if len(sheets) > 1:
        return f"The first of {len(sheets)} pages; a PDF has them all."
    blank = sum(not field.name for strip in sheets[0].strips for field in strip) if named else 0
    return f"{counted(blank)} without a name so far." if blank else ""
