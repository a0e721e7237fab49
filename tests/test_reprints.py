"""Reprints are found, linked to the oldest text, and counted once."""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb import annotate, load_corpus
from ruspak_nb.cli import main
from ruspak_nb.corpus import Corpus
from ruspak_nb.reprints import LEAST_SHARED, LEAST_WORDS, find_reprints

MADE_UP = Path(__file__).parent / "corpora" / "karsund-tavelia" / "seeds"
# One word each, so that two of them have no run of words in common.
STORY = " ".join(f"story{n}" for n in range(100))
OTHER = " ".join(f"other{n}" for n in range(100))
PARAGRAPH = " ".join(f"more{n}" for n in range(50))


def bodies(corpus: Corpus) -> list[str]:
    """Give the body of each article, oldest first."""
    body = corpus.zones[corpus.zones["zone"] == "body"]
    return ["\n".join(part["text"]) for _, part in body.groupby("article_id", sort=False)]


TEXTS = [*bodies(load_corpus()), *bodies(load_corpus(MADE_UP))]


def pairs(*texts: str) -> list[tuple[int, int]]:
    """List the reprints as (later, older)."""
    return [(reprint.text, reprint.reprint_of) for reprint in find_reprints(texts)]


# What is a reprint


@pytest.mark.parametrize(
    "later",
    [
        STORY,
        STORY.upper(),
        STORY.replace(" ", ",\r\n\r\n— "),
        f"{STORY} {PARAGRAPH}",
        f"{PARAGRAPH} {STORY}",
        " ".join(STORY.split()[:50]),
        " ".join(word for n, word in enumerate(STORY.split()) if n % 12),
    ],
    ids=["same", "case", "layout", "added-below", "added-above", "half", "words-left-out"],
)
def test_a_reprint(later: str) -> None:
    """Copies, copies with something added, and parts, whatever the layout."""
    assert pairs(STORY, later) == [(1, 0)]


@pytest.mark.parametrize(
    "later",
    [
        OTHER,
        f"{STORY} {OTHER}",
        f"{OTHER} {' '.join(STORY.split()[:90])}",
        " ".join(reversed(STORY.split())),
        " ".join(word for n, word in enumerate(STORY.split()) if n % 4),
        "",
        "?!",
    ],
    ids=["other", "as-much-new", "long-quotation", "backwards", "reworded", "empty", "no-word"],
)
def test_no_reprint(later: str) -> None:
    """Quoting another article at length, or saying the same in other words, is no reprint."""
    assert pairs(STORY, later) == []


def test_a_long_text_that_takes_in_a_short_one_is_kept() -> None:
    """What is mostly new is not thrown away because of what it begins with."""
    assert pairs(" ".join(STORY.split()[:50]), STORY) == []


@pytest.mark.parametrize(("length", "found"), [(LEAST_WORDS, [(1, 0)]), (LEAST_WORDS - 1, [])])
def test_a_short_text_must_be_the_same(length: int, found: list[tuple[int, int]]) -> None:
    """Two notes of a line share their formulas; only the same words make them one text."""
    short = STORY.split()[:length]
    assert pairs(" ".join(short), " ".join([*short[:-1], "else"])) == found
    assert pairs(" ".join(short), " ".join(short)) == [(1, 0)]


def test_texts_without_words_are_not_one_text() -> None:
    """Nothing is no copy of nothing."""
    assert pairs("", "", "…", "…") == []


def test_similarity_is_the_share_of_what_was_there_before() -> None:
    """Of 147 runs of four words, 97 are those of the older text."""
    (reprint,) = find_reprints([STORY, f"{STORY} {PARAGRAPH}"])
    assert reprint.similarity == pytest.approx(97 / 147)


def test_copies_of_a_reprint_belong_to_the_oldest() -> None:
    """A chain of reprints has one head, whether its members are exact copies or near ones."""
    changed = STORY.replace("story50", "x")
    assert pairs(STORY, OTHER, changed, STORY, changed, f"{changed} end") == [
        (2, 0),
        (3, 0),
        (4, 0),
        (5, 0),
    ]


def test_drift_is_no_reprint() -> None:
    """A text is held against what is kept, so small steps do not add up to a long way."""
    words = [f"w{n}" for n in range(200)]
    steps = [" ".join(words[start : start + 100]) for start in range(0, 101, 25)]
    assert pairs(*steps) == [(1, 0), (3, 2)]


