"""Our engine against stock TRL 1.16, tuned, on the real embedded base: rollouts per second and memory.

Usage: ``python tests/bench/engine.py [--quick] [--json] [--growth] [--profile]``.

Ours and stock run in turn, each in a process of its own (so that peak memory is its own), with the same
base, primer, prompts, LoRA, dtype, temperature and rewards, names ending by themselves. Stock is the
unmodified ``GRPOTrainer`` with gradient checkpointing off and the whole step as one micro-batch, or as few
as the machine's memory allows. A step is
timed from its beginning to the optimizer's end; ours leave their first one out, stock's, a minute and more
long, counts unless ``--stock-warm`` asks for one before it. The floor is the step's products
(counted token by token) at the rate that a plain product of a layer's shape reaches on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

CASES = ((16, 8, "rule"), (16, 16, "rule"), (16, 8, "poet"), (16, 8, "poet+listener"))


def rule(name: str) -> float:
    """Return a verifiable reward: short names of two words."""
    return 0.5 * (len(name) <= 14) + 0.5 * (len(name.split()) == 2)


def child(options: argparse.Namespace) -> None:
    """Train a few steps, ours or stock, and print what they cost."""
    import torch

    from engine import places
    from engine.advantage import advantages
    from engine.judges import spec
    from engine.judges.build import JudgeBuilder
    from engine.lexicon import Lexicon
    from engine.lm.load import copy_linears, load_base, lora_targets, pick_device, pick_dtype
    from engine.models import find_base
    from engine.palette import training_colors
    from engine.recipe import Budget, Learning, Panel, Recipe, Taste
    from engine.task import color_task

    recipe = Recipe(
        name="bench",
        panel=Panel(tastes=(Taste("poet"),)),
        budget=Budget(steps=options.steps + _extra(options), colors=options.colors, group=options.group),
        learning=Learning(accumulation=options.parts, learning_rate=options.lr),
        seed=options.seed,
    )
    device = pick_device(options.device)
    base = load_base(find_base(options.base), device, pick_dtype(device, options.dtype))
    targets = list(lora_targets(base.primed))
    builder = JudgeBuilder(base, Lexicon.load(), places.cache() / "calibrations")
    poet = builder.build(spec.load(places.resources() / "judges" / "poet.toml"))

    def name_of(tokens: list[int] | tuple[int, ...]) -> str:
        read = base.read(tokens)
        return "" if read.unreadable else read.name

    listener = None
    if "listener" in options.judge:
        listener = builder.build(spec.Listener(name="Listener"))

    def reward(colors: list[str], names: list[str]) -> list[float]:
        if options.judge == "rule":
            return [rule(name) for name in names]
        pairs = list(zip(colors, names, strict=True))
        worth = [verdict.score or 0.0 for verdict in poet.score(pairs)]
        if listener is not None:
            worth = [a * (v.score or 0.0) for a, v in zip(worth, listener.score(pairs), strict=True)]
        return worth

    spent: dict[str, list[float]] = {"sample": [], "judge": [], "step": []}
    tokens: list[int] = []
    rewards: list[float] = []
    marks: dict[str, float] = {}

    def now() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    from transformers import TrainerCallback

    profiler = torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU])

    class Timer(TrainerCallback):  # type: ignore[misc]
        def on_step_begin(self, *_: object, **__: object) -> None:
            if options.profile and len(spent["step"]) + 1 == recipe.budget.steps:
                profiler.start()
            marks["step"] = now()

        def on_step_end(self, *_: object, **__: object) -> None:
            spent["step"].append(now() - marks["step"])
            if options.profile and len(spent["step"]) == recipe.budget.steps:
                profiler.stop()

    def colors(step: int) -> list[str]:
        return training_colors(options.seed, step, options.colors)

    def prompt(color: str) -> list[dict[str, str]]:
        system, user = color_task().messages(color, True)
        return [{**system, "content": system["content"] + " Be brief." * options.longer}, user]

    from engine.train.batch import Batch, Hooks

    before = _memory(device)
    with tempfile.TemporaryDirectory() as scratch:
        if options.child == "ours":
            from engine.train.grpo import PainterTrainer

            def judge(batch: Batch) -> list[list[float]]:
                began = now()
                spent["sample"].append(began - marks["step"])
                given = [c for c, group in zip(batch.colors, batch.replies, strict=True) for _ in group]
                names = [name_of(reply) for group in batch.replies for reply in group]
                tokens.append(sum(len(reply) for group in batch.replies for reply in group))
                worth = reward(given, names)
                rewards.append(statistics.mean(worth))
                rows = [worth[i : i + options.group] for i in range(0, len(worth), options.group)]
                out = advantages(rows, scale="group", min_spread=0.0)
                spent["judge"].append(now() - began)
                return out

            hooks = Hooks(colors, prompt, judge, lambda batch, metrics: True, lambda phase, step: None)
            trainer = PainterTrainer(
                base.primed,
                copy_linears(base.primed),
                base.tokenizer,
                base.ends,
                recipe,
                targets,
                1,
                hooks,
                Path(scratch),
            )
        else:
            from trl import GRPOTrainer

            from engine.train.grpo import Prompts, settings
            from engine.train.objectives import lora

            class Stock(GRPOTrainer):  # type: ignore[misc]
                def _generate_single_turn(self, *args: object, **kwargs: object) -> object:
                    began = now()
                    out = super()._generate_single_turn(*args, **kwargs)
                    spent["sample"].append(now() - began)
                    return out

                def _send_telemetry(self) -> None:
                    """Leave the network alone."""

            def reward_function(
                completion_ids: list[list[int]], color: list[str], **_: object
            ) -> list[float]:
                began = now()
                tokens.append(sum(len(ids) for ids in completion_ids))
                out = reward(color, [name_of(ids) for ids in completion_ids])
                rewards.append(statistics.mean(out))
                spent["judge"].append(now() - began)
                return out

            hooks = Hooks(
                colors, prompt, lambda batch: [], lambda batch, metrics: True, lambda phase, step: None
            )
            trainer = Stock(
                model=base.primed,
                reward_funcs=reward_function,
                args=settings(recipe, recipe.budget.steps, device, Path(scratch)),
                train_dataset=Prompts(hooks, 1, recipe.budget.steps, options.colors),
                processing_class=base.tokenizer,
                peft_config=lora(recipe, targets),
            )
        trainer.add_callback(Timer())
        trainer.train()
    rollouts = options.colors * options.group
    skip = _extra(options)
    steps = spent["step"][skip:]
    middle = statistics.median(steps)
    count = statistics.median(tokens[skip:]) / rollouts
    sample, judged = (statistics.median(spent[part][skip:]) for part in ("sample", "judge"))
    print(
        json.dumps(
            {
                "rollouts_per_second": rollouts / middle,
                "step_seconds": middle,
                "sample_seconds": sample,
                "judge_seconds": judged,
                "learn_seconds": middle - sample - judged,
                "tokens_per_name": count,
                "peak_mb": _memory(device),
                "loaded_mb": before,
                "dtype": str(base.dtype).removeprefix("torch."),
                "device": device.type,
                "floor_seconds": _floor(base, options, count) if options.child == "ours" else None,
                "rewards": rewards,
                "step_times": spent["step"],
                "shares": _shares(profiler) if options.profile else None,
            }
        )
    )


# What the operations of a step are for; the first that an operation's name begins with counts.
KINDS = {
    "products": ("aten::mm", "aten::addmm", "aten::bmm", "aten::baddbmm", "aten::matmul", "aten::linear"),
    "moving tokens about": ("aten::copy_", "aten::index", "aten::cat", "aten::gather", "aten::scatter"),
    "attention's softmax": ("aten::softmax", "aten::_softmax", "aten::cumsum", "aten::logsumexp"),
    "optimizer": ("aten::_foreach", "aten::lerp", "aten::addcdiv", "aten::addcmul"),
}


def _shares(profiler: object) -> dict[str, float]:
    """Return which share of the last step's own time went into which kind of operation."""
    spent: dict[str, float] = {}
    for event in profiler.key_averages():
        kind = next((kind for kind, starts in KINDS.items() if event.key.startswith(starts)), "the rest")
        spent[kind] = spent.get(kind, 0.0) + event.self_cpu_time_total
    whole = sum(spent.values())
    return {kind: round(value / whole, 3) for kind, value in sorted(spent.items(), key=lambda x: -x[1])}


