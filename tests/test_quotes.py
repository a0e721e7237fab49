"""Which words are somebody's, whose, and which word says so."""

import pickle
from itertools import pairwise
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from ruspak_nb.act_rules import CONSTRUCTIONS, Cue
from ruspak_nb.codebook import codebook_folder, load_codebook
from ruspak_nb.examples import try_cues
from ruspak_nb.marks import find_marked
from ruspak_nb.patterns import CodebookError

repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=100)
CUES = load_codebook().cues


def find(nlp: Language, text: str) -> list[tuple[str, str, str, str]]:
    """List kind, words, speaker's name and speaker's id of each quote."""
    return [
        (row["kind"], text[row["start"] : row["end"]], row["speaker_text"], row["speaker_id"])
        for row in nlp(text).user_data["quotes"]
    ]


def cues(nlp: Language, text: str) -> list[str]:
    """List the words that say it is said."""
    return [row["cue"] for row in nlp(text).user_data["quotes"]]


# Sentences of many countries, each with kind, words, speaker and the speaker's id.
DIRECT = {
    "before, comma": (
        "Maria Santos, former envoy to Peru, says, “The treaty answers an old fear.”",
        [("The treaty answers an old fear", "Maria Santos", "maria-santos")],
    ),
    "before, colon": (
        "Ms. Okafor said: “We are tired of waiting.”",
        [("We are tired of waiting", "Okafor", "okafor")],
    ),
    "after": (
        "“The strike will go on,” the union said in a statement.",
        [("The strike will go on", "union", "")],
    ),
    "after, inverted": (
        "“The glacier moves every night,” says Ines Duarte, a Patagonia guide.",
        [("The glacier moves every night", "Ines Duarte", "ines-duarte")],
    ),
    "after, with a clause between": (
        "“We will rebuild,” President Maria Santos, speaking at the port, said.",
        [("We will rebuild", "Maria Santos", "maria-santos")],
    ),
    "after a question": (
        "“Why now?” asked Chancellor Merkel.",
        [("Why now?", "Merkel", "angela-merkel")],
    ),
    "told reporters": (
        "“The vote was fair,” Anna Lindqvist told reporters on Monday.",
        [("The vote was fair", "Anna Lindqvist", "anna-lindqvist")],
    ),
    "in the middle": (
        "“Nobody,” said the spokeswoman for the fire service, “was hurt.”",
        [
            ("Nobody", "spokeswoman for the fire service", ""),
            ("was hurt", "spokeswoman for the fire service", ""),
        ],
    ),
    "in the middle of two sentences": (
        "“It was dark,” recalled Juma Otieno, 34, a fisherman. “Then we heard shots.”",
        [
            ("It was dark", "Juma Otieno", "juma-otieno"),
            ("Then we heard shots", "Juma Otieno", "juma-otieno"),
        ],
    ),
    "over several sentences": (
        "“Prices rose. Wages did not. People are angry,” the mayor of Lagos said.",
        [("Prices rose. Wages did not. People are angry", "mayor of Lagos", "")],
    ),
    "colon without a cue": (
        "The minister was blunt: “No money will be paid.”",
        [("No money will be paid", "minister", "")],
    ),
    "the sentence before": (
        "Juma Otieno complained about the fees. “Nobody asked us.”",
        [("Nobody asked us", "Juma Otieno", "juma-otieno")],
    ),
    "floating, in the next paragraph": (
        "“We lost everything,” said Juma Otieno.\n\n“The boats are gone.”",
        [
            ("We lost everything", "Juma Otieno", "juma-otieno"),
            ("The boats are gone", "Juma Otieno", "juma-otieno"),
        ],
    ),
    "paragraph after paragraph": (
        "Anna Lindqvist told the council: “The ice is thin.\n\n“It will not hold.\n\n“Stay away.”",
        [
            ("The ice is thin", "Anna Lindqvist", "anna-lindqvist"),
            ("It will not hold", "Anna Lindqvist", "anna-lindqvist"),
            ("Stay away", "Anna Lindqvist", "anna-lindqvist"),
        ],
    ),
    "straight marks": (
        'Karl Weber, former envoy to Cairo, said, "The canal was never the question."',
        [("The canal was never the question", "Karl Weber", "karl-weber")],
    ),
    "single marks and an apostrophe": (
        "‘It’s the miners’ right,’ said Anna Lindqvist.",
        [("It’s the miners’ right", "Anna Lindqvist", "anna-lindqvist")],
    ),
    "guillemets": (
        "«The border is open,» the governor said.",
        [("The border is open", "governor", "")],
    ),
    "low and high marks": (
        "„The border is open,“ the governor said.",
        [("The border is open", "governor", "")],
    ),
    "a quote in a quote": (
        "“He told me ‘go home’ and left,” Anna Lindqvist said.",
        [("He told me ‘go home’ and left", "Anna Lindqvist", "anna-lindqvist")],
    ),
    "a state": (
        "“The drills will go ahead,” Moscow said.",
        [("The drills will go ahead", "Moscow", "russia")],
    ),
    "in the words of": (
        "In the words of Admiral John Harlow, “the sea has no fences”.",
        [("the sea has no fences", "John Harlow", "john-harlow")],
    ),
    "according to": (
        "According to the World Bank, “the worst is over”.",
        [("the worst is over", "World Bank", "world-bank")],
    ),
    "a pronoun": (
        "Anna Lindqvist opened the fair. “It is a good year,” she said.",
        [("It is a good year", "she", "anna-lindqvist")],
    ),
    "two speakers": (
        "“The vote was fair,” said Anna Lindqvist. “It was stolen,” replied Juma Otieno.",
        [
            ("The vote was fair", "Anna Lindqvist", "anna-lindqvist"),
            ("It was stolen", "Juma Otieno", "juma-otieno"),
        ],
    ),
    "a mark that never closes": (
        "Anna Lindqvist opened the “fair.\n\n“It is a good year,” said Juma Otieno.",
        [("It is a good year", "Juma Otieno", "juma-otieno")],
    ),
}
PHRASES = {
    "calls": (
        "Critics call the law “a muzzle”.",
        [("direct", "a muzzle", "Critics", "")],
    ),
    "refers to as": (
        "Sergei Lavrov referred to Cuba as “an island that does not bend”.",
        [("direct", "an island that does not bend", "Sergei Lavrov", "sergei-lavrov")],
    ),
    "what it calls": (
        "Turkey has turned back to what it calls its “lost garden”.",
        [("direct", "lost garden", "it", "turkey")],
    ),
    "agreed to adopt": (
        "All four ministers agreed on Friday to draw a “softer line across the lake”.",
        [("direct", "softer line across the lake", "All four ministers", "")],
    ),
    "part of what was said": (
        "The coach said the second goal was “a gift from the other side”.",
        [
            ("indirect", "the second goal was “a gift from the other side”", "coach", ""),
            ("direct", "a gift from the other side", "coach", ""),
        ],
    ),
    "nearly all that was said": (
        "The coach said that “the goal was a gift from the other side”.",
        [("direct", "the goal was a gift from the other side", "coach", "")],
    ),
    "irony": (
        "The “festival” last took place in a car park.",
        [("scare", "festival", "", "")],
    ),
    "a term inside a thought": (
        "Peru is convinced the trawler carried “borrowed” sonar parts.",
        [
            ("indirect", "the trawler carried “borrowed” sonar parts", "Peru", "peru"),
            ("scare", "borrowed", "", ""),
        ],
    ),
    "nobody's motto": (
        "A banner over the gate read nothing but “peace at last” in red.",
        [("scare", "peace at last", "", "")],
    ),
    "a newspaper": ("The story ran in ‘Letters from the Harbour’ in May.", []),
    "an operation": ("The army began Operation “Desert Wind” at dawn.", []),
    "an apostrophe": ("The farmers’ union met in the ’90s and India’s did not.", []),
    "author's own": ("“It is late,” I said.", []),
}
INDIRECT = {
    "said that": (
        "The envoy said that the talks had failed.",
        [("the talks had failed", "envoy", "")],
    ),
    "without that": (
        "Greek shipowners believe this strike could last until autumn.",
        [("this strike could last until autumn", "Greek shipowners", "")],
    ),
    "many": (
        "Many argue the long drought emptied the villages.",
        [("the long drought emptied the villages", "Many", "")],
    ),
    "a name after an office": (
        "Chile’s best known glacier expert, Marta Rojas in her speech to the academy has said that "
        "the ice cannot be saved.",
        [("the ice cannot be saved", "Marta Rojas", "marta-rojas")],
    ),
    "an office before a name": (
        "Foreign Minister Sergei Lavrov said on Monday that the visit would go ahead.",
        [("the visit would go ahead", "Sergei Lavrov", "sergei-lavrov")],
    ),
    "a relative clause at the speaker": (
        "The coach, who is from Ghana, thinks the team can win.",
        [("the team can win", "coach", "")],
    ),
    "a state": (
        "Washington said it would send aid.",
        [("it would send aid", "Washington", "united-states")],
    ),
    "an organisation": (
        "The World Health Organization says 300 people have died.",
        [("300 people have died", "World Health Organization", "world-health-organization")],
    ),
    "told somebody": (
        "The prime minister told parliament that the troops would come home.",
        [("the troops would come home", "prime minister", "")],
    ),
    "was told": (
        "The miners were told that the pit would close.",
        [("the pit would close", "", "")],
    ),
    "was told by": (
        "The miners were told by the governor that the pit would close.",
        [("the pit would close", "governor", "")],
    ),
    "nobody in particular": (
        "It was claimed that the bridge had been mined.",
        [("the bridge had been mined", "", "")],
    ),
    "is convinced": (
        "The general is confident that the truce will hold.",
        [("the truce will hold", "general", "")],
    ),
    "put in": (
        "The talks, officials say, have failed.",
        [("The talks, officials say, have failed", "officials", "")],
    ),
    "put at the end": (
        "The deal is dead, officials in Brasilia say.",
        [("The deal is dead", "officials in Brasilia", "")],
    ),
    "as somebody said": (
        "As the mayor said, the bridge is safe.",
        [("the bridge is safe", "mayor", "")],
    ),
    "according to, before": (
        "According to the World Bank, growth will slow next year.",
        [("growth will slow next year", "World Bank", "world-bank")],
    ),
    "according to, after": (
        "Growth will slow next year, according to the World Bank.",
        [("Growth will slow next year", "World Bank", "world-bank")],
    ),
    "in the view of": (
        "In the view of Brazilian diplomats, the treaty is obsolete.",
        [("the treaty is obsolete", "Brazilian diplomats", "")],
    ),
    "in somebody's view": (
        "In Berlin’s view, the sanctions are working.",
        [("the sanctions are working", "Berlin", "germany")],
    ),
    "regards as": (
        "Beijing regards the island as a breakaway province.",
        [("the island as a breakaway province", "Beijing", "china")],
    ),
    "which it sees as": (
        "The dam, which Kenya sees as a threat to its water, is nearly done.",
        [("a threat to its water", "Kenya", "kenya")],
    ),
    "is regarded by": (
        "The island is regarded by Beijing as a breakaway province.",
        [("The island is regarded by Beijing as a breakaway province", "Beijing", "china")],
    ),
    "a noun with an owner": (
        "The president’s claim that the vote was rigged drew laughter.",
        [("the vote was rigged", "president", "")],
    ),
    "a noun and by": (
        "The claim by Ankara that the ship was unarmed has not been checked.",
        [("the ship was unarmed", "Ankara", "turkey")],
    ),
    "a noun after a light verb": (
        "Ministers expressed the hope that the ceasefire would hold.",
        [("the ceasefire would hold", "Ministers", "")],
    ),
    "expects to": (
        "The growers expect to sell the whole crop abroad.",
        [("sell the whole crop abroad", "growers", "")],
    ),
    "is thought to": (
        "The rebels are thought to have fled to the hills.",
        [("have fled to the hills", "", "")],
    ),
    "saying": (
        "The minister left early, saying that the talks had failed.",
        [("the talks had failed", "minister", "")],
    ),
    "who said": (
        "Juma Otieno, who said the boats were gone, wept.",
        [("the boats were gone", "Juma Otieno", "juma-otieno")],
    ),
    "two speakers": (
        "Lavrov and Qureshi said the road would be open.",
        [
            (
                "the road would be open",
                "Lavrov and Qureshi",
                "sergei-lavrov;shah-mehmood-qureshi",
            )
        ],
    ),
    "a short form of a name": (
        "Anna Lindqvist opened the fair. Later Lindqvist said that the year had been good.",
        [("the year had been good", "Lindqvist", "anna-lindqvist")],
    ),
    "he": (
        "Juma Otieno came late. He said that the road was flooded.",
        [("the road was flooded", "He", "juma-otieno")],
    ),
    "he, of two": (
        "Juma Otieno met Carlos Mendes. Mendes left. He said that the road was flooded.",
        [("the road was flooded", "He", "")],
    ),
    "two cues in a row": (
        "Its neighbours fear that the river will run dry, but the government says the dam is safe.",
        [
            ("the river will run dry", "Its neighbours", ""),
            ("the dam is safe", "government", ""),
        ],
    ),
    "not said": ("The army did not say that it had fired.", []),
    "asked": ("Did the minister say that the port would close?", []),
    "nobody": ("Nobody believes that the wall will stand.", []),
    "the author": ("I believe that the plan will fail.", []),
    "a state's aim": ("Russia wants to sell helicopters.", []),
}


