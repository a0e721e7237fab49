"""How firm a lead is: without an article, and counted in another way."""

import pandas as pd
import pytest

from ruspak_nb.leads import compare_leaders, find_lead_flips, word_flips
from ruspak_nb.wording import plural


class Notes:
    """A stand-in for annotations: articles, and one thing counted in each."""

    def __init__(self, things: dict[str, str]) -> None:
        """Keep what each article speaks of."""
        self.things = things

    @property
    def corpus(self) -> "Notes":
        """Give itself: it has the articles."""
        return self

    @property
    def articles(self) -> pd.DataFrame:
        """List the articles."""
        return pd.DataFrame({"article_id": list(self.things)})

    def without(self, article: str) -> "Notes":
        """Leave one article out."""
        return Notes({name: thing for name, thing in self.things.items() if name != article})


def count(notes: Notes) -> pd.DataFrame:
    """Count the articles by what they speak of."""
    counted = pd.Series(list(notes.things.values()), dtype="str").value_counts()
    return counted.rename_axis("thing").reset_index(name="n")


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 boats"), (1, "1 boat"), (2, "2 boats"), (12000, "12,000 boats")],
)
def test_a_number_agrees_with_its_noun(n: int, said: str) -> None:
    """One boat, several boats, and thousands that can be read."""
    assert plural(n, "boat") == said
    assert plural(2, "country", "countries") == "2 countries"


def test_a_lead_of_one_rests_on_each_article_that_makes_it() -> None:
    """Two rivers and one dam: without either river it is a tie, without the dam it stays."""
    notes = Notes({"a": "river", "b": "dam", "c": "river"})
    assert find_lead_flips(notes, count, "thing") == ["a", "c"]  # type: ignore[arg-type]


def test_a_lead_of_three_rests_on_no_article() -> None:
    """Three rivers and one dam: whichever is left out, the river leads."""
    notes = Notes({"a": "river", "b": "dam", "c": "river", "d": "river"})
    assert find_lead_flips(notes, count, "thing") == []  # type: ignore[arg-type]


def test_of_one_article_none_can_be_left_out() -> None:
    """Nothing flips, and the sentence says why."""
    assert find_lead_flips(Notes({"a": "river"}), count, "thing") == []  # type: ignore[arg-type]
    assert word_flips([], 1) == "There is only one article, so none can be left out."


def test_what_flips_is_named() -> None:
    """A sentence says on which articles a finding rests."""
    assert word_flips([], 3) == "That holds without any one article."
    assert word_flips(["a", "c"], 3) == "That does not hold without a and c."


def test_ways_of_counting_are_set_beside_the_first() -> None:
    """Who leads in each way, with the evidence of the first leader, and whether it is the same."""
    ways = {
        "all": pd.DataFrame({"x": ["a", "b"], "n": [2, 1], "evidence": [("1", "2"), ("3",)]}),
        "once": pd.DataFrame({"x": ["a", "b"], "n": [1, 1], "evidence": [("1",), ("3",)]}),
        "none": pd.DataFrame({"x": [], "n": [], "evidence": []}),
    }
    table = compare_leaders(ways, "x")
    assert table["leader"].tolist() == ["a", "a and b", ""]
    assert table["n"].tolist() == [2, 1, 0] == [len(ids) for ids in table["evidence"]]
    assert table["same"].tolist() == [True, False, False]
