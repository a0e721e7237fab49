"""Who and what is named, in which form, and when a capital is only a city."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from ruspak_nb.codebook import load_codebook
from ruspak_nb.entities import place_id

repeatably = settings(deadline=None, derandomize=True, database=None, max_examples=60)


@pytest.fixture(scope="session")
def nlp(bare: Language) -> Language:
    """Read without a trained model."""
    return bare


def find(nlp: Language, text: str) -> list[tuple[str, str]]:
    """List each mention's text and entity, as found in `text`."""
    doc = nlp(text)
    return [(span.text, span.id_) for span in doc.spans["mentions"]]


def stands_for(nlp: Language, text: str) -> list[str]:
    """List what each mention stands for; `= russia` where a place stands for the state."""
    doc = nlp(text)
    return [("= " if s.kb_id_ else "") + s.id_ for s in doc.spans["mentions"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Vladimir Putin spoke.", [("Vladimir Putin", "vladimir-putin")], id="person"),
        pytest.param(
            "The 1965 Indo-Pak war ended.",
            [("1965 Indo-Pak war", "indo-pakistani-war-of-1965")],
            id="war over states",
        ),
        pytest.param(
            "the China-Pakistan Economic Corridor",
            [("China-Pakistan Economic Corridor", "cpec")],
            id="project over states",
        ),
        pytest.param("the U.S. Congress", [("U.S. Congress", "us-congress")], id="parliament"),
        pytest.param("the Indian Ocean", [("Indian Ocean", "indian-ocean")], id="sea over state"),
    ],
)
def test_the_longest_form_is_found(nlp: Language, text: str, expected: list[tuple[str, str]]):
    """A form inside a longer one is not a mention of its own."""
    assert find(nlp, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Moscow refused.", id="subject"),
        pytest.param("The envoys met Moscow half-way.", id="object"),
        pytest.param("Relations between Moscow and the rest grew.", id="between"),
        pytest.param("The Kremlin refused.", id="palace"),
        pytest.param("In Moscow's view it is late.", id="possessive after in"),
        pytest.param("In Moscow’s view it is late.", id="curly possessive after in"),
    ],
)
def test_a_capital_stands_for_its_state(nlp: Language, text: str):
    """A capital or palace is the government, unless the words around it say otherwise."""
    assert stands_for(nlp, text) == ["= russia"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The talks in Moscow failed.", id="in"),
        pytest.param("The embassy in\xa0Moscow closed.", id="in, hard space"),
        pytest.param("At the Moscow talks they agreed.", id="talks"),
        pytest.param("A Moscow-based analyst spoke.", id="based"),
        pytest.param("He was the envoy to Moscow.", id="envoy to"),
        pytest.param("He flew to Moscow.", id="flew to"),
    ],
)
def test_a_capital_can_be_the_city(nlp: Language, text: str):
    """Where the context says so, a capital is a place of its own and no metonym."""
    assert stands_for(nlp, text) == ["moscow"]


@pytest.mark.parametrize("rule", load_codebook().places, ids=lambda rule: rule.id)
def test_place_rules_keep_their_word(nlp: Language, rule):
    """Each rule of places.toml finds what it means in its example, the other in the other."""
    capitals = {a.form for a in load_codebook().aliases.values() if a.kind == "capital"}

    def metonyms(text: str) -> list[bool]:
        doc = nlp(text)
        return [bool(s.kb_id_) for s in doc.spans["mentions"] if s.text in capitals]

    state = rule.means == "state"
    assert metonyms(rule.example) == [state]
    assert metonyms(rule.counter_example) == [not state]


def test_a_city_in_a_list_of_cities(nlp: Language):
    """What is said of the first capital of a list holds for the second."""
    assert stands_for(nlp, "an envoy to Moscow and Washington") == ["moscow", "washington"]
    assert stands_for(nlp, "ties of Moscow and Washington") == ["= russia", "= united-states"]


