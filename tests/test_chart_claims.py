"""The charts of claims say in words what they show."""

import pandas as pd
import pytest

from ruspak_nb.chart_claims import LOOKS, draw_ledger, draw_precedents, draw_units

SAID = {"title": "One of two errs", "subtitle": "Claims, n = 3", "source": "ruspak_nb"}
LEDGER = pd.DataFrame(
    {
        "event": ["visit", "visit", "drill", "drill"],
        "article": ["rana-2017", "abbasi-2018", "rana-2017", "abbasi-2018"],
        "told": ["contradicted", "fits", "silent", "not yet"],
        "quote": ["At <b>Shimla</b>.", "At Goa.", "silent", "not yet"],
    }
)
COUNTS = pd.DataFrame(
    {
        "article": ["rana-2017", "rana-2017", "abbasi-2018"],
        "verdict": ["contradicted", "supported", "supported"],
        "n": [1, 2, 3],
    }
)
FIRSTS = pd.DataFrame(
    {
        "name": ["drill", "drill", "visit"],
        "day": ["2016-09-24", "2014-04-19", "2007-04-11"],
        "kind": ["called first", "before", "called first"],
        "text": ["army drill", "naval drill", "Fradkov"],
    }
)


def test_verdicts_differ_in_grey():
    """Those that stand in one chart have markers of their own."""
    shown = ["fits", "imprecise", "contradicted", "not settled", "forecast", "silent"]
    assert len({LOOKS[name].marker for name in shown}) == len(shown)


def test_a_ledger_names_every_cell():
    """The alt text has each event with each article, and the twin what was said."""
    cells = {"row": "event", "column": "article", "state": "told", "text": "quote"}
    chart = draw_ledger(LEDGER, **cells, **SAID)
    assert "visit: rana-2017 contradicted, abbasi-2018 told, and fits" in chart.alt
    hover = [word for trace in chart.interactive.data for word in trace.hovertext or ()]
    assert "<b>visit</b><br>At &lt;b&gt;Shimla&lt;/b&gt;." in hover and len(hover) == 2
    assert [passage.text for passage in chart.passages] == ["At <b>Shimla</b>.", "At Goa."]


def test_one_mark_a_claim():
    """As many marks are drawn as are counted."""
    chart = draw_units(COUNTS, row="article", state="verdict", value="n", **SAID)
    marks = sum(len(drawn.get_offsets()) for drawn in chart.figure.axes[0].collections)
    assert marks == 6 and "rana-2017: supported 2, contradicted 1" in chart.alt


def test_what_came_before_is_named():
    """The first and the one called so are written; a lone event once."""
    names = {"label": "name", "day": "day", "kind": "kind", "text": "text"}
    chart = draw_precedents(FIRSTS, **names, **SAID)
    words = [text.get_text() for text in chart.figure.axes[0].texts]
    assert words == ["naval drill", "army drill", "Fradkov"]
    assert "drill: 2016-09-24 called first, 2014-04-19 before" in chart.alt


def test_an_unknown_state_is_named():
    """A state without a mark is an error, and so is a missing column."""
    with pytest.raises(ValueError, match="no mark for the state 'tolld'"):
        draw_units(
            COUNTS.replace("supported", "tolld"), row="article", state="verdict", value="n", **SAID
        )
    with pytest.raises(ValueError, match="lacks 'score'"):
        draw_units(COUNTS, row="article", state="verdict", value="score", **SAID)
