"""Judges' files as a person handles them: looked at, brought in, written elsewhere, deleted, put back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.judges import spec as specs
from engine.judges.spec import JudgeSpec
from studio.judges import JudgeLibrary, Removed
from ui.background import Background

_FILTER = "Judges (*.toml)"


class JudgeFiles(QObject):
    """Does it off Qt's thread and tells what came of it.

    Attributes
    ----------
    read
        A file was read, to be looked at; carries the judge.
    kept
        A judge was written to the library; carries its slug.
    exported
        A judge was written elsewhere; carries the file's name.
    removed
        A judge was deleted; carries what puts it back.
    failed
        Something could not be done; carries the error.
    """

    read = Signal(object)
    kept = Signal(str)
    exported = Signal(str)
    removed = Signal(Removed)
    failed = Signal(Exception)

    def __init__(self, library: JudgeLibrary, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self._library, self._background, self._window = library, background, parent

    def choose(self) -> None:
        """Let the person choose a file to look at."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Import a judge", "", _FILTER)
        if path:
            self.look_at(Path(path))

    def look_at(self, path: Path) -> None:
        """Read a judge's file from anywhere."""
        self._background.run(lambda: specs.load(path), self.read.emit, self.failed.emit)

    def keep(self, spec: JudgeSpec) -> None:
        """Write a judge to the library under a slug that is free."""

        def write() -> str:
            slug = self._library.free_slug(spec.name)
            self._library.save(slug, spec)
            return slug

        self._background.run(write, self.kept.emit, self.failed.emit)

    def export(self, spec: JudgeSpec, slug: str) -> None:
        """Let the person choose where to write a judge, and write it there."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Export this judge", f"{slug or 'judge'}.toml", _FILTER
        )
        if chosen:
            path = Path(chosen)
            self._background.run(
                lambda: self._library.export(spec, path),
                lambda _: self.exported.emit(path.name),
                self.failed.emit,
            )

    def take_out(self, slug: str) -> None:
        """Delete a judge of the person's own."""
        self._background.run(lambda: self._library.take_out(slug), self.removed.emit, self.failed.emit)

    def put_back(self, removed: Removed) -> None:
        """Write a judge again that was deleted."""
        self._background.run(
            lambda: self._library.put_back(removed),
            lambda _: self.kept.emit(removed.slug),
            self.failed.emit,
        )


def dropped(event: QDropEvent) -> Path | None:
    """Return the judge's file that is dropped, if it is one."""
    urls = event.mimeData().urls()
    path = Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
    return path if path is not None and path.suffix == ".toml" else None
