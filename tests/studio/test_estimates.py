"""What a training takes, told before it starts: memory as the engine counts it, time by work over speed."""

from pathlib import Path

import msgspec
import pytest
import tomli_w

from engine import places
from engine.events import EvalFinished, PhaseEntered, RunStarted, StepFinished
from engine.judges import spec as specs
from engine.judges.spec import Contrast, Remote
from engine.models import find_base
from engine.recipe import EMBEDDED_BASE, Budget, Learning, Panel, Recipe, Taste
from studio import footprint
from studio.estimates import Machine, Pace, estimate, panel_kinds
from studio.paces import Paces
from studio.runs import Runs
from studio.shapes import shape_of
from studio.views import recipe_fields as fields

JUDGES = {
    slug: specs.load(places.resources() / "judges" / f"{slug}.toml")
    for slug in ("poet", "listener", "correctness")
}
MACHINE = Machine(
    kind="cpu",
    dtype="float32",
    name="CPU, 2 threads, float32",
    devices=("cpu",),
    gflops={"float32": 138.0},
    memory_free=8_000_000_000,
)
RECIPE = Recipe(name="x", panel=Panel(tastes=(Taste("poet"),)))
ALONE = {"poet": JUDGES["poet"]}


def embedded():
    return shape_of(find_base(EMBEDDED_BASE))


def pace(recipe: Recipe = RECIPE, **facts: object) -> Pace:
    known = {
        "name": "First",
        "machine": MACHINE.name,
        "dtype": "float32",
        "recipe": recipe,
        "judges": panel_kinds(ALONE),
        "sampling": 2.5,
        "judging": 1.9,
        "updating": 3.0,
        "looking": 3.0,
        "loading": 20.0,
        "memory": 3_590_000_000,
    }
    return Pace(**(known | facts))


def test_the_embedded_bases_shape_is_what_its_weights_are() -> None:
    shape = embedded()
    assert shape.parameters == 134_479_872  # without its norms, 35,136 of them
    assert shape.edges * 8 == 2_442_240  # what peft puts on it at rank 8


@pytest.mark.parametrize(("colors", "told"), [(8, 3591.0), (10, 3763.7)])
def test_memory_is_what_the_engine_told_on_the_embedded_base(colors: int, told: float) -> None:
    # Told by trainings of the house painters in fp32, on two cores.
    recipe = msgspec.structs.replace(RECIPE, budget=Budget(colors=colors))
    assert footprint.peak(recipe, embedded(), "float32", "cpu") / 1e6 == pytest.approx(told, rel=0.02)


def test_what_a_layer_keeps_is_what_the_engine_counts() -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, LlamaConfig

    from engine.train.memory import kept_bytes

    torch.manual_seed(0)
    wide = {"hidden_size": 576, "intermediate_size": 1536, "num_attention_heads": 9, "num_key_value_heads": 3}
    config = LlamaConfig(vocab_size=300, num_hidden_layers=2, tie_word_embeddings=True, **wide)
    model = AutoModelForCausalLM.from_config(config).requires_grad_(False)
    layers = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    model = get_peft_model(model, LoraConfig(r=8, target_modules=layers, task_type="CAUSAL_LM"))
    prompts = [[1, 2, 3, 10 + color] for color in range(4)]

    def kept(group: int) -> int:
        names = [[[50 + name, 7, 8, 9, 10, 11] for name in range(group)] for _ in prompts]
        return kept_bytes(model, prompts, names)

    tokens = 4 * 4 * 6
    counted = (kept(8) - kept(4)) / tokens
    recipe = {
        group: msgspec.structs.replace(RECIPE, budget=Budget(colors=100, group=group)) for group in (60, 64)
    }
    shape = msgspec.structs.replace(embedded(), layers=2)
    peaks = {group: footprint.peak(one, shape, "float32", "cpu") for group, one in recipe.items()}
    assert (peaks[64] - peaks[60]) / (100 * 4 * 6) == pytest.approx(counted, rel=0.05)


