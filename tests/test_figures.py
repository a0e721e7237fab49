"""A figure says in words what it shows, and comes out the same each time."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import IPython.display
import pandas as pd
import pytest
from matplotlib.text import Text
from pandas.testing import assert_frame_equal
from PIL import Image

from ruspak_nb.canvas import COLOURS, Chart, save_figure
from ruspak_nb.figures import (
    draw_bars,
    draw_dispersion,
    draw_dots,
    draw_lines,
    draw_matrix,
    draw_spans,
)

SAID = {
    "title": "Russia is named most",
    "subtitle": "Mentions in five articles, 2012–2018, n = 7",
    "source": "ruspak_nb",
}
MENTIONS = pd.DataFrame({"state": ["Russia", "India"], "n": [5, 2], "share": [0.714, 0.286]})
GROUPED = pd.DataFrame(
    {
        "theme": ["arms", "arms", "gas", "gas"],
        "viewpoint": ["India", "Pakistan", "India", "Pakistan"],
        "share": [0.5, 0.25, 0.0, 1.0],
        "year": ["2012", "2018", "2012", "2018"],
        "n": [2, 1, 0, 1234],
    }
)
PERIODS = pd.DataFrame(
    {
        "name": ["embargo", "talks"],
        "start": ["1965-09-06", "2015-08-20"],
        "end": ["2014-06-02", ""],
        "state": ["Russia", "Pakistan"],
        "note": ["lifted in June", "still going on"],
    }
)
SENTENCES = pd.DataFrame(
    {
        "article": ["rana-2017", "rana-2017", "jwt-2016"],
        "position": [1, 14, 3],
        "length": [27, 27, 15],
        "text": ["Russia sold arms.", "<script>alert(1)</script> & more", "India protested."],
        "sentence_id": ["rana-2017-s001", "rana-2017-s014", "jwt-2016-s003"],
        "state": ["Russia", "Russia", "India"],
    }
)

# Each function with the frame and the columns that it is shown with here.
DRAWN: dict[str, tuple[Callable[..., Chart], pd.DataFrame, dict[str, str]]] = {
    "bars": (draw_bars, MENTIONS, {"label": "state", "value": "n", "colour": "state"}),
    "dots": (draw_dots, GROUPED, {"label": "theme", "value": "share", "group": "viewpoint"}),
    "lines": (draw_lines, GROUPED, {"x": "year", "y": "n", "group": "theme"}),
    "matrix": (draw_matrix, GROUPED, {"row": "theme", "column": "viewpoint", "value": "n"}),
    "spans": (
        draw_spans,
        PERIODS,
        {"label": "name", "start": "start", "end": "end", "colour": "state", "note": "note"},
    ),
    "dispersion": (
        draw_dispersion,
        SENTENCES,
        {
            "line": "article",
            "position": "position",
            "length": "length",
            "text": "text",
            "group": "state",
        },
    ),
}


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder for figures."""
    folder = tmp_path / "figures"
    monkeypatch.setenv("RUSPAK_FIGURES", str(folder))
    return folder


def draw(name: str, frame: pd.DataFrame | None = None, **options: object) -> Chart:
    """Draw the example of one function, or another frame in its place."""
    function, example, columns = DRAWN[name]
    return function(example if frame is None else frame, **columns, **SAID, **options)


def png(chart: Chart) -> str:
    """Give the PNG that a notebook stores, in base 64."""
    return chart._repr_mimebundle_()[0]["image/png"]


@pytest.mark.parametrize(
    ("name", "alt"),
    [
        ("bars", "Bar chart. {}. Russia: 5; India: 2."),
        ("dots", "Dot plot. {}. arms: India 0.50, Pakistan 0.25; gas: India 0, Pakistan 1."),
        ("lines", "Line chart. {}. arms: 2012 2, 2018 1; gas: 2012 0, 2018 1,234."),
        ("matrix", "Matrix. {}. arms: India 2, Pakistan 1; gas: India 0, Pakistan 1,234."),
        (
            "spans",
            "Timeline. {}. embargo: 1965-09-06 to 2014-06-02; talks: 2015-08-20 to an open end.",
        ),
        (
            "dispersion",
            "Dispersion plot. {}. rana-2017, Russia: 2 sentences; jwt-2016, India: 1 sentence.",
        ),
    ],
    ids=list(DRAWN),
)
def test_the_alt_text_carries_the_numbers(name: str, alt: str):
    """Who cannot see the figure reads its title, subtitle and every number."""
    head = "Russia is named most. Mentions in five articles, 2012–2018, n = 7"
    assert repr(draw(name)) == alt.format(head)


