"""The painters at hand: the base, those that ship with the app, and those that the person trained.

A painter is a folder with ``card.toml``, ``adapter_config.json`` and ``adapter_model.safetensors``, or with
``model.gguf`` for one that is a model of its own. The training writes it whole; here it is only found,
renamed and deleted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from engine import places
from engine.outside import has_unseen, read_toml, upgrade
from engine.recipe import EMBEDDED_BASE
from engine.service.protocol import PainterRef
from engine.task import COLOR
from studio.files import is_slug, write_atomically

BASE = "base"
PRIMER = "primer"
ADAPTER = ("adapter_config.json", "adapter_model.safetensors")
GGUF, GGUF_LORA = "model.gguf", "lora.gguf"
# What the folder tells, not the card.
_FOUND = frozenset({"slug", "folder", "shipped", "error"})


class PainterError(ValueError):
    """A painter that is not there or cannot be used, in a sentence."""


class Parent(msgspec.Struct, frozen=True):
    """A painter that another was made of, and its share in 0..1; a copy has one parent, of share 1."""

    slug: str
    name: str
    weight: float = 1.0


class PainterCard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a painter.

    Attributes
    ----------
    slug, name
        What options call it, and people.
    folder
        Where its adapter lies; empty for the base.
    base, primer
        What it was trained on.
    task
        What it answers; see :mod:`engine.task`.
    judges
        Slugs of the tastes and guards that trained it.
    steps, seed, date, machine, run
        How, when (ISO 8601), where, and in which run's folder.
    reward_first, reward_last
        Mean rewards as the training began and ended, if known.
    recipe
        The whole recipe as a table, as in ``recipe.toml``.
    parents
        The painters that it was blended from or copied from; none for one that was trained.
    imported
        The name of the folder that it was taken in from, if it was.
    rank
        Of its LoRA, where the recipe does not tell.
    gguf
        For a painter that is no LoRA but a model of its own: what the file calls the model.
    report, report_small
        Its line of ``painter-studio report`` over 192 and over 96 colours, if it was measured.
    error
        Why it cannot be used; empty when it can.
    """

    slug: str
    name: str
    folder: str = ""
    shipped: bool = False
    base: str = EMBEDDED_BASE
    primer: str = ""
    task: str = COLOR
    judges: tuple[str, ...] = ()
    steps: int = 0
    seed: int = 0
    date: str = ""
    machine: str = ""
    run: str = ""
    reward_first: float | None = None
    reward_last: float | None = None
    recipe: dict[str, Any] = {}
    parents: tuple[Parent, ...] = ()
    imported: str = ""
    rank: int = 0
    gguf: str = ""
    report: dict[str, Any] = {}
    report_small: dict[str, Any] = {}
    error: str = ""