@pytest.mark.parametrize(("text", "expected"), DIRECT.values(), ids=DIRECT)
def test_words_in_marks_have_a_speaker(nlp: Language, text: str, expected: list):
    """The speaker is found before, after, between and behind the words, and only once."""
    assert find(nlp, text) == [("direct", *row) for row in expected]


@pytest.mark.parametrize(("text", "expected"), PHRASES.values(), ids=PHRASES)
def test_a_phrase_in_marks_is_somebodys_or_nobodys(nlp: Language, text: str, expected: list):
    """Marks around a phrase quote, keep at a distance, or name."""
    assert find(nlp, text) == expected


@pytest.mark.parametrize(("text", "expected"), INDIRECT.values(), ids=INDIRECT)
def test_what_is_said_without_marks(nlp: Language, text: str, expected: list):
    """The clause that is said or thought is the span, without what introduces it."""
    assert find(nlp, text) == [("indirect", *row) for row in expected]


@pytest.fixture(scope="module")
def faults(nlp: Language) -> list[str]:
    """Try the examples and counter-examples of cues.csv once."""
    return list(try_cues(CUES, load_codebook(), nlp))


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: f"{cue.lemma}, {cue.construction}")
def test_a_cue_keeps_its_word(cue: Cue, faults: list[str]):
    """Alone, each cue gives one quote in its example, and none in its counter-example."""
    assert [fault for fault in faults if fault.startswith(f"{cue.where}: ")] == []


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        pytest.param("The mayor has repeatedly said it is safe.", "has repeatedly said", id="verb"),
        pytest.param("Peru is convinced the jet is stolen.", "is convinced", id="adjective"),
        pytest.param("According to the mayor, it is safe.", "According to", id="according to"),
        pytest.param("In the view of the mayor, it is safe.", "In the view of", id="view of"),
        pytest.param("The mayor’s claim that it is safe was denied.", "claim", id="noun"),
        pytest.param("“It is safe,” the mayor told reporters.", "told", id="direct"),
    ],
)
def test_the_cue_is_the_words_that_say_so(nlp: Language, text: str, cue: str):
    """A verb comes with its auxiliaries, a preposition with all its words."""
    assert cues(nlp, text) == [cue]


