"""Build the report: run the notebooks, render a page each and an index."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruspak_nb.execute import (
    NotebookError,
    execute_notebooks,
    find_notebooks,
    read_notebook,
    strip_noise,
    warnings_of,
)
from ruspak_nb.schema import suggest

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ruspak_nb.annotation import Annotations
    from ruspak_nb.report.downloads import Download
    from ruspak_nb.report.page import Page
    from ruspak_nb.report.sources import Source

__all__ = ["build_report"]

HERE = Path(__file__).parent
STATIC = HERE / "static"
# A quarter of plotly's own script, for the kinds of traces that it can draw.
BASIC_PLOTLY = STATIC / "vendor" / "plotly-basic.min.js"
BASIC_TRACES = frozenset({"bar", "pie", "scatter"})
# What an earlier run wrote, and so what a later one may remove; nothing else is.
MANIFEST = "report.json"
# What a report can be, and where it is written unless told.
FORMS = {"site": "report", "file": "report.html", "pdf": "report.pdf"}
# What each kind of page loads, in this order, of what lies in `static`.
STYLES = ("base.css", "search.css")
STYLES_OF = {
    "page": ("notebook.css", "figures.css"),
    "reading": ("reading.css",),
    "index": ("notebook.css", "figures.css", "index.css"),
}
SCRIPTS = ("theme.js", "report.js", "search.js")
SCRIPTS_OF = {"page": ("evidence.js", "figures.js"), "reading": ("reading.js",), "index": ()}
PLOT_SCRIPT = "plotly.min.js"
SEARCH_INDEX = "static/search-index.js"


def build_report(
    notebooks: str | Path | Iterable[str | Path] | None = None,
    out: str | Path | None = None,
    *,
    execute: bool = True,
    jobs: int = 2,
    notes: "Annotations | None" = None,
    title: str | None = None,
    form: str = "site",
    progress: bool = False,
) -> Path:
    """Render notebooks as a site and return the path of its index.

    `notebooks` is a folder or a list of paths (None: `notebooks`). `form` is "site", a
    folder of pages; "file", all of it in one HTML file to be sent; or "pdf", printed by an
    installed Chromium. `out` is that folder or file (None: `report`, `report.html`,
    `report.pdf`). With `execute=False` the outputs are those stored. `title` heads the site;
    None takes the first notebook's `title` in its metadata. With `notes`, each sentence id
    leads to its sentence in a page of the article. The same notebooks give the same bytes,
    and no page asks for anything online. Raises FileNotFoundError for a missing notebook or
    browser, NotebookError if a cell fails or writes to stderr, ValueError for a link that
    leads nowhere or an unknown form.
    """
    if form not in FORMS:
        raise ValueError(f"unknown form {form!r}; {suggest(form, FORMS)}")
    needed = ("nbclient", "nbconvert", "ipykernel")
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise ImportError(f"a report needs {', '.join(missing)}: pip install 'ruspak-nb[report]'")
    paths = find_notebooks(notebooks)
    _check_names(paths)
    target = Path(FORMS[form] if out is None else out)
    _check_target(target, form)
    if execute:
        nodes = execute_notebooks(paths, jobs=jobs, progress=progress)
    else:
        nodes = [strip_noise(read_notebook(path)) for path in paths]
        faults = [
            fault
            for path, node in zip(paths, nodes, strict=True)
            for fault in warnings_of(node, name=path.name)
        ]
        if faults:
            raise NotebookError(faults)
    files = _render(paths, nodes, notes, title)
    if form == "site":
        return _write(files, target)
    return _write_one(files, target, form)


def _check_target(target: Path, form: str) -> None:
    """Raise, before anything runs, if the report could not be written."""
    if form == "site" and target.exists() and not target.is_dir():
        raise NotADirectoryError(f"'{target}' is a file; the report needs a folder")
    if form != "site" and target.is_dir():
        raise IsADirectoryError(f"'{target}' is a folder; name a file, such as {FORMS[form]}")
    if form == "pdf":
        from ruspak_nb.report.pdf import find_browser

        find_browser()


def _write_one(files: dict[str, bytes], target: Path, form: str) -> Path:
    """Write the site as one HTML file, or print that."""
    from ruspak_nb.report.single import join_pages

    target.parent.mkdir(parents=True, exist_ok=True)
    if form == "file":
        target.write_bytes(join_pages(files))
        return target
    from ruspak_nb.report.pdf import print_pdf

    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / FORMS["file"]
        page.write_bytes(join_pages(files, plots=False))
        print_pdf(page, target)
    return target


def _check_names(paths: Sequence[Path]) -> None:
    """Raise ValueError if two pages would have one name."""
    taken = {"index"}
    for path in paths:
        if path.stem.lower() in taken:
            raise ValueError(f"'{path}': another page is called '{path.stem}.html'; rename it")
        taken.add(path.stem.lower())


def _render(
    paths: Sequence[Path],
    nodes: Sequence["NotebookNode"],
    notes: "Annotations | None",
    title: str | None,
) -> dict[str, bytes]:
    """Render all that the site consists of, by address."""
    from ruspak_nb.report.corpora import find_subjects
    from ruspak_nb.report.downloads import write_frames, write_notebook
    from ruspak_nb.report.exporter import ReportExporter
    from ruspak_nb.report.page import read_page
    from ruspak_nb.report.plates import dress_figures
    from ruspak_nb.report.search import build_index
    from ruspak_nb.report.sources import link_sentences

    exporter = ReportExporter()
    pages = [
        read_page(path, exporter.from_notebook_node(node)[0])
        for path, node in zip(paths, nodes, strict=True)
    ]
    if title is None:
        title = str(nodes[0].metadata.get("title") or "Notebooks")
    files = _link(pages)
    subjects = [] if notes is None else find_subjects(pages, nodes, notes)
    about = {page.name: subject.notes for subject in subjects for page in subject.pages}
    for page, node in zip(pages, nodes, strict=True):
        plates = dress_figures(page, about.get(page.name))
        files |= page.images | {address: path.read_bytes() for address, path in plates.items()}
        page.notebook, files[page.notebook] = write_notebook(page.name, node)
    sources = [link_sentences(subject.pages, subject.notes, subject.claims) for subject in subjects]
    downloads: list[Download] = []
    if notes is not None:
        downloads, frames = write_frames(notes)
        files |= frames
    files[SEARCH_INDEX] = build_index(pages, notes)
    files |= _write_pages(title, pages, sources, downloads, notes)
    files |= _read_static()
    traces = frozenset().union(*(page.traces for page in pages))
    if traces:
        files[f"static/{PLOT_SCRIPT}"] = _plotly_source(traces)
    return files


def _read_static() -> dict[str, bytes]:
    """Read what every site has of styles and scripts."""
    paths = sorted(path for path in STATIC.rglob("*") if path.is_file() and path != BASIC_PLOTLY)
    return {f"static/{path.relative_to(STATIC).as_posix()}": path.read_bytes() for path in paths}


def _link(pages: list["Page"]) -> dict[str, bytes]:
    """Point the links of all pages at one another, and read the files that they link to."""
    from ruspak_nb.report.page import resolve_links

    files: dict[str, bytes] = {}
    problems = []
    for page in pages:
        try:
            linked = resolve_links(page, pages, page.path.resolve().parent.parent)
            files |= {address: path.read_bytes() for address, path in linked.items()}
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("\n".join(problems))
    return files


def _write_pages(
    title: str,
    pages: list["Page"],
    sources: Sequence[Sequence["Source"]],
    downloads: list["Download"],
    notes: "Annotations | None",
) -> dict[str, bytes]:
    """Put the pages of the notebooks, of the articles and the front page into their frame."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from ruspak_nb.report.downloads import cite

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def fill(template: str, kind: str, **values: Any) -> bytes:
        page = values.get("page")
        plots = (PLOT_SCRIPT,) if page is not None and page.has_plots else ()
        values = {"page": None, "root": "", "site_title": title, "pages": pages, **values}
        look = {"styles": (*STYLES, *STYLES_OF[kind], "print.css")}
        scripts = {"scripts": (*SCRIPTS, *plots, *SCRIPTS_OF[kind])}
        filled = environment.get_template(template)
        return filled.render(kind=kind, **look, **scripts, **values).encode()

    files = {}
    for number, page in enumerate(pages):
        files[page.href] = fill(
            "page.html.j2",
            "page",
            page=page,
            previous=pages[number - 1] if number else None,
            following=pages[number + 1] if number + 1 < len(pages) else None,
        )
    for source in chain.from_iterable(sources):
        files[source.href] = fill("source.html.j2", "reading", source=source, root="../")
    files["index.html"] = fill(
        "index.html.j2",
        "index",
        # The report's own; others are reached from the notebooks that are about them.
        sources=sources[0] if sources else [],
        downloads=downloads,
        citation=None if notes is None else cite(title, notes),
    )
    return files


