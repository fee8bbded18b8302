"""Every parser of outside data as a target: bytes in, a value or the parser's own clear error out.

A target that raises anything else, or takes longer than ``SLOWEST``, has found a fault. ``walk.py`` drives
them by coverage, ``test_fuzz.py`` shortly at every run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tomli_w
import torch

from engine import checkpoint, css_color, eventlog, models
from engine import recipe as recipes
from engine import task as tasks
from engine.color import ColorError
from engine.durable import RunError
from engine.events import encode
from engine.judges import remote, spec
from engine.judges.spec import JudgeError
from engine.lm.gguf_import import import_gguf
from engine.lm.load import fitting_adapter
from engine.models import BaseError
from engine.outside import UNSOUND
from engine.recipe import RecipeError
from engine.rundir import RunFolder
from engine.service import protocol
from engine.task import TaskError
from studio import ase, blending, gguf, palettes, shapes
from studio.bench import BenchStore
from studio.painters import PainterCard, PainterError, read_card
from studio.palettes import PaletteError
from studio.runs import last_view
from studio.settings import SettingsStore
from studio.tasting import Tastes, picks
from studio.views import gallery
from tests.fuzz import seeds

SLOWEST = 2.0
"""Seconds for an input of at most ``LARGEST`` bytes, on a machine that does other things too."""
LARGEST = 4096


class UnclearError(AssertionError):
    """An error that is not one sentence for people."""


def clear(error: Exception) -> None:
    """Check that an error's message can be shown to a person."""
    said = str(error)
    if not said or len(said) > 2000 or "Traceback" in said or "object at 0x" in said:
        raise UnclearError(f"{type(error).__name__}: {said[:200]!r}")


@dataclass(frozen=True)
class Target:
    """One parser.

    Attributes
    ----------
    parse
        Reads bytes, in a folder of its own, and uses the value as the app's first use of it would.
    errors
        What it may raise.
    seeds
        Sound inputs to start from.
    words
        What such inputs are made of.
    """

    parse: Callable[[bytes, Path], object]
    errors: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]

    def __call__(self, data: bytes, folder: Path) -> object:
        """Read the bytes; return the value or the clear error."""
        try:
            return self.parse(data, folder)
        except self.errors as error:
            clear(error)
            return error


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _recipe(data: bytes, folder: Path) -> object:
    found = recipes.load(_written(folder, "recipe.toml", data))
    assert recipes.parse(recipes.dump(found)) == found
    return found


def _task(data: bytes, folder: Path) -> object:
    found = tasks.read(_written(folder, "task.toml", data))
    assert tasks.parse(tasks.dump(found)) == found
    found.messages(found.held_out_inputs(1)[0], with_reading=True)
    return found


def _judge(data: bytes, folder: Path) -> object:
    found = spec.load(_written(folder, "judge.toml", data))
    assert spec.parse(spec.dump(found)) == found
    return found


def _card(data: bytes, folder: Path) -> object:
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (folder / name).touch()
    _written(folder, "card.toml", data)
    card = read_card(folder, shipped=False, slug="stranger")
    if card.error:
        raise PainterError(card.error)
    # What the gallery shows of it.
    return (
        gallery.origin(card),
        gallery.lineage(card, {}),
        gallery.report_view(card, PainterCard(slug="base", name="Base")),
    )


def _import(data: bytes, folder: Path) -> object:
    _written(folder, "card.toml", data)
    made = blending.take_in(folder, "smollm2-135m-instruct", "primer", folder / "out")
    return tomli_w.dumps(made.facts)