def test_parts_and_computing_twice_save_memory_and_width_costs_it() -> None:
    shape = embedded()

    def peak(path: str, value: object, **more: bool) -> int:
        return footprint.peak(fields.put(RECIPE, path, value), shape, "float32", "cpu", **more)

    usual = peak("budget.colors", 8)
    assert peak("budget.group", 16) > usual
    assert peak("learning.accumulation", 8) < usual
    assert peak("budget.colors", 8, twice=True) < usual
    assert footprint.peak(RECIPE, shape, "bfloat16", "cpu") < usual


def test_a_run_before_with_the_same_judges_is_the_measure() -> None:
    told = estimate(RECIPE, ALONE, embedded(), MACHINE, [pace()])
    assert (told.basis, told.run) == ("measured", "First")
    # 60 steps of 7.4 s, seven looks of 3 s, 20 s of loading.
    assert told.seconds == pytest.approx(60 * 7.4 + 7 * 3 + 20)
    assert told.memory == 3_590_000_000


def test_more_names_and_more_updates_take_longer_by_their_work() -> None:
    def seconds(recipe: Recipe) -> float:
        return estimate(recipe, ALONE, embedded(), MACHINE, [pace()]).seconds or 0.0

    wide = msgspec.structs.replace(RECIPE, budget=Budget(colors=16))
    assert 1.7 < seconds(wide) / seconds(RECIPE) < 2.0
    often = msgspec.structs.replace(RECIPE, learning=Learning(updates_per_batch=2))
    pulled = msgspec.structs.replace(RECIPE, learning=Learning(beta=0.1))
    assert seconds(often) > seconds(pulled) > seconds(RECIPE)


def test_other_judges_are_reckoned_and_it_says_so() -> None:
    panel = Panel(tastes=(Taste("poet"),), guards=("listener", "correctness"))
    guarded = msgspec.structs.replace(RECIPE, panel=panel)
    told = estimate(guarded, JUDGES, embedded(), MACHINE, [pace()])
    assert told.basis == "alike"
    # The listener took 5.1 s of a step of 10 × 8 where Poet took 2.5 (runs of the house painters).
    alone = estimate(RECIPE, ALONE, embedded(), MACHINE, [pace()])
    assert 1.2 < (told.seconds or 0) / (alone.seconds or 1) < 2.2


@pytest.mark.parametrize(
    "facts",
    [
        {"machine": "CPU, 64 threads, float32"},
        {"dtype": "bfloat16"},
        {"recipe": msgspec.structs.replace(RECIPE, base="/elsewhere")},
    ],
)
def test_a_run_elsewhere_or_otherwise_is_no_measure(facts: dict[str, object]) -> None:
    told = estimate(RECIPE, ALONE, embedded(), MACHINE, [pace(**facts)])
    assert told.basis == "speed"
    assert told.seconds is not None


def test_without_runs_time_follows_from_a_products_rate() -> None:
    told = estimate(RECIPE, ALONE, embedded(), MACHINE)
    fast = estimate(RECIPE, ALONE, embedded(), msgspec.structs.replace(MACHINE, gflops={"float32": 1380.0}))
    assert told.basis == fast.basis == "speed"
    assert 4 < ((told.seconds or 0) - 25) / ((fast.seconds or 0) - 25) < 11
    # Runs of 8 × 8 by Poet took 8.6 s a step here, at about 100 GFLOP/s.
    assert 300 < (told.seconds or 0) < 900


def test_with_nothing_known_no_time_is_made_up() -> None:
    told = estimate(RECIPE, ALONE, embedded(), Machine())
    assert told.seconds is None
    assert told.basis == "nothing"
    assert told.memory is not None
    assert estimate(RECIPE, ALONE, None, MACHINE).memory is None


