"""Judges as data: the TOML schema, checked strictly. The same schema makes the editor's form.

A file is read by :func:`load` and :func:`parse`; any fault is a :class:`JudgeError` whose message is one
sentence for people and whose ``field`` says where, when that is known.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

import msgspec
import tomli_w

from engine import places
from engine.outside import OutsideError, has_unseen, parse_toml, upgrade

NAME_LIMIT = 60
PHRASE_LIMIT = 400
EXAMPLE_LIMIT = 60
MOST_PICKS = 500
# Fewer picks tell nothing of a taste.
FEWEST_PICKS = 8

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=PHRASE_LIMIT)]
Example = Annotated[str, msgspec.Meta(min_length=1, max_length=EXAMPLE_LIMIT)]
Examples = Annotated[tuple[Example, ...], msgspec.Meta(min_length=1, max_length=32)]
Words = Annotated[tuple[Example, ...], msgspec.Meta(max_length=200)]
Model = Annotated[str, msgspec.Meta(max_length=4096)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100)]
# Of a variable or a keyring's entry, or none.
KeyName = Annotated[str, msgspec.Meta(max_length=100)]

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")

PLAIN_ASKS = "plain, literal paint color names"
PLAIN_EXAMPLES = ("Light Blue", "Dark Red", "Beige", "Pale Green")


class JudgeError(ValueError):
    """A judge that cannot be used, in a sentence; ``field`` names the key at fault, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class _Common(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LIMIT)]
    version: Literal[1] = 1
    about: Annotated[str, msgspec.Meta(max_length=PHRASE_LIMIT)] = ""


class Contrast(_Common, frozen=True, kw_only=True, tag="contrast"):
    """LLM as judge: tells which of two lists a name belongs to.

    Attributes
    ----------
    asks
        What the judge asks for, completing "a list of …".
    liked, plain
        Example names on either side.
    plain_asks
        What the other list is.
    model
        The full path of a GGUF that is asked; the base itself, if empty.
    """

    asks: Line
    liked: Examples
    plain: Examples = PLAIN_EXAMPLES
    plain_asks: Line = PLAIN_ASKS
    model: Model = ""


class Rating(_Common, frozen=True, kw_only=True, tag="rating"):
    """LLM as judge: asks for a mark from 0 to 9, which few small models can give.

    Attributes
    ----------
    asks
        What the judge asks for; names are marked by how well they belong to "a list of …".
    model
        The full path of a GGUF that is asked; the base itself, if empty.
    """

    asks: Line
    model: Model = ""


class Describes(_Common, frozen=True, kw_only=True, tag="describes"):
    """The guard that asks a large model whether the name describes the colour.

    Attributes
    ----------
    model
        The full path of a GGUF that is asked; the base itself, if empty.
    """

    model: Model = ""


class Correctness(_Common, frozen=True, kw_only=True, tag="correctness"):
    """Verifiable: tells whether the name describes the colour, by what 31,881 known names say."""


class Listener(_Common, frozen=True, kw_only=True, tag="listener"):
    """The guard: tells whether, among a few colours, a name points to the right one.

    Attributes
    ----------
    among
        How many colours the listener chooses from, the right one included.
    """

    among: Annotated[int, msgspec.Meta(ge=2, le=64)] = 4


class Form(_Common, frozen=True, kw_only=True, tag="form"):
    """Verifiable: rules about a name's shape. Each rule that is set counts alike; the score is their mean.

    Attributes
    ----------
    min_words, max_words, min_letters, max_letters
        How long it may be.
    must_contain, must_not_contain
        Words; one of the former is enough.
    alliteration
        Its words begin alike.
    novelty
        It is not close to a known name.
    real_words
        Each of its words occurs in some known name.
    no_repeats
        No word is there twice.
    """

    min_words: Count = 1
    max_words: Count = 4
    min_letters: Count = 0
    max_letters: Count = 40
    must_contain: Words = ()
    must_not_contain: Words = ()
    alliteration: bool = False
    novelty: bool = False
    real_words: bool = False
    no_repeats: bool = False


class Remote(_Common, frozen=True, kw_only=True, tag="remote"):
    """RLAIF: asks a model behind an OpenAI-compatible address for a mark from 0 to 10.

    Attributes
    ----------
    url
        The address whose ``/chat/completions`` is asked, such as ``http://localhost:1234/v1``; no other one
        ever is, redirects and proxies included.
    model
        What the server calls its model.
    asks
        What the judge asks for; names are marked by how well they belong to "a list of …".
    rubric
        More words about what earns which mark.
    tells_color
        Whether the model is told the colour.
    calibrated
        Whether marks are set against those of known names, so that the median name scores 0.5; if not, a
        tenth of the mark is the score.
    key_env, key_entry
        Where the key is, if the server wants one: the environment variable, or the entry of the system
        keyring under ``painter-studio``. The variable goes first. The key itself is never written anywhere.
    timeout
        Seconds for one answer.
    retries
        How often an answer that failed is asked for again.
    concurrency
        How many names are asked about at once.
    budget
        How many requests may be sent, counted from each start of a training, and of the service.
    max_tokens
        How long an answer may be; a model that thinks aloud first needs some hundreds.
    """

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    asks: Line
    rubric: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    tells_color: bool = True
    calibrated: bool = True
    key_env: KeyName = ""
    key_entry: KeyName = ""
    timeout: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30.0
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 3
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    budget: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 20_000
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=8192)] = 128


