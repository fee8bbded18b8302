"""Asking for a file to open or to write, in one place, so that a test can answer in a person's stead."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


class FileDialogs:
    """The desktop's own dialogs; it opens the folder that was used last."""

    def __init__(self) -> None:
        self._folder = Path.home()

    def to_open(self, parent: QWidget, title: str, filters: str) -> Path | None:
        """Return the file that was chosen, or ``None``."""
        chosen, _ = QFileDialog.getOpenFileName(parent, title, str(self._folder), filters)
        return self._used(chosen)

    def to_save(self, parent: QWidget, title: str, name: str, filters: str) -> Path | None:
        """Return where to write, or ``None``; the desktop has asked before it lets a file be replaced."""
        chosen, _ = QFileDialog.getSaveFileName(parent, title, str(self._folder / name), filters)
        return self._used(chosen)

    def _used(self, chosen: str) -> Path | None:
        if not chosen:
            return None
        path = Path(chosen)
        self._folder = path.parent
        return path
