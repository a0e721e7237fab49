"""Which trained pipeline stands under ours, what it adds, and what is said when it cannot."""

import json
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb import build_nlp
from ruspak_nb.pipeline import LAYERS, SHIPPED, model_digest

repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=60)
OURS = [
    "ruspak_sentences",
    "ruspak_entities",
    "ruspak_themes",
    "ruspak_dates",
    "ruspak_quotes",
    "ruspak_events",
]


def save_model(folder: Path, *, without: tuple[str, ...] = (), **meta: str) -> Path:
    """Save the shipped model without some parts, with other meta data."""
    spacy.load(SHIPPED, exclude=without).to_disk(folder)
    path = folder / "meta.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | meta), encoding="utf-8")
    return folder


def find(nlp: Language, text: str) -> list[tuple[str, str, str]]:
    """List each mention's text, label and entity."""
    doc = nlp(text)
    return [(span.text, span.label_, span.id_) for span in doc.spans["mentions"]]


def test_words_are_tagged_and_parsed(nlp: Language):
    """Every word has a part of speech, a lemma, a head and a relation."""
    doc = nlp("Pakistan bought four helicopters.")
    assert [token.pos_ for token in doc] == ["PROPN", "VERB", "NUM", "NOUN", "PUNCT"]
    assert [token.lemma_ for token in doc] == ["Pakistan", "buy", "four", "helicopter", "."]
    assert [token.head.text for token in doc] == ["bought", "bought", "helicopters"] + [
        "bought"
    ] * 2
    assert [token.dep_ for token in doc] == ["nsubj", "ROOT", "nummod", "obj", "punct"]


def test_a_person_that_no_codebook_lists_is_found(nlp: Language):
    """The name finder gives a label; only the codebook gives an id."""
    found = find(nlp, "The paper was written by Marcus Albrecht, who lives in Lima.")
    assert ("Marcus Albrecht", "PERSON", "") in found


def test_the_codebook_wins(nlp: Language, bare: Language):
    """Whatever the trained pipeline thinks, the codebook's mentions are all there."""
    text = "Vladimir Putin met Nawaz Sharif in Ufa. The Kremlin and New Delhi were silent."
    listed = find(bare, text)
    assert len(listed) == 5
    assert [mention for mention in find(nlp, text) if mention[2]] == listed


def test_no_model_means_the_codebook_alone(bare: Language):
    """With `model=None` there is nothing trained in the pipeline."""
    assert bare.pipe_names == ["ruspak_boundaries", *OURS]
    assert find(bare, "Marcus Albrecht wrote it.") == []


def test_boundaries_come_first_and_ours_last(nlp: Language):
    """The parser keeps to what is sure, the codebook sees what the parser found."""
    assert nlp.pipe_names[0] == "ruspak_boundaries"
    assert nlp.pipe_names[-len(OURS) :] == OURS


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param(
            "A new friend\nMoscow sold arms. It will sell more",
            ["A new friend", "Moscow sold arms.", "It will sell more"],
            id="a heading",
        ),
        pytest.param(
            "He met Lt. Gen. Khan and Mr. Lavrov. They talked.",
            ["He met Lt. Gen. Khan and Mr. Lavrov.", "They talked."],
            id="abbreviations",
        ),
        pytest.param(
            "At the summit in Goa, India, Summit partners met.",
            ["At the summit in Goa, India, Summit partners met."],
            id="commas",
        ),
        pytest.param(
            "It will help India.[i] Russia?Pakistan ties grow.",
            ["It will help India.[i]", "Russia?Pakistan ties grow."],
            id="no space, no boundary",
        ),
    ],
)
def test_the_parser_keeps_to_what_is_sure(nlp: Language, text: str, sentences: list[str]):
    """Blocks and abbreviations are known from the text; the rest the parser decides."""
    doc = nlp(text)
    assert [span.text for span in doc.spans["body"]] == sentences


def test_a_folder_can_be_named_as_text(tmp_path: Path):
    """A model is an installed name or a path, and a path may be a string."""
    folder = save_model(tmp_path / "mine", without=("ner",))
    assert build_nlp(model=str(folder)).pipe_names[-len(OURS) :] == OURS


