"""Randomness from (seed, step, purpose), never from a generator that runs along.

A resumed run then draws what the unbroken one would have drawn, and any step can be played again alone.
"""

from __future__ import annotations

import hashlib


def derive(seed: int, step: int, purpose: str) -> int:
    """Return a 63-bit seed for one purpose in one step."""
    digest = hashlib.sha256(f"{seed}/{step}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