class PainterLibrary:
    """The painters in ``home/painters`` and in ``resources/painters``.

    Parameters
    ----------
    home
        The folder of what is the user's.
    shipped
        The folder of the painters that ship with the app; its ``primer`` is no painter.
    """

    def __init__(self, home: Path, shipped: Path | None = None) -> None:
        self.folder = home / "painters"
        self.shipped = places.resources() / "painters" if shipped is None else shipped

    def list(self) -> list[PainterCard]:
        """Return the base, then the shipped painters by name, then the person's own, newest first.

        Folders whose card or adapter is faulty are there too, with their error.
        """
        own = [read_card(folder, shipped=False) for folder in _folders(self.folder)]
        mine = {card.slug for card in own}
        shipped = [read_card(folder, shipped=True) for folder in _folders(self.shipped)]
        own.sort(key=lambda card: (card.date, card.slug), reverse=True)
        shipped.sort(key=lambda card: card.name.casefold())
        kept = [card for card in shipped if card.slug not in mine and card.slug != PRIMER]
        return [self._base(), *kept, *own]

    def _base(self) -> PainterCard:
        """Return the base's card: it is the model and its primer, by which it was measured."""
        primer = read_card(self.shipped / PRIMER, shipped=True)
        plain = PainterCard(slug=BASE, name="Base")
        if primer.error:
            return plain
        return msgspec.structs.replace(
            plain, primer=PRIMER, report=primer.report, report_small=primer.report_small
        )

    def get(self, slug: str) -> PainterCard:
        """Return a painter that can be used.

        Raises
        ------
        PainterError
            If there is none, or it is faulty; the sentence names those that there are.
        """
        cards = self.list()
        for card in cards:
            if card.slug == slug:
                if card.error:
                    raise PainterError(card.error)
                return card
        known = ", ".join(card.slug for card in cards if not card.error)
        raise PainterError(f"There is no painter “{slug:.60}”; there are {known}.")

    def ref(self, slug: str) -> PainterRef:
        """Return what the service is told of a painter; see :meth:`get`."""
        card = self.get(slug)
        return PainterRef(slug=card.slug, folder=card.folder)

    def has(self, slug: str) -> bool:
        """Tell whether this slug is taken, by a sound painter or not."""
        return slug in (BASE, PRIMER) or any((at / slug).exists() for at in (self.folder, self.shipped))

    def rename(self, slug: str, name: str) -> PainterCard:
        """Give a painter of the person's own another name for people; runs know it by its slug, which stays.

        Raises
        ------
        PainterError
            If it is not the person's own, or the name is not sound, or the card cannot be written.
        """
        folder = self.own(slug)
        name = sound_name(name)
        path = folder / "card.toml"
        try:
            data = read_toml(path)
            write_atomically(path, tomli_w.dumps({**data, "name": name}))
        except (OSError, ValueError) as error:
            raise PainterError(f"The card of “{slug}” cannot be changed: {error}.") from error
        return read_card(folder, shipped=False)

    def own(self, slug: str) -> Path:
        """Return the folder of a painter of the person's own.

        Raises
        ------
        PainterError
            If it is none of them.
        """
        folder = self.folder / slug
        if not is_slug(slug) or folder.is_symlink() or not folder.is_dir():
            raise PainterError(f"“{slug:.60}” is not a painter of your own, so it stays as it is.")
        return folder


def weights_of(folder: Path, gguf: str = "") -> tuple[str, ...]:
    """Return the files that a painter's folder must hold beside its card; ``gguf`` as in the card."""
    if not gguf:
        return ADAPTER
    return (GGUF, GGUF_LORA) if (folder / GGUF_LORA).is_file() else (GGUF,)


def _folders(parent: Path) -> list[Path]:
    """Return the folders of painters; one that lies elsewhere, by a link, is none."""
    found = (path for path in parent.glob("*/") if path.is_dir() and not path.is_symlink())
    return sorted(path for path in found if not path.name.startswith("."))


def sound_name(name: str) -> str:
    """Return a painter's name trimmed.

    Raises
    ------
    PainterError
        If it is none.
    """
    name = name.strip()
    if not 1 <= len(name) <= 60 or has_unseen(name):
        raise PainterError("A painter's name has 1 to 60 characters.")
    return name


def read_card(folder: Path, *, shipped: bool, slug: str = "") -> PainterCard:
    """Read a painter's folder; what is wrong with it stands in the card's ``error``.

    ``slug`` is what it is called where that is not the folder's name.
    """
    slug = slug or folder.name

    def faulty(why: str) -> PainterCard:
        error = f"The painter “{slug}” cannot be used: {why}."
        return PainterCard(slug=slug, name=slug, folder=str(folder), shipped=shipped, error=error)

    if not is_slug(slug):
        return faulty("its folder must be renamed to small letters, digits and hyphens")
    try:
        data = upgrade(read_toml(folder / "card.toml"))
        # Keys that a later version adds are passed over, so that its painters still show.
        known = {field.name for field in msgspec.structs.fields(PainterCard)} - _FOUND
        fields = {key: value for key, value in data.items() if key in known}
        # TOML has dates of its own, which a card written by hand may use.
        fields |= {"slug": slug, "date": str(data.get("date", ""))}
        card = msgspec.convert(fields, PainterCard)
    except OSError as error:
        return faulty(f"its card.toml cannot be read ({error.strerror or error})")
    except ValueError as error:  # not TOML, of a newer version, or not a card's types
        return faulty(f"its card.toml is not sound ({error})")
    missing = [name for name in weights_of(folder, card.gguf) if not (folder / name).is_file()]
    if missing:
        return faulty(f"{missing[0]} is missing")
    return msgspec.structs.replace(card, folder=str(folder.resolve()), shipped=shipped)
