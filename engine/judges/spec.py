"""Judges as data: the TOML schema, checked strictly. The same schema makes the editor's form.

A file is read by :func:`load` and :func:`parse`; any fault is a :class:`JudgeError` whose message is one
sentence for people and whose ``field`` says where, when that is known.
"""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import tomli_w

NAME_LIMIT = 60
PHRASE_LIMIT = 400
EXAMPLE_LIMIT = 60

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=PHRASE_LIMIT)]
Example = Annotated[str, msgspec.Meta(min_length=1, max_length=EXAMPLE_LIMIT)]
Examples = Annotated[tuple[Example, ...], msgspec.Meta(min_length=1, max_length=32)]
Words = Annotated[tuple[Example, ...], msgspec.Meta(max_length=200)]
Model = Annotated[str, msgspec.Meta(max_length=4096)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100)]

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
    """Verifiable: rules about a name's shape. Each rule that is set counts alike; the score is their mean."""

    min_words: Count = 1
    max_words: Count = 4
    min_letters: Count = 0
    max_letters: Count = 40
    must_contain: Words = ()
    must_not_contain: Words = ()
    alliteration: bool = False
    novelty: bool = False


JudgeSpec = Contrast | Rating | Correctness | Describes | Listener | Form
KINDS: dict[str, type[JudgeSpec]] = {
    "contrast": Contrast,
    "rating": Rating,
    "correctness": Correctness,
    "describes": Describes,
    "listener": Listener,
    "form": Form,
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
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise JudgeError(f"This is not valid TOML: {error}.") from error
    return from_data(data)


def from_data(data: object) -> JudgeSpec:
    """Read a judge from plain data (a dict as TOML or JSON gives it)."""
    if not isinstance(data, dict) or "kind" not in data:
        raise JudgeError(f"A judge needs a kind, one of {', '.join(KINDS)}.", "kind")
    if data["kind"] not in KINDS:
        raise JudgeError(
            f"There is no judge kind “{data['kind']!s:.40}”; it is one of {', '.join(KINDS)}.", "kind"
        )
    try:
        spec: JudgeSpec = msgspec.convert(data, JudgeSpec)
    except msgspec.ValidationError as error:
        path = re.search(r"at `\$\.?([A-Za-z_]*)", str(error))
        missing = re.search(r"field `([a-z_]+)`", str(error))
        field = path.group(1) if path and path.group(1) else missing.group(1) if missing else None
        raise JudgeError(f"This judge is not complete: {error}.", field) from error
    return check(spec)


def check(spec: JudgeSpec) -> JudgeSpec:
    """Check what the types cannot say, and return the spec unchanged."""
    for field in msgspec.structs.fields(spec):
        value = getattr(spec, field.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and any(ord(c) < 32 or ord(c) == 127 for c in text):
                raise JudgeError("Control characters are not allowed here.", field.name)
            if isinstance(text, str) and text and not text.strip():
                raise JudgeError("This is empty.", field.name)
            if isinstance(text, float) and not math.isfinite(text):
                raise JudgeError("Numbers must be finite.", field.name)
    # A run keeps a copy of its judges; a relative path would point elsewhere from there.
    model = getattr(spec, "model", "")
    if model and not model_path(model).is_absolute():
        raise JudgeError("Give the model's full path, or none to ask the base itself.", "model")
    if isinstance(spec, Form):
        if spec.min_words > spec.max_words:
            raise JudgeError("min_words is above max_words.", "min_words")
        if spec.min_letters > spec.max_letters:
            raise JudgeError("min_letters is above max_letters.", "min_letters")
    return spec


def model_path(model: str) -> Path:
    """Return the file that a judge's ``model`` names; ``~`` is the person's own folder."""
    try:
        return Path(model).expanduser()
    except RuntimeError:
        return Path(model)  # there is no such person


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
