"""Who does what to whom, in which sentences, and what else an event says."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from ruspak_nb.schema import FRAMES, MODALITIES, PLOVER

repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=60)


def find(nlp: Language, text: str) -> list[str]:
    """List source, target and type of each event, as `CAN>BLR SANCTION`."""
    return [
        f"{row['source_country'] or row['source_id']}>{row['target_country'] or row['target_id']} "
        f"{row['plover']}"
        for row in nlp(text).user_data["events"]
    ]


def cases(*rows: tuple[str, str]) -> pytest.MarkDecorator:
    """Make a test of each sentence, with its events divided by commas."""
    return pytest.mark.parametrize(
        ("text", "events"), [pytest.param(text, events, id=text) for text, events in rows]
    )


@cases(
    ("Canada sanctioned Belarus.", "CAN>BLR SANCTION"),
    ("Belarus was sanctioned by Canada.", "CAN>BLR SANCTION"),
    ("The rifles sold by Serbia to Yemen were old.", "SRB>YEM COOPERATE"),
    ("Ships of Iran were seized by the Danish navy.", "DNK>IRN COERCE"),
    ("Kenya, which attacked Uganda in May, is calm.", "KEN>UGA ASSAULT"),
    ("Bolivia demanded that Peru withdraw.", "BOL>PER REQUEST"),
    ("Turkish sanctions on Armenia were lifted.", "TUR>ARM SANCTION"),
)
def test_whichever_way_the_sentence_is_built(nlp: Language, text: str, events: str):
    """Passives, participles and clauses have the same source and target as a plain sentence."""
    assert find(nlp, text) == [events]


@cases(
    ("Norway and Sweden praised Egypt.", "NOR>EGY SUPPORT, SWE>EGY SUPPORT"),
    ("Norway praised Egypt and Sudan.", "NOR>EGY SUPPORT, NOR>SDN SUPPORT"),
    (
        "Norway and Sweden sold grain to Egypt and Sudan.",
        "NOR>EGY COOPERATE, NOR>SDN COOPERATE, SWE>EGY COOPERATE, SWE>SDN COOPERATE",
    ),
    ("Iran fought Iraq, and Syria fought Jordan.", "IRN>IRQ ASSAULT, SYR>JOR ASSAULT"),
)
def test_each_of_several_acts_on_each(nlp: Language, text: str, events: str):
    """Those listed share what is done, on either side; clauses do not."""
    assert sorted(find(nlp, text)) == sorted(events.split(", "))


@cases(
    ("Talks between Chile and Bolivia failed.", "CHL>BOL CONSULT"),
    ("The Chile-Bolivia talks failed.", "CHL>BOL CONSULT"),
    ("The Chadian and Nigerien ministers signed a pact.", "TCD>NER AGREE"),
    ("A border clash between Thai and Cambodian troops lasted an hour.", "THA>KHM ASSAULT"),
    ("The rapprochement between Serbia and Kosovo surprised many.", "SRB>XKX SUPPORT"),
    ("The joint exercise of Egypt and Sudan ended.", "EGY>SDN COOPERATE"),
    ("Iran and Iraq fought from 1980 to 1988.", "IRN>IRQ ASSAULT"),
)
def test_what_two_do_together_is_one_event(nlp: Language, text: str, events: str):
    """A mutual act is written once, in the order of the text."""
    assert find(nlp, text) == [events]


@pytest.mark.parametrize(
    "text",
    [
        "Norway, Sweden and Denmark signed a treaty in Oslo.",
        "Norway, Sweden and Denmark met in Oslo.",
        "Norwegian, Swedish and Danish envoys met in Geneva.",
    ],
)
def test_what_three_do_together_is_three_events(nlp: Language, text: str):
    """Each pair of the three has one event, whichever of the two comes first."""
    found = [event.split()[0].split(">") for event in find(nlp, text)]
    assert sorted(sorted(pair) for pair in found) == [
        ["DNK", "NOR"],
        ["DNK", "SWE"],
        ["NOR", "SWE"],
    ]


@cases(
    ("Kenya's visit to Uganda was short.", "KEN>UGA CONSULT"),
    ("The Kenyan visit to Uganda was short.", "KEN>UGA CONSULT"),
    ("A Japanese attack on China shocked the world.", "JPN>CHN ASSAULT"),
    ("Kenya rejected Uganda's offer.", "KEN>UGA REJECT"),
    ("Kenya rejected the Ugandan offer.", "KEN>UGA REJECT"),
    ("Niger expelled the ambassador of Chad.", "NER>TCD SANCTION"),
    ("Chad's ambassador was expelled by Niger.", "NER>TCD SANCTION"),
)
def test_whose_it_is_tells_who_acts(nlp: Language, text: str, events: str):
    """A possessor or an adjective of nation is the source of a noun, or the target of a verb."""
    assert find(nlp, text) == [events]


def test_an_act_named_in_an_act_is_another(nlp: Language):
    """A refusal to sell is a refusal, and a sale that is denied."""
    text = "Kenya's refusal to sell maize to Uganda was sharp."
    assert find(nlp, text) == ["KEN>UGA REJECT", "KEN>UGA COOPERATE"]


@cases(
    ("Madrid praised Lisbon.", "ESP>PRT SUPPORT"),
    ("The Spanish prime minister visited Portugal.", "ESP>PRT CONSULT"),
    ("The Spanish foreign ministry condemned Portugal.", "ESP>PRT ACCUSE"),
    ("Australia's foreign minister flew to Indonesia.", "AUS>IDN CONSULT"),
    ("Olaf Scholz phoned Emmanuel Macron.", "DEU>FRA CONSULT"),
    ("Chile's president, Gabriel Boric, met Peru's leader.", "CHL>PER CONSULT"),
    ("The Kremlin criticised Poland.", "RUS>POL ACCUSE"),
    ("The Danish navy seized an Iranian ship.", "DNK>IRN COERCE"),
)
def test_a_part_stands_for_the_state(nlp: Language, text: str, events: str):
    """Capital, seat of power, leader, ministry and forces act for their state."""
    assert find(nlp, text) == [events]


@cases(
    ("NATO attacked Serbia.", "nato>SRB ASSAULT"),
    ("Rebels in Colombia attacked soldiers of Colombia.", "COL>COL ASSAULT"),
    ("Colombian rebels attacked Colombian soldiers.", "COL>COL ASSAULT"),
    ("Mali accused Malian rebels of theft.", "MLI>MLI ACCUSE"),
)
def test_groups_act_too(nlp: Language, text: str, events: str):
    """An alliance has no country; the rebels of a country can act on the country."""
    assert find(nlp, text) == [events]


def test_ids_are_of_those_named(nlp: Language):
    """The president who visits is the source, the state he stands for its country."""
    (event,) = nlp("Narendra Modi visited Japan.").user_data["events"]
    assert (event["source_id"], event["source_country"]) == ("narendra-modi", "IND")
    assert (event["target_id"], event["target_country"]) == ("japan", "JPN")


@pytest.mark.parametrize(
    ("published", "holder"),
    [("2005-06-01", "manmohan-singh"), ("2016", "narendra-modi"), ("", "india")],
)
def test_an_office_is_held_by_who_held_it(nlp: Language, published: str, holder: str):
    """Who the prime minister is depends on the day of the article; without one, it is the state."""
    doc = nlp.make_doc("The Indian prime minister visited Japan.")
    doc.user_data["published"] = published
    (event,) = nlp(doc).user_data["events"]
    assert (event["source_id"], event["source_country"]) == (holder, "IND")


@cases(
    ("Bolivia urged Peru to release its sailors.", "BOL>PER REQUEST, PER>BOL RETREAT"),
    (
        "Kenya met Uganda. The two countries will attack Rwanda.",
        "KEN>UGA CONSULT, KEN>RWA ASSAULT, UGA>RWA ASSAULT",
    ),
    ("Kenya and Uganda said that they signed a treaty.", "KEN>UGA AGREE"),
    (
        "In 2010 Chile sold copper to China, and in 2012 it sold wine to Japan.",
        "CHL>CHN COOPERATE, CHL>JPN COOPERATE",
    ),
)
def test_a_pronoun_stands_for_its_antecedent(nlp: Language, text: str, events: str):
    """“It” is the subject before, “both countries” the only two before."""
    assert find(nlp, text) == events.split(", ")


def test_two_of_three_countries_are_nobody(nlp: Language):
    """Where more than two are named, nobody can say which of them “the two countries” are."""
    text = "Kenya praised Uganda, Rwanda and Burundi. The two countries will attack Sudan."
    assert [event for event in find(nlp, text) if "SDN" in event] == []


@pytest.mark.parametrize(
    "text",
    [
        "Relations between India and Nepal are important.",
        "India has interests in Nepal.",
        "Berlin is a big city near Poland.",
        "Denmark seized a ship.",
        "Chad was warned.",
        "Hungary criticised itself.",
        "Mali attacked Mali.",
        "The cat sat on the mat.",
        "",
    ],
)
def test_a_state_of_things_is_no_event(nlp: Language, text: str):
    """An event needs an act, and two different actors."""
    assert find(nlp, text) == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Italy invaded Ethiopia in 1935.", ["1935"]),
        ("In 1990 Iraq invaded Kuwait.", ["1990"]),
        ("Narendra Modi visited Japan in March 2015.", ["2015-03"]),
        (
            "In 2010 Chile sold copper to China, and in 2012 it sold wine to Japan.",
            ["2010", "2012"],
        ),
        ("Italy invaded Ethiopia.", [""]),
    ],
)
def test_the_date_of_its_clause_dates_an_event(nlp: Language, text: str, dates: list[str]):
    """A date is that of the clause it stands in."""
    assert [event["edtf"] for event in nlp(text).user_data["events"]] == dates


def test_a_date_has_bounds(nlp: Language):
    """Earliest and latest day are those of the value, empty where there is none."""
    events = nlp("Italy invaded Ethiopia in 1935. Italy left Libya.").user_data["events"]
    assert [(row["earliest"], row["latest"]) for row in events[:1]] == [
        ("1935-01-01", "1935-12-31")
    ]
    assert {(row["earliest"], row["latest"]) for row in events[1:]} <= {("", "")}


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Narendra Modi said that China threatened Nepal.", "narendra-modi"),
        ("“China threatened Nepal,” said Narendra Modi.", "narendra-modi"),
        ("China threatened Nepal.", ""),
        ("The mayor said that China threatened Nepal.", ""),
    ],
)
def test_what_is_told_by_somebody_is_theirs(nlp: Language, text: str, speaker: str):
    """Inside a quotation its speaker says it, elsewhere the author does."""
    events = nlp(text).user_data["events"]
    assert [event["speaker_id"] for event in events if event["plover"] == "THREATEN"] == [speaker]


@pytest.mark.parametrize(
    ("text", "words", "action"),
    [
        ("France has sold old ships to Greece.", "sold old ships", "sell ship"),
        ("France did not sell ships to Greece.", "not sell ships", "sell ship"),
        ("Belarus was sanctioned by Canada.", "sanctioned", "sanction belarus"),
        ("Kenya's long visit to Uganda was short.", "visit", "visit"),
    ],
)
def test_the_span_is_the_act_with_its_object(nlp: Language, text: str, words: str, action: str):
    """A negation belongs to it, auxiliaries and subject do not; `action` is in base forms."""
    (event,) = nlp(text).user_data["events"]
    assert (text[event["start"] : event["end"]], event["action"]) == (words, action)


def test_a_row_has_the_columns_of_the_frame(nlp: Language):
    """Plain numbers and strings, so that a Doc can be stored; ids and text are added later."""
    doc = nlp("Italy invaded Ethiopia in 1935. Talks between Chile and Bolivia failed.")
    rows = doc.user_data["events"]
    assert len(rows) == 2
    for row in rows:
        assert {*FRAMES["events"]} - {*row} == {"sentence_id", "article_id", "text"}
        assert {type(value) for value in row.values()} == {int, str}
        assert row["quad_class"] == PLOVER[row["plover"]]
        assert row["modality"] in MODALITIES
    assert pickle.loads(pickle.dumps(rows)) == rows


def test_only_the_body_is_read(nlp: Language):
    """What happens outside the body of an article is no event."""
    text = "Canada sanctioned Belarus.\nItaly invaded Ethiopia."
    doc = nlp.make_doc(text)
    doc.user_data["body"] = [(text.index("Italy"), len(text))]
    assert [row["source_country"] for row in nlp(doc).user_data["events"]] == ["ITA"]


def test_without_a_parse_there_are_no_events(bare: Language):
    """Without a trained model nobody knows who acts."""
    assert bare("Canada sanctioned Belarus.").user_data["events"] == []


# fmt: off
PIECES = [
    "Kenya", "Ugandan", "Moscow", "NATO", "rebels", "Narendra Modi", "and", ",", "-", "’s", "by",
    "with", "between", "to", "of", "in", "sold", "attacked", "talks", "agreed", "was", "not",
    "will", "it", "its", "both countries", "they", "which", "that", "said", "“", "”", "1999", ".",
]
# fmt: on


@repeatably
@given(st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join))
def test_events_of_any_words_are_spans_of_one_sentence(nlp: Language, text: str):
    """Whatever the order of words: spans inside a sentence, two ends, no row twice."""
    doc = nlp(text)
    sentences = [(span.start_char, span.end_char) for span in doc.spans["body"]]
    rows = doc.user_data["events"]
    for row in rows:
        assert any(a <= row["start"] < row["end"] <= b for a, b in sentences)
        assert all(row[f"{end}_id"] or row[f"{end}_country"] for end in ("source", "target"))
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_a_passive_without_an_agent_has_no_source(nlp: Language):
    """Nobody is made the one who praises because he stands before the verb."""
    assert find(nlp, "Kenya's sale of wheat to Uganda was praised.") == ["KEN>UGA COOPERATE"]


def test_a_name_is_not_cut_in_two(nlp: Language):
    """Where the parse gives but one word of a name, the event is the verb alone."""
    text = "Emmanuel Macron met Olaf Scholz."
    (row,) = nlp(text).user_data["events"]
    assert text[row["start"] : row["end"]] == "met"
    assert row["action"] == "meet"
