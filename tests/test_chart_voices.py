"""Charts of voices say in their alt text what they draw, and refuse what they cannot."""

import pandas as pd
import pytest

from ruspak_nb import draw_quotations, draw_two_sides, draw_voices, draw_word_grid

SAID = {"title": "A finds", "subtitle": "words, n = 3", "source": "a corpus"}
SPEAKERS = pd.DataFrame(
    [
        ("Lee", "China", 9, "direct", "Nine <b> words", "a-s001"),
        ("Lee", "China", 3, "indirect", "three words", "a-s002"),
        ("many", "", 2, "indirect", "two words", "a-s003"),
    ],
    columns=["speaker", "country", "n_words", "kind", "text", "sentence_id"],
)
WORDS = pd.DataFrame(
    [
        ("a", "friends", "thaw", False),
        ("a", "friends", "thaw", False),
        ("a", "rivals", "rift", True),
        ("b", "rivals", "foe", False),
    ],
    columns=["article", "of", "word", "quoted"],
)
SIDES = pd.DataFrame(
    [("Thaw", "India", 2.0), ("Thaw", "Pakistan", 0.0), ("Blame", "India", 1.5)],
    columns=["label", "side", "per_1000"],
)


def test_quotations_are_drawn_by_speaker():
    """Each speaker is a line, each quotation a dot, and hovering shows its words."""
    chart = draw_quotations(SPEAKERS, **SAID)
    assert chart.alt.endswith("Lee: 9 words direct, 3 words indirect; many: 2 words indirect.")
    assert [trace.name for trace in chart.interactive.data] == ["China", "no country"]
    assert chart.interactive.data[0].hovertext[0] == "Nine &lt;b&gt; words<br><b>a-s001</b>"
    assert chart.interactive.data[0].customdata == ("a-s001", "a-s002")


def test_voices_are_drawn_against_mentions():
    """Who is never quoted is said to be so."""
    summary = pd.DataFrame([("China", 4, 9), ("India", 7, 0)], columns=["who", "n", "n_words"])
    chart = draw_voices(summary, label="who", **SAID)
    assert chart.alt.endswith("China: 4×, 9 words; India: 7×, no word.")


def test_words_are_written_into_a_grid():
    """A repeated word stands once with its number; columns keep the order given."""
    chart = draw_word_grid(
        WORDS,
        row="article",
        column="of",
        word="word",
        slanted="quoted",
        **SAID,
        columns=["rivals", "friends"],
    )
    assert chart.alt.endswith("a, friends: thaw ×2; a, rivals: rift; b, rivals: foe.")


def test_two_sides_leave_from_zero():
    """What a side has not is 0."""
    chart = draw_two_sides(SIDES, label="label", value="per_1000", group="side", **SAID)
    assert chart.alt.endswith("Thaw: India 2.0, Pakistan 0.0; Blame: India 1.5, Pakistan 0.0.")


def test_more_than_two_sides_are_refused():
    """The error says how many there are."""
    three = pd.concat([SIDES, SIDES.assign(side="China")])
    with pytest.raises(ValueError, match="two sides are drawn, not 3"):
        draw_two_sides(three, label="label", value="per_1000", group="side", **SAID)


@pytest.mark.parametrize(
    "draw",
    [
        lambda frame: draw_quotations(frame, **SAID),
        lambda frame: draw_word_grid(frame, row="speaker", column="country", word="text", **SAID),
    ],
    ids=["quotations", "grid"],
)
def test_nothing_to_draw_is_an_error(draw):
    """An empty summary is named as such."""
    with pytest.raises(ValueError, match="nothing to draw"):
        draw(SPEAKERS.iloc[:0])
