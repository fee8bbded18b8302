"""The fields of a judge's form, made from the schema: types, limits and defaults from ``engine.judges.spec``.

Only words are added here: for every field a label, a sentence of help, and what is said when it is missing.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import inspect

from engine.judges.spec import KINDS

Shape = Literal["line", "phrase", "text", "names", "path", "number", "switch", "picks"]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a field.

    Attributes
    ----------
    missing
        What to do when it is empty and must not be.
    hint
        Stands in the field while it is empty.
    shape
        Where the type alone does not tell: a path is a text, too.
    beside
        Whether it stands beside the field before it.
    advanced
        Whether it is folded away at first.
    unit
        Of a number.
    """

    label: str
    help: str
    missing: str = "This is empty."
    hint: str = ""
    shape: Shape | None = None
    beside: bool = False
    advanced: bool = False
    unit: str = ""


class FieldView(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form.

    Attributes
    ----------
    key
        As in the file.
    needed
        Whether it may not be empty.
    default
        What a new judge has there, as the schema has it; ``None`` where it must be written.
    least, most
        Of a number.
    whole
        Whether a number has no fraction.
    longest
        Characters, of a text or of each name in a list; 0 for no limit.
    count
        How many names a list may have.
    """

    key: str
    shape: Shape
    words: Words
    needed: bool
    default: Any = None
    least: float = 0.0
    most: float = 0.0
    whole: bool = True
    longest: int = 0
    count: int = 0


_MODEL = Words(
    label="Asks the model",
    help="A GGUF file, asked through llama.cpp. Empty asks the base itself, which is small and quick.",
    hint="The base itself",
    shape="path",
)
WORDS: dict[str, dict[str, Words]] = {
    "": {
        "name": Words(label="Name", help="What the judge is called.", missing="Give the judge a name."),
        "about": Words(
            label="About",
            help="A sentence for people; no judge reads it.",
            hint="What it is about, in a sentence",
        ),
    },
    "contrast": {
        "asks": Words(
            label="It asks for a list of",
            help="Completes “a list of …”: say it as you would to a person.",
            missing="Say what the judge asks for, such as “paint color names that sound like weather”.",
            hint="paint color names that sound like weather",
        ),
        "plain_asks": Words(
            label="rather than a list of",
            help="What the other list is: what a painter says before it has a taste.",
            missing="Say what the other list is.",
        ),
        "liked": Words(
            label="Names it likes, one a line",
            help="Four work well; they should differ in all but what you are after.",
            missing="Give at least one name that the judge likes; four work well.",
        ),
        "plain": Words(
            label="Plain names, one a line",
            help="What the liked ones are told from. Put in here what the judge likes and you do not.",
            missing="Give at least one plain name to tell the liked ones from; four work well.",
            beside=True,
        ),
        "model": msgspec.structs.replace(_MODEL, advanced=True),
    },
    "rating": {
        "asks": Words(
            label="Marks how well a name belongs to a list of",
            help="Completes “a list of …”: say it as you would to a person.",
            missing="Say what the judge asks for, such as “paint color names that sound like weather”.",
            hint="paint color names that sound like weather",
        ),
        "model": _MODEL,
    },
    "describes": {"model": _MODEL},
    "correctness": {},
    "listener": {
        "among": Words(
            label="Colours to choose from",
            help="The right one included; more make it harder.",
        )
    },
    "form": {
        "min_words": Words(label="Words, at least", help="A name with fewer earns less."),
        "max_words": Words(label="at most", help="A name with more earns less.", beside=True),
        "min_letters": Words(label="Letters, at least", help="Letters alone are counted."),
        "max_letters": Words(label="at most", help="Letters alone are counted.", beside=True),
        "must_contain": Words(
            label="Must contain one of",
            help="One a line. Whole words, and single letters anywhere; capitals do not matter.",
        ),
        "must_not_contain": Words(
            label="Must contain none of",
            help="One a line. Whole words, and single letters anywhere; capitals do not matter.",
            beside=True,
        ),
        "alliteration": Words(label="Alliteration", help="Its words begin alike, as in Velvet Violet."),
        "novelty": Words(label="Novelty", help="It is not among the 31,881 known names.", beside=True),
        "real_words": Words(label="Real words", help="Each of its words occurs in some known name."),
        "no_repeats": Words(label="No repeats", help="No word is there twice.", beside=True),
    },
    "remote": {
        "url": Words(
            label="Server",
            help="An OpenAI-compatible address. Nothing but this address is ever asked.",
            missing="Give an address such as http://localhost:1234/v1.",
            hint="http://localhost:1234/v1",
        ),
        "model": Words(
            label="Model",
            help="What the server calls its model.",
            missing="Give the model's name as the server lists it.",
            hint="qwen3-8b",
            beside=True,
        ),
        "asks": Words(
            label="Marks how well a name belongs to a list of",
            help="Completes “a list of …”: say it as you would to a person.",
            missing="Say what the judge asks for, such as “paint color names that sound like weather”.",
            hint="paint color names that sound like weather",
        ),
        "rubric": Words(
            label="More about what earns which mark",
            help="May be left empty; models that follow instructions make use of it.",
            hint="10: one hears the storm. 5: a plain weather word. 0: nothing of weather.",
        ),
        "key_env": Words(
            label="Key, from the variable",
            help="An environment variable that ends in KEY or TOKEN. It is looked for first.",
            hint="OPENAI_API_KEY",
        ),
        "key_entry": Words(
            label="or from the keyring's entry",
            help="An entry of the system keyring under painter-studio. The key itself is never written.",
            hint="none",
            beside=True,
        ),
        "tells_color": Words(
            label="Tells the colour", help="The model is told for which colour the name is."
        ),
        "calibrated": Words(
            label="Calibrates",
            help="Marks are set against those of known names, so that the median one scores 0.5.",
            beside=True,
        ),
        "timeout": Words(
            label="Waits for an answer", help="Then it counts as none.", advanced=True, unit=" s"
        ),
        "retries": Words(
            label="Asks again",
            help="This often, ever later, when an answer fails.",
            advanced=True,
            beside=True,
        ),
        "concurrency": Words(
            label="Names at once", help="How many questions are under way together.", advanced=True
        ),
        "budget": Words(
            label="Requests at most",
            help="Counted from each start of a training; then the judge gives no more verdicts.",
            advanced=True,
            beside=True,
        ),
        "max_tokens": Words(
            label="Tokens of an answer",
            help="A model that thinks aloud first needs some hundreds.",
            advanced=True,
        ),
    },
    "preference": {
        "picks": Words(label="Picks", help="Made by picking the better of two names.", shape="picks")
    },
}
"""Kind → key → words, in the form's order; those of "" are every kind's."""


@cache
def fields(kind: str) -> tuple[FieldView, ...]:
    """Return the fields of a kind's form in its order: name and about first."""
    schema = {field.name: field for field in msgspec.structs.fields(KINDS[kind])}
    types = {field.name: field.type for field in _struct(kind).fields}
    words = {**WORDS[""], **WORDS[kind]}
    return tuple(_view(key, words[key], schema[key], types[key]) for key in words)


def _struct(kind: str) -> inspect.StructType:
    found = inspect.type_info(KINDS[kind])
    assert isinstance(found, inspect.StructType)
    return found


def _view(key: str, words: Words, field: msgspec.structs.FieldInfo, typed: inspect.Type) -> FieldView:
    default = None if field.default is msgspec.NODEFAULT else field.default
    match typed:
        case inspect.BoolType():
            return FieldView(key=key, shape="switch", words=words, needed=False, default=default)
        case inspect.IntType() | inspect.FloatType():
            whole = isinstance(typed, inspect.IntType)
            # Above zero is at least what one can see of it.
            least = typed.ge if typed.ge is not None else 0.1 if typed.gt == 0 else typed.gt
            assert least is not None
            assert typed.le is not None
            return FieldView(
                key=key,
                shape="number",
                words=words,
                needed=False,
                default=default,
                least=least,
                most=typed.le,
                whole=whole,
            )
        case inspect.VarTupleType(item_type=inspect.StrType() as item):
            return FieldView(
                key=key,
                shape="names",
                words=words,
                needed=bool(typed.min_length),
                default=default,
                longest=item.max_length or 0,
                count=typed.max_length or 0,
            )
        case inspect.VarTupleType():
            return FieldView(key=key, shape="picks", words=words, needed=False, default=())
        case _:
            assert isinstance(typed, inspect.StrType)
            longest = typed.max_length or 0
            by_length: Shape = "text" if longest > 1000 else "phrase" if key.endswith("asks") else "line"
            return FieldView(
                key=key,
                shape=words.shape or by_length,
                words=words,
                needed=bool(typed.min_length),
                default=default,
                longest=longest,
            )