def test_a_text_put_together_from_two_has_its_own_copies() -> None:
    """Its runs are all older than it, and still its copy is its copy."""
    both = f"{STORY} {OTHER}"
    assert pairs(STORY, OTHER, both, both + " end") == [(3, 2)]


def test_many_copies_are_one_text() -> None:
    """A wire story in three hundred papers, each with its own last line, is counted once."""
    papers = [f"{STORY} paper{n}" for n in range(300)]
    assert pairs(*papers) == [(n, 0) for n in range(1, 300)]


def test_no_two_of_our_articles_are_reprints() -> None:
    """Five real articles on one matter, and eleven made-up ones, are sixteen texts."""
    assert len(TEXTS) == 16
    assert pairs(*TEXTS) == []


# How much a reprint may be changed


def cut(text: str, share: float, rng: random.Random) -> str:
    """Leave out a share of the sentences."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    kept = sorted(rng.sample(range(len(sentences)), round(len(sentences) * (1 - share))))
    return " ".join(sentences[n] for n in kept)


def reword(text: str, share: float, rng: random.Random) -> str:
    """Put another word in place of a share of the words."""
    words = text.split()
    for n in rng.sample(range(len(words)), round(len(words) * share)):
        words[n] = f"word{n}"
    return " ".join(words)


def pad(text: str, share: float, rng: random.Random) -> str:
    """Add a share of words that are not the article's."""
    words = rng.choice([other for other in TEXTS if other != text]).split()
    return " ".join([text, *words[: round(len(text.split()) * share)]])


def cut_and_reword(text: str, share: float, rng: random.Random) -> str:
    """Leave out sentences and change some words of those that stay."""
    return reword(cut(text, share, rng), 0.05, rng)


def quote(text: str, share: float, rng: random.Random) -> str:
    """Put a stretch of the article into a new one, of which it then is that share at most."""
    words = [f"new{rng.getrandbits(40)}" for _ in range(200)]
    taken = text.split()[: round(len(words) * share / (1 - share))]
    return " ".join([*words[:80], *taken, *words[80:]])


@pytest.mark.parametrize(
    ("change", "share", "found"),
    [
        (cut, 0.05, 16),
        (cut, 0.15, 16),
        (cut, 0.3, 16),
        (cut, 0.5, 16),
        (reword, 0.02, 16),
        (reword, 0.05, 16),
        (reword, 0.1, 16),
        (reword, 0.2, 0),
        (pad, 0.1, 16),
        (pad, 0.3, 16),
        (pad, 0.5, 16),
        (cut_and_reword, 0.15, 16),
        (cut_and_reword, 0.3, 16),
        (quote, 0.2, 0),
        (quote, 0.5, 0),
    ],
)
def test_recall_and_precision(
    change: Callable[[str, float, random.Random], str], share: float, found: int
) -> None:
    """Each of the sixteen, changed once: all are found or none, and none under a wrong name."""
    rng = random.Random(f"{change.__name__} {share}")
    changed = [change(text, share, rng) for text in TEXTS]
    reprints = find_reprints([*TEXTS, *changed])
    assert all(reprint.text - len(TEXTS) == reprint.reprint_of for reprint in reprints)
    assert len(reprints) == found


@given(st.lists(st.text() | st.sampled_from([STORY, OTHER, f"{STORY} {PARAGRAPH}"]), max_size=8))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_any_texts(texts: list[str]) -> None:
    """A reprint is later than its text, which is none itself, and has enough of it."""
    found = find_reprints(texts)
    heads = {reprint.reprint_of for reprint in found}
    assert heads.isdisjoint(reprint.text for reprint in found)
    for text, reprint_of, similarity in found:
        assert reprint_of < text
        assert LEAST_SHARED <= similarity <= 1
    assert find_reprints(texts) == found


# In a corpus

