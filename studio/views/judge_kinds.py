"""The kinds of judges in words: what each is called, when to use it, and what part it plays in a panel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from engine.judges.spec import Contrast, Describes, JudgeSpec, Rating, kind_of

Part = Literal["taste", "guard"]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of judge.

    Attributes
    ----------
    key
        As judges' files say it.
    title
        What it is called.
    part
        What it usually is in a panel: a taste, which is weighed, or a guard, which multiplies.
    when
        When to use it, in a sentence.
    question
        What it asks of a name.
    starts_as
        What a new one is called at first; empty where the person has to say.
    """

    key: str
    title: str
    part: Part
    when: str
    question: str
    starts_as: str = ""


_ALL = (
    Kind(
        key="contrast",
        title="Contrast",
        part="taste",
        when="You can say it in a sentence and four examples. It works with the small base; start here.",
        question="Whose list does the name continue, the liked one or the plain one?",
    ),
    Kind(
        key="preference",
        title="Your picks",
        part="taste",
        when="You know it when you see it: pick the better of two names, thirty times.",
        question="Learned from the names that you picked as the better of two.",
        starts_as="My taste",
    ),
    Kind(
        key="form",
        title="Rules",
        part="taste",
        when="It can be counted: words, letters, what a name must or must not contain.",
        question="Does the name keep to the rules? Each rule that is set counts alike.",
        starts_as="My rules",
    ),
    Kind(
        key="rating",
        title="Rating",
        part="taste",
        when="You have a large model in a GGUF file that can give marks. Small models cannot.",
        question="How well does the name fit what it asks for, from 0 to 9? Few small models can tell.",
    ),
    Kind(
        key="remote",
        title="Another model",
        part="taste",
        when="A model on a server gives marks: LM Studio, Ollama, vLLM, or one on the internet.",
        question="A model on a server is asked for a mark from 0 to 10.",
    ),
    Kind(
        key="correctness",
        title="Known names",
        part="guard",
        when="Names should describe the colour. Quick, and good beside nearly every taste.",
        question="Does the name describe the colour? Learned from 31,881 names that people gave to colours.",
        starts_as="My correctness",
    ),
    Kind(
        key="listener",
        title="Guessing game",
        part="guard",
        when="One name for every colour must not pay: a name has to point to its own among a few.",
        question="Among a few colours, would somebody who hears the name pick this one?",
        starts_as="My listener",
    ),
    Kind(
        key="describes",
        title="Yes or no",
        part="guard",
        when="You have a large model that knows colours, and ask it whether a name describes one.",
        question="Does the name describe the colour? A large model is asked, and says yes or no.",
        starts_as="My describer",
    ),
)
TERMS: dict[str, str] = {
    "contrast": "contrast-judge",
    "rating": "llm-as-judge",
    "describes": "llm-as-judge",
    "correctness": "correctness",
    "listener": "listener",
    "form": "rlvr",
    "preference": "preference",
    "remote": "rlaif",
}
"""Which term of the glossary tells of a kind, by its key."""
KINDS: dict[str, Kind] = {kind.key: kind for kind in _ALL}
"""Key → kind: tastes first, the most useful ones first."""


def kind(spec: JudgeSpec) -> Kind:
    """Return a judge's kind."""
    return KINDS[kind_of(spec)]


def kind_line(spec: JudgeSpec) -> str:
    """Return what a judge's kind is called, and which file it asks, if it does."""
    asks_a_file = isinstance(spec, Contrast | Rating | Describes) and spec.model
    title = kind(spec).title
    return f"{title} by {Path(asks_a_file).name[:40]}" if asks_a_file else title


def open_line(key: str, spec: JudgeSpec | None, *, own: bool) -> str:
    """Return what stands over a judge that is open, whether or not what is written is one yet."""
    words = kind_line(spec) if spec is not None else KINDS[key].title
    part = f"a {KINDS[key].part}"
    return f"{words}, {part} of yours" if own else f"{words}, {part} that came with the app"
