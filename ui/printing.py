"""From a palette to sheets, and from sheets to files: where it is asked, drawn and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from studio import palettes
from studio.palettes import Entry, PaletteError
from studio.views.palette import FAN, by_hue, counted, strips
from ui.background import Background
from ui.file_dialogs import FileDialogs
from ui.prints import FanSheet, Field, Ink, Sheet

PICTURES = "PNG picture (*.png);;SVG drawing (*.svg);;PDF document (*.pdf)"
SCALE = 2
_PER_INCH, _DOTS = 96, 1200
Say = Callable[[str], None]
Fail = Callable[[Exception], None]


def fan_sheets(
    entries: Sequence[Entry], names: Mapping[str, str] | None, title: str, palette: str, *, sort: bool
) -> list[FanSheet]:
    """Lay colours out as fan decks, as many as they need.

    Parameters
    ----------
    names
        What each colour is called, by hex; ``None`` for the person's own labels.
    title, palette
        Whose names they are, and what the palette is called.
    sort
        Around the hue circle; else in the palette's order.
    """
    arranged = by_hue(entries) if sort else list(entries)
    pages = -(-len(arranged) // FAN)
    facts = f"{palette} · {counted(len(arranged))}"
    sheets = []
    for page in range(pages):
        dealt = strips(arranged[page * FAN : (page + 1) * FAN], sort=sort)
        fields = tuple(
            tuple(Field(e.hex, e.label if names is None else names.get(e.hex, "")) for e in strip)
            for strip in dealt
        )
        of = f" · {page + 1} of {pages}" if pages > 1 else ""
        sheets.append(FanSheet(fields, title, facts + of))
    return sheets


def image(sheet: Sheet, scale: float = SCALE) -> QImage:
    """Return a sheet as an image; may be called on any thread."""
    size = QSize(round(sheet.width * scale), round(sheet.height * scale))
    made = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.scale(size.width() / sheet.width, size.height() / sheet.height)
    sheet.paint(Ink(painter))
    painter.end()
    return made


def png(sheet: Sheet) -> bytes:
    """Return a sheet as a PNG of twice its size."""
    buffer = _buffer()
    made = image(sheet)
    made.setDotsPerMeterX(round(SCALE * _PER_INCH / 0.0254))
    made.setDotsPerMeterY(round(SCALE * _PER_INCH / 0.0254))
    made.setText("Description", sheet.words[:2000])
    QImageWriter(buffer, QByteArray(b"png")).write(made)
    return bytes(buffer.data().data())


def svg(sheet: Sheet) -> bytes:
    """Return a sheet as SVG, its letters as outlines."""
    buffer = _buffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_PER_INCH)
    generator.setSize(QSize(sheet.width, sheet.height))
    generator.setViewBox(QRectF(0, 0, sheet.width, sheet.height))
    generator.setTitle("Painter Studio")
    generator.setDescription(sheet.words[:20_000])
    painter = QPainter(generator)
    sheet.paint(Ink(painter, outlines=True))
    painter.end()
    return bytes(buffer.data().data())


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """Return sheets as a PDF, one a page, its fonts embedded."""
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS)
    writer.setCreator("Painter Studio")
    writer.setTitle(sheets[0].words[:200])
    painter = QPainter()
    for place, sheet in enumerate(sheets):
        points = QSizeF(sheet.width, sheet.height) * (72 / _PER_INCH)
        page = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
        if place:
            writer.newPage()
        else:
            painter.begin(writer)
        painter.save()
        painter.scale(_DOTS / _PER_INCH, _DOTS / _PER_INCH)
        sheet.paint(Ink(painter))
        painter.restore()
    painter.end()
    return bytes(buffer.data().data())


def printed(sheets: Sequence[Sheet], suffix: str) -> bytes:
    """Return sheets as a file of the kind that its ending tells; of several, only a PDF has all.

    Raises
    ------
    PaletteError
        If the ending is none of ``.png``, ``.svg`` and ``.pdf``.
    """
    match suffix:
        case ".png":
            return png(sheets[0])
        case ".svg":
            return svg(sheets[0])
        case ".pdf":
            return pdf(sheets)
    raise PaletteError(f"There are no “{suffix}” pictures; let the name end in .png, .svg or .pdf.")


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


class Printing:
    """Writes what a person asked for to where they said, off Qt's thread.

    Parameters
    ----------
    dialogs
        Asks where.
    background
        Draws and writes.
    """

    def __init__(self, dialogs: FileDialogs, background: Background) -> None:
        self._dialogs, self._background = dialogs, background

    def save_picture(
        self, parent: QWidget, sheets: Sequence[Sheet], name: str, said: Say, failed: Fail
    ) -> None:
        """Ask where a picture of sheets goes, and write it; its ending tells the kind."""
        path = self._dialogs.to_save(parent, "Save the picture", f"{name}.png", PICTURES)
        if path is not None:
            suffix = path.suffix.lower() or ".png"
            self.write(path, suffix, lambda: printed(sheets, suffix), said, failed)

    def write(self, path: Path, suffix: str, make: Callable[[], bytes], said: Say, failed: Fail) -> None:
        """Make a file and write it; a name without an ending gets this one."""
        target = path if path.suffix else path.with_name(path.name + suffix)

        def work() -> None:
            # The desktop asked about the name as it was written, not about this one.
            if target != path and target.exists():
                raise PaletteError(f"{target.name} is there already; choose another name.")
            palettes.save(target, make())

        self._background.run(work, lambda _: said(f"{target.name} is saved."), failed)