ROWS = [
    ("b.txt", "Ann Lee", "Dawn", "2018"),
    ("a.txt", "", "Copy <b>Press</b>", ""),
    ("c.txt", "Bo Rahman", "Post", "2019-03"),
    ("d.txt", "", "Digest", "2019-04-02"),
]
FILES = {
    "a.txt": STORY,
    "b.txt": STORY,
    "c.txt": OTHER,
    "d.txt": f"By Someone Else\n\n{STORY}\n\nLeave a Reply\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write four articles, two of which reprint one that is the oldest."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (tmp_path / "documents.csv").open("w", encoding="utf-8", newline="") as file:
        heading = ("file", "author", "outlet", "publication_date")
        csv.writer(file).writerows([heading, *ROWS])
    return tmp_path


def test_reprints_are_linked_to_the_oldest_and_not_among_the_articles(folder: Path) -> None:
    """The day of publication says which is the oldest; what has none comes last."""
    corpus = load_corpus(folder)
    assert corpus.articles["article_id"].tolist() == ["lee-2018", "rahman-2019"]
    assert list(corpus.texts) == ["lee-2018", "rahman-2019"]
    assert set(corpus.zones["article_id"]) == {"lee-2018", "rahman-2019"}
    columns = ["article_id", "reprint_of", "similarity", "file", "outlet", "published"]
    assert corpus.reprints[columns].to_numpy().tolist() == [
        ["digest-2019", "lee-2018", 1.0, "d.txt", "Digest", "2019-04-02"],
        ["copy-b", "lee-2018", 1.0, "a.txt", "Copy <b>Press</b>", ""],
    ]


def test_file_names_decide_between_texts_of_one_day(tmp_path: Path) -> None:
    """Without a datasheet the first file name is the oldest."""
    for name in ("b", "a"):
        (tmp_path / f"{name}.txt").write_text(STORY, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert corpus.reprints[["article_id", "reprint_of"]].to_numpy().tolist() == [["b", "a"]]


def test_reprints_can_be_kept(folder: Path) -> None:
    """Who studies how a text travels asks for all of them."""
    corpus = load_corpus(folder, reprints="keep")
    assert len(corpus) == 4
    assert corpus.reprints.empty
    assert list(corpus.reprints) == list(load_corpus(folder).reprints)
    with pytest.raises(ValueError, match=r"unknown reprints 'kept'; .* did you mean 'keep'"):
        load_corpus(folder, reprints="kept")


def test_both_numbers_are_shown(folder: Path) -> None:
    """How many articles, and how many texts; without reprints there is one number."""
    corpus = load_corpus(folder)
    assert corpus.summary == "4 articles, 2 distinct texts, 200 words of body text"
    assert repr(corpus) == f"<Corpus: {corpus.summary}>"
    shown = corpus._repr_html_()
    assert corpus.summary in shown
    assert "Copy &lt;b&gt;Press&lt;/b&gt;" in shown
    assert re.fullmatch(r"5 articles, 3,\d{3} words of body text", load_corpus().summary)


def test_what_is_not_body_makes_no_reprint(tmp_path: Path) -> None:
    """Two pages of one site share navigation, teaser and comment form, not their text."""
    teaser = " ".join(STORY.split()[:40])
    above = "Home | World | Opinion\n\n"
    below = "\n\nLeave a Reply\n\nYour email address will not be published.\n"
    (tmp_path / "a.txt").write_text(f"{above}{STORY}{below}", encoding="utf-8")
    page = f"Title of the Page\n\n{teaser}\n\nBy Ann Lee\n\n{teaser}. {OTHER}{below}"
    (tmp_path / "b.txt").write_text(f"{above}{page}", encoding="utf-8")
    assert load_corpus(tmp_path).reprints.empty


def test_the_command_says_both_numbers(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On stderr, beside the names of what is counted once; no word where there is nothing."""
    monkeypatch.setenv("RUSPAK_CACHE", str(tmp_path / "cache"))
    given = ["--model", "none", "--out", str(tmp_path / "frames")]
    assert main(["annotate", str(folder), *given]) == 0
    said = capsys.readouterr().err
    assert "4 articles, 2 distinct texts" in said
    assert "digest-2019 (of lee-2018), copy-b (of lee-2018)" in said
    assert main(["annotate", str(folder / "c.txt"), *given]) == 0
    assert "distinct" not in capsys.readouterr().err


def test_no_count_has_a_text_twice(folder: Path) -> None:
    """What is annotated is what is distinct."""
    notes = annotate(load_corpus(folder), model=None, cache=False)
    assert set(notes.sentences["article_id"]) == {"lee-2018", "rahman-2019"}
