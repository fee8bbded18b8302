"""The glossary: the app's words and the field's, each with one sentence for a tooltip and a few more to read.

The text is data (``resources/glossary.toml``), read strictly, so that a torn cross-reference is found by a
test and not by a reader.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from engine import places

Kind = Literal["studio", "method"]
Page = Literal["Compare", "Judges", "Train", "Painters", "Learn"]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class GlossaryError(ValueError):
    """A glossary that is not sound, in a sentence."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a term is from.

    Attributes
    ----------
    by, title, year
        The paper or book.
    arxiv
        Its arXiv number, if it is there.
    """

    by: Text
    title: Text
    year: Annotated[int, msgspec.Meta(ge=1900, le=2100)]
    arxiv: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}\.\d{4,5})?$")] = ""

    @property
    def url(self) -> str:
        """Where it can be read; empty if that is not known."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else ""


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"sources": "from"}):
    """One term.

    Attributes
    ----------
    slug
        What other terms and the code call it.
    name
        How it is written as a title.
    kind
        ``studio`` for this app's own words, ``method`` for the field's.
    one
        Its definition in one sentence, for a tooltip.
    more
        A few sentences for those who want to know.
    example
        The term in paint names.
    page, there
        The page on which one meets it, and where on it.
    also
        Other spellings and names, for the search.
    see
        Slugs of its neighbours.
    sources
        Where it is from (``from`` in the file); none for what this app made up.
    """

    slug: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+$")]
    name: Text
    kind: Kind
    one: Text
    more: Text
    example: Text
    page: Page
    there: Text
    see: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    also: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Its name and its other names."""
        return (self.name, *self.also)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    term: tuple[Term, ...]


class Glossary:
    """Terms by slug, in alphabetical order of their names.

    Parameters
    ----------
    terms
        The terms in any order.

    Raises
    ------
    GlossaryError
        If a slug or a spelling is there twice, or a term refers to one that is not there, or to itself.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(sorted(terms, key=lambda term: term.name.casefold()))
        self._by_slug = {term.slug: term for term in self.terms}
        self._by_word: dict[str, Term] = {}
        if len(self._by_slug) != len(self.terms):
            raise GlossaryError("Two terms of the glossary have the same slug.")
        for term in self.terms:
            for word in term.spellings:
                if self._by_word.setdefault(word.casefold(), term) is not term:
                    raise GlossaryError(f"The glossary explains “{word}” twice.")
            for slug in term.see:
                if slug not in self._by_slug or slug == term.slug:
                    raise GlossaryError(f"“{term.name}” refers to “{slug}”, which is no other term.")

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def get(self, slug: str) -> Term:
        """Return a term by its slug.

        Raises
        ------
        KeyError
            If there is none: a slug is written in code, and its test should say so.
        """
        return self._by_slug[slug]

    def find(self, word: str) -> Term | None:
        """Return the term that a word names in any of its spellings, in capitals or not."""
        return self._by_word.get(word.strip().casefold())

    def search(self, text: str) -> tuple[Term, ...]:
        """Return the terms that match what somebody types, the likeliest first; all for no text.

        A name or another spelling that begins with the text comes before one that has it further in, and
        both before a definition that mentions it.
        """
        wanted = " ".join(text.casefold().split())
        if not wanted:
            return self.terms
        ranked = [(rank, term) for term in self.terms if (rank := _rank(term, wanted)) is not None]
        ranked.sort(key=lambda pair: pair[0])  # stable: equals stay alphabetical
        return tuple(term for _, term in ranked)


def _rank(term: Term, wanted: str) -> int | None:
    words = [word.casefold() for word in term.spellings]
    if wanted in words:
        return 0
    if words[0].startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in words):
        return 2
    if any(wanted in word for word in words):
        return 3
    return 4 if len(wanted) > 1 and wanted in f"{term.one} {term.more}".casefold() else None


def load(path: Path | None = None) -> Glossary:
    """Read the glossary.

    Parameters
    ----------
    path
        The file; the app's own by default.

    Raises
    ------
    GlossaryError
        If it is not sound.
    OSError
        If it cannot be read.
    """
    path = path or places.resources() / "glossary.toml"
    try:
        return Glossary(msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).term)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise GlossaryError(f"{path.name} is not sound: {error}.") from error
