"""From treebank files to training texts: words, spaces, trees and names stay what they were."""

import gzip
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc
from spacy.vocab import Vocab

from ruspak_nb.training.convert import OWN, read_labels, read_own
from ruspak_nb.training.treebanks import (
    Sentence,
    group,
    gum_names,
    listed_names,
    make_doc,
    ontonotes_label,
    own_names,
    read_conllu,
    read_names,
)

DONT = """\
# newdoc id = d1
# sent_id = d1-1
# newpar
# text = They don't sell.
1	They	they	PRON	PRP	Number=Plur	4	nsubj	_	_
2-3	don't	_	_	_	_	_	_	_	_
2	do	do	AUX	VBP	_	4	aux	_	_
3	n't	not	PART	RB	_	4	advmod	_	_
4	sell	sell	VERB	VB	_	0	root	_	SpaceAfter=No
5	.	.	PUNCT	.	_	4	punct	_	_

# sent_id = d1-2
# newpar
# text = Why?
1	Why	why	ADV	WRB	_	0	root	_	SpaceAfter=No
2	?	?	PUNCT	.	_	1	punct	_	_

"""
MINISTER = """\
# newdoc id = d2
# sent_id = d2-1
# text = the former minister Sartaj Aziz of the Punjab spoke
1	the	the	DET	DT	_	3	det	_	Entity=(1-person-new
2	former	former	ADJ	JJ	_	3	amod	_	_
3	minister	minister	NOUN	NN	_	4	nmod:desc	_	_
4	Sartaj	Sartaj	PROPN	NNP	_	9	nsubj	_	_
5	Aziz	Aziz	PROPN	NNP	_	4	flat	_	_
6	of	of	ADP	IN	_	8	case	_	_
7	the	the	DET	DT	_	8	det	_	Entity=(2-place-new
8	Punjab	Punjab	PROPN	NNP	_	4	nmod:poss	_	Entity=2)1)
9	spoke	speak	VERB	VBD	_	0	root	_	_

"""


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    """Make the vocabulary of English, without words."""
    return spacy.blank("en").vocab


def read(tmp_path: Path, text: str) -> list[Sentence]:
    """Read CoNLL-U from a string."""
    path = tmp_path / "treebank.conllu"
    path.write_text(text, encoding="utf-8")
    return list(read_conllu(path))


def test_a_contraction_is_two_words_without_a_space(tmp_path: Path, vocab: Vocab):
    """The text is that of the treebank, not its words with spaces between."""
    doc = make_doc(vocab, read(tmp_path, DONT), paragraphs=" ")
    assert doc.text.rstrip() == "They don't sell. Why?"
    assert [token.text for token in doc[:5]] == ["They", "do", "n't", "sell", "."]


def test_a_tree_keeps_its_heads_across_a_paragraph(tmp_path: Path, vocab: Vocab):
    """A break between paragraphs is a token of its own that moves no head."""
    doc = make_doc(vocab, read(tmp_path, DONT))
    assert doc.text.rstrip() == "They don't sell.\n\nWhy?"
    assert [token.head.text for token in doc if not token.is_space] == [
        "sell", "sell", "sell", "sell", "sell", "Why", "Why"
    ]  # fmt: skip
    assert [sent.text.strip() for sent in doc.sents] == ["They don't sell.", "Why?"]


def test_a_gzipped_file_reads_the_same(tmp_path: Path):
    """The treebanks come as `.gz`."""
    path = tmp_path / "treebank.conllu.gz"
    path.write_bytes(gzip.compress(DONT.encode()))
    assert list(read_conllu(path)) == read(tmp_path, DONT)


def test_a_run_stays_within_its_document(tmp_path: Path):
    """Two documents are never made one text."""
    runs = list(group(read(tmp_path, DONT + MINISTER), 10))
    assert [[sentence.sent_id for sentence in run] for run in runs] == [["d1-1", "d1-2"], ["d2-1"]]


