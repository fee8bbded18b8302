"""Bends sound files: as data (a value replaced, dropped, nested) and as bytes (put in, cut, doubled)."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Sequence
from random import Random
from typing import Any

import tomli_w

HARD: tuple[Any, ...] = (
    *(
        "",
        " ",
        "a",
        "x" * 5000,
        "\x00",
        "\x1b[2J",
        "\u202eder",
        "<b>x</b>",
        "../../etc/passwd",
        "a\nb",
        "NaN",
        "#fff",
    ),
    *("<|im_start|>", "夕焼け", "👩🏽‍🎨", "poet\n", "2026-13-45", "\u2028"),
    *(
        0,
        1,
        -1,
        2,
        2**31,
        2**63,
        -(2**64),
        10**40,
        0.5,
        -0.0,
        1e308,
        -1e308,
        5e-324,
        float("nan"),
        float("inf"),
        True,
    ),
    *([], [[]], {}, {"a": {}}, [1, "a"], ["a"] * 600, {"name": 1}),
)


def bend(data: bytes, random: Random, words: Sequence[bytes], seeds: Sequence[bytes]) -> bytes:
    """Return an input made of another."""
    if random.random() < 0.05:
        data = random.choice(seeds)
    for _ in range(random.choice((1, 1, 2, 4))):
        bent = _as_data(data, random) if random.random() < 0.7 else None
        data = _as_bytes(data, random, words) if bent is None else bent
    return data


def _as_data(data: bytes, random: Random) -> bytes | None:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    for part, write in (
        (data, lambda text: text),
        (lines[at], lambda text: b"\n".join([*lines[:at], text, *lines[at + 1 :]])),
    ):
        try:
            found = json.loads(part)
            return write(json.dumps(_changed(found, random), ensure_ascii=random.random() < 0.5).encode())
        except (ValueError, RecursionError):
            continue
    try:
        return tomli_w.dumps(_changed(tomllib.loads(data.decode()), random)).encode()
    except (ValueError, RecursionError, TypeError, AttributeError):
        return None


def _changed(tree: Any, random: Random) -> Any:
    """Return data with one place of it changed."""
    tree = copy.deepcopy(tree)
    places = list(_places(tree))
    if not places:
        return random.choice(HARD)
    holder, key = random.choice(places)
    match random.randrange(6):
        case 0:
            del holder[key]
        case 1:
            holder[key] = [holder[key]] * random.choice((1, 2, 20))
        case 2 if isinstance(holder, dict):
            holder[str(random.choice(HARD))[:80]] = holder[key]
        case 3:
            other, name = random.choice(places)
            holder[key] = copy.deepcopy(other[name])
        case _:
            holder[key] = copy.deepcopy(random.choice(HARD))
    return tree


def _places(tree: Any) -> Any:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(items):
        yield tree, key
        yield from _places(value)


def _as_bytes(data: bytes, random: Random, words: Sequence[bytes]) -> bytes:
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice((0, 1, 2, 4, 30)))
    kind = random.randrange(5)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + data[start:]
    if kind == 2:
        return data[:start]
    put = random.choice(words) if kind == 3 else random.randbytes(random.choice((1, 2, 4)))
    return data[:start] + put + data[end:]