def test_the_alt_text_of_shares_is_in_per_cent():
    """Shares read as in the figure."""
    chart = draw_bars(MENTIONS, label="state", value="share", percent=True, **SAID)
    assert chart.alt.endswith("Russia: 71 %; India: 29 %.")


def test_the_alt_text_of_many_rows_ends():
    """After forty rows the reader is told that there are more."""
    many = pd.DataFrame({"state": [f"s{i}" for i in range(50)], "n": range(50)})
    alt = draw_bars(many, label="state", value="n", **SAID).alt
    assert alt.endswith("s39: 39; ….")


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_figure_has_the_same_bytes(name: str, figures: Path):
    """Drawn twice, PNG, SVG and CSV are equal to the last byte."""
    save_figure(draw(name), "once")
    save_figure(draw(name), "again")
    for kind in ("png", "svg", "csv"):
        once = (figures / f"once.{kind}").read_bytes()
        assert once == (figures / f"again.{kind}").read_bytes()
        assert len(once) > 20


@pytest.mark.parametrize("name", DRAWN)
def test_showing_a_figure_does_not_change_it(name: str):
    """A figure shown twice is the same picture."""
    chart = draw(name)
    assert png(chart) == png(chart)


@pytest.mark.parametrize("name", DRAWN)
def test_one_row_is_enough(name: str):
    """The smallest summary is drawn without a warning."""
    one = draw(name, DRAWN[name][1].iloc[[0]])
    assert len(png(one)) > 1000


@pytest.mark.parametrize("name", DRAWN)
def test_the_summary_is_not_changed(name: str):
    """Drawing leaves the frame as it was, and keeps it as the chart's data."""
    frame = DRAWN[name][1].copy()
    chart = draw(name, frame)
    assert_frame_equal(frame, DRAWN[name][1])
    assert_frame_equal(chart.data, frame)


@pytest.mark.parametrize("name", DRAWN)
def test_a_missing_column_is_an_error(name: str):
    """The error names the first column that the frame lacks."""
    _, frame, columns = DRAWN[name]
    column = next(iter(columns.values()))
    with pytest.raises(ValueError, match=f"lacks '{column}'"):
        draw(name, frame.drop(columns=column))


def test_a_chart_is_shown_with_its_alt_text():
    """A notebook stores the picture, and the same sentence as plain text and as alt text."""
    chart = draw("bars")
    data, metadata = chart._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png"}
    assert data["text/plain"] == chart.alt
    assert metadata == {"image/png": {"alt": chart.alt}}


def test_title_subtitle_and_source_are_in_the_figure():
    """The finding stands above the data and the source below."""
    texts = [" ".join(text.get_text().split()) for text in draw("bars").figure.texts]
    assert texts == [SAID["title"], SAID["subtitle"], "Source: ruspak_nb"]


def test_a_state_has_one_colour():
    """Russia is the same blue wherever it is drawn."""
    (first, second) = draw("bars").figure.axes[0].patches
    assert [first.get_facecolor(), second.get_facecolor()] == [
        pytest.approx((*hex_to_rgb(COLOURS["Russia"]), 1)),
        pytest.approx((*hex_to_rgb(COLOURS["India"]), 1)),
    ]


def hex_to_rgb(colour: str) -> tuple[float, ...]:
    """Read `#rrggbb` as three fractions."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def test_bars_begin_at_zero():
    """A bar's length is its number."""
    axes = draw("bars").figure.axes[0]
    assert axes.get_xlim()[0] == 0
    assert [bar.get_width() for bar in axes.patches] == [5, 2]


def test_what_is_not_highlighted_turns_grey():
    """`highlight` keeps some bars in colour."""
    axes = draw("bars", highlight=["India"]).figure.axes[0]
    russia, india = (bar.get_facecolor() for bar in axes.patches)
    assert india == pytest.approx((*hex_to_rgb(COLOURS["India"]), 1))
    assert len({round(part, 1) for part in russia[:3]}) == 1


def test_an_absent_pair_is_blank_in_a_matrix():
    """Where nothing was counted, nothing is written; a counted zero is a dot."""
    axes = draw("matrix", GROUPED.iloc[1:]).figure.axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["0", "1", "1,234"]


def test_an_absent_pair_is_left_out_of_the_words_and_the_dots():
    """Where a group has no value, nothing is said of it."""
    chart = draw("dots", GROUPED.iloc[1:])
    assert chart.alt.endswith("arms: Pakistan 0.25; gas: Pakistan 1, India 0.")


