"""Pictures that people hand in: read with care, and only as large as a palette needs them.

All of it may be done on any thread.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

FORMATS = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "ppm", "pgm", "ico", "tif", "tiff")
"""What is read: pictures made of pixels. Drawings (SVG) may hold anything."""
MOST_MEGABYTES = 256
"""What decoding a picture may take; a header may claim any size."""
_SIDE = 256


class PictureError(ValueError):
    """A picture that cannot be read, in one sentence."""


def read_file(path: Path) -> QImage:
    """Read a picture file, scaled down to what a palette needs.

    Raises
    ------
    PictureError
        If it is no picture, is torn, or claims to be larger than can be read.
    """
    name = path.name[:60]
    if not path.is_file():
        raise PictureError(f"“{name}” is no file that can be read; choose a picture.")
    QImageReader.setAllocationLimit(MOST_MEGABYTES)
    reader = QImageReader(str(path))
    # By what is in it, not by what it is called.
    reader.setDecideFormatFromContent(True)
    if bytes(reader.format().data()).decode("ascii", "replace") not in FORMATS:
        raise PictureError(f"“{name}” is no picture that can be read; PNG, JPEG, WebP, GIF and BMP can.")
    size = reader.size()
    if size.width() * size.height() * 4 > MOST_MEGABYTES * 2**20:
        raise PictureError(
            f"“{name}” has {size.width():,} × {size.height():,} pixels, which is too many; "
            "make it smaller first."
        )
    if max(size.width(), size.height()) > _SIDE and reader.supportsOption(
        QImageIOHandler.ImageOption.ScaledSize
    ):
        # JPEG need not be decoded in full; others would be smoothed, which makes colours of its own.
        reader.setScaledSize(size.scaled(QSize(_SIDE, _SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise PictureError(f"“{name}” is torn or not what it says; open and save it again elsewhere.")
    return image


def pixels(image: QImage) -> NDArray[np.uint8]:
    """Return the sRGB bytes, shape (n, 3), of what can be seen in a picture, scaled down where it is large.

    Raises
    ------
    PictureError
        If nothing can be seen in it.
    """
    if max(image.width(), image.height()) > _SIDE:
        # Without smoothing: that would make colours that are not in the picture.
        image = image.scaled(QSize(_SIDE, _SIDE), Qt.AspectRatioMode.KeepAspectRatio)
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    if image.isNull():
        raise PictureError("There is no picture to see; choose another.")
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    rgba = rows[:, : 4 * image.width()].reshape(-1, 4)
    seen = rgba[rgba[:, 3] >= 128, :3].copy()
    if not len(seen):
        raise PictureError("The picture is transparent all over; choose one with something in it.")
    return seen
