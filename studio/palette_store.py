"""The palette that is open, kept between starts: what a person gathered is there again the next day."""

from __future__ import annotations

import contextlib
from pathlib import Path

from studio.palettes import HOUSE, Palette, PaletteError, read_file, write_file


class PaletteStore:
    """Keeps the palette between starts, in ``home/palette.json``."""

    def __init__(self, home: Path) -> None:
        self.path = home / "palette.json"

    def load(self) -> tuple[Palette, str]:
        """Return the palette, or the house's, and a notice, which is empty when all is well."""
        if not self.path.exists():
            return HOUSE, ""
        try:
            return read_file(self.path), ""
        except PaletteError:
            broken = self.path.with_name("palette.broken.json")
            with contextlib.suppress(OSError):  # a home that is read-only: the notice is still true
                self.path.replace(broken)
            return HOUSE, f"Your palette could not be understood; it is kept in {broken.name}."

    def save(self, palette: Palette) -> None:
        """Write the palette; an empty one is forgotten, so that the house's comes back.

        Raises
        ------
        PaletteError
            If the home cannot be written.
        """
        if palette.entries:
            with contextlib.suppress(OSError):  # writing says it better
                self.path.parent.mkdir(parents=True, exist_ok=True)
            write_file(self.path, palette, "json")
        else:
            with contextlib.suppress(OSError):  # it was never there
                self.path.unlink()
