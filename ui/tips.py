"""Tooltips show what they are given letter by letter: Qt takes what looks like HTML for HTML."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt


def tip(text: str) -> str:
    """Return a text for a tooltip, escaped where Qt would read it as HTML; names may come from anywhere."""
    if not Qt.mightBeRichText(text):
        return text
    lines = "<br>".join(escape(text).split("\n"))
    return f"<span>{lines}</span>"
