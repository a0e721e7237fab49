"""Keyword in context: what stands left and right of every occurrence."""

from pathlib import Path

import pytest

from ruspak_nb import Annotations, annotate, concordance, load_corpus


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate two tiny articles, one with a name broken over two spaces."""
    folder: Path = tmp_path_factory.mktemp("articles")
    (folder / "one.txt").write_text(
        "Russia announced arms sales to Pakistan. India protested against the arms sales.",
        encoding="utf-8",
    )
    (folder / "two.txt").write_text("He said that Vladimir\tPutin left.", encoding="utf-8")
    return annotate(load_corpus(folder), cache=False)


def lines(frame) -> list[tuple[str, str, str]]:
    """Give left, keyword and right of each row."""
    return list(frame[["left", "keyword", "right"]].itertuples(index=False, name=None))


def test_by_regular_expression(notes: Annotations):
    """A pattern finds every occurrence, whatever its case, in the order of the text."""
    assert lines(concordance(notes, r"ARMS|protest\w*")) == [
        ("Russia announced ", "arms", " sales to Pakistan."),
        ("India ", "protested", " against the arms sales."),
        ("India protested against the ", "arms", " sales."),
    ]


def test_by_entity(notes: Annotations):
    """An entity is found under each of its forms."""
    assert lines(concordance(notes, entity_id="pakistan")) == [
        ("Russia announced arms sales to ", "Pakistan", "."),
    ]


def test_by_theme(notes: Annotations):
    """A theme shows the words that gave it."""
    found = concordance(notes, theme="arms_sales")
    assert "arms sales" in found["keyword"].tolist()
    assert set(found["article_id"]) == {"one"}


def test_a_row_names_its_place(notes: Annotations):
    """Each row has article, sentence and offsets in the file."""
    (row,) = concordance(notes, "protested").to_dict("records")
    assert row == {
        "article_id": "one",
        "sentence_id": "one-s002",
        "left": "India ",
        "keyword": "protested",
        "right": " against the arms sales.",
        "start": 47,
        "end": 56,
    }


@pytest.mark.parametrize(
    ("width", "left", "right"),
    [(5, "nced ", " sale"), (60, "Russia announced ", " sales to Pakistan.")],
)
def test_width_limits_both_sides(notes: Annotations, width: int, left: str, right: str):
    """No more than `width` characters of the same sentence stand on either side."""
    row = concordance(notes, "arms", width=width).iloc[0]
    assert (row["left"], row["right"]) == (left, right)


def test_width_zero_shows_the_keyword_alone(notes: Annotations):
    """Nothing stands beside the keyword when no room is given."""
    assert set(lines(concordance(notes, "arms", width=0))) == {("", "arms", "")}


def test_white_space_is_flattened(notes: Annotations):
    """Tabs and line breaks are shown as spaces, one for one."""
    assert lines(concordance(notes, entity_id="vladimir-putin")) == [
        ("He said that ", "Vladimir Putin", " left."),
    ]


def test_the_context_is_the_source(seeds: Annotations):
    """Left, keyword and right together are the file's own text around start and end."""
    found = concordance(seeds, r"\bCPEC\b|Moscow’s", width=25)
    assert len(found) > 3
    for row in found.itertuples():
        text = seeds.corpus.texts[row.article_id]
        around = text[row.start - len(row.left) : row.end + len(row.right)]
        flat = "".join(" " if char.isspace() else char for char in around)
        assert row.left + row.keyword + row.right == flat
        assert text[row.start : row.end] == row.keyword


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({}, id="none"),
        pytest.param({"pattern": "a", "entity_id": "india"}, id="pattern and entity"),
        pytest.param({"entity_id": "india", "theme": "arms_sales"}, id="entity and theme"),
        pytest.param({"pattern": "a", "entity_id": "b", "theme": "c"}, id="all three"),
    ],
)
def test_exactly_one_thing_is_looked_for(notes: Annotations, asked: dict[str, str]):
    """None or several of pattern, entity and theme is an error."""
    with pytest.raises(ValueError, match="exactly one of pattern, entity_id and theme"):
        concordance(notes, **asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"entity_id": "pakistn"}, "no entity_id 'pakistn'.*did you mean 'pakistan'"),
        ({"theme": "arms_sale"}, "no theme 'arms_sale'.*did you mean 'arms_sales'"),
    ],
    ids=["entity", "theme"],
)
def test_an_unknown_name_is_an_error(notes: Annotations, asked: dict[str, str], message: str):
    """The error says what was allowed and what was probably meant."""
    with pytest.raises(ValueError, match=message):
        concordance(notes, **asked)


def test_a_broken_pattern_is_an_error(notes: Annotations):
    """A regular expression that does not compile is named in the error."""
    with pytest.raises(ValueError, match=r"'\(arms' does not compile"):
        concordance(notes, "(arms")


def test_a_pattern_found_nowhere_gives_no_rows(notes: Annotations):
    """An expression may well match nothing; the columns are there all the same."""
    found = concordance(notes, "zebra")
    assert found.empty
    assert found.columns.tolist() == [
        "article_id",
        "sentence_id",
        "left",
        "keyword",
        "right",
        "start",
        "end",
    ]


def test_an_empty_match_is_no_occurrence(notes: Annotations):
    """A pattern that can match nothing finds only what it matches."""
    assert set(concordance(notes, "(protested)?")["keyword"]) == {"protested"}


def test_only_the_body_is_searched(seeds: Annotations):
    """A comment form and its like are on the page, not in the article."""
    assert concordance(seeds, "Leave a Reply").empty