def _plotly_source(traces: frozenset[str]) -> bytes:
    """Read the plotting library: the small one if it will do, else that of plotly itself."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ImportError("a notebook shows a plotly figure, but plotly is not installed")
    from plotly.offline import get_plotlyjs_version

    if traces <= BASIC_TRACES and f"v{get_plotlyjs_version()}\n".encode() in _head(BASIC_PLOTLY):
        return BASIC_PLOTLY.read_bytes()
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


def _head(path: Path) -> bytes:
    """Read the first lines of a script, which name it."""
    with path.open("rb") as file:
        return file.read(200)


def _write(files: dict[str, bytes], folder: Path) -> Path:
    """Write the site and remove what an earlier run wrote and this one did not."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    earlier: list[str] = json.loads(manifest.read_text("utf-8")) if manifest.is_file() else []
    manifest.write_text(
        json.dumps(sorted({*files, *earlier}), indent=0) + "\n", encoding="utf-8", newline="\n"
    )
    for address, content in sorted(files.items()):
        target = folder / address
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for address in earlier:
        stale = folder / address
        if address not in files and stale.resolve().is_relative_to(folder.resolve()):
            stale.unlink(missing_ok=True)
    manifest.write_text(json.dumps(sorted(files), indent=0) + "\n", encoding="utf-8", newline="\n")
    return folder / "index.html"
