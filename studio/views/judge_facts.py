"""A judge as facts to be read: one from a stranger, before it is used, and any that has no form."""

from __future__ import annotations

from engine.judges.spec import (
    Contrast,
    Describes,
    Form,
    JudgeSpec,
    Listener,
    Preference,
    Rating,
    Remote,
)

_LATEST = 5


def facts(spec: JudgeSpec) -> list[tuple[str, str]]:
    """Return a judge's facts as (label, words), those that say something."""
    match spec:
        case Contrast():
            return _contrast(spec)
        case Rating():
            return [("Asks for", spec.asks), _model(spec)]
        case Describes():
            return [_model(spec)]
        case Listener():
            return [("Among", f"{spec.among} colours")]
        case Remote():
            return _remote(spec)
        case Preference():
            return _preference(spec)
        case Form():
            return _form(spec)
        case _:
            return []


def _model(spec: Contrast | Rating | Describes) -> tuple[str, str]:
    return ("Model", spec.model or "The base itself")


def _contrast(spec: Contrast) -> list[tuple[str, str]]:
    return [
        ("Asks for", spec.asks),
        ("Rather than", spec.plain_asks),
        ("Likes", ", ".join(spec.liked)),
        ("Plain", ", ".join(spec.plain)),
        *([_model(spec)] if spec.model else []),
    ]


def _form(spec: Form) -> list[tuple[str, str]]:
    found = [
        ("Words", f"{spec.min_words} to {spec.max_words}"),
        ("Letters", f"{spec.min_letters} to {spec.max_letters}"),
    ]
    if spec.must_contain:
        found.append(("Must contain", ", ".join(spec.must_contain)))
    if spec.must_not_contain:
        found.append(("Must not contain", ", ".join(spec.must_not_contain)))
    if spec.alliteration:
        found.append(("Alliteration", "Its words begin alike"))
    if spec.novelty:
        found.append(("Novelty", "It is not among the known names"))
    if spec.real_words:
        found.append(("Real words", "Each occurs in some known name"))
    if spec.no_repeats:
        found.append(("No repeats", "No word is there twice"))
    return found


def _remote(spec: Remote) -> list[tuple[str, str]]:
    found = [("Asks for", spec.asks), ("Server", spec.url), ("Model", spec.model)]
    if spec.rubric:
        found.append(("Rubric", spec.rubric))
    places = [*filter(None, (spec.key_env, spec.key_entry))]
    if places:
        found.append(("Key", f"From {' or '.join(places)}"))
    return [*found, ("Budget", f"{spec.budget:,} requests a training")]


def _preference(spec: Preference) -> list[tuple[str, str]]:
    latest = [f"{pick.better} over {pick.worse}" for pick in spec.picks[-_LATEST:][::-1]]
    return [("Picks", str(len(spec.picks))), *([("Latest", "\n".join(latest))] if latest else [])]
