"""``test``: the project's tests, in one run of pytest whose closing line ends the output."""

from __future__ import annotations

import argparse
import importlib.util
import os

from studio import desktop
from studio.bootstrap import ROOT, become
from studio.commands.desk import CommandError, Desk

MOST = 4
"""Processes that share the tests; each may hold a model."""


def test(options: argparse.Namespace, desk: Desk) -> int:
    """Become pytest, without a display; import-linter, ruff and mypy are among the tests."""
    if importlib.util.find_spec("pytest") is None or importlib.util.find_spec("pytestqt") is None:
        raise CommandError("The tests' tools are not installed here; run python3 -m studio test instead.")
    os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM") or "offscreen"
    fault = desktop.qt_fault(desk.python)
    if fault:
        raise CommandError(fault)
    os.chdir(ROOT)
    asked = list(options.passed_on)
    if not asked:
        # All of them: some at a time, a file's tests together, each on a core of its own.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        asked = ["-n", str(min(MOST, os.cpu_count() or 1)), "--dist", "loadfile"]
    become([desk.python, "-m", "pytest", *asked])
