"""The training of painters; the heavy half, run as ``python -m engine.train``.

It is also one of the library's verbs (:func:`engine.library.train`): ``from engine import train`` finds the
package, whichever was meant, so that the package can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Verb(ModuleType):
    """A package that can be called."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Train a painter; see :func:`engine.library.train`."""
        from engine.library import train

        return train(*arguments, **options)


sys.modules[__name__].__class__ = _Verb
