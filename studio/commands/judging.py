"""``judges new|edit|show|check``: a judge's file written, changed, looked at."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from engine import places
from engine.judges import spec as specs
from engine.judges.spec import KINDS, JudgeError, JudgeSpec, kind_of
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.files import write_atomically
from studio.judges import JudgeLibrary, looks_like_path, slugify
from studio.views.judge_notes import notes


def judging(options: argparse.Namespace, desk: Desk) -> int:
    """Do what the option after ``judges`` says."""
    library = JudgeLibrary(desk.home)
    try:
        match options.about:
            case "new":
                return _new(options, library)
            case "edit":
                return _edit(options, library)
            case "show":
                path = library.find(options.file)
                _tell(options, library, path, specs.load(path))
                return 0
            case _:
                return _check(options, library)
    except JudgeError as error:
        raise CommandError(str(error)) from error


def _new(options: argparse.Namespace, library: JudgeLibrary) -> int:
    path = _place(options.file, library)
    if path.exists() or (library.has(path.stem) and path.parent == library.folder):
        raise CommandError(f"There is already a judge {options.file}: change it with judges edit.")
    called = path.stem.replace("-", " ").title() if looks_like_path(options.file) else options.file
    data = {"version": 1, "kind": options.kind, "name": called, **_fields(options)}
    missing = [
        field.name
        for field in msgspec.structs.fields(KINDS[options.kind])
        if field.required and field.name not in data
    ]
    if missing:
        given = " and ".join(f"--{key}" if key in ("asks", "liked") else f"--set {key}=…" for key in missing)
        raise CommandError(f"A judge of kind {options.kind} needs {' and '.join(missing)}: give {given}.")
    spec = specs.from_data(data)
    _write(path, specs.dump(spec))
    _tell(options, library, path, spec, f"Made {spec.name}: {path}")
    return 0


def _edit(options: argparse.Namespace, library: JudgeLibrary) -> int:
    source = library.find(options.file)
    changes = _fields(options)
    if changes:
        before = msgspec.to_builtins(specs.load(source))
        text = specs.dump(specs.from_data({**before, **changes}))
    else:
        text = _edited(source)
    spec = specs.parse(text)
    # What came with the app stays as it came; the person's own lies over it.
    path = library.folder / source.name if source.parent == library.shipped else source
    _write(path, text)
    _tell(options, library, path, spec, f"Saved {spec.name}: {path}")
    return 0


def _edited(source: Path) -> str:
    """Return a judge's text after the person's editor; what is unsound is kept for another try."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise CommandError("Set EDITOR to your editor, or say what to change, by --asks for example.")
    folder = Path(tempfile.mkdtemp(prefix="painter-studio-"))
    draft = folder / source.name
    try:
        draft.write_bytes(source.read_bytes())
        status = subprocess.run([*shlex.split(editor), str(draft)], check=False).returncode
        text = draft.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CommandError(f"The editor “{editor:.60}” could not be used: {error}.") from error
    if status:
        raise CommandError(f"The editor ended with {status}; nothing was changed.")
    try:
        specs.parse(text)
    except JudgeError as error:
        raise CommandError(f"{error} Nothing was changed; what you wrote is in {draft}.") from error
    draft.unlink()
    folder.rmdir()
    return text


def _check(options: argparse.Namespace, library: JudgeLibrary) -> int:
    path = library.find(options.file)
    error: JudgeError | None = None
    spec: JudgeSpec | None = None
    try:
        spec = specs.load(path)
    except JudgeError as fault:
        error = fault
    said = notes(spec, os.environ) if spec is not None else ()
    if options.json:
        print_json(
            {
                "path": str(path),
                "sound": spec is not None,
                "kind": kind_of(spec) if spec is not None else None,
                "name": spec.name if spec is not None else None,
                "error": str(error) if error is not None else None,
                "field": error.field if error is not None else None,
                "notes": list(said),
            }
        )
    if spec is None:
        where = f" ({error.field})" if error is not None and error.field else ""
        raise CommandError(f"{path.name} is not sound{where}: {error}")
    if not options.json:
        print(printable("\n".join([f"{path.name} is sound: {spec.name}, {kind_of(spec)}.", *said])))
    return 0


def _tell(
    options: argparse.Namespace, library: JudgeLibrary, path: Path, spec: JudgeSpec, done: str = ""
) -> None:
    fields = msgspec.to_builtins(spec)
    said = notes(spec, os.environ)
    if options.json:
        document = {
            "judge": path.stem,
            "path": str(path),
            "shipped": path.parent == library.shipped,
            "kind": kind_of(spec),
            "name": spec.name,
            "spec": fields,
            "notes": list(said),
        }
        print_json(document)
        return
    if done:
        print(printable(done))
    else:
        rows = [(key, _shown(value)) for key, value in fields.items() if value not in ("", (), [])]
        print_table(("field", "value"), [*rows, ("path", str(path))])
    for note in said:
        print(printable(note))


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, dict):
        return " over ".join(str(one) for one in value.values())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place(file: str, library: JudgeLibrary) -> Path:
    """Return where a new judge goes: its own path, or a slug in the person's folder."""
    return (
        places.expanded(file) if looks_like_path(file) else library.folder / f"{slugify(file, 'judge')}.toml"
    )


def _fields(options: argparse.Namespace) -> dict[str, Any]:
    """Return the fields that options give."""
    fields: dict[str, Any] = {
        key: getattr(options, key)
        for key in ("name", "asks", "liked", "plain")
        if getattr(options, key) is not None
    }
    for text in options.set:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise CommandError(f"“{text:.60}” sets nothing: give --set KEY=VALUE.")
        fields[key.strip()] = _value(value.strip())
    return fields


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError, KeyError):
        return text  # a plain word needs no quotes


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error
