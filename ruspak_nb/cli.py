"""The command `ruspak`.

A subcommand is one function that takes the subparsers, adds its own and sets
`run` to what it does; list it in `COMMANDS`. What `run` raises becomes one line
on stderr.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["main"]

FAILED = 1
MISUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `ruspak` and return its exit code: 0, 1 for a failure, 2 for a wrong call."""
    for stream in (sys.stdout, sys.stderr):
        # A console of Windows that cannot show a character must not end the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(
        prog="ruspak", description="Notebooks and frames about a small corpus of articles."
    )
    parser.add_argument("--version", action="version", version=f"ruspak {_version()}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in COMMANDS:
        add(subparsers)
    options = parser.parse_args(arguments)
    if not hasattr(options, "run"):
        parser.print_help(sys.stderr)
        return MISUSED
    try:
        options.run(options)
    except (ImportError, OSError, RuntimeError, UnicodeError, ValueError) as error:
        sys.stderr.write(f"ruspak: error: {error}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("ruspak: stopped\n")
        return FAILED
    return 0


def add_report(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak report`: run the notebooks and render them as pages."""
    parser = subparsers.add_parser(
        "report",
        help="run the notebooks and render them as HTML",
        description="Run the notebooks and render an index and a page each, to read offline.",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("report"), help="folder to write to (default: report)"
    )
    parser.add_argument(
        "--no-execute", action="store_true", help="render the outputs as they are stored"
    )
    _add_notebook_options(parser)

    def run(options: argparse.Namespace) -> None:
        from ruspak_nb.report import build_report

        index = build_report(
            options.notebooks,
            options.out,
            execute=not options.no_execute,
            jobs=options.jobs,
            progress=True,
        )
        sys.stdout.write(f"{index}\n")

    parser.set_defaults(run=run)


def add_notebooks(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak notebooks`: run the notebooks and store their outputs in place."""
    parser = subparsers.add_parser(
        "notebooks",
        help="run the notebooks and store their outputs in place",
        description="Run the notebooks and store their outputs in place, "
        "without timings and other noise.",
    )
    _add_notebook_options(parser)

    def run(options: argparse.Namespace) -> None:
        from ruspak_nb.execute import execute_notebooks, find_notebooks

        execute_notebooks(
            find_notebooks(options.notebooks), jobs=options.jobs, store=True, progress=True
        )

    parser.set_defaults(run=run)


COMMANDS: tuple[Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None], ...] = (
    add_report,
    add_notebooks,
)


def _add_notebook_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command on notebooks has."""
    parser.add_argument(
        "--notebooks",
        type=Path,
        default=Path("notebooks"),
        metavar="DIR",
        help="folder of notebooks, or one notebook (default: notebooks)",
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=2,
        metavar="N",
        help="notebooks to run at a time (default: 2)",
    )


def _positive(text: str) -> int:
    """Read a whole number of at least 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least 1")
    return number


def _version() -> str:
    """Say which release is installed."""
    from importlib.metadata import version

    return version("ruspak-nb")