def test_a_gpu_that_the_service_is_not_on_is_not_guessed_at() -> None:
    recipe = msgspec.structs.replace(RECIPE, device="cuda")
    assert estimate(recipe, ALONE, embedded(), MACHINE, [pace()]).seconds is None


def test_a_server_counts_a_second_an_answer_and_a_model_of_its_own_its_file() -> None:
    remote = Remote(name="R", url="http://localhost:1/v1", model="m", asks="x", concurrency=4)
    told = estimate(RECIPE, {"poet": remote}, embedded(), MACHINE)
    alone = estimate(RECIPE, {}, embedded(), MACHINE)
    assert told.remote
    assert (told.seconds or 0) - (alone.seconds or 0) == pytest.approx((60 * 64 + 7 * 48) / 4)
    own = Contrast(name="Own", asks="x", liked=("a",), model="/m.gguf")
    sizes = {"/m.gguf": 1_000_000_000}
    heavy = estimate(RECIPE, {"poet": own}, embedded(), MACHINE, (), sizes)
    assert (heavy.memory or 0) - (alone.memory or 0) == 1_150_000_000
    assert (heavy.seconds or 0) > (alone.seconds or 0)


def test_a_folders_shape_is_read_and_a_strange_one_is_none(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"x")
    config = tmp_path / "config.json"
    config.write_text(
        '{"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 128,'
        '"num_hidden_layers": 3, "vocab_size": 600, "tie_word_embeddings": false}'
    )
    shape = shape_of(find_base(str(tmp_path)))
    assert shape is not None
    assert (shape.queries, shape.keys, shape.tied) == (64, 32, False)
    assert shape.body == 3 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128)
    for strange in ("[]", "{}", "not json", '{"hidden_size": "wide"}', '{"text_config": 3}'):
        config.write_text(strange)
        assert shape_of(find_base(str(tmp_path))) is None


def write_run(home: Path, steps: int, name: str = "Told") -> None:
    recipe = msgspec.structs.replace(RECIPE, name=name)
    folder = Runs(home).create(recipe, ALONE)
    now = [1000.0]
    with folder.open_writer(lambda: now[0]) as writer:
        writer.write(PhaseEntered(phase="loading"))
        now[0] += 21.0
        writer.write(
            RunStarted(name=name, steps=60, device=MACHINE.name, dtype="float32", memory_estimate_mb=3590.0)
        )
        writer.write(PhaseEntered(phase="evaluating"))
        now[0] += 4.0
        writer.write(EvalFinished(step=0, names={}))
        for step in range(1, steps + 1):
            times = {"sampling_seconds": 2.0 + step % 3, "judging_seconds": 1.0, "updating_seconds": 3.0}
            writer.write(StepFinished(step=step, seconds=7.0, **times))


def test_paces_are_read_from_runs_and_read_again_when_they_grow(home: Path) -> None:
    write_run(home, 2, "Short")
    write_run(home, 9)
    paces = Paces(Runs(home))
    (told,) = paces.read()
    assert (told.name, told.machine, told.dtype) == ("Told", MACHINE.name, "float32")
    assert (told.sampling, told.judging, told.updating) == (3.0, 1.0, 3.0)
    assert (told.loading, told.looking, told.memory) == (21.0, 4.0, 3_590_000_000)
    assert told.judges == panel_kinds(ALONE)
    assert paces.read() == (told,)
    folder = next(folder for folder in Runs(home).folders() if "short" in folder.path.name)
    with folder.open_writer() as writer:
        for step in (3, 4):
            writer.write(StepFinished(step=step, sampling_seconds=1.0, seconds=3.0))
    assert {pace.name for pace in paces.read()} == {"Told", "Short"}


def test_a_broken_run_tells_no_pace(home: Path) -> None:
    write_run(home, 9)
    (folder,) = Runs(home).folders()
    (folder.path / "recipe.toml").write_text(tomli_w.dumps({"name": "x"}))
    assert Paces(Runs(home)).read() == ()
