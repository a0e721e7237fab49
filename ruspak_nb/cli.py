"""The command `ruspak`.

A subcommand is one function that takes the subparsers, adds its own and sets
`run` to what it does; list it in `COMMANDS`. What `run` raises becomes one line
on stderr.
"""

import argparse
import sys
import warnings
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
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
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
        "--corpus",
        type=Path,
        metavar="DIR",
        help="folder of the articles that the pages cite (default: the five articles)",
    )
    parser.add_argument(
        "--no-execute", action="store_true", help="render the outputs as they are stored"
    )
    _add_notebook_options(parser)

    def run(options: argparse.Namespace) -> None:
        from ruspak_nb.annotation import annotate
        from ruspak_nb.corpus import load_corpus
        from ruspak_nb.report import build_report

        index = build_report(
            options.notebooks,
            options.out,
            execute=not options.no_execute,
            jobs=options.jobs,
            notes=annotate(load_corpus(options.corpus)),
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


def add_annotate(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak annotate`: write the frames of any folder of articles."""
    parser = subparsers.add_parser(
        "annotate",
        help="annotate articles and write one file a frame",
        description="Annotate folders of .txt files, or single ones, and write one file for "
        "each frame: articles, zones, sentences, mentions, themes, dates.",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="folder of .txt files, or one file"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument(
        "--format",
        choices=("csv", "parquet", "jsonl"),
        default="csv",
        help="of the files (default: csv)",
    )
    parser.add_argument("--encoding", default="utf-8", help="of the .txt files (default: utf-8)")
    parser.add_argument(
        "--codebook", type=Path, metavar="DIR", help="another codebook than the package's own"
    )
    parser.add_argument(
        "--model",
        default="shipped",
        metavar="NAME",
        help="an installed spaCy pipeline or the folder of one, instead of the shipped one; "
        "'none' to find what the codebook lists and nothing else",
    )

    def run(options: argparse.Namespace) -> None:
        from ruspak_nb.annotation import annotate, save_annotations
        from ruspak_nb.codebook import load_codebook
        from ruspak_nb.corpus import load_corpus
        from ruspak_nb.pipeline import SHIPPED

        codebook = load_codebook(options.codebook) if options.codebook else None
        corpus = load_corpus(options.paths, encoding=options.encoding)
        model = {"shipped": SHIPPED, "none": None}.get(options.model, options.model)
        notes = annotate(corpus, codebook=codebook, model=model)
        for path in save_annotations(notes, options.out, format=options.format):
            sys.stdout.write(f"{path}\n")

    parser.set_defaults(run=run)


COMMANDS: tuple[Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None], ...] = (
    add_annotate,
    add_report,
    add_notebooks,
)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as a line that a reader of the terminal can act on."""
    sys.stderr.write(f"ruspak: warning: {message}\n")


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
