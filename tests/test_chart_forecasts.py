"""The charts of forecasts say in words what they show."""

import pandas as pd
import pytest

from ruspak_nb.chart_forecasts import LOOKS, draw_outcome_lines, draw_outcome_marks
from ruspak_nb.outcomes import OUTCOMES

SAID = {"title": "One of four came true", "subtitle": "Forecasts, n = 4", "source": "ruspak_nb"}
SUMMARY = pd.DataFrame(
    {
        "article": ["rana-2017", "rana-2017", "abbasi-2018", "abbasi-2018"],
        "made": ["2017-01-29", "2017-01-29", "2018-10-03", "2018-10-03"],
        "settled": ["2017-06-01", "2017-09-25", "", ""],
        "outcome": ["borne_out", "failed", "open", "not_testable"],
        "statement": ["A drill.", "A <b>visit</b>.", "Peace.", "Glory."],
        "label": ["drill", "visit", "", ""],
    }
)
LINES = {"lane": "article", "start": "made", "end": "settled", "outcome": "outcome"}


def test_every_outcome_has_a_look_of_its_own():
    """Marker and filling differ too, so that grey print tells them apart."""
    assert tuple(LOOKS) == OUTCOMES
    assert len({look.marker for look in LOOKS.values()}) == len(OUTCOMES)


def test_lines_run_from_statement_to_outcome():
    """The alt text tells each forecast and what became of it."""
    chart = draw_outcome_lines(
        SUMMARY, text="statement", label="label", until="2019-12-31", **LINES, **SAID
    )
    assert chart.alt.startswith("Timeline. One of four came true. Forecasts, n = 4. rana-2017, A d")
    assert "A drill: came true 2017-06-01" in chart.alt
    assert "Peace: open; " in chart.alt
    ends = [line.get_xdata() for line in chart.figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert any(2019.9 < end[1] < 2020 for end in ends)


def test_lines_have_a_twin_to_hover_over():
    """The twin shows the statement, and markup in it is only text."""
    chart = draw_outcome_lines(SUMMARY, text="statement", **LINES, **SAID)
    words = [word for trace in chart.interactive.data for word in trace.hovertext or ()]
    assert words == ["A drill.", "A &lt;b&gt;visit&lt;/b&gt;.", "Peace.", "Glory."]
    assert [passage.row for passage in chart.passages] == SUMMARY["article"].tolist()


def test_marks_are_counted_in_words():
    """One mark a forecast; the number settled stands behind the row."""
    chart = draw_outcome_marks(SUMMARY, label="article", outcome="outcome", **SAID)
    assert "rana-2017: came true 1, failed 1" in chart.alt
    shown = [text.get_text() for text in chart.figure.axes[0].texts]
    assert shown == ["2 of 2 settled", "0 of 2 settled"]


def test_nothing_to_draw():
    """An empty summary is an error, and so is a missing column."""
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_outcome_marks(SUMMARY.head(0), label="article", outcome="outcome", **SAID)
    with pytest.raises(ValueError, match="lacks 'author'"):
        draw_outcome_marks(SUMMARY, label="author", outcome="outcome", **SAID)
