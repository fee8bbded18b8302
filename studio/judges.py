"""The judges at hand: those that ship with the app and the person's own, one TOML file each.

A person's own judge lies over a shipped one of the same slug; deleting it brings the shipped one back.
What a judge says lives in ``engine.judges``; here it is only found, saved and deleted.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from engine import places
from engine.durable import write_whole
from engine.judges import spec as specs
from engine.judges.spec import JudgeError, JudgeSpec
from studio.files import free_slug, is_slug, slugify, write_atomically

__all__ = ["JudgeEntry", "JudgeLibrary", "Removed", "looks_like_path", "slugify"]


class JudgeEntry(msgspec.Struct, frozen=True):
    """One judge's file.

    Attributes
    ----------
    slug
        What options and recipes call it; the file's name without ``.toml``.
    spec
        The judge, or ``None`` when the file is faulty.
    error
        A sentence about the fault, or ``None``.
    shipped
        Whether it came with the app (and so cannot be deleted).
    path
        The file.
    """

    slug: str
    spec: JudgeSpec | None
    error: str | None
    shipped: bool
    path: Path

    @property
    def name(self) -> str:
        """The judge's name for people; of a faulty file, its slug."""
        return self.spec.name if self.spec is not None else self.slug


class Removed(msgspec.Struct, frozen=True):
    """A judge's file that was taken out, so that it can be put back as it was, faults included."""

    slug: str
    content: bytes


class JudgeLibrary:
    """The judges in ``home/judges`` over those in ``resources/judges``.

    Parameters
    ----------
    home
        The folder of what is the user's.
    shipped
        The folder of the judges that ship with the app.
    """

    def __init__(self, home: Path, shipped: Path | None = None) -> None:
        self.folder = home / "judges"
        self.shipped = places.resources() / "judges" if shipped is None else shipped

    def list(self) -> list[JudgeEntry]:
        """Return every judge, shipped ones first, each part by name; faulty files too, with their error."""
        own = {path.stem: path for path in _files(self.folder)}
        entries = [_entry(path, shipped=False) for path in own.values()]
        entries += [_entry(path, shipped=True) for path in _files(self.shipped) if path.stem not in own]
        return sorted(entries, key=lambda entry: (not entry.shipped, entry.name.casefold(), entry.slug))

    def get(self, slug: str) -> JudgeSpec:
        """Return a judge by slug, or by the path of a ``.toml`` file.

        Raises
        ------
        JudgeError
            If there is none, or it is faulty; the sentence names those that there are.
        """
        path = self.find(slug)
        try:
            return specs.load(path)
        except JudgeError as error:
            raise JudgeError(f"The judge “{slug}” cannot be used: {error}", error.field) from error

    def find(self, slug: str) -> Path:
        """Return the file of a judge, given by slug or by path.

        Raises
        ------
        JudgeError
            If there is none.
        """
        if looks_like_path(slug):
            path = places.expanded(slug)
            if not places.is_file(path):
                raise JudgeError(f"There is no judge file {slug:.200}.")
            return path
        if is_slug(slug):
            for folder in (self.folder, self.shipped):
                if (folder / f"{slug}.toml").is_file():
                    return folder / f"{slug}.toml"
        known = ", ".join(entry.slug for entry in self.list() if entry.spec is not None)
        raise JudgeError(f"There is no judge “{slug:.60}”; there are {known or 'none yet'}.")

    def slug_of(self, reference: str) -> str:
        """Return the slug under which a judge, given by slug or path, takes part in a recipe."""
        return slugify(Path(reference).stem, "judge") if looks_like_path(reference) else reference

    def free_slug(self, name: str) -> str:
        """Return a slug for a new judge of this name that no judge has yet."""
        return free_slug(name, self.has, "judge")

    def has(self, slug: str) -> bool:
        """Tell whether a file of this slug exists, sound or not."""
        return any((folder / f"{slug}.toml").exists() for folder in (self.folder, self.shipped))

    def save(self, slug: str, spec: JudgeSpec) -> Path:
        """Write a judge of the person's own, whole or not at all, and return its file.

        Raises
        ------
        JudgeError
            If the slug or the judge is not sound, or the folder cannot be written.
        """
        if not is_slug(slug):
            raise JudgeError(
                f"“{slug:.60}” cannot name a judge's file; use letters, digits and hyphens.", "name"
            )
        text = specs.dump(spec)
        # A struct made in the program has not been checked by msgspec; what was read back has.
        specs.parse(text)
        path = self.folder / f"{slug}.toml"
        try:
            write_atomically(path, text)
        except OSError as error:
            raise JudgeError(f"{path} cannot be written: {error.strerror or error}.") from error
        return path

    def delete(self, slug: str) -> None:
        """Delete a judge of the person's own; a shipped one of that slug comes back.

        Raises
        ------
        JudgeError
            If it is not the person's own, or cannot be deleted.
        """
        path = self.folder / f"{slug}.toml"
        if not is_slug(slug) or not path.exists():
            raise JudgeError(f"“{slug:.60}” is not a judge of your own, so it cannot be deleted.")
        try:
            path.unlink()
        except OSError as error:
            raise JudgeError(f"{path} cannot be deleted: {error.strerror or error}.") from error

    def take_out(self, slug: str) -> Removed:
        """Delete a judge of the person's own, and return what puts it back.

        Raises
        ------
        JudgeError
            As :meth:`delete` does.
        """
        path = self.folder / f"{slug}.toml"
        try:
            content = path.read_bytes() if is_slug(slug) else b""
        except OSError:
            content = b""  # `delete` says what is wrong
        self.delete(slug)
        return Removed(slug, content)

    def put_back(self, removed: Removed) -> None:
        """Write a judge again that was taken out.

        Raises
        ------
        JudgeError
            If another one has its place by now, or the folder cannot be written.
        """
        path = self.folder / f"{removed.slug}.toml"
        if path.exists():
            raise JudgeError(f"There is another judge “{removed.slug}” by now; delete or rename it first.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, removed.content)
        except OSError as error:
            raise JudgeError(f"{path} cannot be written: {error.strerror or error}.") from error

    def export(self, spec: JudgeSpec, path: Path) -> None:
        """Write a judge to a file anywhere.

        Raises
        ------
        JudgeError
            If it cannot be written.
        """
        try:
            write_atomically(path, specs.dump(spec))
        except OSError as error:
            raise JudgeError(f"{path} cannot be written: {error.strerror or error}.") from error


def looks_like_path(text: str) -> bool:
    """Tell whether a reference to a judge is a file's path rather than a slug."""
    return text.endswith(".toml") or os.sep in text or "/" in text


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))


def _entry(path: Path, *, shipped: bool) -> JudgeEntry:
    if not is_slug(path.stem):
        error = f"{path.name} must be renamed: small letters, digits and hyphens only."
        return JudgeEntry(path.stem, None, error, shipped, path)
    try:
        return JudgeEntry(path.stem, specs.load(path), None, shipped, path)
    except JudgeError as error:
        return JudgeEntry(path.stem, None, str(error), shipped, path)