def test_every_construction_has_a_cue():
    """The list of constructions is closed, and all of it is used."""
    assert {cue.construction for cue in CUES} == set(CONSTRUCTIONS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("He said, \"We go.\" Then 'no'.", ["We go.", "no"], id="straight"),
        pytest.param("“A” ‘b’ „c“ «d» ``e'' ‹f›", list("Abcdef"), id="of all kinds"),
        pytest.param("“He said ‘go’ twice”", ["He said ‘go’ twice", "go"], id="one in another"),
        pytest.param("India’s ’90s, the workers’ rock 'n' roll, '90s", [], id="apostrophes"),
        pytest.param("‘the workers’ rights were won’", ["the workers’ rights were won"], id="both"),
        pytest.param("‘three evils’ persist", ["three evils"], id="a plural"),
        pytest.param("the workers’ rights and ‘it’", ["it"], id="a possessive before"),
        pytest.param("a 6'2\" man with a 5\" pipe", [], id="feet and inches"),
        pytest.param("says,\"We go.\" \"Yes,\"he said", ["We go.", "Yes,"], id="lost spaces"),
        pytest.param("“one “two” three", ["two"], id="one too many"),
        pytest.param("one” two” three", [], id="none opened"),
        pytest.param("One “two three", [], id="none closed"),
        pytest.param("“”", [], id="nothing inside"),
        pytest.param("“ a ”", ["a"], id="spaces inside"),
        pytest.param("“a”—“b”", ["a", "b"], id="dash between"),
    ],
)  # fmt: skip
def test_marks_are_paired(text: str, expected: list[str]):
    """Marks open and close by their form and place; apostrophes and measures are none."""
    assert [text[mark.start : mark.end] for mark in find_marked(text, [(0, len(text))])] == expected


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        pytest.param(["“One.", "“Two.", "“Three.” End."], ["One.", "Two.", "Three."], id="go on"),
        pytest.param(["“One.", "Two.” End."], [], id="the next does not open"),
        pytest.param(["A “word.", "“Two.” End."], ["Two."], id="a stray mark"),
        pytest.param(["“One” and “two.", "“Three.”"], ["One", "Three."], id="a stray one beside"),
        pytest.param(["“One.", "“Two."], ["One.", "Two."], id="never closed"),
    ],
)
def test_marks_end_with_their_paragraph(paragraphs: list[str], expected: list[str]):
    """What is never closed goes on only if the next paragraph opens with a mark as well."""
    text = "\n\n".join(paragraphs)
    starts = [text.index(paragraph) for paragraph in paragraphs]
    places = [(start, start + len(p)) for start, p in zip(starts, paragraphs, strict=True)]
    assert [text[mark.start : mark.end] for mark in find_marked(text, places)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Sergei Lavrov said: “The road is open.”",
            [("direct", "The road is open", "Sergei Lavrov", "sergei-lavrov")],
            id="before",
        ),
        pytest.param(
            "“The road is open,” said Sergei Lavrov.",
            [("direct", "The road is open", "Sergei Lavrov", "sergei-lavrov")],
            id="after",
        ),
        pytest.param(
            "“The road is open,” he said. “Come in.”",
            [("direct", "The road is open", "he", ""), ("direct", "Come in", "he", "")],
            id="in the middle",
        ),
        pytest.param(
            "Moscow described the vote as “a farce”.",
            [("direct", "a farce", "Moscow", "russia")],
            id="a phrase",
        ),
        pytest.param("A “festival” met.", [("scare", "festival", "", "")], id="scare"),
        pytest.param("The envoy said that the talks had failed.", [], id="no indirect"),
    ],
)
def test_without_a_parser_there_are_marks(bare: Language, text: str, expected: list):
    """A verb beside the marks and a name beside the verb are all that is read."""
    assert find(bare, text) == expected


