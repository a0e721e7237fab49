"""What the codebook does not see: names and phrases, counted with their sentences."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from ruspak_nb import Annotations, annotate, build_nlp, load_codebook, load_corpus
from ruspak_nb.examples import try_examples
from ruspak_nb.gaps import entity_rows, find_gaps, first_gaps, gap_frame, theme_stub

ARTICLES = {
    "a": "Baku wants the Zangezur Corridor opened. The Zangezur Corridor would carry freight "
    "trains. Haluk Bayraktar visited Baku. A toll booth was opened in Yerevan.",
    "b": "Iran dislikes the Zangezur Corridor. Freight trains wait at the border. The toll "
    "booth of 2010 is old. They were shown at Teknofest, said Haluk Bayraktar’s office.",
    "c": "Armenia asked Russia to guard the Zangezur Corridor. A freight train left on Monday. "
    "They spoke of it at Teknofest.",
}


def read(folder: Path, articles: dict[str, str], **options: object) -> Annotations:
    """Write articles and annotate them."""
    folder.mkdir(exist_ok=True)
    for name, text in articles.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return annotate(load_corpus(folder, reprints="keep"), cache=False, **options)


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate three short articles on a part of the world that is not ours."""
    return read(tmp_path_factory.mktemp("gaps"), ARTICLES)


@pytest.fixture(scope="module")
def gaps(notes: Annotations, nlp: Language) -> pd.DataFrame:
    """Find what our codebook does not see in them."""
    return find_gaps(notes, nlp)


def test_names_and_phrases_are_ranked(gaps: pd.DataFrame):
    """By the number of articles, then of sentences; an entity of the codebook is no gap."""
    shown = gaps[["kind", "text", "n_articles", "n"]].itertuples(index=False, name=None)
    assert list(shown) == [
        ("name", "Zangezur Corridor", 3, 4),
        ("name", "Haluk Bayraktar", 2, 2),
        ("name", "Teknofest", 2, 2),
        ("phrase", "freight trains", 3, 3),
        ("phrase", "toll booth", 2, 2),
    ]


def test_a_number_opens_its_sentences(gaps: pd.DataFrame, notes: Annotations):
    """`n` counts the sentences of `evidence`, in each of which one of the forms stands."""
    texts = dict(zip(notes.sentences["sentence_id"], notes.sentences["text"], strict=True))
    for gap in gaps.itertuples():
        assert gap.n == len(gap.evidence) == len(set(gap.evidence))
        for sentence_id in gap.evidence:
            sentence = texts[sentence_id].replace("’", "'").casefold()
            assert any(form.casefold() in sentence for form in gap.forms)
        assert gap.text in gap.forms
        assert gap.example in texts.values()


def test_forms_of_one_phrase_are_one(gaps: pd.DataFrame):
    """Singular and plural, first in their sentence or not, are counted together."""
    forms = gaps.set_index("text")["forms"]
    assert forms["freight trains"] == ("freight train", "freight trains")


def test_what_a_theme_or_date_covers_is_no_gap(tmp_path: Path, nlp: Language):
    """Words that a theme's pattern matched, or that are a date, need no row."""
    notes = read(tmp_path, {"a": "The arms deal of May was good. The arms deal of June was bad."})
    assert set(notes.themes["theme"]) == {"arms_sales"}
    assert find_gaps(notes, nlp).empty


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("They sold it to Qwxz Industries of Brzk.", ["Qwxz Industries of Brzk"]),
        ("Later they met. Qwxz came.", []),
        ("They said: The Qwxz came.", ["Qwxz"]),
        ("ALL OF THIS IS A HEADING", []),
        ("They met Mr and Ms. on Monday, said the President.", []),
        ("They sold Qwxz, Brzk and Vrtl.", ["Brzk", "Qwxz", "Vrtl"]),
        ("They sold Qwxz’s boat.", ["Qwxz"]),
    ],
    ids=["joined", "first-word", "after-a-starter", "heading", "titles", "list", "possessive"],
)
def test_which_capitals_are_names(tmp_path: Path, sentence: str, found: list[str]):
    """Runs of words with capitals, joined by "of"; not what only begins a sentence."""
    notes = read(tmp_path, {"a": sentence}, model=None)
    assert sorted(find_gaps(notes, least=1)["text"]) == found


