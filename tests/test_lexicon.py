"""The lexicon: every word family keeps to its examples, and every word counts once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ruspak_nb import count_loaded_words, find_loaded_words, load_lexicon
from ruspak_nb.lexicon import TONES
from ruspak_nb.patterns import CodebookError, compile_pattern
from ruspak_nb.sheets import read_own_rules

FAMILIES = read_own_rules("lexicon.toml")["family"]
PATTERNS = [(family, rule) for family in FAMILIES for rule in family["pattern"]]
TINY = """\
[[family]]
name = 'thaw'
label = 'Thaw'
tone = 'closeness'
definition = 'Ice that melts.'
example = 'A thaw came.'
counter_example = 'A winter came.'
[[family.pattern]]
id = 'thaw'
regex = 'thaws?'
example = 'It thaws.'
counter_example = 'It freezes.'
[[family]]
name = 'blame'
label = 'Blame'
tone = 'blame'
definition = 'Blame.'
example = 'A clumsy thaw.'
counter_example = 'A nice day.'
[[family.pattern]]
id = 'clumsy'
regex = 'clumsy(?: thaw)?'
example = 'It was clumsy.'
counter_example = 'It was clumsily done.'
"""
SENTENCES = pd.DataFrame(
    [
        ("a-s001", "a", "East", 0, "The thaw was a thaw."),
        ("a-s002", "a", "East", 30, "Nothing else."),
        ("b-s001", "b", "West", 5, "A clumsy reply ended it."),
    ],
    columns=["sentence_id", "article_id", "viewpoint", "start", "text"],
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a lexicon of two families, with `old` replaced by `new`."""

    def write_lexicon(old: str = "", new: str = "") -> Path:
        assert old in TINY
        path = tmp_path / "words.toml"
        path.write_text(TINY.replace(old, new, 1) if old else TINY, encoding="utf-8")
        return path

    return write_lexicon


@pytest.mark.parametrize(
    ("family", "rule"),
    PATTERNS,
    ids=[f"{family['name']}-{rule['id']}" for family, rule in PATTERNS],
)
def test_a_pattern_keeps_to_its_examples(family: dict[str, Any], rule: dict[str, Any]):
    """It matches its example and not its counter-example, nor that of its family."""
    pattern = compile_pattern(rule["regex"], family["name"])
    assert pattern.search(rule["example"])
    assert not pattern.search(rule["counter_example"])
    assert not pattern.search(family["counter_example"])


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family["name"])
def test_the_example_of_a_family_is_of_that_family(family: dict[str, Any]):
    """Among all families, it is the first to take its own example."""
    sentence = pd.DataFrame([("a", 0, family["example"])], columns=["article_id", "start", "text"])
    assert find_loaded_words(sentence)["family"].tolist()[:1] == [family["name"]]


def test_the_shipped_lexicon_is_complete():
    """It loads, and each tone has a family."""
    lexicon = load_lexicon()
    assert {family.tone for family in lexicon} == set(TONES)
    assert len(lexicon) == len(FAMILIES)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("tone = 'closeness'", "tone = 'closenes'", "unknown tone 'closenes'.*did you mean 'clos"),
        ("label = 'Thaw'", "lable = 'Thaw'", "family 'thaw': unknown key 'lable'.*'label'"),
        ("regex = 'thaws?'", "", "family 'thaw', pattern 'thaw': missing regex"),
        ("regex = 'thaws?'", "regex = 'thaw('", "does not compile"),
        ("name = 'blame'", "name = 'thaw'", "family 'thaw' stands there twice"),
        ("'It thaws.'", "'It melts.'", "does not match its example 'It melts.'"),
        ("'It freezes.'", "'It thaws.'", "matches 'thaws' in its counter_example"),
        ("example = 'A thaw came.'", "example = 'Ice.'", "does not match its example 'Ice.'"),
    ],
    ids=["tone", "key", "missing", "regex", "twice", "example", "counter", "family-example"],
)
def test_a_fault_is_named(write: Callable[..., Path], old: str, new: str, complaint: str):
    """The error names file, family and pattern, and the likely fix."""
    with pytest.raises(CodebookError, match=rf"words\.toml.*{complaint}"):
        load_lexicon(write(old, new))


def test_a_lexicon_without_families_is_refused(tmp_path: Path):
    """An empty file is a mistake, not a lexicon of nothing."""
    path = tmp_path / "words.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(CodebookError, match=r"words\.toml has no \[\[family\]\]"):
        load_lexicon(path)


def test_words_are_found_where_they_stand(write: Callable[..., Path]):
    """Offsets are those of the file, and the other columns are kept."""
    before = SENTENCES.copy()
    found = find_loaded_words(SENTENCES, load_lexicon(write()))
    assert found[["sentence_id", "start", "end", "word", "family"]].to_numpy().tolist() == [
        ["a-s001", 4, 8, "thaw", "thaw"],
        ["a-s001", 15, 19, "thaw", "thaw"],
        ["b-s001", 7, 13, "clumsy", "blame"],
    ]
    assert_frame_equal(SENTENCES, before)


def test_a_word_belongs_to_the_first_family(write: Callable[..., Path]):
    """What an earlier family took is not counted for a later one."""
    sentence = pd.DataFrame([("a", 0, "A clumsy thaw.")], columns=["article_id", "start", "text"])
    found = find_loaded_words(sentence, load_lexicon(write()))
    assert found[["text", "family"]].to_numpy().tolist() == [["thaw", "thaw"]]


def test_words_are_counted_by_side(write: Callable[..., Path]):
    """Each side has every family, with n, its rate and the spans that it counts."""
    table = count_loaded_words(SENTENCES, load_lexicon(write()), by="viewpoint")
    columns = ["viewpoint", "family", "n", "n_texts", "n_words", "words", "evidence"]
    assert table[columns].to_numpy().tolist() == [
        ["East", "thaw", 2, 1, 7, "thaw", ("a:4-8", "a:15-19")],
        ["East", "blame", 0, 0, 7, "", ()],
        ["West", "thaw", 0, 0, 5, "", ()],
        ["West", "blame", 1, 1, 5, "clumsy", ("b:7-13",)],
    ]
    assert table["per_1000"].tolist() == [2000 / 7, 0, 0, 200]


def test_a_text_without_loaded_words_gives_an_empty_list():
    """All columns stand there, with no row."""
    found = find_loaded_words(SENTENCES.iloc[[1]])
    assert found.empty
    assert {"sentence_id", "word", "family"} <= set(found.columns)


def test_a_missing_column_is_named():
    """What the sentences lack is said."""
    with pytest.raises(ValueError, match="lacks 'viewpoint'"):
        count_loaded_words(SENTENCES.drop(columns="viewpoint"), by="viewpoint")
