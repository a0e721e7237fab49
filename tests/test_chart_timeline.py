"""Each chart says its data in words, has its twin, and leaves out nothing quietly."""

import pandas as pd
import pytest

from ruspak_nb.chart_timeline import draw_chronology, draw_coverage, draw_two_clocks
from ruspak_nb.coverage import count_tellers, cover_chronology
from ruspak_nb.timeline import read_clocks

WORDS = {"title": "A finding", "subtitle": "n = 3", "source": "a folder"}
ARTICLES = pd.DataFrame(
    [("a-2012", "2012-06-13", "2012-06-30"), ("b-2018", "2018-09-30", "2018-10-03")],
    columns=["article_id", "published_earliest", "published_latest"],
)
DATES = pd.DataFrame(
    [
        ("a-2012", "a-2012-s001", 0, 4, "2011", "2011-01-01", "2011-12-31"),
        ("a-2012", "a-2012-s002", 9, 17, "Cold War", "1947-01-01", "1991-12-31"),
        ("b-2018", "b-2018-s001", 0, 8, "recently", "", "2018-10-03"),
    ],
    columns=["article_id", "sentence_id", "start", "end", "text", "earliest", "latest"],
)
CHRONOLOGY = pd.DataFrame(
    [
        ("visit-2003", "2003-02-04", "2003-02-04", "A visit <of> state.", "diplomacy"),
        ("drill-2016", "2016-09-24", "2016-10-10", "A drill.", "drills"),
    ],
    columns=["event_id", "earliest", "latest", "what", "theme"],
)
TOLD = pd.DataFrame(
    [("b-2018", "b-2018-s001", "visit-2003")],
    columns=["article_id", "sentence_id", "event_id"],
)
GRID = cover_chronology(CHRONOLOGY, ARTICLES, TOLD)


def test_two_clocks_say_years_periods_and_open_dates():
    """The words hold what the picture shows."""
    chart = draw_two_clocks(read_clocks(DATES, ARTICLES), **WORDS)
    assert "a-2012, published 2012-06-13: years 2011; 1 longer, 0 open" in chart.alt
    assert "b-2018, published 2018-09-30: years none; 0 longer, 1 open" in chart.alt
    assert chart.png.startswith(b"\x89PNG")


def test_hovering_a_date_shows_its_sentence():
    """The twin holds every date and both publications."""
    clocks = read_clocks(DATES, ARTICLES).assign(said="He came in <2011>.")
    twin = draw_two_clocks(clocks, sentence="said", **WORDS).interactive
    assert len(twin.data) == 5
    assert "He came in &lt;2011&gt;." in twin.data[0].hovertext[0]
    assert twin.data[0].customdata == ("a-2012:0-4",)


def test_the_chronology_counts_told_and_untold():
    """What an article could not know is not counted for it."""
    chart = draw_chronology(GRID, sentences={"b-2018-s001": "It came."}, **WORDS)
    assert "a-2012 tells 0 of 1; b-2018 tells 1 of 2; no article tells 1 of 2" in chart.alt


def test_hovering_an_event_shows_the_sentence_that_tells_it():
    """And an event that is told by none shows itself."""
    twin = draw_chronology(GRID, sentences={"b-2018-s001": "It came."}, **WORDS).interactive
    hovers = [text for trace in twin.data for text in trace.hovertext]
    assert any("“It came.” <b>b-2018-s001</b>" in text for text in hovers)
    assert "b-2018-s001" in [key for trace in twin.data for key in trace.customdata or ()]
    assert any("&lt;of&gt;" in text for text in hovers)


def test_the_sides_differ_in_grey_on_the_screen_too():
    """Squares and circles mean the same in print and in the twin."""
    sides = GRID.assign(side=GRID["article_id"].map({"a-2012": "Pakistan", "b-2018": "India"}))
    told = {"b-2018-s001": "It came."}
    twin = draw_chronology(sides, sentences=told, colour="side", **WORDS).interactive
    clocks = read_clocks(DATES, ARTICLES).assign(side="India")
    dates = draw_two_clocks(clocks, colour="side", **WORDS).interactive
    assert "square" in [trace.marker.symbol for trace in twin.data]
    assert dates.data[0].marker.symbol == "square"


def test_coverage_is_drawn_event_by_event():
    """The counts stand at the end of each row."""
    chart = draw_coverage(count_tellers(GRID), row="theme", column="decade", **WORDS)
    assert "diplomacy: 1 of 1 told; drills: 0 of 1 told" in chart.alt


def test_nothing_to_draw_is_an_error():
    """An empty summary is a mistake upstream."""
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_coverage(count_tellers(GRID).head(0), row="theme", column="decade", **WORDS)
