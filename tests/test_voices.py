"""Who is quoted, with how many words, and who only gets talked about."""

from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ruspak_nb import Annotations, count_speakers, count_voices, find_speakers, mark_voice
from ruspak_nb.corpus import Corpus
from ruspak_nb.schema import FRAMES

TEXT = "Putin came to India. Indian analysts say it is late. “We sold it. We said so,” said Putin."
QUOTES = pd.DataFrame(
    [
        ("a-s002", "a", 41, 51, "it is late", "indirect", "", "Indian analysts", "say"),
        ("a-s003", "a", 54, 76, "We sold it. We said so", "direct", "vladimir-putin", "Putin", ""),
        ("a-s001", "a", 0, 5, "Putin", "scare", "", "", ""),
        ("b-s001", "b", 0, 4, "gone", "direct", "india", "India", "said"),
    ],
    columns=list(FRAMES["quotes"]),
)
BOUNDS = ((0, 20), (21, 52), (53, 65), (66, 90))


@pytest.fixture
def notes(seeds: Annotations) -> Annotations:
    """Give an article of four sentences, the third and fourth of which share a quotation."""
    articles = seeds.corpus.articles.iloc[[0]].assign(article_id="a", viewpoint="India")
    corpus = Corpus(articles, seeds.corpus.zones.iloc[:0], {"a": TEXT})
    sentences = pd.DataFrame(
        [(f"a-s00{i}", "a", i, *b, TEXT[b[0] : b[1]]) for i, b in enumerate(BOUNDS, start=1)],
        columns=list(FRAMES["sentences"]),
    )
    mentions = pd.DataFrame(
        [
            ("a-s001", "a", 0, 5, "Putin", "PERSON", "vladimir-putin", "Vladimir Putin", False),
            ("a-s001", "a", 14, 19, "India", "GPE", "india", "India", False),
            ("a-s002", "a", 21, 27, "Indian", "NORP", "india", "India", False),
            ("a-s004", "a", 84, 89, "Putin", "PERSON", "vladimir-putin", "Vladimir Putin", False),
            ("a-s004", "a", 84, 89, "Smith", "PERSON", "", "Smith", False),
        ],
        columns=list(FRAMES["mentions"]),
    )
    return replace(seeds, corpus=corpus, sentences=sentences, mentions=mentions, quotes=QUOTES)


def test_each_quotation_has_a_speaker(notes: Annotations):
    """Scare quotes are nobody's, and quotations of other articles are left out."""
    before = QUOTES.copy()
    heard = find_speakers(notes)
    assert heard[["speaker", "group", "country", "n_words", "viewpoint"]].to_numpy().tolist() == [
        ["Indian analysts", "unnamed", "India", 3, "India"],
        ["Vladimir Putin", "person", "Russia", 6, "India"],
    ]
    assert_frame_equal(QUOTES, before)


def test_a_quotation_that_runs_on_is_found_in_its_first_sentence(notes: Annotations):
    """Its evidence ends where that sentence ends, so that it opens there."""
    assert find_speakers(notes)["evidence"].tolist() == [("a:41-51",), ("a:54-65",)]


@pytest.mark.parametrize(
    ("speaker_id", "text", "expected"),
    [
        ("india", "New Delhi", ("India", "state", "India")),
        ("soviet-union", "the Soviets", ("the Soviets", "unnamed", "Russia")),
        ("nato", "NATO", ("NATO", "organisation", "")),
        ("", "many", ("many", "unnamed", "")),
        ("", "India’s envoy", ("India’s envoy", "unnamed", "India")),
        ("", "New Delhi officials", ("New Delhi officials", "unnamed", "India")),
    ],
)
def test_a_speaker_is_placed(
    notes: Annotations, speaker_id: str, text: str, expected: tuple[str, str, str]
):
    """A speaker is a person, a state, an organisation or unnamed, and of a country or none."""
    quotes = QUOTES.iloc[[0]].assign(speaker_id=speaker_id, speaker_text=text)
    heard = find_speakers(notes, quotes=quotes)
    assert heard[["speaker", "group", "country"]].to_numpy().tolist() == [list(expected)]