def test_equal_dots_do_not_hide_each_other():
    """Two groups with one value stand one above the other, others on the line of the row."""
    chart = draw("dots", GROUPED.assign(share=[0.5, 0.5, 0.0, 1.0]))
    india, pakistan = (dots.get_offsets() for dots in chart.figure.axes[0].collections)
    assert india[0][0] == pakistan[0][0] and india[0][1] < 0 < pakistan[0][1]
    assert india[1][1] == pakistan[1][1] == 1


def test_groups_of_a_dispersion_differ_in_grey():
    """Each has a mark of its own, in print and on the screen."""
    chart = draw("dispersion", SENTENCES.assign(state=["a", "b", "c"]))
    drawn = chart.figure.axes[0].collections[:3]
    shapes = {dots.get_paths()[0].vertices.tobytes() for dots in drawn}
    symbols = {trace.marker.symbol for trace in chart.interactive.data}
    assert len(shapes) == len(symbols) == 3


def test_a_mark_carries_the_ids_of_what_it_stands_for():
    """By these a page finds the sentences that a click opens."""
    chart = draw("dispersion")
    assert chart.interactive.data[0].customdata == ("rana-2017-s001", "rana-2017-s014")
    several = SENTENCES.assign(evidence=[("a:0-6", "a:9-12"), (), ("b-s001",)])
    data = draw("dispersion", several).interactive.data
    assert [key for trace in data for key in trace.customdata] == ["a:0-6 a:9-12", "", "b-s001"]


def test_a_notebook_folds_the_sentences_below_an_interactive_figure(
    monkeypatch: pytest.MonkeyPatch,
):
    """There no click calls anyone; what is folded is text, never markup."""
    shown: list[dict[str, str]] = []
    monkeypatch.setattr(IPython.display, "display", lambda data, **_: shown.append(data))
    draw("dispersion")._ipython_display_()
    figure, folded = shown
    assert "application/vnd.plotly.v1+json" in figure
    assert folded["text/plain"] == "Sentences behind the figure, by row: 3"
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in folded["text/html"]
    assert "<cite>rana-2017-s014</cite>" in folded["text/html"]


def test_a_printed_figure_is_one_output():
    """What has nothing to open is shown as it was."""
    with pytest.raises(NotImplementedError):
        draw("bars")._ipython_display_()


def test_dispersion_has_an_interactive_twin():
    """The same points can be hovered over, and show their sentence with its id."""
    chart = draw("dispersion")
    data, metadata = chart._repr_mimebundle_()
    figure = data["application/vnd.plotly.v1+json"]
    assert metadata["application/vnd.plotly.v1+json"] == {"alt": chart.alt}
    assert [trace["name"] for trace in figure["data"]] == ["Russia", "India"]
    assert figure["data"][1]["hovertext"] == ["India protested.<br><b>jwt-2016-s003</b>"]
    assert figure["data"][1]["x"] == [16.67]


def test_hovering_shows_text_and_never_markup():
    """HTML in a sentence or an article's name is shown letter by letter."""
    chart = draw("dispersion", SENTENCES.assign(article="<b>rana</b>"))
    figure = chart._repr_mimebundle_()[0]["application/vnd.plotly.v1+json"]
    assert figure["data"][0]["hovertext"][1] == (
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more<br><b>rana-2017-s014</b>"
    )
    assert figure["layout"]["yaxis"]["ticktext"] == ["&lt;b&gt;rana&lt;/b&gt;"]


def test_hovering_escapes_ids_and_names_of_groups():
    """No column of the summary can bring its own markup."""
    hostile = SENTENCES.assign(sentence_id="<i>x</i>", state="<i>y</i>")
    traces = draw("dispersion", hostile).interactive.to_plotly_json()["data"]
    # Ids stand there as they are too, but only for the script that looks them up.
    shown = [{**trace, "customdata": None} for trace in traces]
    assert "<i>" not in json.dumps(shown)


@pytest.mark.parametrize("name", DRAWN)
def test_dollar_signs_are_not_mathematics(name: str):
    """An amount of money in a title, label or note is printed as it stands."""
    words = "From $5m to $6m, $\\frac{"
    frame = DRAWN[name][1]
    texts = frame.select_dtypes("str").columns.difference(["start", "end"])
    chart = DRAWN[name][0](
        frame.assign(**dict.fromkeys(texts, words)).iloc[[0]],
        **DRAWN[name][2],
        title=words,
        subtitle=words,
        source=words,
    )
    assert len(png(chart)) > 1000
    shown = [text for text in chart.figure.findobj(Text) if "$" in text.get_text()]
    assert len(shown) > 3
    assert not any(text.get_parse_math() for text in shown)


