"""The charts of dyads say in words what they show, and hovering shows the sentences."""

import json
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.text import Text

from ruspak_nb import Annotations, annotate, load_corpus
from ruspak_nb.canvas import Chart
from ruspak_nb.chart_dyads import draw_dyads, draw_network, draw_turns

SAID = {"title": "Russia acts", "subtitle": "Events, n = 4", "source": "ruspak_nb"}
DYADS = pd.DataFrame(
    [
        ("Russia", "India", "cooperation", 2, ("one:0-6", "one:18-23")),
        ("Russia", "India", "conflict", 1, ("one:0-6",)),
        ("India", "Russia", "conflict", 1, ("one:18-23",)),
        ("India", "Russia", "neutral", 9, ()),
    ],
    columns=["source", "target", "stance", "n", "evidence"],
)
TURNS = pd.DataFrame(
    [
        ("India and Russia", "one", "cooperation", 2),
        ("India and Russia", "two", "conflict", 1),
        ("China and Russia", "one", "cooperation", 0),
    ],
    columns=["pair", "article_id", "stance", "n"],
)


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Cut one article into its sentences."""
    folder: Path = tmp_path_factory.mktemp("articles")
    (folder / "one.txt").write_text("Russia sold <b>arms</b>. India protested.", encoding="utf-8")
    return annotate(load_corpus(folder), cache=False, model=None)


def texts(chart: Chart) -> list[str]:
    """List every text in a figure."""
    return [text.get_text() for text in chart.figure.findobj(Text) if text.get_text()]


def test_a_matrix_writes_each_count():
    """Every cell of cooperation or conflict is said, in the picture and in the alt text."""
    chart = draw_dyads(DYADS, **SAID)
    assert {"2", "1"} <= set(texts(chart)) and "9" not in texts(chart)
    assert "Russia on India, cooperation: 2; Russia on India, conflict: 1" in chart.alt


def test_a_matrix_keeps_the_order_asked_for():
    """Actors stand in the order given; who is not listed is not drawn."""
    chart = draw_dyads(DYADS, order=["India", "Russia", "China"], **SAID)
    axes = chart.figure.axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["India", "Russia", "China"]


def test_hovering_an_arrow_shows_its_sentences(notes: Annotations):
    """The twin holds the sentences with their ids, and shows their text as it is."""
    chart = draw_network(DYADS, notes, **SAID)
    traces = json.loads(chart.interactive.to_json())["data"]
    assert len(traces) == 3 + 1
    said = traces[0]["hovertext"]
    assert "Russia → India, cooperation: 2" in said
    assert "one-s001" in said and "&lt;b&gt;arms" in said
    assert traces[0]["meta"] == "one:0-6 one:18-23"
    assert chart.passages[0].text == "Russia sold <b>arms</b>."


def test_a_network_says_its_arrows(notes: Annotations):
    """Each arrow is in the alt text, from whom to whom."""
    chart = draw_network(DYADS, notes, **SAID)
    assert chart.alt.startswith("Network. Russia acts.")
    assert "India to Russia, conflict: 1" in chart.alt


def test_small_charts_name_groups_and_steps():
    """Each group has its panel, each step its name, each mark its n."""
    chart = draw_turns(TURNS, step="article_id", names={"one": "2012"}, **SAID)
    assert {"India and Russia", "China and Russia", "2012", "two"} <= set(texts(chart))
    assert "India and Russia: one cooperation 2, two conflict 1" in chart.alt


@pytest.mark.parametrize("stance", ["cooperation", "conflict"])
def test_one_stance_is_enough(stance: str, notes: Annotations):
    """A summary without conflict, or without cooperation, is drawn all the same."""
    some = DYADS[DYADS["stance"] == stance]
    assert draw_dyads(some, **SAID).png
    assert draw_network(some, notes, **SAID).png
    assert draw_turns(TURNS[TURNS["stance"] == stance], step="article_id", **SAID).png


def test_charts_come_out_the_same():
    """The same summary gives the same picture, and is not changed."""
    before = DYADS.copy()
    assert draw_dyads(DYADS, **SAID).png == draw_dyads(DYADS, **SAID).png
    pd.testing.assert_frame_equal(DYADS, before)


def test_nothing_is_not_drawn():
    """An empty summary is refused."""
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_dyads(DYADS.head(0), **SAID)


def test_only_neutral_acts_are_nothing_to_draw():
    """A summary without cooperation and conflict says so."""
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_dyads(DYADS[DYADS["stance"] == "neutral"], **SAID)
