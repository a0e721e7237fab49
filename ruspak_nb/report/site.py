"""Build the report: run the notebooks, render a page each and an index."""

import json
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ruspak_nb.execute import (
    NotebookError,
    execute_notebooks,
    find_notebooks,
    read_notebook,
    strip_noise,
    warnings_of,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ruspak_nb.annotation import Annotations

__all__ = ["build_report"]

HERE = Path(__file__).parent
# What an earlier run wrote, and so what a later one may remove; nothing else is.
MANIFEST = "report.json"


def build_report(
    notebooks: str | Path | Iterable[str | Path] | None = None,
    out: str | Path | None = None,
    *,
    execute: bool = True,
    jobs: int = 2,
    notes: "Annotations | None" = None,
    title: str | None = None,
    progress: bool = False,
) -> Path:
    """Render notebooks as a site and return the path of its index.

    `notebooks` is a folder or a list of paths (None: `notebooks`), `out` a folder
    (None: `report`). With `execute=False` the outputs are those stored. `title`
    heads the site; None takes the first notebook's `title` in its metadata. With
    `notes`, each sentence id leads to its sentence in a page of the article. The
    same notebooks give the same bytes, and no page asks for anything online.
    Raises FileNotFoundError for a missing notebook, NotebookError if a cell fails
    or writes to stderr, ValueError for a link that leads nowhere.
    """
    needed = ("nbclient", "nbconvert", "ipykernel")
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise ImportError(f"a report needs {', '.join(missing)}: pip install 'ruspak-nb[report]'")
    paths = find_notebooks(notebooks)
    _check_names(paths)
    folder = Path("report" if out is None else out)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"'{folder}' is a file; the report needs a folder")
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
    return _write(_render(paths, nodes, notes, title), folder)


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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from ruspak_nb.report.exporter import ReportExporter
    from ruspak_nb.report.page import read_page, resolve_links
    from ruspak_nb.report.sources import link_sentences

    exporter = ReportExporter()
    pages = [
        read_page(path, exporter.from_notebook_node(node)[0])
        for path, node in zip(paths, nodes, strict=True)
    ]
    if title is None:
        title = str(nodes[0].metadata.get("title") or "Notebooks")
    files: dict[str, bytes] = {}
    problems = []
    for page in pages:
        files.update(page.images)
        try:
            linked = resolve_links(page, pages, page.path.resolve().parent.parent)
            files.update({address: path.read_bytes() for address, path in linked.items()})
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("\n".join(problems))

    sources = [] if notes is None else link_sentences(pages, notes)
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    common = {"site_title": title, "pages": pages}
    for number, page in enumerate(pages):
        files[page.href] = (
            environment.get_template("page.html.j2")
            .render(
                **common,
                kind="page",
                page=page,
                previous=pages[number - 1] if number else None,
                following=pages[number + 1] if number + 1 < len(pages) else None,
            )
            .encode()
        )
    for source in sources:
        files[source.href] = (
            environment.get_template("source.html.j2")
            .render(**common, kind="page reading", page=None, source=source)
            .encode()
        )
    files["index.html"] = (
        environment.get_template("index.html.j2").render(**common, kind="index", page=None).encode()
    )
    for path in sorted((HERE / "static").iterdir()):
        files[f"static/{path.name}"] = path.read_bytes()
    if any(page.has_plots for page in pages):
        files["static/plotly.min.js"] = _plotly_source()
    return files


def _plotly_source() -> bytes:
    """Read the plotting library that comes with plotly, so that no page fetches it."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ImportError("a notebook shows a plotly figure, but plotly is not installed")
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


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
