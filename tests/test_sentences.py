"""Where a sentence ends, and where it does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from ruspak_nb.sentences import split_sentences

repeatably = settings(deadline=None, derandomize=True, database=None)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.fixture(scope="session")
def nlp(bare: Language) -> Language:
    """Read without a trained model."""
    return bare


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["Russia sold arms.", "India protested."], id="full stop"),
        pytest.param(["What now?", "Who knows!", "Really?!", "Yes."], id="question, exclamation"),
        pytest.param(["He said, “We will sell.”", "India protested."], id="curly quotes"),
        pytest.param(['He said, "We will sell."', "India protested."], id="straight quotes"),
        pytest.param(["(It was late.)", "Russia left."], id="bracketed sentence"),
        pytest.param(["the Tribal Areas (FATA).", "Russia stays."], id="bracket before the stop"),
        pytest.param(["It was quiet.", "“We will sell,” he said."], id="quote opens the next"),
        pytest.param(["ties with India.[i]", "These are comments."], id="footnote in brackets"),
        pytest.param(["ties with “India.”[12]", "These are comments."], id="footnote after quote"),
        pytest.param(["ties with India.¹", "These are comments."], id="raised footnote"),
        pytest.param(["Wait...", "There is more."], id="three dots"),
        pytest.param(["It grew…", "Then it fell."], id="ellipsis character"),
        pytest.param(["He came in 2015.", "Russia sold arms."], id="year"),
        pytest.param(["It grew by 3.5.", "Then it fell."], id="decimal number"),
        pytest.param(["He lives in the U.S.", "The law is strict."], id="U.S. before a starter"),
        pytest.param(["It met in Sept.", "The talks failed."], id="month before a starter"),
        pytest.param(["They had a plan B.", "Then it failed."], id="letter before a starter"),
    ],
)
def test_ends_a_sentence(sentences: list[str]):
    """A stop followed by a capital ends a sentence, with the marks that close it."""
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("He met Gen. Raheel Sharif and Dr. Khan.", id="titles"),
        pytest.param("S. M. Krishna flew to Kabul.", id="initials"),
        pytest.param("The visit of A.Q. Khan and J.N. Dixit was short.", id="joined initials"),
        pytest.param("The U.S. Secretary of State came.", id="U.S. before a name"),
        pytest.param("Pakistan and the U.S. have talked.", id="U.S. before a small letter"),
        pytest.param("Pakistan and the U.S have talked.", id="U.S without its last stop"),
        pytest.param("The two powers, i.e. USA and Soviet Union.", id="i.e."),
        pytest.param("Arms, e.g. Helicopters, were sold.", id="e.g."),
        pytest.param("It met on Sept. 26 in Moscow.", id="month and day"),
        pytest.param("Resolution No. 5 was Russia vs. India.", id="No. and vs."),
        pytest.param('He asked, "Will we sell?" and left.', id="question within a sentence"),
        pytest.param("It was slow ... very slow.", id="dots before a small letter"),
        pytest.param("Trade grew by 3.5 per cent.", id="decimal number"),
        pytest.param("1. Russia sold arms.", id="list number"),
        pytest.param("(a) Russia sold arms.", id="list letter"),
        pytest.param("iv. Russia sold arms.", id="list numeral"),
        pytest.param("the Indo-Russian?relationship grew.", id="lost space"),
        pytest.param("He came.They left.", id="lost space after a stop"),
    ],
)
def test_does_not_end_a_sentence(sentence: str):
    """A stop that belongs to an abbreviation, initial, number or word ends nothing."""
    assert split(sentence) == [sentence]


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["He said no.", "They left."], id="the word no"),
        pytest.param(["He has a Ph.D.", "He teaches."], id="a degree"),
    ],
)
def test_a_word_that_looks_like_an_abbreviation(sentences: list[str]):
    """What is an abbreviation elsewhere can end a sentence."""
    assert split(" ".join(sentences)) == sentences


def test_list_numbers_stay_with_their_items():
    """Numbered items on one line are one sentence each, number included."""
    assert split("1. Russia sold arms. 2. India bought arms.") == [
        "1. Russia sold arms.",
        "2. India bought arms.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A heading\nA line of text", ["A heading", "A line of text"], id="no stop"),
        pytest.param(
            "Three factors matter;\n\nFirst, arms;\n\nSecond, gas.",
            ["Three factors matter;", "First, arms;", "Second, gas."],
            id="semicolons",
        ),
        pytest.param("One.\r\nTwo.\r\n\r\nThree.", ["One.", "Two.", "Three."], id="Windows"),
        pytest.param("  One.  \n\t Two.  ", ["One.", "Two."], id="indented"),
        pytest.param("one\nand two", ["one", "and two"], id="small letter"),
    ],
)
def test_a_block_ends_a_sentence(text: str, expected: list[str]):
    """No sentence crosses from one block to the next, whatever its last character."""
    assert split(text) == expected


def test_a_semicolon_inside_a_block_ends_nothing():
    """Only a block's end makes a semicolon the end of a sentence."""
    assert split("Russia sold arms; India protested.") == ["Russia sold arms; India protested."]


