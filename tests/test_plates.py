"""Below each figure stand its data: every row opens its sentences, every file can be taken."""

import base64
import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pandas as pd
import pytest
from bs4 import Tag
from PIL import Image

from ruspak_nb import Annotations, annotate, load_corpus
from ruspak_nb.canvas import Chart, save_figure
from ruspak_nb.figures import draw_bars, draw_dispersion
from ruspak_nb.report.page import Page, read_page
from ruspak_nb.report.plates import FEW_SENTENCES, MOST_ROWS, dress_figures

SAID = {"title": "Arms come first", "subtitle": "Sentences, n = 3", "source": "one article"}
TEXT = "Russia sold <b>arms</b> & ships. India protested. China paid. Pakistan paid."
COUNTS = pd.DataFrame(
    {
        "theme": ["arms <i>", "money", "peace"],
        "note": ["kept", "in", "the CSV alone"],
        "n": [1, 3, 0],
        "evidence": [("one:7-11",), ("one-s001", "one-s003", "one-s004"), ()],
    }
)
SPOTS = pd.DataFrame(
    {
        "sentence_id": ["one-s001", "one-s003"],
        "article": ["one", "one"],
        "position": [1, 3],
        "length": [4, 4],
        "text": ["Russia sold <b>arms</b> & ships.", "China paid."],
    }
)
WHERE = {"line": "article", "position": "position", "length": "length", "text": "text"}
Dress = Callable[..., tuple[Page, dict[str, Path]]]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Cut one article into its sentences."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    return annotate(load_corpus(folder), cache=False, model=None)


@pytest.fixture
def dress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notes: Annotations) -> Dress:
    """Save a chart as `plot`, show it on a page, and dress its figure."""
    monkeypatch.setenv("RUSPAK_FIGURES", str(tmp_path / "figures"))

    def run(
        chart: Chart, known: Annotations | None = notes, *, saved: bool = True
    ) -> tuple[Page, dict[str, Path]]:
        if saved:
            save_figure(chart, "plot")
        page = show(chart, tmp_path / "notebooks" / "00-page.ipynb")
        return page, dress_figures(page, known)

    return run


def show(chart: Chart, path: Path) -> Page:
    """Make a page with one figure, and what its marks open below it."""
    kind = "plotly" if chart.interactive is not None else "picture"
    picture = base64.b64encode(chart.png).decode()
    folded = '<details class="figure-sentences"><dl><dd>folded</dd></dl></details>'
    return read_page(
        path,
        f'<h1>A page</h1><figure class="{kind}"><img src="data:image/png;base64,{picture}" '
        f'alt="{escape(chart.alt)}"></figure>'
        + (f'<div class="output">{folded}</div>' if kind == "plotly" else ""),
    )


def bars(counts: pd.DataFrame = COUNTS) -> Chart:
    """Draw bars of the counts."""
    return draw_bars(counts, label="theme", value="n", **SAID)


def cells(page: Page) -> list[list[str]]:
    """Read the table of data, its numbers while their sentences are closed."""
    return [
        [(cell.find("summary") or cell).get_text() for cell in row.find_all("td")]
        for row in page.soup.select(".plate tbody > tr")
    ]


def test_a_figure_gets_its_files(dress: Dress):
    """Picture, drawing and data are offered, and each is among the files to copy."""
    page, files = dress(bars())
    links = [str(link["href"]) for link in page.soup.select(".plate-files a")]
    assert links == [f"files/figures/plot.{kind}" for kind in ("png", "svg", "csv")]
    assert sorted(files) == sorted(links)
    assert all(path.is_file() for path in files.values())


def test_the_picture_lies_there_once(dress: Dress):
    """The page shows the file that is offered, and keeps no copy of its own."""
    page, _ = dress(bars())
    assert page.soup.select("img")[0]["src"] == "files/figures/plot.png"
    assert page.images == {}


def test_the_table_has_the_columns_that_are_drawn(dress: Dress):
    """Other columns are in the CSV; markup in a label is shown as it is."""
    page, _ = dress(bars())
    assert [head.get_text() for head in page.soup.select(".plate th")] == ["theme", "n"]
    assert cells(page) == [["arms <i>", "1"], ["money", "3"], ["peace", "0"]]
    assert page.soup.find("i") is None


