"""Sound inputs for each parser, and the words that they are made of."""

import json
import re
import struct
import tempfile
from pathlib import Path

import gguf
import msgspec
import numpy as np
from safetensors.numpy import save

from engine import events, places, recipe
from engine.judges import spec
from engine.recipe import Gate, Origin, Panel, Recipe, Taste
from engine.rundir import ProcessIdentity
from engine.service import protocol
from studio import palettes
from studio.palettes import Entry, Palette

RECIPE = Recipe(
    name="Poet",
    panel=Panel(
        tastes=(Taste("poet", 2.0), Taste("weather")), guards=("listener",), gates=(Gate("form", 0.3),)
    ),
    origin=Origin(run="2026-11-23-poet-3f9a", step=40),
)


def words(*texts: bytes) -> tuple[bytes, ...]:
    """Return the words of some texts, each once, with a few that parsers stumble over."""
    found = (word for text in texts for word in re.findall(rb"[A-Za-z_]{2,}|[\[\]{}=:,\"#()]", text))
    hard = (
        b"nan",
        b"inf",
        b"-1",
        b"1e999",
        b"9" * 30,
        b"9" * 5000,
        b"[" * 2000,
        b'{"a":' * 500,
        b"a." * 500,
        b"\\ud800",
        b"\\u202e",
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\r\n",
        b"'''",
        b"true",
        b"null",
        b"2",
    )
    return tuple(dict.fromkeys([*found, *hard]))


def _files(folder: str, pattern: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted((places.resources() / folder).glob(pattern)))


RECIPES = (recipe.dump(RECIPE).encode(), *_files("recipes", "*.toml"))
RECIPE_WORDS = words(*RECIPES)
TASKS = _files("tasks", "*.toml")
TASK_WORDS = words(*TASKS)
JUDGES = (
    *_files("judges", "*.toml"),
    spec.dump(
        spec.Remote(name="R", url="http://localhost:1/v1", model="m", asks="names", key_env="MY_KEY")
    ).encode(),
    spec.dump(spec.Preference(name="P", picks=(spec.Pick("Rose", "Beige"),))).encode(),
    spec.dump(spec.Contrast(name="C", asks="names", liked=("Rose",), model="/a.gguf")).encode(),
    spec.dump(spec.Form(name="F", must_contain=("rose",))).encode(),
)
JUDGE_WORDS = words(*JUDGES, b" ".join(kind.encode() for kind in spec.KINDS))
CARDS = _files("painters", "*/card.toml")
CARD_WORDS = words(*CARDS, b"parents slug name weight imported rank", b"2026-11-23T10:00:00Z 07:32:00")
_GROUP = events.GroupPainted(
    seq=4,
    step=1,
    color="#d48475",
    reading="a light red",
    rollouts=(
        events.Rollout(
            name="Rose", scores={"poet": 0.5}, reward=0.5, tokens=("Rose", "."), logps_before=(-1.0, -2.0)
        ),
        events.Rollout(name="?", unreadable="no letters"),
    ),
    bar=0.25,
    spread=0.1,
)
_TOLD = (
    events.RunStarted(seq=1, time=1.0, name="Poet", steps=60, device="cpu", dtype="float32"),
    events.PhaseEntered(seq=2, time=2.0, phase="sampling", step=1, done=0.5),
    _GROUP,
    events.StepFinished(seq=5, time=3.0, step=1, reward=0.5, judges={"poet": 0.5}, seconds=1.0, rollouts=2),
    events.EvalFinished(seq=6, time=4.0, step=1, names={"#d48475": "Rose"}, reward=0.4, effective=2.0),
    events.CheckpointSaved(seq=7, time=5.0, step=1),
    events.CollapseNoticed(seq=8, step=1, level="alarm", evidence="Few."),
    events.JudgeFailed(seq=9, step=1, judge="poet", reason="It is silent."),
    events.Warned(seq=10, message="Odd."),
    events.RunFinished(seq=11, time=9.0, outcome="failed", step=1, reason="No."),
)
EVENTS = (b"".join(map(events.encode, _TOLD)), *map(events.encode, _TOLD))
EVENT_WORDS = words(*EVENTS)
_PALETTE = Palette("House", (Entry("#d48475", "Clay", {"poet": "Rose"}), Entry("#000000", "Ink")))


def _ase_block(model: bytes, *figures: float) -> bytes:
    body = struct.pack(">H2s2s", 2, b"\0A", b"\0\0") + model + struct.pack(f">{len(figures)}fH", *figures, 0)
    return struct.pack(">HI", 1, len(body)) + body