def _extra(options: argparse.Namespace) -> int:
    """Return how many steps go before those that count."""
    return int(options.child == "ours" or options.stock_warm)


def _memory(device: object) -> float:
    """Return the peak memory so far in MB: the process's own, or the device's."""
    import torch

    if getattr(device, "type", "") == "cuda":
        return torch.cuda.max_memory_allocated() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _floor(base: object, options: argparse.Namespace, tokens_per_name: float) -> float:
    """Return the seconds that a step's products would take at a plain product's rate."""
    import torch

    from engine.lm.load import lora_targets
    from engine.lm.tree import common_prefix
    from engine.palette import training_colors

    prompts = [base.prompt(color) for color in training_colors(1, 2, options.colors)]
    shared = common_prefix(prompts)
    prompt_tokens = shared + sum(len(prompt) - shared for prompt in prompts)
    names = options.colors * options.group
    inputs = names * (tokens_per_name - 1)
    # peft has wrapped the trained model, so count on the pristine one.
    body = sum(module.weight.numel() for module in lora_targets(base.raw).values())
    head = base.raw.get_output_embeddings().weight.numel()
    sampling = 2 * body * (prompt_tokens + inputs) + 2 * head * (options.colors + inputs)
    learning = 4 * body * (prompt_tokens + inputs) + 4 * head * (options.colors + inputs)
    a = torch.randn(512, 576, dtype=base.dtype, device=base.device)
    b = torch.randn(576, 1536, dtype=base.dtype, device=base.device)
    times = []
    for _ in range(30):
        if base.device.type == "cuda":
            torch.cuda.synchronize()
        began = time.perf_counter()
        a @ b
        if base.device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    rate = 2 * 512 * 576 * 1536 / statistics.median(times)
    return (sampling + learning) / rate