def test_another_model_has_another_digest(tmp_path: Path):
    """What one model found is not read from the cache for another."""
    mine = save_model(tmp_path / "mine", version="9.9.9")
    assert len({model_digest(model) for model in (SHIPPED, mine, None)}) == 3


def test_a_model_that_is_not_installed_says_what_to_run():
    """The message holds the command that installs it."""
    with pytest.raises(ModuleNotFoundError, match="python -m spacy download en_core_web_zz"):
        build_nlp(model="en_core_web_zz")


def test_a_folder_without_a_model_is_named(tmp_path: Path):
    """A path that holds no pipeline is told from a name that is not installed."""
    with pytest.raises(FileNotFoundError, match=r"no spaCy pipeline in .*meta\.json"):
        build_nlp(model=tmp_path)


def test_an_installed_package_that_is_no_model_is_named():
    """`pandas` is installed and parses nothing."""
    with pytest.raises(ValueError, match="'pandas' is installed, but it is not a spaCy pipeline"):
        build_nlp(model="pandas")


def test_a_model_that_is_too_old_says_what_to_install(tmp_path: Path):
    """The message names both versions and the command."""
    old = save_model(
        tmp_path / "old", spacy_version=">=2.3.1,<2.4.0", version="2.3.1", name="core_web_sm"
    )
    expected = r"version 2\.3\.1, was made for spaCy >=2\.3\.1,<2\.4\.0; .*download en_core_web_sm"
    with pytest.raises(ValueError, match=expected):
        build_nlp(model=old)


def test_a_model_of_another_language_is_refused(tmp_path: Path):
    """German would be parted and parsed as nonsense."""
    german = save_model(tmp_path / "de", lang="de")
    with pytest.raises(ValueError, match="for the language 'de'"):
        build_nlp(model=german)


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        pytest.param(("parser",), "a parser", id="no parser"),
        pytest.param(
            ("tagger", "morphologizer", "lemmatizer"),
            "a tagger of parts of speech",
            id="no parts of speech",
        ),
    ],
)
def test_a_model_that_lacks_a_part_is_refused(
    tmp_path: Path, without: tuple[str, ...], missing: str
):
    """What is missing is named, and what is there."""
    folder = save_model(tmp_path / "part", without=without)
    with pytest.raises(ValueError, match=f"has not {missing}; it has tok2vec"):
        build_nlp(model=folder)


def test_the_model_may_stand_in_a_folder_of_any_name(tmp_path: Path, nlp: Language):
    """The shipped model is data: moved, it gives the same answers."""
    moved = shutil.copytree(SHIPPED, tmp_path / "päckchen mit raum")
    text = "Moscow and Islamabad, said Marcus Albrecht, will hold joint drills in May."
    assert build_nlp(model=moved)(text).to_json() == nlp(text).to_json()


HOSTILE = {
    "empty": "",
    "one space": " ",
    "one letter": "a",
    "only punctuation": "…!?—“”[](){}<>***---",
    "one word of ten thousand letters": "a" * 10_000,
    "line breaks": "\n\r\n\t\x0b\x0c\u2028\u2029\n",
    "NUL bytes": "Pak\x00istan\x00 and\x00 Russia.",
    "emoji": "Putin 👍🏽 met 👨‍👩‍👧‍👦 Sharif 🇵🇰🇷🇺.",
    "right-to-left marks": "\u200fMoscow\u200e and \u202eIslamabad\u202c.",
    "Urdu": "پاکستان اور روس کے تعلقات بہتر ہو رہے ہیں۔",
    "Russian": "Россия и Пакистан провели совместные учения.",
    "Chinese": "中国和巴基斯坦是全天候战略合作伙伴。",
    "combining marks": "R\u0301u\u0302s\u0303s\u0308i\u030aa\u0327 sold arms.",
    "private use and unassigned": "\ue000\U0010ffff\u0378 Russia",
    "brackets without end": "(" * 500 + "Russia" + ")" * 500,
}