ASE = (
    palettes.write(_PALETTE, "ase"),
    *(
        b"ASEF" + struct.pack(">HHI", 1, 0, 1) + block
        for block in (
            _ase_block(b"CMYK", 0.1, 0.2, 0.3, 0.4),
            _ase_block(b"LAB ", 0.5, 20.0, -20.0),
            _ase_block(b"Gray", 0.5),
        )
    ),
)
ASE_WORDS = (
    b"ASEF",
    b"\xc0\x01",
    b"\xc0\x02",
    b"\0\x01",
    b"CMYK",
    b"LAB ",
    b"Gray",
    b"RGB ",
    b"\x7f\xc0\0\0",
    b"\xff\xff\xff\xff",
    b"\xd8\0",
    b"\x7f\x80\0\0",
)
GPL = (palettes.write(_PALETTE, "gpl"), b"GIMP Palette\r\nName: x\n255 0 0 Red\n  0   0 300\n")
GPL_WORDS = words(*GPL, b"Name: Columns: Channels:", "١٢ ２".encode(), "\u2028\x85".encode())
CSS = (palettes.write(_PALETTE, "css"), b"a { color: rgb(212, 132, 117); } /* c */ #abc", b"d48475\n#fff\n")
CSS_WORDS = words(*CSS, b"rgba( 50% / var( @media", b"/* */ ;{}")
JSON = (palettes.write(_PALETTE, "json"), b'["#d48475", {"hex": "#fff", "label": "x", "names": {"a": "b"}}]')
JSON_WORDS = words(*JSON)
COLORS = tuple(
    text.encode()
    for text in (
        *("#d48475", "#abc8", "d48475", "color: red;", "rgb(212 132 117)", "rgba(50%, 20%, 0%, .5)"),
        *("hsl(9.5deg 52% 65%)", "hwb(.5turn 46% 17%)", "lab(62% 30 22)", "lch(62% 37 36grad)"),
        *("oklab(69% 0.09 0.05)", "oklch(69% 0.1 31 / 50%)", "color(srgb 0.83 0.52 0.46)"),
        *("color(display-p3 1 0 0)", "color(srgb-linear none 0 0)", "/* x */ rebeccapurple"),
    )
)
COLOR_WORDS = words(*COLORS, b"deg grad rad turn none srgb 1e38 1e-38 -0 1e308", "°“”".encode())
BASES = (b"smollm2-135m-instruct", b"Qwen/Qwen3-0.6B", b"/tmp", b"~nobody/model", b"../..", b"hub:a/b@main")
BASE_WORDS = (
    b"/",
    b"..",
    b"~",
    b"\0",
    b"@",
    b":",
    b"\\",
    b"%2e",
    b"\n",
    b"\xff",
    b"a" * 300,
    b"hub",
    b"--",
    b"#",
)
CONFIGS = (
    json.dumps(
        {
            "hidden_size": 576,
            "num_attention_heads": 9,
            "intermediate_size": 1536,
            "num_hidden_layers": 30,
            "vocab_size": 49152,
            "num_key_value_heads": 3,
            "head_dim": 64,
            "tie_word_embeddings": True,
            "text_config": None,
        }
    ).encode(),
)
CONFIG_WORDS = words(*CONFIGS)
PROCESSES = (msgspec.json.encode(ProcessIdentity(1, 1.5)),)
PROCESS_WORDS = words(*PROCESSES)
MANIFESTS = (
    b'{"version":1,"step":1,"files":{"weights":{"size":1,"sha256":'
    b'"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}}}',
)
MANIFEST_WORDS = words(*MANIFESTS, b"../weights /etc/passwd . manifest.json")
SETTINGS = (
    b'version = 1\ntheme = "dark"\ntext_size = 120\ncolor = "#d48475"\npainters = ["poet"]\nother = 2\n'
    b'[picker]\nhistory = ["#ffffff"]\nfigures = 1\n[splitters]\na = "b"\n',
)
SETTINGS_WORDS = words(*SETTINGS)
BENCHES = (
    b'names = ["Rose"]\nup = ["Rose"]\ndown = ["Beige"]\nbeside = ["poet"]\n',
    b'version = 2\nnames = ["Rose"]\n[ratings]\nRose = 1\n',
)
BENCH_WORDS = words(*BENCHES)
TASTES = (
    b'{"color":"#d48475","offers":[{"painter":"a","name":"Rose"},{"painter":"b","name":"Beige"}],'
    b'"picked":0,"time":1.5}\n',
)
TASTE_WORDS = words(*TASTES)
GGUF_STATES = (b'{"state": "building", "why": "", "attempts": 1, "time": 1.5}',)
GGUF_WORDS = words(*GGUF_STATES)
MARKS = (b"7", b"7.5/10", b'{"score": 7, "reason": "apt"}', b'<think>x</think>```json\n{"score": 3}\n```')
MARK_WORDS = words(*MARKS, b"<think> </think> ``` NaN Infinity")
SERVICE = tuple(
    protocol.encode(message)
    for message in (
        protocol.Name(id=1, color="#d48475", painters=(protocol.PainterRef("poet", "/p"),), samples=2),
        protocol.Failed(id=1, reason="No."),
        protocol.Done(id=1),
    )
)
SERVICE_WORDS = words(*SERVICE)

ADAPTERS = (
    save(
        {
            f"base_model.model.q_proj.lora_{side}.weight": np.ones(shape, np.float32)
            for side, shape in (("A", (2, 4)), ("B", (4, 2)))
        }
    ),
)
ADAPTER_WORDS = words(*ADAPTERS, b"F32 F16 BF16 data_offsets __metadata__")
ADAPTER_CONFIGS = (
    b'{"peft_type": "LORA", "r": 2, "lora_alpha": 4.0, "use_rslora": true, "use_dora": false}',
)
ADAPTER_CONFIG_WORDS = words(*ADAPTER_CONFIGS, b"NaN Infinity null 0")


def _gguf() -> bytes:
    """Write the smallest GGUF that could be a language model."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_token_list(["a", "b"])
        writer.add_tensor("token_embd.weight", np.ones((2, 4), np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()


GGUFS = (_gguf(),)
GGUF_HEADER_WORDS = words(*GGUFS, b"split.count general.type adapter.type adapter lora")