def test_a_number_opens_its_sentence_with_the_span_marked(dress: Dress):
    """The quotation is the source's, at the place that it names."""
    page, _ = dress(bars())
    said = page.soup.select("details.evidence q")[0]
    article, start, end = re.split("[:-]", str(said["data-span"]))
    assert (article, said.get_text()) == ("one", TEXT[int(start) : int(end)])
    assert [mark.get_text() for mark in said.select("mark")] == ["sold"]


def test_a_long_list_names_each_sentence(dress: Dress):
    """Where there are more than a few, ids stand there, which the report links."""
    page, _ = dress(bars())
    assert len(COUNTS["evidence"][1]) > FEW_SENTENCES
    listed = page.soup.select("ol.ids > li")
    assert [item.get_text() for item in listed] == ["one-s001", "one-s003", "one-s004"]


def test_an_interactive_figure_has_all_sentences_under_the_key_of_its_marks(dress: Dress):
    """What a mark carries names the row that a click opens."""
    chart = draw_dispersion(SPOTS, **WHERE, **SAID)
    page, _ = dress(chart)
    rows = page.soup.select("details[data-evidence]")
    keys = [row["data-evidence"] for row in rows]
    assert keys == list(chart.interactive.data[0].customdata) == ["one-s001", "one-s003"]
    assert [row.select("q")[0].get_text() for row in rows] == SPOTS["text"].tolist()


def test_sentences_do_not_stand_there_twice(dress: Dress):
    """What the notebook folds below a figure gives way to the table, if that has sentences."""
    chart = draw_dispersion(SPOTS, **WHERE, **SAID)
    assert dress(chart)[0].soup.select(".figure-sentences, .output") == []
    assert len(dress(chart, None)[0].soup.select(".figure-sentences")) == 1


def test_ids_that_are_no_sentences_are_only_counted(dress: Dress):
    """An event of a chronology can be what a number counts; there is no sentence to open."""
    page, _ = dress(bars(COUNTS.assign(evidence=[("drill-2016",), (), ()])))
    assert page.soup.select(".evidence") == []
    assert page.soup.select(".plate summary")[0].get_text() == "Data"


def test_without_annotations_there_is_still_the_table(dress: Dress):
    """Data and files need no corpus."""
    page, files = dress(bars(), None)
    assert len(cells(page)) == 3 and len(files) == 3


def test_a_long_table_shows_the_rows_with_sentences(dress: Dress):
    """And says of how many."""
    long = pd.concat([COUNTS, *[COUNTS.tail(1)] * MOST_ROWS], ignore_index=True)
    page, _ = dress(bars(long.assign(theme=[f"t{i}" for i in range(len(long))])))
    assert len(cells(page)) == 2
    caption = page.soup.select(".plate caption")[0].get_text()
    assert caption.endswith("2 of 103 rows, those with sentences; all are in the CSV")


def test_a_figure_that_was_not_saved_stays_as_it_is(dress: Dress):
    """Its picture is the page's own."""
    page, files = dress(bars(), saved=False)
    assert files == {} and page.soup.select(".plate") == []
    assert str(page.soup.select("img")[0]["src"]) in page.images


def test_a_picture_from_elsewhere_shows_the_columns_of_its_data(tmp_path: Path, notes: Annotations):
    """A PNG that names no columns is shown with the first of its CSV."""
    folder = tmp_path / "figures"
    folder.mkdir()
    Image.new("RGB", (4, 4), "red").save(folder / "own.png")
    (folder / "own.csv").write_text("a,b\n1,x\n", encoding="utf-8")
    data = base64.b64encode((folder / "own.png").read_bytes()).decode()
    page = read_page(
        tmp_path / "notebooks" / "p.ipynb",
        f'<figure class="picture"><img src="data:image/png;base64,{data}" alt="red"></figure>',
    )
    files = dress_figures(page, notes, folder)
    assert sorted(files) == ["files/figures/own.csv", "files/figures/own.png"]
    assert cells(page) == [["1", "x"]]


def test_what_scrolls_can_be_reached_by_keyboard(dress: Dress):
    """The box of the table takes the focus and has a name."""
    box: Tag = dress(bars())[0].soup.select(".plate .table")[0]
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "region", "Data of plot")
