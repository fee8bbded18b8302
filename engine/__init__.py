"""What makes, judges and trains painters. Knows nothing of Qt or of the app around it.

As a library it is four verbs, in :mod:`engine.library`::

    from engine import name, judge, train, report

They are looked up when they are asked for: most of what lies here is wanted by a window that must start at
once, and they bring torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.library import judge, name, report, train

__all__ = ["judge", "name", "report", "train"]


def __getattr__(verb: str) -> Any:
    if verb == "train":
        return import_module("engine.train")
    if verb in __all__:
        return getattr(import_module("engine.library"), verb)
    raise AttributeError(f"module 'engine' has no attribute {verb!r}")