def test_a_name_is_the_head_without_title_and_apposition(tmp_path: Path):
    """GUM marks whole phrases; a name finder learns names."""
    (sentence,) = read(tmp_path, MINISTER)
    words = [word.form for word in sentence.words]
    found = [(" ".join(words[a:b]), kind) for a, b, kind in gum_names(sentence)]
    assert sorted(found) == [("Punjab", "place"), ("Sartaj Aziz", "person")]


def test_a_listed_name_has_its_label_and_an_unknown_one_none(tmp_path: Path, vocab: Vocab):
    """What was not judged is left missing: it may be a name or not."""
    (sentence,) = read(tmp_path, MINISTER)
    sentence.names = listed_names(sentence, {"Sartaj Aziz": "PERSON"})
    doc = make_doc(vocab, [sentence])
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Sartaj Aziz", "PERSON")]
    assert [token.text for token in doc if token.ent_iob_ == ""] == ["Punjab"]


def test_names_that_nobody_coded_are_missing(tmp_path: Path, vocab: Vocab):
    """A text without coded names must not teach that there are none."""
    doc = make_doc(vocab, read(tmp_path, DONT))
    assert {token.ent_iob_ for token in doc if not token.is_space} == {""}


def test_syntax_can_be_left_out(tmp_path: Path, vocab: Vocab):
    """Texts to be scored on may teach names, but not their syntax."""
    sentences = read(tmp_path, MINISTER)
    sentences[0].syntax = False
    doc = make_doc(vocab, sentences)
    assert not any(doc.has_annotation(name) for name in ("TAG", "POS", "DEP", "LEMMA", "MORPH"))


def test_universal_ner_is_read_by_sentence(tmp_path: Path):
    """IOB2 codes give spans, with the kinds that GUM has."""
    path = tmp_path / "names.iob2"
    rows = ["# sent_id = s1", "1\tHassan\tB-PER\t-\t-", "2\tRouhani\tI-PER\t-\t-", "3\tin\tO\t-\t-"]
    path.write_text("\n".join([*rows, "4\tOslo\tB-LOC\t-\t-", "", ""]), encoding="utf-8")
    assert read_names(path) == {"s1": [(0, 2, "person"), (3, 4, "place")]}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        pytest.param("Karachi", "GPE", id="city"),
        pytest.param("Pakistan", "GPE", id="state"),
        pytest.param("Arabian Sea", "LOC", id="sea"),
        pytest.param("South Asia", "LOC", id="part of a continent"),
        pytest.param("South Korea", "GPE", id="state with a compass word"),
        pytest.param("Heathrow Airport", "FAC", id="airport"),
    ],
)
def test_a_place_is_told_by_its_words(name: str, label: str):
    """The treebanks know one kind of place, OntoNotes three."""
    assert ontonotes_label("place", name) == label


def test_other_kinds_are_no_names():
    """GUM's events, times and abstractions have no label here."""
    assert ontonotes_label("abstract", "Brexit") is None


# What we annotated ourselves

OWN_SENTENCES = [pytest.param(sentence, id=sentence.sent_id) for sentence in read_own()]


@pytest.mark.parametrize("sentence", OWN_SENTENCES)
def test_an_own_sentence_is_well_formed(sentence: Sentence, vocab: Vocab):
    """Its words give its text, its tree has one root and no cycle, its names are coded."""
    doc: Doc = make_doc(vocab, [sentence])
    assert doc.text.strip() == sentence.comments["text"]
    assert sum(word.head == i for i, word in enumerate(sentence.words)) == 1
    assert all(len(list(token.ancestors)) < len(doc) for token in doc)
    assert len(doc.ents) == len(own_names(sentence))


def test_labels_of_names_are_known_and_sorted():
    """A name is judged once; the list can be searched by eye."""
    labels = read_labels()
    assert set(labels.values()) == {"PERSON", "ORG", "GPE", "LOC", "FAC", "NONE", "SKIP"}
    assert list(labels) == sorted(labels)
    lines = (OWN / "ewt-names.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(labels) + 1
