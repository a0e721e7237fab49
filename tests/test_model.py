"""The pipeline that ships: small enough, honestly labelled, and the same on every machine."""

import json
import re
from typing import Any

import pytest
import spacy
from spacy.language import Language

from ruspak_nb.pipeline import SHIPPED
from ruspak_nb.schema import LABELS

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def nlp() -> Language:
    """Load the shipped pipeline as anyone would, without ours on top."""
    return spacy.load(SHIPPED)


@pytest.fixture(scope="module")
def meta() -> dict[str, Any]:
    """Read what the pipeline says of itself."""
    return json.loads((SHIPPED / "meta.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def card() -> str:
    """Read the pipeline's card."""
    return (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_it_is_small_enough_to_ship():
    """Fifteen megabytes at most, card and all."""
    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file())
    assert size <= 15 * MEGABYTE


def test_it_has_all_its_parts(nlp: Language):
    """Words, tags, features, lemmas, dependencies and names."""
    assert nlp.pipe_names == ["tok2vec", "tagger", "morphologizer", "lemmatizer", "parser", "ner"]


def test_its_names_have_labels_of_the_schema(nlp: Language):
    """Every label that the name finder can give is one that a mention may have."""
    assert set(nlp.get_pipe("ner").labels) == {"PERSON", "ORG", "GPE", "LOC", "FAC"}
    assert set(nlp.get_pipe("ner").labels) <= set(LABELS)


def test_it_loads_without_a_warning(recwarn: pytest.WarningsRecorder):
    """It is made for the spaCy that the package asks for."""
    spacy.load(SHIPPED)("Moscow refused.")
    assert [str(warning.message) for warning in recwarn] == []


@pytest.mark.parametrize("source", ["EWT", "GUM", "Universal NER", "spacy-lookups-data"])
def test_its_sources_are_named_twice(meta: dict[str, Any], card: str, source: str):
    """Meta data and card name every source with its licence."""
    (entry,) = [entry for entry in meta["sources"] if source in entry["name"].partition(",")[0]]
    assert entry["license"]
    assert source in card


def test_its_licence_is_that_of_the_treebanks(meta: dict[str, Any], card: str):
    """Weights made from share-alike texts are shared alike."""
    assert meta["license"] == "CC BY-SA 4.0"
    assert "under CC BY-SA 4.0" in " ".join(card.split())


def test_the_card_shows_the_scores_on_record(meta: dict[str, Any], card: str):
    """The table is the one that was measured, number by number."""
    shown = {
        row[0]: row[1:]
        for line in card.splitlines()
        if line.startswith("| ")
        and len(row := [cell.strip() for cell in line.split("|")[1:-1]]) == 3
    }
    scores = meta["performance"]
    assert shown["LAS"] == [f"{scores[name]['dep_las']:.1f}" for name in ("EWT", "GUM")]
    assert shown["UPOS"] == [f"{scores[name]['pos_acc']:.1f}" for name in ("EWT", "GUM")]
    assert shown["names F (PER, ORG, LOC)"][0].startswith(f"{scores['names']['f']:.1f} ")


def test_it_tells_nothing_of_the_machine_it_was_made_on():
    """No path and no host of the training stands in what ships."""
    for name in ("config.cfg", "meta.json"):
        text = (SHIPPED / name).read_text(encoding="utf-8")
        assert not re.search(r"(^|[\s\"'])(/|\.\./|[A-Z]:\\)\w|build/", text, re.MULTILINE), name


def test_no_word_is_left_without_a_part_of_speech(nlp: Language):
    """Not even words unlike any in a treebank."""
    doc = nlp(".the\n§12bis ☭☭ ќЎ ..—.. @@ ‹›  \u200b x̧̨̛ 𝔭𝔞𝔨 <b>NATO</b>")
    assert all(token.pos_ for token in doc)


# Plain sentences, so that another machine's rounding does not change what is asserted.
PARSES = {
    "Pakistan bought four Russian helicopters in 2016.": [
        "nsubj", "ROOT", "nummod", "amod", "obj", "case", "obl", "punct"
    ],
    "The company was sanctioned by Washington.": [
        "det", "nsubj:pass", "aux:pass", "ROOT", "case", "obl:agent", "punct"
    ],
    "India has not said that it will leave.": [
        "nsubj", "aux", "advmod", "ROOT", "mark", "nsubj", "aux", "ccomp", "punct"
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", PARSES)
def test_a_plain_sentence_is_parsed(nlp: Language, text: str):
    """Who does what to whom, in active and passive, with what is said in its place."""
    assert [token.dep_ for token in nlp(text)] == PARSES[text]
