"""A judge as a form holds it: texts that may be half written, and the judge that they make.

The form's rules are ``engine.judges.spec``'s; only the sentences are put as the form's fields need them.
"""

from __future__ import annotations

import re

import msgspec

from engine.judges import spec as specs
from engine.judges.spec import JudgeError, JudgeSpec, Pick, kind_of
from engine.lexicon import fold
from studio.views.judge_fields import FieldView, fields
from studio.views.judge_kinds import KINDS

Value = str | bool | int | float | tuple[Pick, ...]
_UNDONE = 100
# What keys look like, and names of variables and entries do not.
_KEY = re.compile(
    r"(sk|pk|key|hf|gsk|xai)[-_](?=[^ ]*\d)[^ ]{12,}|(?=[^ ]*\d)(?=[^ ]*[A-Za-z])[A-Za-z0-9+/=_-]{32,}"
)


class Draft(msgspec.Struct, frozen=True):
    """What is written in a form: the kind, and a value for each of its fields; lists stand one a line."""

    kind: str
    values: dict[str, Value]

    @property
    def name(self) -> str:
        """The judge's name as it is written."""
        return str(self.values["name"]).strip()


def blank(kind: str) -> Draft:
    """Return the form of a judge that is not written yet."""
    values = {field.key: _shown(field, field.default) for field in fields(kind)}
    return Draft(kind, {**values, "name": KINDS[kind].starts_as})


def draft(spec: JudgeSpec) -> Draft:
    """Return the form of a judge."""
    kind = kind_of(spec)
    return Draft(kind, {field.key: _shown(field, getattr(spec, field.key)) for field in fields(kind)})


def changed(form: Draft, **values: Value) -> Draft:
    """Return a form with some of its values replaced."""
    return Draft(form.kind, {**form.values, **values})


def with_counter_example(form: Draft, name: str, *, on: bool = True) -> Draft:
    """Return a contrast judge's form with a name among its plain ones, or without it."""
    kept = [one for one in lines(str(form.values["plain"])) if fold(one) != fold(name)]
    return changed(form, plain="\n".join([*kept, name] if on else kept))


def as_kind(form: Draft, kind: str) -> Draft:
    """Return the form of a new judge of another kind that asks the same, where both have the field."""
    made = blank(kind)
    alike = {key: form.values[key] for key in made.values if key in form.values and key != "picks"}
    return Draft(kind, {**made.values, **alike})


def lines(text: str) -> tuple[str, ...]:
    """Return the lines that say something, trimmed."""
    return tuple(stripped for line in text.splitlines() if (stripped := line.strip()))


def read(form: Draft) -> JudgeSpec:
    """Return the judge that a form makes.

    Raises
    ------
    JudgeError
        With a sentence for the field that it names, the first one that is at fault.
    """
    for key, sentence in faults(form).items():
        raise JudgeError(sentence, key)
    return specs.from_data(_data(form))


def faults(form: Draft) -> dict[str, str]:
    """Return what is wrong: key → a sentence for the field; empty if the form makes a judge."""
    found = {field.key: sentence for field in fields(form.kind) if (sentence := _fault(field, form))}
    if found:
        return found
    try:
        specs.from_data(_data(form))
    except JudgeError as error:
        key = error.field if error.field in form.values else "name"
        assert key is not None
        return {key: _WORDED.get(str(error), str(error))}
    return {}


_WORDED = {
    "min_words is above max_words.": "At least this many is more than at most.",
    "min_letters is above max_letters.": "At least this many is more than at most.",
}


def _shown(field: FieldView, value: object) -> Value:
    match value:
        case None:
            return ""
        case tuple() if field.shape == "names":
            return "\n".join(value)
        case _:
            assert isinstance(value, str | bool | int | float | tuple)
            return value


def _data(form: Draft) -> dict[str, object]:
    data: dict[str, object] = {"kind": form.kind}
    for field in fields(form.kind):
        value = form.values[field.key]
        match field.shape:
            case "names":
                data[field.key] = lines(str(value))
            case "line" | "phrase" | "text":
                data[field.key] = " ".join(str(value).split())
            case "path":
                data[field.key] = str(value).strip().strip("\"'")
            case "picks":
                data[field.key] = msgspec.to_builtins(value)
            case _:
                data[field.key] = value
    return data


def _fault(field: FieldView, form: Draft) -> str:
    value = form.values[field.key]
    if field.shape == "names":
        return _fault_of_names(field, lines(str(value)))
    if field.shape not in ("line", "phrase", "text", "path"):
        return ""
    text = str(value).strip()
    if not text:
        return field.words.missing if field.needed else ""
    if field.longest and len(text) > field.longest:
        return f"This is {len(text):,} characters long; {field.longest:,} is the most."
    if field.key in ("key_env", "key_entry") and _KEY.fullmatch(text):
        return (
            "This looks like a key itself, which is never written to a file: give the name it is kept under."
        )
    return ""


def _fault_of_names(field: FieldView, names: tuple[str, ...]) -> str:
    if not names:
        return field.words.missing if field.needed else ""
    if len(names) > field.count:
        return f"These are {len(names)} names; {field.count} is the most."
    long = next((name for name in names if len(name) > field.longest), None)
    return f"“{long[:24]}…” is longer than {field.longest} characters." if long is not None else ""


class Edits(msgspec.Struct, frozen=True):
    """What a judge has been while it was being written, so that any of it comes back.

    Attributes
    ----------
    past
        Earlier versions that were saved, the latest last.
    now
        The version that is saved.
    future
        Versions that were undone, the latest undone last.
    """

    now: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()


def saved(edits: Edits, form: Draft) -> Edits:
    """Return the edits after a new version was saved."""
    return edits if form == edits.now else Edits(form, (*edits.past, edits.now)[-_UNDONE:])


def undone(edits: Edits) -> Edits:
    """Return the edits after going back to the version before, if there is one."""
    if not edits.past:
        return edits
    return Edits(edits.past[-1], edits.past[:-1], (*edits.future, edits.now))


def redone(edits: Edits) -> Edits:
    """Return the edits after taking back the last undoing, if there was one."""
    if not edits.future:
        return edits
    return Edits(edits.future[-1], (*edits.past, edits.now), edits.future[:-1])