def test_saving_writes_picture_drawing_and_data(figures: Path):
    """`save_figure` writes PNG, SVG and the CSV that it was drawn from."""
    save_figure(draw("bars"), "mentions")
    assert sorted(file.name for file in figures.iterdir()) == [
        "mentions.csv",
        "mentions.png",
        "mentions.svg",
    ]
    assert (figures / "mentions.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (figures / "mentions.svg").read_bytes()
    assert (figures / "mentions.csv").read_bytes() == (
        b"state,n,share\nRussia,5,0.714\nIndia,2,0.286\n"
    )


def test_the_csv_keeps_the_evidence(figures: Path):
    """The ids behind each number are saved with it, joined by semicolons."""
    frame = MENTIONS.assign(evidence=[("a:0-6", "b:3-10"), ()])
    save_figure(draw("bars", frame), "mentions")
    rows = csv.DictReader(StringIO((figures / "mentions.csv").read_text(encoding="utf-8")))
    assert [row["evidence"] for row in rows] == ["a:0-6; b:3-10", ""]
    assert frame["evidence"].tolist() == [("a:0-6", "b:3-10"), ()]


def test_saved_drawings_name_no_date_and_no_program(figures: Path):
    """Nothing in the files tells when or with what they were made."""
    save_figure(draw("bars"), "mentions")
    svg = (figures / "mentions.svg").read_text(encoding="utf-8")
    assert "<dc:date>" not in svg
    assert b"Software" not in (figures / "mentions.png").read_bytes()


def test_a_picture_is_small_and_keeps_its_colours():
    """Few colours are stored; those of flat areas are exact."""
    picture = Image.open(BytesIO(draw("bars").png))
    assert picture.mode == "P" and len(draw("bars").png) < 30_000
    shades = {shade for _, shade in picture.convert("RGB").getcolors()}
    wanted = {COLOURS["Russia"], COLOURS["India"], "#ffffff"}
    assert {tuple(bytes.fromhex(colour[1:])) for colour in wanted} <= shades


def test_a_picture_carries_its_words():
    """Sent on alone, it still says what it shows, and which columns of its data."""
    told = Image.open(BytesIO(draw("bars").png)).info
    assert told["Title"] == SAID["title"]
    assert told["Description"] == draw("bars").alt
    assert json.loads(told["Columns"]) == ["state", "n"]


def test_the_text_of_a_drawing_is_text():
    """It can be selected and read aloud; the alt text is in the file, escaped."""
    chart = draw_bars(MENTIONS, label="state", value="n", **(SAID | {"title": "A < B & C"}))
    root = ElementTree.fromstring(chart.svg)
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert root.findtext("svg:title", namespaces=space) == "A < B & C"
    assert root.findtext("svg:desc", namespaces=space) == chart.alt
    written = {text.text for text in root.iterfind(".//svg:text", space)}
    assert {"Russia", "India", "5", "A < B & C"} <= written
    assert chart.svg.count(b"font-family") == 1
    assert b"Verdana" in chart.svg


@pytest.mark.parametrize("name", ["a/b", "../a", "/a", ".", "..", ""])
def test_a_name_with_folders_is_refused(name: str, figures: Path):
    """A figure is written under `figures/` and nowhere else."""
    with pytest.raises(ValueError, match="plain file name"):
        save_figure(draw("bars"), name)
    assert not figures.exists()


def test_figures_stand_beside_the_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """From a notebook, the folder is that of the project."""
    monkeypatch.delenv("RUSPAK_FIGURES", raising=False)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    save_figure(draw("bars"), "mentions")
    assert (tmp_path / "figures" / "mentions.png").is_file()


def test_drawing_leaves_no_state_behind():
    """No window, backend or global setting of matplotlib is touched."""
    code = """
import sys, matplotlib as mpl, pandas as pd
before = {key: mpl.rcParams[key] for key in mpl.rcParams if key != "backend"}
from ruspak_nb import draw_bars
chart = draw_bars(pd.DataFrame({"a": ["x"], "n": [1]}), label="a", value="n",
                  title="t", subtitle="s", source="q")
chart._repr_mimebundle_()
assert "matplotlib.pyplot" not in sys.modules
assert "plotly" not in sys.modules
assert {key: mpl.rcParams[key] for key in before} == before
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_empty_summary_says_so():
    """There is no chart of nothing."""
    summary = pd.DataFrame({"name": [], "n": []})
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_bars(summary, label="name", value="n", title="T", subtitle="S", source="S")
