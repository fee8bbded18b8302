"""``judge``: names scored by a judge, or by a panel with each judge's share of the reward."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

import msgspec

from engine import recipe as recipes
from engine.judges.base import Verdict
from engine.judges.spec import JudgeError, JudgeSpec
from engine.recipe import Panel, Recipe, RecipeError, Taste
from engine.service.protocol import Score, Scored
from studio.commands.asking import Conversation
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.commands.panels import gates_of, split_weight
from studio.judges import JudgeLibrary
from studio.views.explained import explained


def judge(options: argparse.Namespace, desk: Desk) -> int:
    """Print what a judge, or a panel, says of names for a colour."""
    library = JudgeLibrary(desk.home)
    try:
        panel, specs = _panel(options, library)
    except (JudgeError, RecipeError) as error:
        raise CommandError(str(error)) from error
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    with Conversation(desk, options.base) as service:
        for slug, spec in specs.items():
            request = Score(color=options.color, names=tuple(options.names), judge=spec)
            heard = (reply.verdicts for reply in service.ask(request) if isinstance(reply, Scored))
            verdicts[slug] = next(heard, ())
    if len(specs) > 1 or panel.guards or panel.gates:
        _tell_panel(options, panel, specs, verdicts)
    else:
        _tell(options, *next(iter(verdicts.items())))
    return 0


def _panel(options: argparse.Namespace, library: JudgeLibrary) -> tuple[Panel, dict[str, JudgeSpec]]:
    tastes = [split_weight(text) for text in options.judge or ["poet"]]
    gates = gates_of(options.gate, library)
    references = [*(reference for reference, _ in tastes), *options.guard, *gates]
    specs = {library.slug_of(reference): library.get(reference) for reference in references}
    panel = Panel(
        tastes=tuple(Taste(library.slug_of(reference), weight) for reference, weight in tastes),
        guards=tuple(library.slug_of(reference) for reference in options.guard),
        gates=tuple(gates.values()),
        sameness=False,
    )
    # A struct made in the program has not been checked; what was read back as part of a recipe has.
    return recipes.parse(recipes.dump(Recipe(name="asked", panel=panel))).panel, specs


def _tell(options: argparse.Namespace, slug: str, verdicts: Sequence[Verdict]) -> None:
    pairs = list(zip(options.names, verdicts, strict=True))
    if options.json:
        rows = [{"name": one, "score": verdict.score, "reason": verdict.reason} for one, verdict in pairs]
        print_json({"color": options.color, "judge": slug, "verdicts": rows})
        return
    told = [(one, _number(verdict.score), verdict.reason) for one, verdict in pairs]
    print_table(("name", "score", "reason"), told, right=("score",))


def _tell_panel(
    options: argparse.Namespace,
    panel: Panel,
    specs: Mapping[str, JudgeSpec],
    verdicts: Mapping[str, Sequence[Verdict]],
) -> None:
    found = explained(panel, options.names, verdicts, {slug: spec.name for slug, spec in specs.items()})
    if options.json:
        document = {"color": options.color, "judges": list(specs), "names": msgspec.to_builtins(found)}
        print_json(document)
        return
    scores = [
        (one.name, *(_number(verdicts[slug][i].score) for slug in specs), _number(one.reward))
        for i, one in enumerate(found)
    ]
    print_table(("name", *specs, "reward"), scores, right=(*specs, "reward"))
    for one in found:
        print(printable(f"{one.name}: {one.sentence}"))


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
