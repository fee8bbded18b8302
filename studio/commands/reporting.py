"""``report``: painters measured over many colours, as a table, JSON and pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine import recipe, reports
from engine.judges.spec import JudgeError
from engine.palette import held_out_colors
from engine.reports import Row, Survey
from engine.service import protocol
from studio import pictures
from studio.commands.desk import CommandError, Desk, print_json, print_table
from studio.commands.naming import ask
from studio.judges import JudgeLibrary
from studio.painters import BASE, PainterError, PainterLibrary
from studio.reports import judges_of

SHOWN = 20


def report_on(options: argparse.Namespace, desk: Desk) -> tuple[list[str], list[Survey], list[Row]]:
    """Survey the painters that are asked for, the base among them, and measure the names."""
    library = PainterLibrary(desk.home)
    base = options.base or recipe.EMBEDDED_BASE
    try:
        cards = (
            [library.get(slug) for slug in dict.fromkeys(options.painter)]
            if options.painter
            else [card for card in library.list() if card.slug == BASE or (card.shipped and not card.error)]
        )
        if any(card.folder and card.base != base for card in cards):
            raise CommandError("All painters of a report must have been trained on its base; see --base.")
        judges, own = judges_of(cards, JudgeLibrary(desk.home), listener=options.listener)
    except (PainterError, JudgeError) as error:
        raise CommandError(str(error)) from error
    # The base is always asked: a painter's style is measured against it.
    asked = [library.get(BASE), *(card for card in cards if card.slug != BASE)]
    request = protocol.Report(
        painters=tuple(protocol.PainterRef(card.slug, card.folder) for card in asked),
        judges=judges,
        colors=options.colors,
    )
    replies = ask(request, desk, options.base)
    surveys = [reply.survey for reply in replies if isinstance(reply, protocol.Surveyed)]
    colors = held_out_colors(options.colors)
    wanted = {card.slug for card in cards}
    rows = reports.rows(colors, surveys, surveys[0], own)
    return (
        colors,
        [survey for survey in surveys if survey.painter in wanted],
        [row for row in rows if row.painter in wanted],
    )


def report_json(colors: int, rows: list[Row]) -> dict[str, Any]:
    """Return the report's JSON document."""
    return {"colors": colors, "painters": [_figures(row) for row in rows]}


def _figures(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def report_command(options: argparse.Namespace, desk: Desk) -> int:
    """Measure painters, print the figures, draw the pictures."""
    colors, surveys, rows = report_on(options, desk)
    if options.pictures:
        _draw(Path(options.pictures), colors, surveys, PainterLibrary(desk.home))
    if options.json:
        print_json(report_json(len(colors), rows))
        return 0
    print_table(
        (
            *("painter", "distinct", "effective", "top 10", "top in a hue", "unreadable", "correct"),
            *("style", "style, held out"),
        ),
        [
            (
                row.painter,
                str(row.distinct),
                f"{row.effective:.0f}",
                *(f"{share:.0%}" for share in (row.top10_share, row.top_hue_share)),
                f"{row.unreadable:.1%}",
                *(
                    "" if share is None else f"{share:.0%}"
                    for share in (row.correctness, row.style_auc, row.style_auc_held_out)
                ),
            )
            for row in rows
        ],
        right=("distinct", "effective", "top 10", "top in a hue", "unreadable", "correct"),
    )
    return 0


def _draw(folder: Path, colors: list[str], surveys: list[Survey], library: PainterLibrary) -> None:
    titles = {card.slug: card.name for card in library.list()}
    named = [(titles.get(survey.painter, survey.painter), list(survey.names)) for survey in surveys]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "map.svg").write_text(pictures.name_maps(colors, named), encoding="utf-8")
        (folder / "names.svg").write_text(pictures.names_table(colors[:SHOWN], named), encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"The pictures cannot be written to {folder}: {error.strerror or error}. Give another folder."
        ) from error