WRAPPED = """\
Russia is all set to rebuild its relations with Pakistan,
a move that could be a game-changer for both countries
and for the region. The talks on the China-Pakistan
Economic Corridor were held in the capital last month.

What induces this new attitude? Many think that it is
the growing closeness between two other capitals that
pushes the old rivals towards each other, and that it
will last for as long as the reasons for it will last.
"""


def test_a_hard_wrapped_paragraph_is_one_block():
    """Sentences run on over the line breaks of a wrapped text, but not over a blank line."""
    sentences = split(WRAPPED)
    assert [sentence.split()[0] for sentence in sentences] == ["Russia", "The", "What", "Many"]
    assert sentences[1] == (
        "The talks on the China-Pakistan\nEconomic Corridor were held in the capital last month."
    )


@pytest.mark.parametrize("text", ["", "   ", "\n\r\n\t", "\ufeff"])
def test_nothing_has_no_sentences(text: str):
    """White space, and a byte order mark alone, hold no sentence."""
    assert split(text) == []


# fmt: off
PIECES = [
    "Russia", "U.S.", "i.e.", "Gen.", "S.", "1.", "[i]", "word", "The", "𝄞", "é",
    "“", "”", '"', ".", "?", "…", " ", "  ", "\n", "\r\n", "\n\n", "\xa0", "\u2028",
]
# fmt: on
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@repeatably
@given(TEXTS)
def test_sentences_are_ordered_and_apart(text: str):
    """Sentences lie inside the text, in order, without overlap or outer white space."""
    last = 0
    for start, end in split_sentences(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end


@repeatably
@given(TEXTS)
def test_sentences_cover_all_that_is_not_space(text: str):
    """Every character that is not white space stands in a sentence."""
    said = "".join(split(text))
    assert "".join(said.split()) == "".join(text.removeprefix("\ufeff").split())


@repeatably
@given(TEXTS.filter(lambda text: not text.startswith("\ufeff")))
def test_the_pipeline_keeps_the_same_bounds(nlp: Language, text: str):
    """The component's spans are those of `split_sentences`, token for token."""
    doc = nlp(text)
    spans = [(span.start_char, span.end_char) for span in doc.spans["body"]]
    assert spans == list(split_sentences(text))


def test_a_byte_order_mark_is_outside_the_first_sentence(nlp: Language):
    """A mark at the start of a file is not part of its text."""
    doc = nlp("\ufeffRussia sold arms.")
    (sentence,) = doc.spans["body"]
    assert (sentence.start_char, sentence.text) == (1, "Russia sold arms.")


def test_only_the_body_has_sentences(nlp: Language):
    """`doc.user_data["body"]` says which stretches are split."""
    text = "A title Russia sold arms. Leave a reply"
    doc = nlp.make_doc(text)
    doc.user_data["body"] = [(8, 25)]
    for _, component in nlp.pipeline:
        doc = component(doc)
    assert [span.text for span in doc.spans["body"]] == ["Russia sold arms."]
