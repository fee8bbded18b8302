"""The task: what a model is asked, and how its reply becomes a name or is unreadable."""

from __future__ import annotations

import msgspec

from engine.reading import reading

SYSTEM = "You name paint colors. Answer with the name only."
MAX_WORDS = 4
MAX_LETTERS = 40


def task_line(color: str) -> str:
    """Return the task, word for word."""
    return f"Name this paint color: {color}"


def messages(color: str, with_reading: bool) -> list[dict[str, str]]:
    """Return the conversation that asks for a name.

    Parameters
    ----------
    color
        ``#rrggbb``.
    with_reading
        Whether to tell the colour in words too: small models cannot read a hex. The reading comes last,
        so that the prompts of all colours share as long a beginning as they can.
    """
    line = task_line(color)
    return [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": f"{line}\nIt is {reading(color)}." if with_reading else line},
    ]


class Reply(msgspec.Struct, frozen=True):
    """What a model's reply comes to.

    Attributes
    ----------
    name
        The name, or, if there is none, the start of what was said instead.
    unreadable
        Why the reply is no name, in a few words; empty when it is one.
    """

    name: str
    unreadable: str = ""


def read_reply(text: str, ended: bool = True) -> Reply:
    """Read a name from a reply: its first line, trimmed, at most 4 words and 40 characters.

    Parameters
    ----------
    text
        The reply, its end-of-turn token left out.
    ended
        Whether the model ended its turn; if not, the name was cut.
    """
    lines = text.strip().splitlines()
    name = " ".join(lines[0].split()) if lines else ""
    shown = "".join(c for c in name if c.isprintable())[:MAX_LETTERS]
    if not name:
        return Reply("", "empty")
    # With something put behind it, a first line that was finished is not the last.
    if not ended and len(f"{text.lstrip()}.".splitlines()) == 1:
        return Reply(shown, "never ended")
    if not name.isprintable() or "<|" in name:
        return Reply(shown, "not plain text")
    if not any(c.isalpha() for c in name):
        return Reply(shown, "no letters")
    if len(name) > MAX_LETTERS:
        return Reply(shown, f"longer than {MAX_LETTERS} characters")
    if len(name.split()) > MAX_WORDS:
        return Reply(shown, f"more than {MAX_WORDS} words")
    return Reply(name)