def test_what_several_say_together_counts_for_each(notes: Annotations):
    """A joint statement is one quotation of each speaker, and one in all."""
    quotes = QUOTES.iloc[[1]].assign(speaker_id="russia;china")
    table = count_speakers(notes, quotes=quotes)
    assert table[["speaker", "n", "n_words"]].to_numpy().tolist() == [
        ["China", 1, 6],
        ["Russia", 1, 6],
    ]
    assert count_speakers(notes, quotes=quotes, by="viewpoint")["n"].tolist() == [1]


def test_speakers_are_counted_with_their_words(notes: Annotations):
    """Direct and indirect are told apart; the evidence is as many as the quotations."""
    table = count_speakers(notes, by=["country", "group"])
    columns = ["country", "group", "n", "n_direct", "n_indirect", "n_words", "evidence"]
    assert table[columns].to_numpy().tolist() == [
        ["Russia", "person", 1, 1, 0, 6, ("a:54-65",)],
        ["India", "unnamed", 1, 0, 1, 3, ("a:41-51",)],
    ]


def test_a_word_quoted_twice_counts_once(notes: Annotations):
    """A phrase in marks within a reported clause adds a quotation, but no words."""
    inner = QUOTES.iloc[[0]].assign(start=44, end=51, text="is late", kind="direct")
    table = count_speakers(notes, quotes=pd.concat([QUOTES.iloc[[0]], inner]))
    assert table[["n", "n_words"]].to_numpy().tolist() == [[2, 3]]


def test_people_bring_columns_of_their_own(notes: Annotations):
    """A table of people, such as of their offices, can be counted by."""
    people = pd.DataFrame([("Vladimir Putin", "in office")], columns=["speaker", "office"])
    table = count_speakers(notes, by="office", people=people)
    assert table[["office", "n"]].fillna("").to_numpy().tolist() == [["in office", 1], ["", 1]]


def test_who_is_named_stands_beside_who_is_quoted(notes: Annotations):
    """Mentions are the n; words and quotations are set beside it."""
    table = count_voices(notes, quotes=QUOTES.iloc[[0]])
    assert table.to_numpy().tolist() == [
        ["Vladimir Putin", "Russia", 2, 0, 0, ("a:0-5", "a:84-89")]
    ]


def test_by_country_a_nation_speaks_for_it(notes: Annotations):
    """Unnamed analysts of a country are a voice of that country."""
    table = count_voices(notes, by="country", labels=("GPE", "NORP"))
    assert table.to_numpy().tolist() == [["India", 2, 1, 3, ("a:14-19", "a:21-27")]]


def test_voices_cannot_be_counted_by_anything(notes: Annotations):
    """The error says by what they can."""
    with pytest.raises(ValueError, match="by 'label'; allowed: country, name"):
        count_voices(notes, by="label")


def test_no_quotation_is_no_row(notes: Annotations):
    """An article that quotes nobody gives an empty summary, and all actors unheard."""
    assert count_speakers(notes, quotes=QUOTES.iloc[:0]).empty
    assert count_voices(notes, quotes=QUOTES.iloc[:0])["n_words"].tolist() == [0]


def test_a_word_has_a_voice(notes: Annotations):
    """Words within a quotation are the speaker's; all others are the author's."""
    found = pd.DataFrame(
        [("a", 6, 10), ("a", 47, 51), ("a", 0, 5), ("b", 47, 51)],
        columns=["article_id", "start", "end"],
    )
    marked = mark_voice(found, QUOTES)
    assert marked[["voice", "speaker_text"]].to_numpy().tolist() == [
        ["author", ""],
        ["quoted", "Indian analysts"],
        ["quoted", ""],
        ["author", ""],
    ]


def test_the_five_articles_have_as_much_evidence_as_they_count(seeds: Annotations):
    """Each n is the length of its evidence, and all of it leads to a sentence."""
    from ruspak_nb import find_evidence

    for table in (count_speakers(seeds), count_voices(seeds)):
        assert table["n"].tolist() == table["evidence"].str.len().tolist()
        ids = table["evidence"].explode()
        assert len(find_evidence(seeds, ids)) == table["n"].sum()