class Pick(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of two names, the one that the person likes better."""

    better: Example
    worse: Example


class Preference(_Common, frozen=True, kw_only=True, tag="preference"):
    """RLHF: fitted from the person's own picks of the better of two names.

    Attributes
    ----------
    picks
        In the order in which they were made.
    """

    picks: Annotated[tuple[Pick, ...], msgspec.Meta(max_length=MOST_PICKS)] = ()


JudgeSpec = Contrast | Rating | Correctness | Describes | Listener | Form | Remote | Preference
KINDS: dict[str, type[JudgeSpec]] = {
    "contrast": Contrast,
    "rating": Rating,
    "correctness": Correctness,
    "describes": Describes,
    "listener": Listener,
    "form": Form,
    "remote": Remote,
    "preference": Preference,
}


def kind_of(spec: JudgeSpec) -> str:
    """Return a judge's kind as its file says it."""
    return str(type(spec).__struct_config__.tag)


def parse(text: str) -> JudgeSpec:
    """Read a judge from TOML text.

    Raises
    ------
    JudgeError
        With one sentence that says what is wrong and where.
    """
    try:
        data = parse_toml(text)
    except OutsideError as error:
        raise JudgeError(f"This judge cannot be read: {error}.") from error
    return from_data(data)


def from_data(data: object) -> JudgeSpec:
    """Read a judge from plain data (a dict as TOML or JSON gives it)."""
    if not isinstance(data, dict) or "kind" not in data:
        raise JudgeError(f"A judge needs a kind, one of {', '.join(KINDS)}.", "kind")
    if not isinstance(data["kind"], str) or data["kind"] not in KINDS:
        raise JudgeError(
            f"There is no judge kind “{data['kind']!s:.40}”; it is one of {', '.join(KINDS)}.", "kind"
        )
    try:
        spec: JudgeSpec = msgspec.convert(upgrade(data), JudgeSpec)
    except OutsideError as error:
        raise JudgeError(f"This judge cannot be used: {error}.", "version") from error
    except msgspec.ValidationError as error:
        path = re.search(r"at `\$\.?([A-Za-z_]*)", str(error))
        missing = re.search(r"field `([a-z_]+)`", str(error))
        field = path.group(1) if path and path.group(1) else missing.group(1) if missing else None
        raise JudgeError(f"This judge is not complete: {error}.", field) from error
    return check(spec)


def check(spec: JudgeSpec) -> JudgeSpec:
    """Check what the types cannot say, and return the spec unchanged."""
    for field in spec.__struct_fields__:
        for value in _values(getattr(spec, field)):
            if isinstance(value, str) and has_unseen(value):
                raise JudgeError("Control characters are not allowed here.", field)
            if isinstance(value, str) and value and not value.strip():
                raise JudgeError("This is empty.", field)
            if isinstance(value, float) and not math.isfinite(value):
                raise JudgeError("Numbers must be finite.", field)
    # A run keeps a copy of its judges; a relative path would point elsewhere from there.
    local = isinstance(spec, Contrast | Rating | Describes) and spec.model
    if local and not model_path(local).is_absolute():
        raise JudgeError("Give the model's full path, or none to ask the base itself.", "model")
    if isinstance(spec, Form):
        if spec.min_words > spec.max_words:
            raise JudgeError("min_words is above max_words.", "min_words")
        if spec.min_letters > spec.max_letters:
            raise JudgeError("min_letters is above max_letters.", "min_letters")
    if isinstance(spec, Remote):
        _check_address(spec)
    if isinstance(spec, Preference):
        for pick in spec.picks:
            if pick.better.casefold().split() == pick.worse.casefold().split():
                raise JudgeError(f"“{pick.better}” is picked over itself.", "picks")
    return spec


def model_path(model: str) -> Path:
    """Return the file that a judge's ``model`` names; ``~`` is the person's own folder."""
    return places.expanded(model)


def _values(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for one in value:
            yield from _values(one)
    elif isinstance(value, msgspec.Struct):
        yield from msgspec.structs.astuple(value)
    else:
        yield value


def _check_address(spec: Remote) -> None:
    try:
        url = urlsplit(spec.url)
        sound = url.scheme in ("http", "https") and url.port != 0
    except ValueError:
        url, sound = SplitResult("", "", "", "", ""), False
    if any(mark in spec.url for mark in "@?#"):
        # A judge is a file that is copied into runs and given to others: no key may be in it.
        raise JudgeError("The address may hold no name, password, query or fragment.", "url")
    if not sound or not _HOST.fullmatch(url.netloc) or not _plain(spec.url):
        raise JudgeError("Give an address such as http://localhost:1234/v1.", "url")
    for field in ("key_env", "key_entry"):
        if getattr(spec, field) and not _plain(getattr(spec, field)):
            raise JudgeError("Give a name of letters, digits and marks, without spaces.", field)
    # A judge may come from a stranger, who chose the address too.
    if spec.key_env and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*(KEY|TOKEN)", spec.key_env):
        raise JudgeError("Only a variable whose name ends in KEY or TOKEN is sent to a server.", "key_env")
    if (spec.key_env or spec.key_entry) and url.scheme == "http" and not _near(url.hostname or ""):
        raise JudgeError("A key is sent by https only, unless the server is on your own network.", "url")


def _plain(text: str) -> bool:
    return all("!" <= c <= "~" for c in text)


def _near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def load(path: Path) -> JudgeSpec:
    """Read a judge's file.

    Raises
    ------
    JudgeError
        If it cannot be read, is over 100 kB, or is not a sound judge.
    """
    try:
        if path.stat().st_size > 100_000:
            raise JudgeError(f"{path.name} is larger than a judge can be (100 kB).")
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise JudgeError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise JudgeError(f"{path.name} is not UTF-8 text.") from error


def dump(spec: JudgeSpec) -> str:
    """Write a judge as TOML text that :func:`parse` reads back to an equal spec."""
    data = msgspec.to_builtins(spec)
    ordered = {"version": data.pop("version"), "kind": data.pop("kind"), **data}
    return tomli_w.dumps(ordered, multiline_strings=False)
