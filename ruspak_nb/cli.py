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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations
    from ruspak_nb.codebook import Codebook
    from ruspak_nb.corpus import Corpus

__all__ = ["main"]

FAILED = 1
MISUSED = 2
PARTLY = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `ruspak` and return its exit code.

    0, 1 for a failure, 2 for a wrong call, 3 if part of what was asked for was refused.
    """
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
            code: int | None = options.run(options)
    except (ImportError, OSError, RuntimeError, UnicodeError, ValueError) as error:
        sys.stderr.write(f"ruspak: error: {error}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("ruspak: stopped\n")
        return FAILED
    return code or 0


def add_report(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak report`: run the notebooks and render them as pages."""
    parser = subparsers.add_parser(
        "report",
        help="run the notebooks and render them as HTML",
        description="Run the notebooks and render a page each, one for each article and a front "
        "page, to read offline: a folder, one file to send, or a PDF.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="folder or file to write to (default: report, report.html or report.pdf, "
        "in the project if there is one)",
    )
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="DIR",
        help="project, or folder of the articles that the pages cite "
        "(default: this folder if it is a project, else the five articles)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--single-file",
        dest="form",
        action="store_const",
        const="file",
        help="write one HTML file that needs no other",
    )
    form.add_argument(
        "--pdf",
        dest="form",
        action="store_const",
        const="pdf",
        help="write a PDF; needs an installed Chromium, Chrome or Edge",
    )
    parser.add_argument(
        "--no-execute", action="store_true", help="render the outputs as they are stored"
    )
    _add_notebook_options(parser)

    def run(options: argparse.Namespace) -> None:
        from ruspak_nb.project import default_project, find_project, open_project
        from ruspak_nb.report import FORMS, build_report

        folder = options.corpus or default_project()
        project = find_project(folder)
        form = options.form or "site"
        index = build_report(
            options.notebooks or project.notebooks,
            options.out or (folder / FORMS[form] if project.notebooks else None),
            execute=not options.no_execute,
            jobs=options.jobs,
            notes=open_project(folder),
            form=form,
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


def add_add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak add`: take saved pages, documents and books into a corpus."""
    parser = subparsers.add_parser(
        "add",
        help="add saved pages, PDFs, documents and books to a corpus",
        description="Read .html, .mhtml, .txt, .md, .pdf, .docx and .epub files, folders and zip "
        "files of them; write the text of each to seeds/, keep the file in originals/, and "
        "say in seeds/documents.csv what was found about it, and how. What is there already is "
        "never changed. Nothing is fetched.",
        epilog="Exit codes: 0 all were taken, known or kept apart for their language, 1 none "
        "could be, 3 some were refused. Limits: 20 MB a page or text, 100 MB any other file, 300 "
        "MB unpacked from a zip file, 200 pages a PDF.",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="file, folder or zip file"
    )
    parser.add_argument(
        "--corpus",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="project to add to (default: this folder)",
    )
    parser.add_argument(
        "--language",
        action="append",
        metavar="CODE",
        help="language of the corpus, such as en (the default); may be given several times. "
        "Texts in others go to seeds/other-languages/, which is not annotated unless named",
    )

    def run(options: argparse.Namespace) -> int:
        from ruspak_nb.intake import add_articles, describe_added

        added = add_articles(
            options.paths, options.corpus, languages=options.language or ["en"], progress=True
        )
        sys.stdout.write(describe_added(added))
        refused = int((added["status"] == "refused").sum())
        if refused == len(added):
            return FAILED
        return PARTLY if refused else 0

    parser.set_defaults(run=run)


def add_new(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak new`: make a project for articles of one's own."""
    parser = subparsers.add_parser(
        "new",
        help="make a project for articles of your own",
        description="Make a folder with all that a corpus of your own needs: a place for the "
        "articles, a codebook to edit, notebooks, and a README with the commands.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")

    def run(options: argparse.Namespace) -> None:
        import shlex

        from ruspak_nb.project import new_project

        folder = shlex.quote(str(new_project(options.folder)))
        sys.stdout.write(
            f"made {folder}; next:\n"
            f"  ruspak add FILES --corpus {folder}\n"
            f"  ruspak check {folder}\n"
            f"  ruspak report --corpus {folder}\n"
        )

    parser.set_defaults(run=run)


def add_check(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak check`: report all faults of a project, and what its codebook lacks."""
    parser = subparsers.add_parser(
        "check",
        help="report all faults of a project, and what its codebook lacks",
        description="Read the articles, datasheet, codebook and reference tables of a project "
        "and report every fault; then list frequent names and phrases that no row of the "
        "codebook covers, ready to be pasted into it. Exit code 1 if there is a fault.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="project, or folder of .txt files "
        "(default: this folder if it is a project, else the five articles)",
    )
    parser.add_argument(
        "--codebook", type=Path, metavar="DIR", help="another codebook than the project's"
    )
    parser.add_argument(
        "--gaps",
        type=_count,
        default=20,
        metavar="N",
        help="how many names and phrases to list; 0: do not look for any (default: 20)",
    )
    parser.add_argument("--json", action="store_true", help="write JSON, for scripts")

    def run(options: argparse.Namespace) -> int:
        from ruspak_nb.checkup import check_project, checkup_json, describe_checkup
        from ruspak_nb.project import default_project, find_project

        project = find_project(options.folder or default_project(), codebook=options.codebook)
        checkup = check_project(project, gaps=options.gaps > 0)
        write = checkup_json if options.json else describe_checkup
        sys.stdout.write(write(checkup, most=options.gaps))
        return FAILED if len(checkup.faults) else 0

    parser.set_defaults(run=run)


def add_annotate(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak annotate`: write the frames of any folder of articles."""
    parser = subparsers.add_parser(
        "annotate",
        help="annotate articles and write one file a frame",
        description="Annotate folders of .txt files, or single ones, and write one file for "
        "each frame: articles, zones, sentences, mentions, themes, dates, quotes, events.",
        epilog="With --stream, exit code 3 says that articles were set aside.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="folder of .txt files, or one file; with --stream also .zip, .jsonl, .csv, .parquet",
    )
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="project, with its codebook, instead of paths"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument(
        "--format",
        choices=("csv", "parquet", "jsonl"),
        help="of the files (default: csv; with --stream: parquet)",
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
    parser.add_argument(
        "--layers",
        type=lambda text: [layer.strip() for layer in text.split(",")],
        metavar="NAMES",
        help="only these, as in 'mentions,themes,dates', which need no trained pipeline and so "
        "take a small part of the time (default: all)",
    )
    archive = parser.add_argument_group("archives of any size")
    archive.add_argument(
        "--stream",
        action="store_true",
        help="write a dataset: a folder of Parquet files for each frame, and one of the texts. "
        "Memory stays the same however long the input; what was stopped goes on with the same "
        "command, and another run adds what is new",
    )
    archive.add_argument(
        "--workers", type=_positive, metavar="N", help="processes (default: one a core)"
    )
    archive.add_argument(
        "--scheduler", metavar="ADDRESS", help="run on the Dask cluster at, say, tcp://host:8786"
    )
    archive.add_argument(
        "--seconds-per-article",
        type=_positive,
        metavar="N",
        help="set an article aside that takes longer (default: 120)",
    )
    archive.add_argument(
        "--retry", action="store_true", help="try again what was set aside in earlier runs"
    )
    archive.add_argument(
        "--verify", action="store_true", help="read every file that is there, to find damage"
    )

    def stream(options: argparse.Namespace, paths: list[Path], rules: Path | None) -> int:
        from ruspak_nb.archive import annotate_archive, describe_summary
        from ruspak_nb.archive.run import SECONDS
        from ruspak_nb.codebook import load_codebook

        if options.format not in (None, "parquet"):
            parser.error("--stream writes Parquet; leave out --format")
        summary = annotate_archive(
            paths,
            options.out,
            codebook=load_codebook(rules) if rules else None,
            model=_model(options),
            layers=options.layers,
            encoding=options.encoding,
            workers=options.workers,
            scheduler=options.scheduler,
            seconds=options.seconds_per_article or SECONDS,
            retry=options.retry,
            verify=options.verify,
            progress=True,
        )
        sys.stdout.write(describe_summary(summary))
        return PARTLY if len(summary.failures) else 0

    def run(options: argparse.Namespace) -> int:
        from ruspak_nb.annotation import annotate, save_annotations
        from ruspak_nb.codebook import load_codebook
        from ruspak_nb.corpus import load_corpus
        from ruspak_nb.project import find_project

        if bool(options.paths) == bool(options.corpus):
            parser.error("name either folders and files, or a project with --corpus")
        paths, rules = options.paths, options.codebook
        if options.corpus:
            project = find_project(options.corpus, codebook=options.codebook)
            paths, rules = project.articles, project.codebook
        if options.stream:
            return stream(options, paths if isinstance(paths, list) else [paths], rules)
        for name in ("workers", "scheduler", "seconds_per_article", "retry", "verify"):
            if getattr(options, name):
                parser.error(f"--{name.replace('_', '-')} needs --stream")
        codebook = load_codebook(rules) if rules else None
        corpus = load_corpus(paths, encoding=options.encoding)
        _say_reprints(corpus)
        notes = annotate(corpus, codebook=codebook, model=_model(options), layers=options.layers)
        for path in save_annotations(notes, options.out, format=options.format or "csv"):
            sys.stdout.write(f"{path}\n")
        return 0

    parser.set_defaults(run=run)


def add_export(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak export`: write annotations as other programs read them."""
    parser = subparsers.add_parser(
        "export",
        help="write annotations for other programs",
        description="Annotate a corpus and write it as parquet, csv or jsonl (a folder: all "
        "frames, the texts, a Frictionless datapackage.json), webannotation (W3C JSON-LD), qdpx "
        "(REFI-QDA, for NVivo, MAXQDA, ATLAS.ti, QualCoder), plover (event records), conllu "
        "(sentences with their parse) or docbin (spaCy).",
    )
    parser.add_argument(
        "--format",
        required=True,
        choices=(
            *("parquet", "csv", "jsonl", "webannotation"),
            *("qdpx", "plover", "conllu", "docbin"),
        ),
        help="what to write",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="folder or file to write to"
    )
    _add_corpus_options(parser)

    def run(options: argparse.Namespace) -> None:
        from ruspak_nb.exchange import export_annotations

        notes, codebook, model = _annotate(options)
        for path in export_annotations(
            notes, options.out, format=options.format, codebook=codebook, model=model
        ):
            sys.stdout.write(f"{path}\n")

    parser.set_defaults(run=run)


def add_import(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ruspak import`: read codings that were made in another program."""
    parser = subparsers.add_parser(
        "import",
        help="read codings made in another program",
        description="Read codings of a corpus from a REFI-QDA project or from CSV and write them "
        "as the frames of a second coding, a folder for each coder if there are several.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="project, or CSV file or folder")
    parser.add_argument(
        "--format", choices=("qdpx", "csv"), default="qdpx", help="of the file (default: qdpx)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    _add_corpus_options(parser)

    def run(options: argparse.Namespace) -> None:
        from ruspak_nb.exchange import import_codings, save_codings

        notes, codebook, _ = _annotate(options)
        codings = import_codings(options.file, notes, format=options.format, codebook=codebook)
        for path in save_codings(codings, options.out):
            sys.stdout.write(f"{path}\n")

    parser.set_defaults(run=run)


COMMANDS: tuple[Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None], ...] = (
    add_new,
    add_add,
    add_check,
    add_annotate,
    add_export,
    add_import,
    add_report,
    add_notebooks,
)


def _say_reprints(corpus: "Corpus") -> None:
    """Say how many texts there are, where that is fewer than articles."""
    if len(corpus.reprints):
        pairs = zip(corpus.reprints["article_id"], corpus.reprints["reprint_of"], strict=True)
        named = ", ".join(f"{later} (of {older})" for later, older in pairs)
        sys.stderr.write(f"ruspak: {corpus.summary}; counted once: {named}\n")


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as a line that a reader of the terminal can act on."""
    sys.stderr.write(f"ruspak: warning: {message}\n")


def _add_corpus_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is annotated, and with what."""
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="DIR",
        help="project, or folder of articles "
        "(default: this folder if it is a project, else the five articles)",
    )
    parser.add_argument(
        "--codebook", type=Path, metavar="DIR", help="another codebook than the package's own"
    )
    parser.add_argument(
        "--model",
        default="shipped",
        metavar="NAME",
        help="another spaCy pipeline than the shipped one, or 'none' for none",
    )


def _add_notebook_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command on notebooks has."""
    parser.add_argument(
        "--notebooks",
        type=Path,
        metavar="DIR",
        help="folder of notebooks, or one notebook (default: those of the project, or notebooks)",
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


def _annotate(
    options: argparse.Namespace,
) -> tuple["Annotations", "Codebook", str | Path | None]:
    """Annotate what the options name, and say with which codebook and model."""
    from ruspak_nb.annotation import annotate
    from ruspak_nb.codebook import load_codebook
    from ruspak_nb.corpus import load_corpus
    from ruspak_nb.project import default_project, find_project

    project = find_project(options.corpus or default_project(), codebook=options.codebook)
    corpus, codebook = load_corpus(project.articles), load_codebook(project.codebook)
    _say_reprints(corpus)
    model = _model(options)
    return annotate(corpus, codebook=codebook, model=model), codebook, model


def _model(options: argparse.Namespace) -> str | Path | None:
    """Read which trained pipeline the options name."""
    from ruspak_nb.pipeline import SHIPPED

    named: str | Path | None = {"shipped": SHIPPED, "none": None}.get(options.model, options.model)
    return named


def _count(text: str) -> int:
    """Read a whole number of at least 0."""
    return 0 if text == "0" else _positive(text)


def _version() -> str:
    """Say which release is installed."""
    from importlib.metadata import version

    return version("ruspak-nb")
