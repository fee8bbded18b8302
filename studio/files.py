"""Two small things that every library of files needs: a slug for a name, and a write that cannot tear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from engine.durable import write_whole

SLUG_LIMIT = 60
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def slugify(name: str, fallback: str = "untitled") -> str:
    """Turn a name for people into one for files and options.

    Parameters
    ----------
    name
        Any text, ``Été à Paris`` say.
    fallback
        What a name without a single Latin letter or digit becomes.

    Returns
    -------
    str
        Lower-case letters, digits and single hyphens, 60 at most: ``ete-a-paris``.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:SLUG_LIMIT].rstrip("-")
    return slug or fallback


def is_slug(text: str) -> bool:
    """Tell whether the text may name a judge, a painter or a run on disk."""
    return _SLUG.fullmatch(text) is not None


def free_slug(name: str, taken: Callable[[str], bool], fallback: str = "untitled") -> str:
    """Return the name's slug, or the first of ``slug-2``, ``slug-3`` … that is not taken."""
    slug = slugify(name, fallback)
    candidate, count = slug, 1
    while taken(candidate):
        count += 1
        suffix = f"-{count}"
        candidate = slug[: SLUG_LIMIT - len(suffix)].rstrip("-") + suffix
    return candidate


def write_atomically(path: Path, text: str) -> None:
    """Write a text file, and its folder if need be, whole or not at all.

    Raises
    ------
    OSError
        If the folder cannot be made or written; the old file, if any, is then untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
