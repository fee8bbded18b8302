"""What a person should know of a judge before it is used: where it sends names, what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.judges.spec import FEWEST_PICKS, Contrast, JudgeSpec, Preference, Remote
from studio.views.picking import ENOUGH


def notes(spec: JudgeSpec, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return sentences about a judge; none if there is nothing to say.

    Parameters
    ----------
    environment
        Where a key's variable would be set; only whether it is there is looked at.
    """
    match spec:
        case Contrast():
            return tuple(_contrast(spec))
        case Remote():
            return tuple(_remote(spec, environment))
        case Preference():
            count = len(spec.picks)
            if count < FEWEST_PICKS:
                return (f"It has {count} picks and cannot judge before it has {FEWEST_PICKS}.",)
            return (f"It has {count} picks; {ENOUGH} make a taste.",) if count < ENOUGH else ()
        case _:
            return ()


def _contrast(spec: Contrast) -> list[str]:
    said = []
    if len(spec.liked) < 4:
        said.append(f"Four liked names work better than {len(spec.liked)}.")
    plain = {name.casefold() for name in spec.plain}
    both = [name for name in spec.liked if name.casefold() in plain]
    if both:
        said.append(f"In both lists, which cancels out: {', '.join(both)}.")
    return said


def _remote(spec: Remote, environment: Mapping[str, str]) -> list[str]:
    told = " with its colour" if spec.tells_color else ""
    places = [f"the variable {spec.key_env}"] if spec.key_env else []
    places += [f"the keyring's entry {spec.key_entry}"] if spec.key_entry else []
    key = f", and the key in {' or '.join(places)}," if places else ""
    said = [f"It sends every name{told}{key} to {urlsplit(spec.url).netloc}."]
    if spec.key_env and not spec.key_entry and not environment.get(spec.key_env, "").strip():
        said.append(f"The variable {spec.key_env} is not set here.")
    return said