def run(
    which: str,
    colors: int,
    group: int,
    judge: str,
    steps: int,
    options: argparse.Namespace,
    longer: int = 0,
    profile: bool = False,
) -> dict:
    """Run one side of a case in a process of its own."""
    command = [sys.executable, __file__, "--child", which, "--colors", str(colors), "--group", str(group)]
    command += ["--judge", judge, "--steps", str(steps), "--base", options.base]
    command += ["--stock-warm"] if options.stock_warm else []
    command += ["--dtype", options.dtype, "--device", options.device, "--seed", str(options.seed)]
    command += ["--lr", str(options.lr), "--longer", str(longer), *(["--profile"] if profile else [])]
    for parts in (1, 2, 4, 8):
        cut = [*command, "--parts", str(parts)]
        done = subprocess.run(cut, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return {**json.loads(done.stdout.splitlines()[-1]), "micro_batches": parts}
        if which == "ours" or done.returncode != -9:
            break
        # The kernel killed it for its memory: it is given the step in more parts.
    raise SystemExit(f"{which} ended with {done.returncode}: {done.stderr[-3000:]}")


def case(colors: int, group: int, judge: str, rounds: int, options: argparse.Namespace) -> dict:
    """Compare ours with stock, in turn; medians over the rounds."""
    ours, stock = [], []
    for _ in range(rounds):
        ours.append(run("ours", colors, group, judge, options.our_steps, options))
        stock.append(run("stock", colors, group, judge, options.stock_steps, options))
    pick = [statistics.median(side["rollouts_per_second"] for side in sides) for sides in (ours, stock)]
    last = ours[-1]
    return {
        "colors": colors,
        "group": group,
        "dtype": last["dtype"],
        "judge": judge,
        "ours": pick[0],
        "stock": pick[1],
        "ratio": pick[0] / pick[1],
        "peak_mb_ours": max(side["peak_mb"] for side in ours),
        "peak_mb_stock": max(side["peak_mb"] for side in stock),
        "ours_split": {key: last[f"{key}_seconds"] for key in ("sample", "judge", "learn", "step", "floor")},
        "stock_split": {key: stock[-1][f"{key}_seconds"] for key in ("sample", "judge", "learn", "step")},
        "tokens_per_name": last["tokens_per_name"],
        "micro_batches_stock": stock[-1]["micro_batches"],
    }


def table(cases: list[dict]) -> str:
    """Return the cases as a Markdown table."""
    head = (
        "| colours × names | judge | ours, rollouts/s | stock TRL, rollouts/s | ratio | "
        "sample / judge / learn, s | share of the floor | peak MB, ours / stock |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    rows = []
    for c in cases:
        s = c["ours_split"]
        rows.append(
            f"| {c['colors']} × {c['group']} | {c['judge']} | {c['ours']:.1f} | {c['stock']:.2f} | "
            f"{c['ratio']:.1f}× | {s['sample']:.2f} / {s['judge']:.2f} / {s['learn']:.2f} | "
            f"{s['floor'] / s['step']:.0%} | {c['peak_mb_ours']:.0f} / {c['peak_mb_stock']:.0f} |"
        )
    return "\n".join([head, *rows])


def main() -> None:
    """Run the cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one case, under three minutes")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--growth", action="store_true", help="how ours grows with names and colours")
    parser.add_argument("--profile", action="store_true", help="where a step of ours spends its time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lr", type=float, default=1.5e-4)
    parser.add_argument("--longer", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--our-steps", type=int, default=5)
    parser.add_argument("--stock-steps", type=int, default=1)
    parser.add_argument("--stock-warm", action="store_true", help="warm stock up too: a minute more a case")
    parser.add_argument("--base", default="smollm2-135m-instruct")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--child", choices=("ours", "stock"), help=argparse.SUPPRESS)
    parser.add_argument("--colors", type=int, default=16, help=argparse.SUPPRESS)
    parser.add_argument("--group", type=int, default=8, help=argparse.SUPPRESS)
    parser.add_argument("--judge", default="rule", help=argparse.SUPPRESS)
    parser.add_argument("--parts", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--steps", type=int, default=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options)
        return
    if options.growth:
        sizes = ((16, 2), (16, 4), (16, 8), (16, 16), (16, 32), (4, 8), (32, 8))
        for colors, group, longer in (*((*size, 0) for size in sizes), (16, 8, 32), (16, 8, 96)):
            one = run("ours", colors, group, "rule", 4, options, longer)
            cost, names = 1000 / one["rollouts_per_second"], one["tokens_per_name"]
            prompt = f", prompt longer by {3 * longer} tokens" if longer else ""
            print(
                f"{colors} colours × {group} names{prompt}: {cost:.1f} ms a rollout, {names:.1f} tokens each",
                flush=True,
            )
        return
    if options.profile:
        print(json.dumps(run("ours", 16, 8, "rule", 3, options, profile=True)["shares"], indent=1))
        return
    cases = [
        case(*one, 1 if options.quick else options.rounds, options)
        for one in CASES[: 1 if options.quick else None]
    ]
    print(json.dumps({"cases": cases}) if options.json else table(cases))


if __name__ == "__main__":
    main()