def spans(doc: Doc) -> Iterator[tuple[int, int]]:
    """Give the offsets of everything that was found."""
    for key in ("body", "mentions", "themes", "dates"):
        yield from ((span.start_char, span.end_char) for span in doc.spans[key])
    yield from ((span.start_char, span.end_char) for span in doc.ents)
    for key in ("quotes", "events"):
        yield from ((row["start"], row["end"]) for row in doc.user_data[key])


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_hostile_text_is_answered_without_losing_an_offset(nlp: Language, text: str):
    """The text stays what it was, and all that is found lies inside it."""
    doc = nlp(text)
    assert doc.text == text
    assert all(0 <= start < end <= len(text) for start, end in spans(doc))


@repeatably
@given(st.text(max_size=200))
def test_any_text_is_kept(nlp: Language, text: str):
    """Whatever is typed, nothing is lost, and all that is found lies inside it."""
    doc = nlp(text)
    assert doc.text == text
    assert all(0 <= start < end <= len(text) for start, end in spans(doc))


@repeatably
@given(
    st.lists(
        st.sampled_from(
            ["Moscow", "Lavrov", "Marcus Albrecht", "said", "sold", "India", "to", "and", "it", "“",
             "”", "’s", ".", ",", "[i]", "\n", " ", "US-Russia", "2016", "arms", "the", "-", "U.S.",
             "\u200b", "(", "?!"]
        ),
        max_size=25,
    )
)  # fmt: skip
def test_pieces_of_articles_in_any_order_are_kept(nlp: Language, pieces: list[str]):
    """Names, marks and breaks run together lose nothing either; mentions never overlap."""
    text = "".join(pieces)
    doc = nlp(text)
    assert doc.text == text
    found = sorted((span.start, span.end) for span in doc.spans["mentions"])
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    assert all(0 <= start < end <= len(text) for start, end in spans(doc))


def test_the_same_text_has_the_same_answer_in_a_batch(nlp: Language):
    """What is found in an article does not depend on those beside it."""
    texts = ["Moscow armed Delhi, said Lavrov.", "Marcus Albrecht met Nawaz Sharif in 2014.", ""]
    batch, alone = list(nlp.pipe(texts)), [nlp(text) for text in texts]
    assert [doc.to_json() for doc in batch] == [doc.to_json() for doc in alone]
    for key in ("quotes", "events"):
        assert [doc.user_data[key] for doc in batch] == [doc.user_data[key] for doc in alone]


# Only some of the layers


@pytest.mark.parametrize(
    ("layers", "made"),
    [
        pytest.param(["sentences"], [], id="sentences"),
        pytest.param(["themes"], ["themes"], id="themes"),
        pytest.param(["mentions", "themes"], ["entities", "themes", "dates"], id="dated mentions"),
    ],
)
def test_a_layer_that_reads_no_parse_needs_no_model(layers: list[str], made: list[str]):
    """There is nothing trained in the pipeline, and of ours only what the layers need."""
    nlp = build_nlp(layers=layers)
    names = ["boundaries", "sentences", *made]
    assert nlp.pipe_names == [f"ruspak_{name}" for name in names]


def test_a_layer_that_reads_a_parse_has_one():
    """Events are made of mentions, dates and quotes, and of a parse."""
    nlp = build_nlp(layers=["events"])
    assert "parser" in nlp.pipe_names
    assert nlp.pipe_names[-4:] == [
        f"ruspak_{name}" for name in ("entities", "dates", "quotes", "events")
    ]


def test_events_without_a_model_are_an_error():
    """They are asked for by name, and cannot be made."""
    with pytest.raises(ValueError, match=r"events are read from a parse.*leave out the layer"):
        build_nlp(model=None, layers=["mentions", "events"])


def test_an_unknown_layer_is_an_error():
    """The error says which layers there are."""
    allowed = ", ".join(sorted(LAYERS))
    with pytest.raises(ValueError, match=f"unknown layer 'themse'; allowed: {allowed}; .*themes"):
        build_nlp(layers=["themse"])
    with pytest.raises(ValueError, match=r"layers is 'themes'; write it as a list: \['themes'\]"):
        build_nlp(layers="themes")
