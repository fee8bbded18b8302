"""The one style sheet, made from the tokens: what Fusion cannot be told by a palette.

It sets no fonts (widgets do, see ``Theme.font``) and no accent (widgets paint it).
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.theme import Tokens

_SHEET = Template("""
QMainWindow, QWidget#page { background: $canvas; }
QFrame[plate="surface"] { background: $surface; border: 1px solid $line; border-radius: 10px; }
QFrame[plate="sunken"] { background: $sunken; border: none; border-radius: 10px; }
QFrame[plate="toast"] { background: $surface; border: 1px solid $edge; border-radius: 10px; }
QFrame[plate="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QScrollArea, QScrollArea > QWidget > QWidget#bare { background: transparent; border: none; }

QLabel { background: transparent; color: $text; }
QLabel[tone="2"] { color: $text_2; }
QLabel[tone="3"] { color: $text_3; }
QLabel[tone="danger"] { color: $danger; }
QLabel:disabled { color: $text_3; }

QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: 6px;
    selection-background-color: $text; selection-color: $surface;
}
QLineEdit, QAbstractSpinBox { min-height: ${control}px; max-height: ${control}px; padding: 0 8px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QAbstractSpinBox QLineEdit:hover,
QAbstractSpinBox QLineEdit:disabled {
    border: none; padding: 0; min-height: 0; background: transparent;
}
QLineEdit:hover, QAbstractSpinBox:hover, QTextEdit:hover, QPlainTextEdit:hover { border-color: $text_2; }
QLineEdit:focus, QAbstractSpinBox:focus, QTextEdit:focus, QPlainTextEdit:focus { border: 1px solid $text; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QTextEdit:disabled, QPlainTextEdit:disabled,
QLineEdit[readOnly="true"], QTextEdit[readOnly="true"], QPlainTextEdit[readOnly="true"] {
    background: transparent; color: $text_2; border-color: $line;
}
QLineEdit[fault="true"], QAbstractSpinBox[fault="true"],
QTextEdit[fault="true"], QPlainTextEdit[fault="true"] {
    border: 1px solid $danger;
}
/* NoButtons under a style sheet leaves the field one pixel (Qt 6.12); buttons of no width do not. */
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; height: 0; border: none; }
QLineEdit[bare="true"] {
    background: transparent; border: none; border-bottom: 1px solid transparent; border-radius: 0; padding: 0;
}
QLineEdit[bare="true"]:hover { border-bottom: 1px solid $line; }
QLineEdit[bare="true"]:focus { border-bottom: 1px solid $text; }
QLineEdit[bare="true"][readOnly="true"] { color: $text; border-bottom: 1px solid transparent; }
QLineEdit[bare="true"][fault="true"] { border-bottom: 1px solid $danger; }
QLineEdit[finder="true"], QLineEdit[finder="true"]:hover, QLineEdit[finder="true"]:focus {
    border: none; min-height: ${finder}px; max-height: ${finder}px;
}
QLineEdit[heading="true"] { min-height: ${heading}px; max-height: ${heading}px; }

QPushButton {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: 6px;
    min-height: ${control}px; max-height: ${control}px; padding: 0 12px;
}
QPushButton:hover { border-color: $text; }
QPushButton:pressed { background: $sunken; }
QPushButton:disabled { color: $text_3; border-color: $line; background: transparent; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent; color: $text_2; }
QPushButton[kind="quiet"]:hover { color: $text; background: $sunken; }
QPushButton[kind="quiet"]:disabled { color: $text_3; background: transparent; }
QPushButton[kind="link"] { background: transparent; border: none; color: $text_2; padding: 0; }
QPushButton[kind="link"]:hover { color: $text; }
QPushButton::menu-indicator { width: 0; image: none; }
QPushButton[kind="danger"] { background: transparent; border: 1px solid transparent; color: $danger; }
QPushButton[kind="danger"]:hover { border-color: $danger; }
QPushButton[kind="danger"]:disabled { color: $text_3; }

QComboBox {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: 6px;
    min-height: ${control}px; max-height: ${control}px; padding: 0 24px 0 8px;
}
QComboBox:hover { border-color: $text_2; }
QComboBox:focus { border: 1px solid $text; }
QComboBox:disabled { color: $text_3; border-color: $line; background: transparent; }
QComboBox[fault="true"] { border: 1px solid $danger; }
QComboBox::drop-down { border: none; width: 0; }
QComboBox QAbstractItemView {
    background: $surface; color: $text; border: 1px solid $line; padding: 4px; outline: none;
    selection-background-color: $sunken; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: ${control}px; padding: 0 8px; }

QListView { background: transparent; border: none; outline: none; color: $text; }
QTableView {
    background: transparent; border: none; outline: none; color: $text;
    selection-background-color: transparent; selection-color: $text;
}
QHeaderView, QHeaderView::section { background: transparent; border: none; color: $text_2; }
QHeaderView::section { padding: 0 4px; }
QMenu { background: $surface; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $sunken; color: $text; }
QMenu::item:disabled { color: $text_3; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolTip {
    background: $surface; color: $text; border: 1px solid $line; padding: 4px 8px;
}

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $edge; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: none; border: none; width: 0; height: 0;
}
QAbstractScrollArea::corner { background: transparent; border: none; }
QMessageBox { background: $canvas; }
""")


def sheet(tokens: Tokens, scale: float = 1.0) -> str:
    """Return the style sheet of a scheme; ``scale`` is how large text is, 1 to 1.5."""
    values = {name: value for name, value in vars(tokens).items() if isinstance(value, str)}
    return _SHEET.substitute(
        values,
        control=str(round(28 * scale) - 2),
        heading=str(round(40 * scale) - 2),
        finder=str(round(48 * scale)),
    )
