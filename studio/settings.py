"""The person's settings: what the window remembers, in ``home/settings.toml``.

Settings never stand in the way of a start: a file that cannot be understood is put aside and said so.
"""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import tomli_w

from studio.files import write_atomically

Hex = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$")]


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
    steps, colors, group
        The last training's budget.
    """

    version: Literal[1] = 1
    theme: Literal["system", "light", "dark"] = "system"
    color: Hex = "#d48475"
    picker: PickerSettings = PickerSettings()
    judge: str = "poet"
    painters: tuple[str, ...] = ()
    run: str = ""
    page: str = ""
    geometry: str = ""
    steps: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 60
    colors: Annotated[int, msgspec.Meta(ge=1, le=512)] = 8
    group: Annotated[int, msgspec.Meta(ge=2, le=256)] = 8


class SettingsStore:
    """Reads and writes ``home/settings.toml``."""

    def __init__(self, home: Path) -> None:
        self.path = home / "settings.toml"

    def load(self) -> tuple[Settings, str]:
        """Return the settings and a notice, which is empty when all is well.

        A file that is torn or not sound is renamed to ``settings.broken.toml``, the notice says so, and
        the settings are the defaults.
        """
        try:
            return msgspec.convert(tomllib.loads(self.path.read_text(encoding="utf-8")), Settings), ""
        except FileNotFoundError:
            return Settings(), ""
        except OSError as error:
            return (
                Settings(),
                f"Your settings cannot be read ({error.strerror or error}), so these are the defaults.",
            )
        except ValueError:  # not UTF-8, not TOML, or not settings
            broken = self.path.with_name("settings.broken.toml")
            with contextlib.suppress(OSError):  # a read-only home: the notice is still true
                self.path.replace(broken)
            return Settings(), f"Your settings could not be understood; they are kept in {broken.name}."

    def save(self, settings: Settings) -> None:
        """Write the settings, whole or not at all.

        Raises
        ------
        OSError
            If the home cannot be written.
        """
        write_atomically(self.path, tomli_w.dumps(msgspec.to_builtins(settings)))