def test_names_that_the_pipeline_finds_keep_its_guess(notes: Annotations, gaps: pd.DataFrame):
    """The label is that of the trained pipeline where it has one."""
    guessed = notes.mentions[notes.mentions["entity_id"] == ""].set_index("text")["label"]
    labels = gaps[gaps["label"] != ""].set_index("text")["label"]
    assert len(labels) > 0
    for text, label in labels.items():
        assert label in set(guessed.filter(like=text))


def test_rows_can_be_pasted(tmp_path: Path, gaps: pd.DataFrame):
    """With their labels filled in, the rows and the theme are a codebook without faults."""
    ours = load_codebook()
    book = tmp_path / "codebook"
    book.mkdir()
    (book / "codebook.toml").write_text('extends = "ruspak"', encoding="utf-8")
    labelled = gaps.assign(label=gaps["label"].where(gaps["label"] != "", "ORG"))
    (book / "entities.csv").write_text(entity_rows(labelled, ours), encoding="utf-8")
    (book / "themes.toml").write_text(theme_stub(gaps, ours), encoding="utf-8")
    mine = load_codebook(book)
    nlp = build_nlp(mine)
    assert try_examples(mine, nlp) == []
    after = read(tmp_path / "articles", ARTICLES, codebook=mine)
    assert find_gaps(after, nlp).empty


def test_an_id_is_never_that_of_a_row(gaps: pd.DataFrame):
    """A row to be pasted must not take the place of one of ours."""
    assert "pakistan" in load_codebook().entities
    clash = gaps.assign(text="Pakistan", forms=[("Pakistan",)] * len(gaps))
    ids = [line.split(",")[0] for line in entity_rows(clash, load_codebook()).splitlines()[1:]]
    assert ids == ["pakistan-2", "pakistan-3", "pakistan-4"]


def test_without_gaps(notes: Annotations):
    """An empty frame has its columns, and gives a header and no theme."""
    none = find_gaps(notes, least=99)
    assert list(none.columns) == list(gap_frame().columns)
    assert len(entity_rows(none, load_codebook()).splitlines()) == 1
    assert theme_stub(none, load_codebook()) == ""


def test_the_first_of_each_kind(gaps: pd.DataFrame):
    """A short list has names and phrases."""
    assert first_gaps(gaps, 1)["text"].tolist() == ["Zangezur Corridor", "freight trains"]


def test_the_frames_are_left_as_they_were(notes: Annotations, nlp: Language):
    """Looking for gaps changes no frame."""
    before = {name: frame.copy() for name, frame in notes.frames().items()}
    find_gaps(notes, nlp)
    for name, frame in notes.frames().items():
        pd.testing.assert_frame_equal(frame, before[name])


HOSTILE = st.text(
    st.sampled_from("Abc;,\"'’\\|()[]{}*+?.^$&<>#\x1b\x7f\u202e\u00ad éÉ") | st.characters(),
    min_size=1,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(HOSTILE, min_size=1, max_size=4))
def test_any_text_makes_rows_that_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
):
    """Whatever stands in an article, what is offered is CSV, and TOML with sound patterns."""
    import csv
    import io
    import tomllib

    from ruspak_nb.patterns import compile_pattern

    def row(kind: str, text: str) -> dict[str, object]:
        counted = {"n_articles": 1, "n": 1, "evidence": ("a-s001",), "label": "ORG"}
        return {"kind": kind, "text": text, "forms": (text,), "example": text} | counted

    gaps = gap_frame(
        [row(kind, " ".join(name.split()) or "x") for kind in ("name", "phrase") for name in names]
    )
    ours = load_codebook()
    rows = list(csv.DictReader(io.StringIO(entity_rows(gaps, ours), newline="")))
    assert len(rows) == len(names)
    assert len({row["entity_id"] for row in rows}) == len(names)
    (theme,) = tomllib.loads(theme_stub(gaps, ours))["theme"]
    for pattern in theme["pattern"]:
        if any(char.isalnum() for char in pattern["example"]):
            compile_pattern(pattern["regex"], "here")