@pytest.mark.parametrize(
    ("form", "entity_id"),
    [("New Delhi", "new-delhi"), ("Washington, D.C.", "washington-d-c"), ("Moscow", "moscow")],
)
def test_a_city_has_its_own_id(form: str, entity_id: str):
    """A city's id is its name in lower case, words joined by hyphens."""
    assert place_id(form) == entity_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Russia's arms", [("Russia", "russia")], id="possessive"),
        pytest.param("Russia’s arms", [("Russia", "russia")], id="curly possessive"),
        pytest.param("Russians’ arms", [("Russians", "russia")], id="plural possessive"),
        pytest.param(
            "Pakistani and Indian envoys",
            [("Pakistani", "pakistan"), ("Indian", "india")],
            id="demonyms",
        ),
        pytest.param(
            "US-Russia ties", [("US", "united-states"), ("Russia", "russia")], id="hyphen"
        ),
        pytest.param("Indo-Pak ties", [("Indo", "india"), ("Pak", "pakistan")], id="short forms"),
        pytest.param(
            "a Russia–China–Pakistan axis",
            [("Russia", "russia"), ("China", "china"), ("Pakistan", "pakistan")],
            id="dashes",
        ),
        pytest.param("Russia/Pakistan", [("Russia", "russia"), ("Pakistan", "pakistan")], id="/"),
        pytest.param(
            "Shanghai Cooperation Organisation (SCO)",
            [("Shanghai Cooperation Organisation", "sco"), ("SCO", "sco")],
            id="acronym in brackets",
        ),
        pytest.param("The U.S. left.", [("U.S.", "united-states")], id="U.S."),
        pytest.param("The U.S left.", [("U.S", "united-states")], id="U.S without a stop"),
        pytest.param(
            "U.S.-Russia ties", [("U.S.", "united-states"), ("Russia", "russia")], id="U.S.-Russia"
        ),
        pytest.param("a U.S.-led force", [("U.S.", "united-states")], id="U.S.-led"),
        pytest.param(
            "People’s Republic of China",
            [("People’s Republic of China", "china")],
            id="curly apostrophe",
        ),
        pytest.param(
            "Da’esh, Da'esh", [("Da’esh", "islamic-state"), ("Da'esh", "islamic-state")], id="both"
        ),
        pytest.param("India.[i] These", [("India", "india")], id="footnote mark"),
        pytest.param(
            "the Indo-Russian?relationship",
            [("Indo", "india"), ("Russian", "russia")],
            id="lost space",
        ),
        pytest.param(
            "Who lost India?Pakistan did.",
            [("India", "india"), ("Pakistan", "pakistan")],
            id="lost space before a name",
        ),
        pytest.param("\ufeffRussia sold arms.", [("Russia", "russia")], id="byte order mark"),
        pytest.param("“Russia” sold", [("Russia", "russia")], id="quoted"),
        pytest.param("*Russia* sold", [("Russia", "russia")], id="starred"),
    ],
)
def test_a_name_is_found_in_every_dress(nlp: Language, text: str, expected: list[tuple[str, str]]):
    """Case endings, hyphens, quotes and footnotes are not part of a name, nor in its way."""
    assert find(nlp, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("He told us so.", id="us"),
        pytest.param("The bricks lay by a china cup.", id="small letters"),
        pytest.param("Old Prussia was large.", id="end of a word"),
        pytest.param("The Indianapolis race was long.", id="start of a word"),
    ],
)
def test_a_word_is_not_a_name(nlp: Language, text: str):
    """Forms are matched as whole words in their own case."""
    assert find(nlp, text) == []


WRAPPED = """\
Russia is all set to rebuild its relations with Pakistan,
a move that could be a game-changer for both countries
and for the region. The talks on the China-Pakistan
Economic Corridor were held in the capital last month
and went on for days. Then the envoys of the Russian
Federation left for home, and nothing was heard from
them until the winter came and with it the news that
the old rivals had agreed on more than was thought at
the time when they met for the first time that year.
"""


def test_a_name_is_found_across_a_line_break(nlp: Language):
    """In a wrapped paragraph a name keeps the line break that the source has."""
    assert find(nlp, WRAPPED) == [
        ("Russia", "russia"),
        ("Pakistan", "pakistan"),
        ("China-Pakistan\nEconomic Corridor", "cpec"),
        ("Russian\nFederation", "russia"),
    ]


def test_a_name_is_found_across_two_spaces(nlp: Language):
    """Doubled and hard spaces are still spaces."""
    assert find(nlp, "Vladimir  Putin") == [("Vladimir  Putin", "vladimir-putin")]
    assert find(nlp, "Vladimir\xa0Putin") == [("Vladimir\xa0Putin", "vladimir-putin")]


def test_a_name_never_crosses_a_block(nlp: Language):
    """The last word of a heading and the first of the text are no name together."""
    assert find(nlp, "The Line of\n\nControl is quiet.") == []


def test_mentions_are_entities_of_spacy_too(nlp: Language):
    """`doc.ents` holds the same spans, so that other components can use them."""
    doc = nlp("Putin left Moscow.")
    ents = [(ent.text, ent.label_) for ent in doc.ents]
    assert ents == [("Putin", "PERSON"), ("Moscow", "GPE")]


FORMS = sorted(load_codebook().aliases)


@repeatably
@given(
    st.lists(
        st.tuples(st.sampled_from(FORMS), st.sampled_from([" ", "-", ", ", "'s ", ".\n", "  "])),
        max_size=8,
    )
)
def test_mentions_never_overlap(nlp: Language, pieces: list[tuple[str, str]]):
    """Whatever stands beside whatever, each letter belongs to one mention at most."""
    doc = nlp("".join(form + gap for form, gap in pieces))
    last = 0
    for span in doc.spans["mentions"]:
        assert last <= span.start_char < span.end_char
        last = span.end_char


@repeatably
@given(st.sampled_from(FORMS))
def test_every_form_finds_its_entity(nlp: Language, form: str):
    """A form on its own is a mention of the entity that lists it, or of its city."""
    alias = load_codebook().aliases[form]
    (found,) = find(nlp, f"They spoke of {form} there.")
    assert found == (form, alias.entity_id)


@pytest.mark.parametrize(
    ("text", "metonym"),
    [
        ("At the talks in Astana, Moscow proposed a truce.", [False, True]),
        ("They met in Islamabad, Moscow's newest partner.", [False, True]),
        ("They met in Moscow, Beijing and Kabul.", [False, False, False]),
    ],
    ids=["new clause", "possessive", "list"],
)
def test_a_comma_after_a_city(nlp: Language, text: str, metonym: list[bool]):
    """After a comma another capital is a city only if the list goes on."""
    doc = nlp(text)
    assert [bool(span.kb_id_) for span in doc.spans["mentions"]] == metonym
