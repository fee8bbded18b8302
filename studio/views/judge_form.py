"""A contrast judge as a form holds it: texts that may be half written, and the judge that they make.

The form's rules are ``engine.judges.spec``'s; only the sentences are put as the form's fields need them.
"""

from __future__ import annotations

import msgspec

from engine.judges import spec as specs
from engine.judges.spec import EXAMPLE_LIMIT, NAME_LIMIT, PHRASE_LIMIT, Contrast, JudgeError

_MOST = 32


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is written in the form's fields; examples stand one a line."""

    name: str = ""
    asks: str = ""
    liked: str = ""
    plain: str = "\n".join(specs.PLAIN_EXAMPLES)
    plain_asks: str = specs.PLAIN_ASKS
    about: str = ""
    model: str = ""


def draft(spec: Contrast) -> Draft:
    """Return the form of a judge."""
    return Draft(
        name=spec.name,
        asks=spec.asks,
        liked="\n".join(spec.liked),
        plain="\n".join(spec.plain),
        plain_asks=spec.plain_asks,
        about=spec.about,
        model=spec.model,
    )


def lines(text: str) -> tuple[str, ...]:
    """Return the lines that say something, trimmed."""
    return tuple(stripped for line in text.splitlines() if (stripped := line.strip()))


def read(form: Draft) -> Contrast:
    """Return the judge that a form makes.

    Raises
    ------
    JudgeError
        With a sentence for the field that it names.
    """
    for field, missing, limit in (
        ("name", "Give the judge a name.", NAME_LIMIT),
        (
            "asks",
            "Say what the judge asks for, such as “paint color names that sound like weather”.",
            PHRASE_LIMIT,
        ),
        ("plain_asks", "Say what the other list is.", PHRASE_LIMIT),
    ):
        text = getattr(form, field).strip()
        if not text:
            raise JudgeError(missing, field)
        if len(text) > limit:
            raise JudgeError(f"This is {len(text)} characters long; {limit} is the most.", field)
    for field, missing in (
        ("liked", "Give at least one name that the judge likes; four work well."),
        ("plain", "Give at least one plain name to tell the liked ones from; four work well."),
    ):
        examples = lines(getattr(form, field))
        if not examples:
            raise JudgeError(missing, field)
        if len(examples) > _MOST:
            raise JudgeError(f"These are {len(examples)} names; {_MOST} is the most.", field)
        long = next((example for example in examples if len(example) > EXAMPLE_LIMIT), None)
        if long is not None:
            raise JudgeError(f"“{long[:24]}…” is longer than {EXAMPLE_LIMIT} characters.", field)
    made = specs.from_data(
        {
            "kind": "contrast",
            "name": form.name.strip(),
            "asks": " ".join(form.asks.split()),
            "liked": lines(form.liked),
            "plain": lines(form.plain),
            "plain_asks": " ".join(form.plain_asks.split()),
            "about": form.about,
            "model": form.model,
        }
    )
    assert isinstance(made, Contrast)
    return made
