"""Every summary is counted by hand here once, and every n is the length of its evidence."""

import math
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from ruspak_nb import (
    Annotations,
    count_cooccurrences,
    count_mentions,
    count_themes,
    keyness,
    leave_one_out,
)
from ruspak_nb.counts import find_words

repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=60)

SENTENCES = pd.DataFrame(
    [
        ("a-s001", "a", 0, "arms arms gas"),
        ("a-s002", "a", 20, "Arms’s peace"),
        ("b-s001", "b", 0, "gas gas peace peace talks talks"),
    ],
    columns=["sentence_id", "article_id", "start", "text"],
)
MENTIONS = pd.DataFrame(
    [
        ("a-s001", "a", 0, 6, "russia", "GPE"),
        ("a-s001", "a", 10, 15, "india", "GPE"),
        ("b-s001", "b", 3, 10, "russia", "NORP"),
    ],
    columns=["sentence_id", "article_id", "start", "end", "entity_id", "label"],
)
THEMES = pd.DataFrame(
    [
        ("a-s001", "a", "arms"),
        ("a-s001", "a", "arms"),
        ("a-s001", "a", "gas"),
        ("a-s002", "a", "arms"),
        ("b-s001", "b", "gas"),
    ],
    columns=["sentence_id", "article_id", "theme"],
)


def rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Give the rows of a frame as tuples."""
    return list(frame.itertuples(index=False, name=None))


def test_mentions_are_counted_by_entity():
    """Each entity has its mentions as evidence, the most frequent first."""
    assert rows(count_mentions(MENTIONS)) == [
        ("russia", 2, ("a:0-6", "b:3-10")),
        ("india", 1, ("a:10-15",)),
    ]


def test_mentions_are_counted_by_several_columns():
    """Any columns can be counted by, in the order given."""
    table = count_mentions(MENTIONS, by=["article_id", "label"])
    assert table.columns.tolist() == ["article_id", "label", "n", "evidence"]
    assert rows(table) == [("a", "GPE", 2, ("a:0-6", "a:10-15")), ("b", "NORP", 1, ("b:3-10",))]


def test_no_mentions_no_rows():
    """An empty frame gives an empty summary with its columns."""
    table = count_mentions(MENTIONS.iloc[:0])
    assert table.columns.tolist() == ["entity_id", "n", "evidence"]
    assert table.empty
    assert table["n"].dtype == "int64"


def test_themes_are_counted_by_article():
    """A sentence counts once per theme; a theme that an article lacks is 0 there."""
    assert rows(count_themes(THEMES, SENTENCES)) == [
        ("a", "arms", 2, 2, 1.0, ("a-s001", "a-s002")),
        ("a", "gas", 1, 2, 0.5, ("a-s001",)),
        ("b", "arms", 0, 1, 0.0, ()),
        ("b", "gas", 1, 1, 1.0, ("b-s001",)),
    ]


def test_themes_are_counted_over_all():
    """Without `by`, shares are of all sentences together."""
    table = count_themes(THEMES, SENTENCES, by=None)
    assert table.columns.tolist() == ["theme", "n", "n_sentences", "share", "evidence"]
    assert table["n"].tolist() == [2, 2]
    assert table["n_sentences"].tolist() == [3, 3]
    assert table["share"].tolist() == pytest.approx([2 / 3, 2 / 3])


def test_an_article_without_a_theme_is_still_counted():
    """An article in which nothing was found stands there with 0 of its sentences."""
    only_a = THEMES[THEMES["article_id"] == "a"]
    table = count_themes(only_a, SENTENCES)
    assert table.loc[table["article_id"] == "b", "n"].tolist() == [0, 0]


def test_no_themes_no_rows():
    """Where no theme was found there is nothing to list."""
    table = count_themes(THEMES.iloc[:0], SENTENCES)
    assert table.empty
    assert table.columns.tolist() == [
        "article_id",
        "theme",
        "n",
        "n_sentences",
        "share",
        "evidence",
    ]


def test_cooccurrences_are_counted_in_sentences():
    """Of 3 sentences with either theme (2 arms, 2 gas), 1 has both: Jaccard 1/3."""
    assert rows(count_cooccurrences(THEMES)) == [
        ("arms", "gas", 1, 2, 2, pytest.approx(1 / 3), ("a-s001",)),
    ]


def test_cooccurrence_leaves_out_the_nameless():
    """Rows with an empty item (dates among mentions) pair with nothing."""
    mentions = MENTIONS.replace({"entity_id": {"india": ""}})
    assert count_cooccurrences(mentions, item="entity_id").empty


def test_items_that_never_meet_are_no_pair():
    """A pair is listed once it has met, with the columns there in any case."""
    table = count_cooccurrences(THEMES[THEMES["theme"] == "arms"])
    assert table.empty
    assert table.columns.tolist() == ["item_a", "item_b", "n", "n_a", "n_b", "jaccard", "evidence"]


def test_words_are_listed_with_their_place():
    """A word is in lower case, without possessive s, at its offsets in the file."""
    words = find_words(SENTENCES[SENTENCES["sentence_id"] == "a-s002"])
    assert rows(words) == [("arms", "a", 20, 26), ("peace", "a", 27, 32)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        pytest.param("a game-changer", ["a", "game-changer"], id="hyphen"),
        pytest.param("India’s, Russia's", ["india", "russia"], id="possessives"),
        pytest.param("it’s 3 MI-35s in 2015", ["it", "mi", "s", "in"], id="digits"),
        pytest.param("the U.S. left", ["the", "u.s", "left"], id="stops"),
        pytest.param("l’été — naïve", ["l'été", "naïve"], id="accents"),
    ],
)
def test_what_a_word_is(text: str, terms: list[str]):
    """Words are letters with inner hyphens, apostrophes and stops; numbers are none."""
    frame = pd.DataFrame({"article_id": ["a"], "start": [0], "text": [text]})
    assert find_words(frame)["term"].tolist() == terms


def test_keyness_by_hand():
    """`arms` is 3 of 5 words of one article and 0 of 6 of the other."""
    (row,) = keyness(SENTENCES, "a").to_dict("records")
    expected = 5 * 3 / 11  # what 3 of 11 words would be in 5
    assert row == {
        "term": "arms",
        "n": 3,
        "n_rest": 0,
        "per_1000": pytest.approx(600),
        "per_1000_rest": 0.0,
        "log_likelihood": pytest.approx(2 * 3 * math.log(3 / expected)),
        "log_ratio": pytest.approx(math.log2((3 / 5) / (0.5 / 6))),
        "evidence": ("a:0-4", "a:5-9", "a:20-26"),
    }


def test_keyness_of_a_word_that_both_use():
    """With 3 of 4 words here and 1 of 4 there, G2 is 2(3 ln 1.5 + ln 0.5), the ratio 3."""
    frame = pd.DataFrame(
        {"article_id": ["a", "b"], "start": [0, 0], "text": ["gas gas gas oil", "gas x y z"]}
    )
    (row,) = keyness(frame, "a").to_dict("records")
    assert row["term"] == "gas"
    assert row["log_likelihood"] == pytest.approx(2 * (3 * math.log(1.5) + math.log(0.5)))
    assert row["log_ratio"] == pytest.approx(math.log2(3))


@pytest.mark.parametrize(("min_n", "terms"), [(1, ["arms"]), (3, ["arms"]), (4, [])])
def test_keyness_lists_what_is_frequent_enough(min_n: int, terms: list[str]):
    """Words under `min_n`, and those that the rest uses as much, are left out."""
    assert keyness(SENTENCES, "a", min_n=min_n)["term"].tolist() == terms


def test_keyness_of_the_only_article():
    """With nothing to compare with, every word counts as used more often."""
    alone = SENTENCES[SENTENCES["article_id"] == "b"]
    table = keyness(alone, "b")
    assert table["term"].tolist() == ["gas", "peace", "talks"]
    assert table["n_rest"].tolist() == [0, 0, 0]


def test_keyness_of_an_unknown_article():
    """The error says which articles there are and which was probably meant."""
    frame = SENTENCES.assign(article_id="rana-2017")
    with pytest.raises(ValueError, match=r"no article 'rana-2018'.*did you mean 'rana-2017'"):
        keyness(frame, "rana-2018")


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (lambda: count_mentions(MENTIONS, by="entity"), "lacks 'entity'; it has sentence_id"),
        (lambda: count_mentions(MENTIONS.drop(columns="start")), "lacks 'start'"),
        (lambda: count_themes(THEMES.drop(columns="theme"), SENTENCES), "lacks 'theme'"),
        (lambda: count_themes(THEMES, SENTENCES, by="outlet"), "lacks 'outlet'"),
        (lambda: count_themes(THEMES, SENTENCES.drop(columns="article_id")), "'article_id'"),
        (lambda: count_cooccurrences(THEMES, item="entity_id"), "lacks 'entity_id'"),
        (lambda: keyness(SENTENCES.drop(columns="text"), "a"), "lacks 'text'"),
        (lambda: find_words(SENTENCES.drop(columns="start")), "lacks 'start'"),
    ],
    ids=[
        "mentions by",
        "mentions",
        "themes",
        "themes by",
        "sentences by",
        "pairs",
        "keyness",
        "words",
    ],
)
def test_a_missing_column_is_an_error(count: Callable[[], pd.DataFrame], message: str):
    """The error names the column that is missing and those that are there."""
    with pytest.raises(ValueError, match=message):
        count()


@pytest.mark.parametrize(
    "count",
    [
        lambda mentions, themes, sentences: count_mentions(mentions, by=["label"]),
        lambda mentions, themes, sentences: count_themes(themes, sentences),
        lambda mentions, themes, sentences: count_themes(themes, sentences, by=None),
        lambda mentions, themes, sentences: count_cooccurrences(mentions, item="entity_id"),
        lambda mentions, themes, sentences: keyness(sentences, "a"),
    ],
    ids=["mentions", "themes", "themes over all", "pairs", "keyness"],
)
def test_nothing_is_changed_in_place(count: Callable[..., pd.DataFrame]):
    """The frames handed in are as they were."""
    given_frames = [MENTIONS.copy(), THEMES.copy(), SENTENCES.copy()]
    count(*given_frames)
    for after, before in zip(given_frames, [MENTIONS, THEMES, SENTENCES], strict=True):
        assert_frame_equal(after, before)


SUMMARIES = {
    "mentions": lambda notes: count_mentions(notes.mentions),
    "mentions by article and label": lambda notes: count_mentions(
        notes.mentions, by=["article_id", "label"]
    ),
    "themes": lambda notes: count_themes(notes.themes, notes.sentences),
    "themes over all": lambda notes: count_themes(notes.themes, notes.sentences, by=None),
    "theme pairs": lambda notes: count_cooccurrences(notes.themes),
    "entity pairs": lambda notes: count_cooccurrences(notes.mentions, item="entity_id"),
    "keyness": lambda notes: keyness(notes.sentences, notes.sentences["article_id"].iloc[0]),
}


def assert_counts_its_evidence(summary: pd.DataFrame) -> None:
    """Assert that each n is the number of ids beside it, none of them twice."""
    for row in summary.itertuples():
        assert row.n == len(row.evidence) == len(set(row.evidence))


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_number_has_its_evidence(seeds: Annotations, name: str):
    """On the five articles, each n is the number of ids beside it."""
    summary = SUMMARIES[name](seeds)
    assert not summary.empty
    assert_counts_its_evidence(summary)


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_is_the_same_each_time(seeds: Annotations, name: str):
    """Ties are broken by the text, not by chance."""
    assert_frame_equal(SUMMARIES[name](seeds), SUMMARIES[name](seeds))


ITEMS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 4), st.sampled_from(["x", "y", "z"])),
    max_size=12,
)


@repeatably
@given(ITEMS)
def test_any_frame_counts_its_evidence(items: list[tuple[str, int, str]]):
    """Whatever was found where, counts and evidence agree, and so do the totals."""
    found = pd.DataFrame(items, columns=["article_id", "_s", "theme"]).assign(
        sentence_id=lambda f: f["article_id"] + "-s00" + f["_s"].astype("str"),
        start=range(len(items)),
        end=range(1, len(items) + 1),
    )
    sentences = pd.DataFrame(
        [(f"{a}-s00{i}", a) for a in "ab" for i in range(1, 5)],
        columns=["sentence_id", "article_id"],
    )
    mentions = count_mentions(found, by="theme")
    assert_counts_its_evidence(mentions)
    assert mentions["n"].sum() == len(items)
    themes = count_themes(found, sentences)
    assert_counts_its_evidence(themes)
    assert themes["share"].between(0, 1).all()
    assert themes["n"].sum() == len(set(items))
    pairs = count_cooccurrences(found)
    assert_counts_its_evidence(pairs)
    assert (pairs["n"] <= pairs[["n_a", "n_b"]].min(axis=1)).all()


@repeatably
@given(st.lists(st.lists(st.sampled_from(["gas", "oil", "arms"]), max_size=6), min_size=2))
def test_keyness_counts_its_evidence(texts: list[list[str]]):
    """Whatever the words, n is the number of places, and only overuse is listed."""
    frame = pd.DataFrame(
        {
            "article_id": ["a", *["b"] * (len(texts) - 1)],
            "start": range(0, 100 * len(texts), 100),
            "text": ["end " + " ".join(words) for words in texts],
        }
    )
    table = keyness(frame, "a", min_n=1)
    assert_counts_its_evidence(table)
    assert (table["per_1000"] > table["per_1000_rest"]).all()
    assert (table["log_likelihood"] > 0).all()


def test_leave_one_out_makes_a_summary_for_each_article(seeds: Annotations):
    """Each article is left out once, in order of publication, and is gone from the rest."""
    table = leave_one_out(seeds, lambda notes: count_mentions(notes.mentions, by="article_id"))
    assert list(dict.fromkeys(table["left_out"])) == seeds.corpus.articles["article_id"].tolist()
    assert (table["left_out"] != table["article_id"]).all()
    assert len(table) == 5 * 4
    assert_counts_its_evidence(table)


def test_themes_of_other_sentences_do_not_count():
    """A share is never above one, whichever sentences are asked about."""
    sentences = pd.DataFrame({"sentence_id": ["a-s001"], "article_id": ["a"]})
    themes = pd.DataFrame(
        {"sentence_id": ["a-s001", "b-s001"], "article_id": ["a", "b"], "theme": "arms_sales"}
    )
    counted = count_themes(themes, sentences, by=None)
    assert counted["evidence"].tolist() == [("a-s001",)]
    assert counted["share"].tolist() == [1.0]


def test_a_mention_without_an_entity_is_no_entity():
    """Dates are mentions, but counted by entity they are not one nameless entity."""
    mentions = pd.DataFrame(
        {"article_id": "a", "start": [0, 9], "end": [6, 13], "entity_id": ["russia", ""]}
    )
    assert count_mentions(mentions)["entity_id"].tolist() == ["russia"]
