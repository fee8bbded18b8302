"""What the fields of a judge's form are written in: one control a shape."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from studio.views.judge_fields import FieldView
from studio.views.judge_form import Value
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import button, column
from ui.widgets.figure import Figure
from ui.widgets.ruled import Phrase, RuledList
from ui.widgets.toggle import Toggle


class Control(QWidget):
    """A control of a field.

    Attributes
    ----------
    edited
        The person changed the value.
    inner
        What takes the focus and shows a fault.
    """

    edited = Signal()
    inner: QWidget

    def __init__(self, field: FieldView) -> None:
        super().__init__()
        self.field = field
        self._quiet = False

    def value(self) -> Value:
        """Return what is written."""
        raise NotImplementedError

    def write(self, value: Value) -> None:
        """Write a value; says nothing."""
        self._quiet = True
        self._set(value)
        self._quiet = False

    def set_editable(self, editable: bool) -> None:
        """Let it be changed, or only read."""
        inner = self.inner
        if isinstance(inner, QLineEdit | QPlainTextEdit | QTextEdit) and inner.isReadOnly() == editable:
            inner.setReadOnly(not editable)
            inner.style().unpolish(inner)
            inner.style().polish(inner)

    def _set(self, value: Value) -> None:
        raise NotImplementedError

    def _hold(self, inner: QWidget) -> None:
        self.inner = inner
        self.setFocusProxy(inner)
        inner.setAccessibleName(self.field.words.label)
        inner.setToolTip(tip(self.field.words.help))
        column(self).addWidget(inner)

    def _typed(self) -> None:
        if not self._quiet:
            self.edited.emit()


class LineControl(Control):
    """One line."""

    def __init__(self, theme: Theme, field: FieldView) -> None:
        super().__init__(field)
        self.line = QLineEdit()
        self.line.setFont(theme.font(13))
        self.line.setPlaceholderText(field.words.hint)
        self._hold(self.line)
        self.line.textEdited.connect(self._typed)

    def value(self) -> str:
        """Return the line."""
        return self.line.text()

    def _set(self, value: Value) -> None:
        if self.line.text() != value:
            self.line.setText(str(value))
            self.line.setCursorPosition(0)


class PhraseControl(Control):
    """A phrase at reading size."""

    def __init__(self, theme: Theme, field: FieldView, rows: int) -> None:
        super().__init__(field)
        self.phrase = Phrase(theme, field.words.label, rows)
        self.phrase.setPlaceholderText(field.words.hint)
        self._hold(self.phrase)
        self.phrase.textChanged.connect(self._typed)

    def value(self) -> str:
        """Return the phrase."""
        return self.phrase.toPlainText()

    def _set(self, value: Value) -> None:
        # Replacing a text scrolls the field and loses the cursor's place: not for nothing.
        if self.phrase.toPlainText() != value:
            self.phrase.setPlainText(str(value))


class NamesControl(Control):
    """Names, one a line, on ruled paper."""

    def __init__(self, theme: Theme, field: FieldView) -> None:
        super().__init__(field)
        self.names = RuledList(theme, field.words.label)
        self._hold(self.names)
        self.names.textChanged.connect(self._typed)

    def value(self) -> str:
        """Return the lines."""
        return self.names.toPlainText()

    def _set(self, value: Value) -> None:
        if self.names.toPlainText() != value:
            self.names.write(str(value))


class PathControl(LineControl):
    """A file's full path: typed, chosen, or dropped."""

    def __init__(self, theme: Theme, field: FieldView) -> None:
        super().__init__(theme, field)
        self.choose = button(theme, "Choose…", f"Choose a file: {field.words.label}")
        beside = self.layout()
        assert isinstance(beside, QBoxLayout)
        beside.setDirection(QBoxLayout.Direction.LeftToRight)
        beside.setSpacing(8)
        beside.addWidget(self.choose)
        self.choose.clicked.connect(self._choose)

    def set_editable(self, editable: bool) -> None:
        """Let it be changed, or only read."""
        super().set_editable(editable)
        self.choose.setVisible(editable)

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Choose a model", "", "Models in GGUF files (*.gguf)")
        if path:
            self.write(path)
            self.edited.emit()


class NumberControl(Control):
    """A number within its limits."""

    def __init__(self, theme: Theme, field: FieldView) -> None:
        super().__init__(field)
        places, step = (0, 1.0) if field.whole else (1, 1.0)
        self.figure = Figure(theme, field.words.label, field.least, field.most, places, step)
        self.figure.setSuffix(field.words.unit)
        self.figure.setGroupSeparatorShown(field.most > 10_000)
        self._hold(self.figure)
        self.figure.valueChanged.connect(self._typed)

    def value(self) -> int | float:
        """Return the number."""
        value = self.figure.value()
        return int(value) if self.field.whole else value

    def set_editable(self, editable: bool) -> None:
        """Let it be changed, or only read."""
        self.figure.setReadOnly(not editable)
        self.figure.setEnabled(editable)

    def _set(self, value: Value) -> None:
        assert isinstance(value, int | float)
        self.figure.setValue(value)


class SwitchControl(Control):
    """On or off."""

    def __init__(self, theme: Theme, field: FieldView) -> None:
        super().__init__(field)
        self.toggle = Toggle(theme, field.words.label)
        self._hold(self.toggle)
        self.toggle.toggled.connect(self._typed)

    def value(self) -> bool:
        """Tell whether it is on."""
        return self.toggle.isChecked()

    def set_editable(self, editable: bool) -> None:
        """Let it be changed, or only read."""
        self.toggle.setEnabled(editable)

    def _set(self, value: Value) -> None:
        self.toggle.setChecked(bool(value))


def control(theme: Theme, field: FieldView) -> Control:
    """Return a control for a field, by its shape."""
    match field.shape:
        case "phrase":
            return PhraseControl(theme, field, 1 if field.key == "plain_asks" else 2)
        case "text":
            return PhraseControl(theme, field, 3)
        case "names":
            return NamesControl(theme, field)
        case "path":
            return PathControl(theme, field)
        case "number":
            return NumberControl(theme, field)
        case "switch":
            return SwitchControl(theme, field)
        case _:
            return LineControl(theme, field)
