"""The field that takes a colour in any form and by any name, and the menu that hands it out again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from engine.css_color import LONGEST
from engine.lexicon import Lexicon
from studio.views import entry
from studio.views.entry import Entry
from ui.background import Background
from ui.current import CurrentColor
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import IconButton, Label, column, row

HINT = "Hex, any CSS colour, or a name"


class CssField(QWidget):
    """The current colour as text: typed, pasted, copied.

    Parameters
    ----------
    theme, icons, current
        The look, and the colour.
    background
        Where the known names are read when the first name is typed; the window starts without them.
    load
        Reads them.

    Attributes
    ----------
    taken
        What was typed is the colour now.
    """

    taken = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        current: CurrentColor,
        background: Background,
        load: Callable[[], Lexicon] = Lexicon.load,
    ) -> None:
        super().__init__()
        self._current, self._background, self._load = current, background, load
        self._lexicon: Lexicon | None = None
        self.edit = QLineEdit(current.hex)
        self.edit.setFont(theme.font(13, tabular=True))
        self.edit.setAccessibleName("Colour, in any form of CSS, or a name")
        self.edit.setPlaceholderText(HINT)
        self.edit.setToolTip(f"{HINT}: #d48475, oklch(69% 0.1 31), rgb(212 132 117), Dusty Rose")
        self.edit.setMaxLength(LONGEST + 1)
        self.copy = IconButton(theme, icons, "copy", "Copy the colour as …")
        self.note = Label(theme, size=12, tone="3", wrap=True)
        self.note.setAccessibleName("How the colour was taken")
        self.fault = Label(theme, size=12, tone="danger", wrap=True)
        self.note.hide()
        self.fault.hide()

        line = row(space=4)
        line.addWidget(self.edit, 1)
        line.addWidget(self.copy)
        layout = column(self, space=4)
        layout.addLayout(line)
        layout.addWidget(self.note)
        layout.addWidget(self.fault)

        self.edit.editingFinished.connect(self._entered)
        self.edit.textEdited.connect(self._typed)
        self.copy.clicked.connect(self._open_menu)
        current.changed.connect(self._follow)

    def take(self, text: str) -> None:
        """Take a text that was pasted or dropped somewhere else than into the field."""
        self.edit.setText(text[: LONGEST + 1])
        self.edit.setModified(True)
        self._entered()

    def say(self, note: str = "", fault: str = "") -> None:
        """Show a note or a fault under the field; empty for none."""
        for label, sentence in ((self.note, note), (self.fault, fault)):
            label.setText(sentence)
            label.setVisible(bool(sentence))
        if bool(self.edit.property("fault")) != bool(fault):
            self.edit.setProperty("fault", bool(fault))
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)

    def menu(self) -> QMenu:
        """Return the menu of the forms in which the colour can be copied."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, text in entry.copies(self._current.hex):
            action = menu.addAction(f"{name}\t{text}")
            action.triggered.connect(lambda _=False, text=text: self._copy(text))
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self.copy.mapToGlobal(QPoint(0, self.copy.height() + 4)))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.say(f"{text} is copied.")

    def _follow(self, color: str) -> None:
        if not (self.edit.hasFocus() and self.edit.isModified()):
            self.edit.setText(color)
            self.edit.setCursorPosition(0)
        self.say()

    def _typed(self, text: str) -> None:
        """Take what cannot grow any more at once, as one pastes it; the rest waits for Enter."""
        self.say()
        if entry.is_whole(text):
            self._entered()

    def _entered(self) -> None:
        if not self.edit.isModified():
            return
        text = self.edit.text()
        read = entry.read(text, self._lexicon)
        if not read.ask_names:
            self._take(read)
            return
        self.say("Looking among the known names …")
        self._background.run(
            lambda: self._read_named(text),
            lambda read: self._named(text, read),
            lambda error: self.say(fault=str(error)),
        )

    def _read_named(self, text: str) -> Entry:
        """Read a name, not on Qt's thread: the first time it takes the names a moment to be read."""
        if self._lexicon is None:
            self._lexicon = self._load()
        return entry.read(text, self._lexicon)

    def _named(self, text: str, read: Entry) -> None:
        # What has been typed since is another question.
        if self.edit.text() == text:
            self._take(read)

    def _take(self, read: Entry) -> None:
        if not read.hex:
            self.say(fault=read.fault)
            return
        self.edit.setModified(False)
        if read.lch is not None:
            self._current.set_lch(*read.lch)
        else:
            self._current.set_hex(read.hex)
        self.edit.setText(self._current.hex)
        self.say(read.note)
        self.taken.emit()