class _TinyBase(torch.nn.Module):
    """What an adapter is held against: one linear layer by the name that it has in a Llama."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        super().__init__()
        self.q_proj = torch.nn.Linear(4, 4, bias=False)

    def get_output_embeddings(self) -> None:
        return None


_TINY = _TinyBase()


def _adapter(data: bytes, folder: Path) -> object:
    _written(folder, "adapter_config.json", seeds.ADAPTER_CONFIGS[0])
    _written(folder, "adapter_model.safetensors", data)
    return _usable(folder)


def _adapter_config(data: bytes, folder: Path) -> object:
    _written(folder, "adapter_config.json", data)
    _written(folder, "adapter_model.safetensors", seeds.ADAPTERS[0])
    return _usable(folder)


def _usable(folder: Path) -> object:
    pairs = fitting_adapter(_TINY, folder)
    for down, up in pairs.values():
        assert torch.isfinite(up @ down).all()
    return pairs


def _gguf(data: bytes, folder: Path) -> object:
    return import_gguf(_written(folder, "stranger.gguf", data), folder / "out")


def _events(data: bytes, folder: Path) -> object:
    path = folder / "events.jsonl"
    path.write_bytes(data)
    tail = eventlog.read(path)
    assert tail.offset <= len(data)
    for event in tail.events:
        encode(event)
    assert eventlog.read(path, limit=64).offset <= len(data)
    eventlog.recent(path, 100)
    eventlog.last_stamp(path)
    return last_view(RunFolder(folder), seeds.RECIPE)


def _palette(data: bytes, folder: Path) -> object:
    found = palettes.read(data, "stranger")
    for entry in found.entries:
        assert len(entry.hex) == 7
        assert entry.label.isprintable()
    for kind in palettes.KINDS:
        palettes.read(palettes.write(found, kind))
    return found


def _ase(data: bytes, folder: Path) -> object:
    return ase.read(data, 500)


def _color(data: bytes, folder: Path) -> object:
    found = css_color.parse(_text(data))
    css_color.texts(found.hex)
    return found


def _base(data: bytes, folder: Path) -> object:
    return models.find_base(_text(data))


def _base_config(data: bytes, folder: Path) -> object:
    (folder / "model.safetensors").touch()
    _written(folder, "config.json", data)
    return shapes.shape_of(models.find_base(str(folder)))


def _process(data: bytes, folder: Path) -> object:
    _written(folder, "process.json", data)
    return RunFolder(folder).alive()


def _manifest(data: bytes, folder: Path) -> object:
    at = folder / "checkpoints" / "step_000001"
    at.mkdir(parents=True, exist_ok=True)
    _written(at, "weights", b"x")
    _written(at, checkpoint.MANIFEST, data)
    return checkpoint.latest(at.parent), checkpoint.listed(at.parent)


def _settings(data: bytes, folder: Path) -> object:
    store = SettingsStore(folder)
    _written(folder, "settings.toml", data)
    settings, notice = store.load()
    store.save(settings)
    assert SettingsStore(folder).load()[0] == settings
    return settings, notice


def _bench(data: bytes, folder: Path) -> object:
    store = BenchStore(folder)
    _written(folder, "bench.toml", data)
    bench = store.load()
    store.save(bench)
    return bench.rated()


def _tastes(data: bytes, folder: Path) -> object:
    tastes = Tastes(folder)
    tastes.path.write_bytes(data)
    return picks(tastes.read())


def _gguf_state(data: bytes, folder: Path) -> object:
    _written(folder, gguf.STATE, data)
    return gguf.read(folder), gguf.is_building(folder)


def _mark(data: bytes, folder: Path) -> object:
    mark = remote.read_mark(_text(data))
    assert mark.value is None or 0 <= mark.value <= 10
    assert mark.reason.isprintable()
    return mark


def _service(data: bytes, folder: Path) -> object:
    found = []
    for decode in (protocol.decode_request, protocol.decode_reply):
        with contextlib.suppress(*UNSOUND):  # what both ends of the pipe catch
            found.append(decode(data))
    return found


TARGETS: dict[str, Target] = {
    "recipe": Target(_recipe, (RecipeError,), seeds.RECIPES, seeds.RECIPE_WORDS),
    "task": Target(_task, (TaskError,), seeds.TASKS, seeds.TASK_WORDS),
    "judge": Target(_judge, (JudgeError,), seeds.JUDGES, seeds.JUDGE_WORDS),
    "card": Target(_card, (PainterError,), seeds.CARDS, seeds.CARD_WORDS),
    "import": Target(_import, (PainterError,), seeds.CARDS, seeds.CARD_WORDS),
    "adapter": Target(_adapter, (BaseError,), seeds.ADAPTERS, seeds.ADAPTER_WORDS),
    "adapter-config": Target(
        _adapter_config, (BaseError,), seeds.ADAPTER_CONFIGS, seeds.ADAPTER_CONFIG_WORDS
    ),
    "gguf": Target(_gguf, (BaseError,), seeds.GGUFS, seeds.GGUF_HEADER_WORDS),
    "events": Target(_events, (RunError,), seeds.EVENTS, seeds.EVENT_WORDS),
    "palette-ase": Target(_palette, (PaletteError,), seeds.ASE, seeds.ASE_WORDS),
    "palette-gpl": Target(_palette, (PaletteError,), seeds.GPL, seeds.GPL_WORDS),
    "palette-css": Target(_palette, (PaletteError,), seeds.CSS, seeds.CSS_WORDS),
    "palette-json": Target(_palette, (PaletteError,), seeds.JSON, seeds.JSON_WORDS),
    "ase": Target(_ase, (ase.AseError,), seeds.ASE, seeds.ASE_WORDS),
    "color": Target(_color, (ColorError,), seeds.COLORS, seeds.COLOR_WORDS),
    "base": Target(_base, (BaseError,), seeds.BASES, seeds.BASE_WORDS),
    "base-config": Target(_base_config, (BaseError,), seeds.CONFIGS, seeds.CONFIG_WORDS),
    "process": Target(_process, (RunError,), seeds.PROCESSES, seeds.PROCESS_WORDS),
    "manifest": Target(_manifest, (RunError,), seeds.MANIFESTS, seeds.MANIFEST_WORDS),
    "settings": Target(_settings, (), seeds.SETTINGS, seeds.SETTINGS_WORDS),
    "bench": Target(_bench, (), seeds.BENCHES, seeds.BENCH_WORDS),
    "tastes": Target(_tastes, (), seeds.TASTES, seeds.TASTE_WORDS),
    "gguf-state": Target(_gguf_state, (), seeds.GGUF_STATES, seeds.GGUF_WORDS),
    "mark": Target(_mark, (), seeds.MARKS, seeds.MARK_WORDS),
    "service": Target(_service, (), seeds.SERVICE, seeds.SERVICE_WORDS),
}
