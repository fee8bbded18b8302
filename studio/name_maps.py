"""Maps of names, kept in the cache: a painter is asked once, and again only when its adapter is another.

A map is kept while it grows, so that one that was stopped goes on where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import msgspec

from engine.outside import UNSOUND
from studio.files import write_atomically
from studio.painters import PainterCard, weights_of
from studio.views import name_map
from studio.views.name_map import NameMapView

FOLDER = "name-maps"
# The prompt and the grid are parts of what was asked; a change of either needs another number.
_VERSION = 1


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    columns: int
    rows: int
    names: tuple[str | None, ...]


class NameMaps:
    """Reads and writes the maps that are known.

    Parameters
    ----------
    cache
        The folder of what can be made again.
    """

    def __init__(self, cache: Path) -> None:
        self.folder = cache / FOLDER

    def load(self, card: PainterCard) -> NameMapView:
        """Return what is known of a painter's map: nothing, a part, or all. Reads the adapter; be patient.

        A file that cannot be read or understood counts as none: the map can be made again.
        """
        blank = name_map.empty()
        try:
            kept = msgspec.json.decode(self._file(card).read_bytes(), type=_Kept)
        except (OSError, *UNSOUND):
            return blank
        fits = (kept.version, kept.columns, kept.rows) == (_VERSION, blank.columns, blank.rows)
        if not fits or len(kept.names) != len(blank.names):
            return blank
        return name_map.laid_out(msgspec.structs.replace(blank, names=kept.names))

    def save(self, card: PainterCard, view: NameMapView) -> None:
        """Keep a map; where the cache cannot be written it is made again next time."""
        kept = _Kept(version=_VERSION, columns=view.columns, rows=view.rows, names=view.names)
        with contextlib.suppress(OSError):
            write_atomically(self._file(card), msgspec.json.encode(kept).decode())

    def _file(self, card: PainterCard) -> Path:
        """Return the file of a painter's map, named by what its adapter and its base are."""
        digest = hashlib.sha256(f"{card.base}\0{card.primer}\0".encode())
        if card.folder:
            for name in weights_of(Path(card.folder), card.gguf):
                with (Path(card.folder) / name).open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        return self.folder / f"{digest.hexdigest()[:32]}.json"
