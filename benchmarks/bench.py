"""Measure speed, side by side in one run, as ratios: `make bench`.

Seconds depend on the machine and on what else it does; the ratios are what to read.
Each pair is run in turn; what is short is run several times, and the medians are compared.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

ROOT = Path(__file__).parent.parent
REPEATS = 5
EMPTY = """{{"cells": [{{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {{}},
"outputs": [], "source": ["pass"]}}, {{"cell_type": "markdown", "id": "b", "metadata": {{}},
"source": ["# {name}?"]}}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}"""


def main() -> None:
    # Here, because they import from this module.
    from archive import bench_archive
    from datasets import bench_datasets

    print(f"{'what':44} {'seconds':>8}  {'beside':32} {'seconds':>8}  {'ratio':>6}  aim")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["RUSPAK_CACHE"] = str(Path(scratch) / "cache")
        os.environ["RUSPAK_FIGURES"] = str(Path(scratch) / "figures")
        bench_annotation()
        bench_setup()
        bench_report(Path(scratch))
        bench_pages(Path(scratch))
        bench_figure(Path(scratch))
        bench_archive(Path(scratch))
        for row in bench_datasets(Path(scratch)):
            show(*row)


def bench_annotation() -> None:
    """Annotate the seeds: all layers beside the bare pipeline, some beside spaCy's own rules.

    Processor time: what else the machine does counts for neither side.
    """
    import spacy

    from ruspak_nb import build_nlp
    from ruspak_nb.pipeline import SHIPPED

    beside = "the shipped pipeline alone"
    show("all layers, the seeds 4 times", *race(build_nlp(), spacy.load(SHIPPED), 4, beside))
    layers = ("mentions", "themes", "dates")
    fast, ruler = build_nlp(layers=layers), spacy.blank("en")
    ruler.add_pipe("entity_ruler").add_patterns(entity_patterns())
    beside = "the entities in entity_ruler"
    show("mentions, themes, dates, the seeds 40 times", *race(fast, ruler, 40, beside))
    fast = build_nlp(layers=("mentions",))
    show("mentions alone, the seeds 40 times", *race(fast, ruler, 40, beside))


def entity_patterns() -> list[dict[str, str]]:
    """Write the codebook's entities as spaCy's entity_ruler reads them."""
    from ruspak_nb import load_codebook

    return [
        {"label": alias.label, "pattern": spelling, "id": alias.entity_id}
        for form, alias in load_codebook().aliases.items()
        for spelling in sorted({form, form.replace("'", "’")})
    ]


def race(
    nlp: "Language", bare: "Language", times: int, beside: str
) -> tuple[float, str, float, str]:
    """Time our pipeline on the seeds, and a bare one on the same texts."""
    from ruspak_nb import load_corpus
    from ruspak_nb.annotation import make_docs

    corpus = load_corpus()
    texts = list(corpus.texts.values())

    def annotated() -> None:
        for _ in range(times):
            for _ in nlp.pipe(make_docs(nlp, corpus)):
                pass

    def read() -> None:
        for _ in range(times):
            for _ in bare.pipe(texts):
                pass

    # Both know the words by now, as they do in an archive.
    annotated(), read()
    ours, theirs = side_by_side(annotated, read, clock=time.process_time)
    return ours, beside, theirs, "<= 1.20" if "parser" in nlp.pipe_names else "<= 1.00"


def bench_setup() -> None:
    """Run the set-up cell of a notebook whose annotation is cached, beside `import pandas`."""
    setup = (
        "from ruspak_nb import annotate, count_themes, finding_table, load_corpus\n"
        "notes = annotate(load_corpus())"
    )
    subprocess.run([sys.executable, "-c", setup], check=True, cwd=ROOT)
    ours, bare = side_by_side(
        lambda: fresh(setup), lambda: fresh("import pandas"), lambda: fresh("pass")
    )
    show("set-up cell, cached", ours, "import pandas", bare, "< 2")


def bench_report(scratch: Path) -> None:
    """Build the report, beside running as many empty notebooks."""
    from ruspak_nb.execute import execute_notebooks
    from ruspak_nb.report import build_report

    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    empty = [scratch / path.name for path in notebooks]
    for path in empty:
        path.write_text(EMPTY.format(name=path.stem), encoding="utf-8")
    ours, bare = side_by_side(
        lambda: build_report(notebooks, scratch / "report", jobs=2),
        lambda: execute_notebooks(empty, jobs=2),
        repeats=3,
    )
    show(
        f"report of {len(notebooks)} notebooks, warm", ours, "as many empty notebooks", bare, "< 2"
    )


def bench_pages(scratch: Path) -> None:
    """Render executed notebooks as our site, beside nbconvert's own HTML; weigh the site."""
    import nbformat
    from nbconvert.exporters import HTMLExporter

    from ruspak_nb import annotate, load_corpus
    from ruspak_nb.report import build_report

    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    notes = annotate(load_corpus())
    site = scratch / "site"

    def render() -> None:
        build_report(notebooks, site, execute=False, notes=notes)

    def convert() -> None:
        exporter = HTMLExporter()
        for path in notebooks:
            exporter.from_notebook_node(nbformat.read(path, as_version=4))

    ours, bare = side_by_side(render, convert, repeats=3)
    show("site from executed notebooks", ours, "nbconvert --to html", bare, "<= 1.5")
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    print(f"{'site in all':44} {size:8.2f}  MB{'':49}  < 12 MB")


def bench_figure(scratch: Path) -> None:
    """Open the page with most to draw from its file until a figure stands, beside an empty page.

    Needs what `bench_pages` has written, and a browser; without one it says so.
    """
    from playwright.sync_api import sync_playwright

    from ruspak_nb.report.pdf import find_browser

    try:
        browser_path = find_browser()
    except FileNotFoundError as error:
        print(f"first figure: {error}")
        return
    empty = scratch / "empty.html"
    empty.write_text("<!doctype html><title>Empty</title><p>Nothing.", encoding="utf-8")
    page_of = {"03-timeline": "figure .main-svg", "04-arms-sales": "figure img"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page()

        def first_figure(name: str, selector: str) -> None:
            page.goto((scratch / "site" / f"{name}.html").as_uri(), wait_until="commit")
            page.locator("figure").first.scroll_into_view_if_needed()
            page.locator(selector).first.wait_for()

        for name, selector in page_of.items():
            ours, bare = side_by_side(
                partial(first_figure, name, selector), lambda: page.goto(empty.as_uri())
            )
            show(f"first figure of {name}", ours, "an empty page", bare, "< 1.5 s")
        browser.close()


def fresh(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def side_by_side(
    ours: Callable[[], object],
    bare: Callable[[], object],
    floor: Callable[[], object] | None = None,
    *,
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Time two things in turn and give the medians, less that of `floor` if there is one."""
    runs = [ours, bare, *([floor] if floor else [])]
    seconds: list[list[float]] = [[] for _ in runs]
    for _ in range(repeats):
        for run, taken in zip(runs, seconds, strict=True):
            began = clock()
            with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
                run()
            taken.append(clock() - began)
    medians = [statistics.median(taken) for taken in seconds]
    less = medians[2] if floor else 0.0
    return medians[0] - less, medians[1] - less


def show(what: str, ours: float, beside: str, bare: float, aim: str) -> None:
    print(f"{what:44} {ours:8.2f}  {beside:32} {bare:8.2f}  {ours / bare:6.2f}  {aim}")


if __name__ == "__main__":
    main()
