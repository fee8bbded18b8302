"""The command line: what may be asked for, and in which words. What is done lies in ``studio.commands``.

Only the standard library is imported until a command runs: ``--help`` answers at once, and set-up may
show it before anything is installed. Exit status 0 is done, 1 failed with a sentence on stderr, 2 wrong
usage. ``--json`` prints one document on stdout and nothing else there.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from studio import judge_arguments, painter_arguments, run_arguments
from studio.arguments import line as _text
from studio.arguments import number as _number
from studio.commands.desk import CommandError, Desk, printable

OBJECTIVES = ("grpo", "dr_grpo", "dapo", "gspo", "cispo")


def main(arguments: Sequence[str] | None = None, desk: Desk | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        What follows the program's name; ``sys.argv``'s by default.
    desk
        Where the command finds the person's folders and its helpers; the real ones by default.

    Returns
    -------
    int
        The exit status.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # What follows `test` is pytest's, its --help too.
    own, passed_on = (given[:1], given[1:]) if given[:1] == ["test"] else (given, [])
    options = _parser().parse_args(own or ["open"])
    options.passed_on = passed_on
    try:
        status = _run(options, Desk() if desk is None else desk)
        sys.stdout.flush()  # here, where a reader who left is no fault, and not when Python ends
        return status
    except CommandError as error:
        print(printable(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough (`| head`); Python must not fail on it again while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(options: argparse.Namespace, desk: Desk) -> int:
    # One import a command: what a command needs is loaded only for it.
    match options.command:
        case "open":
            return _open()
        case "name":
            from studio.commands.naming import name as command
        case "judge":
            from studio.commands.scoring import judge as command
        case "train":
            from studio.commands.training import train as command
        case "report":
            from studio.commands.reporting import report_command as command
        case "prime":
            from studio.commands.priming import prime as command
        case "export":
            from studio.commands.exporting import export as command
        case "painters" if options.about:
            from studio.commands.keeping import keeping as command
        case "painters":
            from studio.commands.lists import painters as command
        case "models":
            from studio.commands.models import models as command
        case "runs" if options.about == "follow":
            from studio.commands.mirroring import mirror as command
        case "runs" if options.about == "show":
            from studio.commands.showing import show as command
        case "runs":
            from studio.commands.lists import runs as command
        case "judges" if options.about == "like":
            from studio.commands.liking import like as command
        case "judges" if options.about == "hack":
            from studio.commands.hacking import hack as command
        case "judges" if options.about == "pick":
            from studio.commands.picking import pick as command
        case "judges" if options.about == "rescore":
            from studio.commands.rescoring import rescore as command
        case "judges" if options.about:
            from studio.commands.judging import judging as command
        case "judges":
            from studio.commands.lists import judges as command
        case "doctor":
            from studio.commands.doctor import doctor as command
        case _:
            from studio.commands.testing import test as command
    return command(options, desk)


def _open() -> int:
    from studio import desktop

    desktop.check_display()
    try:
        from ui.app import main as show
    except ImportError as error:
        raise CommandError(desktop.explain(error)) from error
    return show()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="painter-studio",
        description="Pick a colour, write a judge of paint names, train a painter, watch it learn.",
        epilog="Without a command the window opens.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    json = argparse.ArgumentParser(add_help=False)
    json.add_argument("--json", action="store_true", help="print one JSON document instead of text")

    commands.add_parser("open", help="open the window")
    _add_name(commands.add_parser("name", parents=[json], help="name a colour"))
    judge_arguments.add_judge(commands.add_parser("judge", parents=[json], help="score names for a colour"))
    _add_train(commands.add_parser("train", parents=[json], help="train a painter"))
    _add_report(commands.add_parser("report", parents=[json], help="measure painters over many colours"))
    _add_prime(commands.add_parser("prime", parents=[json], help="teach a small base to read a colour"))
    painter_arguments.add_export(
        commands.add_parser("export", parents=[json], help="write a painter for use outside the app")
    )
    painters = commands.add_parser("painters", parents=[json], help="list the painters, or see to one")
    about_painters = painters.add_subparsers(dest="about", metavar="command")
    runs = commands.add_parser("runs", parents=[json], help="list the trainings, newest first, or see to one")
    about_runs = runs.add_subparsers(dest="about", metavar="command")
    models = commands.add_parser("models", parents=[json], help="list the bases, fetch or remove one")
    about_models = models.add_subparsers(dest="about", metavar="command")
    judges = commands.add_parser("judges", parents=[json], help="list the judges, or see to one")
    about = judges.add_subparsers(dest="about", metavar="command")
    # Without a default: what follows `judges --json` must not forget it.
    again = argparse.ArgumentParser(add_help=False)
    again.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the same as JSON")
    judge_arguments.add_about(about, again)
    painter_arguments.add_about(about_painters, again)
    run_arguments.add_about_models(about_models, again)
    run_arguments.add_about_runs(about_runs, again)
    doctor = commands.add_parser(
        "doctor", parents=[json], help="say what this computer offers and what is off"
    )
    doctor.add_argument(
        "--timeout",
        type=_number(float, 0, 3600),
        default=120.0,
        metavar="SECONDS",
        help="how long to wait for the naming service (default 120)",
    )
    commands.add_parser("test", help="run the project's tests; what follows is passed to pytest")
    return parser


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("color", type=_text, help="such as '#d48475'; of another task, what to name")
    parser.add_argument("--task", default="colour", help="another task, by slug or path (default: colour)")
    parser.add_argument(
        "--painter", action="append", metavar="SLUG", help="who names it; may be repeated (default: base)"
    )
    parser.add_argument(
        "--samples",
        type=_number(int, 0, 1000),
        default=0,
        metavar="N",
        help="sampled names besides the greedy one",
    )
    parser.add_argument(
        "--seed", type=_number(int, 0, 2**31 - 1), default=0, help="of the sampling (default 0)"
    )
    parser.add_argument("--base", default="", help="another base: a local transformers folder")
    parser.set_defaults(refuse=parser.error)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Train a painter with GRPO in a process of its own. Ctrl-C saves and stops; a second Ctrl-C leaves "
        "the training to itself. In --json, reward_first and reward_last are the mean rewards of the first "
        "and the last five steps (of all, where there are fewer), and outcome is completed, stopped, failed, "
        "crashed or, when it was left to itself, running."
    )
    what = parser.add_argument_group("what is asked for")
    what.add_argument(
        "--recipe",
        metavar="RECIPE",
        help="one that ships with the app (poet, architect, unhinged, unhinged-cured), or the path of a "
        ".toml; the other options change it",
    )
    what.add_argument(
        "--judge",
        action="append",
        metavar="JUDGE[:WEIGHT]",
        help="a taste, by slug or path of a .toml, and its weight; may be repeated (default: poet)",
    )
    what.add_argument(
        "--guard",
        action="append",
        metavar="JUDGE",
        help="a judge that multiplies the tastes; may be repeated; none for none (default: correctness)",
    )
    what.add_argument(
        "--gate",
        action="append",
        metavar="JUDGE:NUMBER",
        help="a judge that must give at least so much, or the name earns nothing; may be repeated; none for "
        "none",
    )
    what.add_argument(
        "--normalize",
        action="store_true",
        default=None,
        help="normalise each taste by itself before they are summed (GDPO)",
    )
    what.add_argument(
        "--no-sameness",
        action="store_true",
        default=None,
        help="do not divide the reward among a batch's colours that share a name",
    )
    what.add_argument("--task", help="another task than colours, by slug or path of a .toml, such as haiku")
    what.add_argument("--name", type=_text, help="what the painter will be called (default: my-JUDGE)")
    what.add_argument("--base", help="another base: a local transformers folder")
    how = parser.add_argument_group("how it learns")
    how.add_argument("--steps", type=_number(int, 1, 100_000), help="updates (default 60)")
    how.add_argument("--colors", type=_number(int, 1, 512), help="colours a step (default 8)")
    how.add_argument("--group", type=_number(int, 2, 256), help="names sampled for each colour (default 8)")
    how.add_argument(
        "--seed", type=_number(int, 0, 2**31 - 1), help="of everything that is random (default 0)"
    )
    how.add_argument("--objective", choices=OBJECTIVES, help="(default grpo)")
    how.add_argument("--lr", type=_number(float, 0, 0.1), help="learning rate (default 1.5e-4)")
    how.add_argument("--beta", type=_number(float, 0, 10), help="weight of the KL term (default 0)")
    how.add_argument("--temperature", type=_number(float, 0, 5), help="of the sampling (default 1)")
    how.add_argument(
        "--entropy-floor",
        type=_number(float, 0, 10),
        metavar="NATS",
        help="below this entropy of a token a bonus for being unsure grows (default 0: none)",
    )
    how.add_argument("--rank", type=_number(int, 1, 256), help="of the LoRA (default 8)")
    how.add_argument("--accumulation", type=_number(int, 1, 256), help="micro-batches an update (default 1)")
    how.add_argument(
        "--checkpoint-every", type=_number(int, 0, 100_000), metavar="STEPS", help="(default 10)"
    )
    how.add_argument("--eval-every", type=_number(int, 0, 100_000), metavar="STEPS", help="(default 10)")
    how.add_argument(
        "--patience",
        type=_number(int, 0, 1000),
        metavar="LOOKS",
        help="stop when so many evaluations bring no better held-out reward, and keep the best (default 0)",
    )
    _add_sampling(parser.add_argument_group("what reaches the loss"))
    where = parser.add_argument_group("where it runs")
    where.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), help="(default auto)")
    where.add_argument("--dtype", choices=("auto", "float32", "bfloat16"), help="(default auto)")
    where.add_argument("--threads", type=_number(int, 0, 1024), help="CPU threads; 0 chooses (default 0)")
    where.add_argument(
        "--quantize",
        choices=("none", "nf4"),
        help="nf4 holds the base in 4 bits (CUDA and bitsandbytes) (default none)",
    )
    where.add_argument("--vllm", metavar="URL", help="of a trl vllm-serve that draws the names")
    where.add_argument(
        "--launch",
        metavar="COMMAND",
        help="a launcher that starts several processes, such as 'accelerate launch --num_processes 4'",
    )
    where.add_argument(
        "--report-to",
        choices=("trackio", "tensorboard", "wandb"),
        help="also send the numbers to a dashboard that is installed",
    )
    parser.add_argument(
        "--resume", metavar="RUN", help="go on with a run, by the name of its folder or its path"
    )
    parser.add_argument(
        "--fork",
        metavar="RUN[:STEP]",
        help="begin a new run from a checkpoint of another (default: its latest), by its recipe; the other "
        "options change it",
    )
    parser.add_argument(
        "--no-start", action="store_true", help="make the run's folder, print its path, and do not start it"
    )
    parser.add_argument(
        "--cure",
        nargs=2,
        metavar=("CURE", "RUN[:STEP]"),
        help="begin a new run from the last healthy checkpoint of one that narrows, or from the step that is "
        "given, with a cure: breadth, verifiable, rejection, uniqueness, kl, entropy, early-stop, house; the "
        "other options change its recipe further",
    )
    parser.add_argument("--detach", action="store_true", help="start it and do not wait for its end")
    # For what argparse cannot check by itself; `train` calls it and exits with status 2.
    parser.set_defaults(refuse=parser.error)


def _add_sampling(what: argparse._ArgumentGroup) -> None:
    what.add_argument(
        "--reject-worst",
        type=_number(float, 0, 0.9),
        metavar="SHARE",
        help="of each group, from its lowest reward up, that is left out (default 0)",
    )
    what.add_argument(
        "--reject-duplicates",
        action="store_true",
        default=None,
        help="leave out names that repeat an earlier one of their group",
    )
    what.add_argument(
        "--redraws",
        type=_number(int, 0, 16),
        metavar="TIMES",
        help="draw groups without spread again for other colours, so often at most (default 0)",
    )
    what.add_argument(
        "--rare-colors",
        type=_number(float, 0, 1),
        metavar="SHARE",
        help="of a step's colours that few known names lie near (default 0)",
    )
    what.add_argument(
        "--phrasings", type=_number(int, 1, 6), metavar="N", help="ways of asking for a name (default 1)"
    )


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Let painters name colours that none was trained on, and measure the names. In --json, shares and "
        "AUCs lie in 0..1: style_auc is how often a painter's name outscores the base's for the same colour "
        "by the painter's own judge, style_auc_held_out by one that it was not trained on."
    )
    parser.add_argument(
        "--painter",
        action="append",
        metavar="SLUG",
        help="who is measured; may be repeated (default: the base and all that ship with the app)",
    )
    parser.add_argument(
        "--colors", type=_number(int, 1, 20_000), default=2000, metavar="N", help="(default 2000)"
    )
    parser.add_argument(
        "--listener",
        action="store_true",
        help="ask the listener too, which takes as long as the rest together",
    )
    parser.add_argument(
        "--pictures", metavar="FOLDER", help="also draw the names by hue and lightness, and twenty colours"
    )
    parser.add_argument("--base", default="", help="another base: a local transformers folder")


def _add_prime(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Train a primer: a LoRA that teaches a base to read a colour and answer with a plain name. The "
        "embedded base has one; a local one uses what is made here from then on."
    )
    parser.add_argument("--base", help="a local transformers folder (default: the embedded base)")
    parser.add_argument("--out", metavar="FOLDER", help="where to write it (default: among your own files)")
    parser.add_argument("--steps", type=_number(int, 1, 100_000), help="updates (default 150)")
    parser.add_argument("--seed", type=_number(int, 0, 2**31 - 1), help="(default 0)")


if __name__ == "__main__":
    sys.exit(main())
