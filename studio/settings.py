"""The person's settings: what the window remembers, in ``home/settings.toml``.

Settings never stand in the way of a start: a file that cannot be understood is put aside and said so, and a
single value that cannot be used falls back alone. What another version of the app wrote there is kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli_w

from engine.models import BaseError, find_base
from engine.outside import OutsideError, read_toml, upgrade
from studio.files import write_atomically

Text = Annotated[str, msgspec.Meta(max_length=100_000)]
Hex = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}\Z")]


class PickerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the colour picker was left.

    Attributes
    ----------
    history
        The colours that were settled on, latest first.
    figures
        Which figures are shown, from 0: OKLCH, HSL, RGB.
    true_shape
        Whether the pad shows the true shape of what sRGB can show.
    """

    history: tuple[Hex, ...] = ()
    figures: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0
    true_shape: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered between starts. Unknown keys are passed over; new ones need a default.

    Attributes
    ----------
    theme
        ``system`` follows the desktop.
    motion
        Whether things move; ``system`` follows the desktop.
    text_size
        Per cent of the type scale.
    offline
        Whether no base is ever fetched from a hub.
    base
        The base that names colours in the window: empty for the one that comes with the app, else a folder.
    device
        Where it runs; ``auto`` takes the best there is.
    toured
        Whether the first-run tour was seen or skipped.
    color
        The colour that was last picked, ``#rrggbb``.
    picker
        How the colour picker was left.
    judge
        Slug of the judge that was last open.
    painters
        Slugs of the painters whose chips are shown; empty means all.
    run
        Name of the run's folder that was last watched.
    page
        The page that was open.
    geometry
        The window's place and size, as Qt writes it, in base64.
    splitters
        Where splitters stood, by their object names, as Qt writes it, in base64.
    going
        Names of the folders of runs that went on when the window was closed: their ends are news.
    """

    version: Literal[1] = 1
    theme: Literal["system", "light", "dark"] = "system"
    motion: Literal["system", "on", "off"] = "system"
    text_size: Annotated[int, msgspec.Meta(ge=100, le=150)] = 100
    offline: bool = False
    base: Text = ""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    toured: bool = False
    color: Hex = "#d48475"
    picker: PickerSettings = PickerSettings()
    judge: Text = "poet"
    painters: tuple[Text, ...] = ()
    run: Text = ""
    page: Text = ""
    geometry: Text = ""
    splitters: dict[str, Text] = {}
    going: tuple[Text, ...] = ()


class SettingsStore:
    """Reads and writes ``home/settings.toml``."""

    def __init__(self, home: Path) -> None:
        self.path = home / "settings.toml"
        self._foreign: dict[str, Any] = {}  # what another version of the app wrote, to be written again

    def load(self) -> tuple[Settings, str]:
        """Return the settings and a notice, which is empty when all is well.

        A value that cannot be used is replaced by its default, and the notice names it. A file that is torn
        is renamed to ``settings.broken.toml``, the notice says so, and the settings are the defaults.
        """
        try:
            read = upgrade(read_toml(self.path))
        except FileNotFoundError:
            return Settings(), ""
        except OSError as error:
            return (
                Settings(),
                f"Your settings cannot be read ({error.strerror or error}), so these are the defaults.",
            )
        except OutsideError as error:
            return Settings(), self._put_aside(str(error))
        known = {field.name: field.type for field in msgspec.structs.fields(Settings)}
        self._foreign = {key: value for key, value in read.items() if key not in known}
        return _each_alone(read, known)

    def save(self, settings: Settings) -> None:
        """Write the settings, whole or not at all; what was not understood of the old ones is kept.

        Raises
        ------
        OSError
            If the home cannot be written.
        """
        write_atomically(self.path, tomli_w.dumps({**self._foreign, **msgspec.to_builtins(settings)}))

    def _put_aside(self, why: str) -> str:
        broken = self.path.with_name("settings.broken.toml")
        with contextlib.suppress(OSError):  # a read-only home: the notice is still true
            self.path.replace(broken)
        return f"Your settings could not be understood ({why}); they are kept in {broken.name}."


def fault_of_base(folder: str) -> str:
    """Return why a folder is no base, in a sentence; empty when it is one, or for the app's own (``""``)."""
    if not folder:
        return ""
    try:
        find_base(folder)
    except BaseError as error:
        return str(error)
    return ""


def _each_alone(read: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[Settings, str]:
    """Take each value that can be used; return the settings and a notice about the others."""
    taken: dict[str, Any] = {}
    refused: list[str] = []
    for key, kind in known.items():
        if key not in read:
            continue
        try:
            taken[key] = msgspec.convert(read[key], kind)
        except msgspec.ValidationError:
            refused.append(key)
    if not refused:
        return Settings(**taken), ""
    listed = ", ".join(refused)
    verb, they = ("was", "it is") if len(refused) == 1 else ("were", "they are")
    return Settings(**taken), f"In your settings, {listed} {verb} not valid: {they} at the usual value again."