def test_a_doc_with_quotes_can_be_stored(nlp: Language):
    """Rows hold plain numbers and strings."""
    doc = nlp("“It is safe,” the mayor said.")
    assert pickle.loads(pickle.dumps(doc.user_data["quotes"])) == doc.user_data["quotes"]
    assert {type(value) for row in doc.user_data["quotes"] for value in row.values()} == {int, str}


def test_only_the_body_is_read(nlp: Language):
    """Words outside the body of an article are nobody's here."""
    text = "“Not this,” he said.\nThe mayor said: “Only this.”"
    doc = nlp.make_doc(text)
    doc.user_data["body"] = [(text.index("The"), len(text))]
    quotes = nlp(doc).user_data["quotes"]
    assert [text[row["start"] : row["end"]] for row in quotes] == ["Only this"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("say,VERB,says-thta,x,y", r"row 2 \(say\): unknown construction.*did you mean"),
        ("say,NOUN,says-that,x,y", r"pos 'NOUN' cannot be built 'says-that'; write 'VERB'"),
        ("say,VERB,says-that,x,", r"row 2 \(say\): `counter_example` is empty"),
        ("say,VERB,says-that,x,y\nsay,VERB,says-that,x,y", r"row 3 \(say\): .* stands there twice"),
    ],
    ids=["construction", "part of speech", "empty", "twice"],
)
def test_a_fault_in_the_cues_is_named(tmp_path: Path, row: str, message: str):
    """The message has the file, the row, what is wrong and what is allowed."""
    folder = copytree(codebook_folder(), tmp_path / "mine")
    header = "lemma,pos,construction,example,counter_example"
    (folder / "cues.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=rf"cues\.csv, .*{message}|{message}"):
        load_codebook(folder)


# fmt: off
PIECES = [
    "“", "”", "‘", "’", '"', "'", "«", "»", "„", "``", "''", "“", "”", '"', " ", " ", ",", ".", "?",
    "\n\n", ":", "He", "said", "says", "that", "Lavrov", "India", "the deal is dead",
    "according to", "calls", "as", "I", "claim", "believes", "view of", "’s", "s’", "and",
    "[i]", "\u200b",
]
# fmt: on


@repeatably
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_quotes_of_any_text_are_spans_of_it(nlp: Language, bare: Language, text: str):
    """Whatever the marks: words inside the text, no space at their ends, direct ones apart."""
    for pipeline in (nlp, bare):
        quotes = pipeline(text).user_data["quotes"]
        for row in quotes:
            words = text[row["start"] : row["end"]]
            assert 0 <= row["start"] < row["end"] <= len(text)
            assert words == words.strip() != ""
        direct = [row for row in quotes if row["kind"] == "direct"]
        assert all(a["end"] <= b["start"] for a, b in pairwise(direct))
