"""Where a remote judge's key comes from: the environment, then the system keyring. It is never written."""

from __future__ import annotations

import importlib
import os

from engine.judges.spec import JudgeError, Remote

SERVICE = "painter-studio"


def find_key(spec: Remote) -> str:
    """Return the key that a judge's server is sent; empty if it wants none.

    Raises
    ------
    JudgeError
        If a place is named and no key is there, or what is there cannot be a key.
    """
    key = os.environ.get(spec.key_env, "").strip() if spec.key_env else ""
    field = "key_env"
    if not key and spec.key_entry:
        key, field = _from_keyring(spec.key_entry), "key_entry"
    if not key and (spec.key_env or spec.key_entry):
        places = [f"the variable {spec.key_env} is not set"] if spec.key_env else []
        places += [f"the keyring has no {SERVICE} entry {spec.key_entry}"] if spec.key_entry else []
        raise JudgeError(f"The key for {spec.name} is missing: {' and '.join(places)}.", field)
    if not all("!" <= c <= "~" for c in key):
        # It would be refused in a header, by a message that shows it.
        raise JudgeError(f"The key for {spec.name} holds characters that no key has.", field)
    return key


def _from_keyring(entry: str) -> str:
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise JudgeError(
            "The system keyring needs the package keyring: install it, or set key_env.", "key_entry"
        ) from None
    try:
        return str(keyring.get_password(SERVICE, entry) or "").strip()
    except Exception:  # each system's keyring raises its own kinds, and none may show what is in it
        raise JudgeError(
            "The system keyring does not open; unlock it, or set key_env.", "key_entry"
        ) from None
