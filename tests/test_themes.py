"""When a sentence carries a theme, and which words gave it."""

from dataclasses import replace

import pytest
from spacy.language import Language

from ruspak_nb import Annotations
from ruspak_nb.codebook import Theme, ThemePattern, load_codebook
from ruspak_nb.patterns import compile_pattern
from ruspak_nb.themes import match_themes

THEMES = load_codebook().themes


@pytest.fixture(scope="session")
def nlp(bare: Language) -> Language:
    """Read without a trained model."""
    return bare


def make_theme(name: str, **patterns: tuple[str, float]) -> Theme:
    """Make a theme of patterns given as `id=(regex, weight)`."""
    rules = tuple(
        ThemePattern(
            id=key,
            pattern=compile_pattern(regex, key),
            needs=(),
            weight=weight,
            example="",
            counter_example="",
        )
        for key, (regex, weight) in patterns.items()
    )
    return Theme(name, "", "", "", "", "", "", rules)


ARMS = make_theme(
    "arms",
    sale=(r"arms sales?", 1.0),
    helicopters=(r"helicopters?", 0.5),
    deal=(r"deals?", 0.5),
    cartoon=(r"cartoons?", -1.0),
)


def find(sentence: str, *themes: Theme) -> list[tuple[str, str, str]]:
    """List theme, pattern and words of every match that counts."""
    return [(theme, rule, sentence[a:b]) for theme, rule, a, b in match_themes(sentence, themes)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("Arms sales grew.", [("arms", "sale", "Arms sales")], id="one is enough"),
        pytest.param("Helicopters came.", [], id="half is not"),
        pytest.param(
            "The helicopter deal holds.",
            [("arms", "helicopters", "helicopter"), ("arms", "deal", "deal")],
            id="two halves",
        ),
        pytest.param("A helicopter, two helicopters.", [], id="one half twice"),
        pytest.param("The arms sales cartoon.", [], id="taken back"),
        pytest.param(
            "The arms sales deal, a helicopter cartoon.",
            [
                ("arms", "sale", "arms sales"),
                ("arms", "deal", "deal"),
                ("arms", "helicopters", "helicopter"),
            ],
            id="outweighed",
        ),
        pytest.param("A cartoon.", [], id="only a negative weight"),
        pytest.param("Nothing of the kind.", [], id="nothing"),
        pytest.param("", [], id="no text"),
    ],
)
def test_weights_add_up_to_one(sentence: str, expected: list[tuple[str, str, str]]):
    """Each pattern counts once, a negative one takes back, and 1 gives the theme."""
    assert find(sentence, ARMS) == expected


def test_every_place_of_a_pattern_is_listed():
    """A pattern counts once for the weight, but each place where it stands is a row."""
    assert find("Arms sales, arms sales.", ARMS) == [
        ("arms", "sale", "Arms sales"),
        ("arms", "sale", "arms sales"),
    ]


def test_a_sentence_can_carry_several_themes():
    """Themes do not know of each other, even where they share words."""
    trade = make_theme("trade", sales=(r"sales", 1.0))
    assert [theme for theme, _, _ in find("Arms sales grew.", ARMS, trade)] == ["arms", "trade"]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("ARMS SALES grew.", id="capitals"),
        pytest.param("Arms\nsales grew.", id="line break"),
        pytest.param("Arms  sales grew.", id="two spaces"),
        pytest.param("“Arms sales” grew.", id="quoted"),
    ],
)
def test_a_pattern_reads_over_form(sentence: str):
    """Case, line breaks and quotes make no difference."""
    assert [rule for _, rule, _ in find(sentence, ARMS)] == ["sale"]


def test_a_pattern_matches_whole_words():
    """A part of a word is no match."""
    assert find("Farms sales and arms saleswomen.", ARMS) == []


def test_no_theme_across_sentences(nlp: Language):
    """Two halves in two sentences are no theme; in one sentence they are."""
    arms = next(theme for theme in THEMES if theme.name == "arms_sales")
    halves = [rule for rule in arms.patterns if rule.weight == 0.5]
    first, second = halves[:2]

    def rules(text: str) -> set[str]:
        doc = nlp(text)
        return {span.id_ for span in doc.spans["themes"]}

    together = f"{first.example.rstrip('.')}, and {second.example}"
    assert {first.id, second.id} <= rules(together)
    apart = rules(f"{first.example} {second.example}")
    assert not {first.id, second.id} <= apart


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_theme_keeps_its_word(theme: Theme):
    """The codebook's example sentence carries the theme, the counter-example does not."""
    assert find(theme.example, theme)
    assert not find(theme.counter_example, theme)


@pytest.mark.parametrize(
    "rule", [rule for theme in THEMES for rule in theme.patterns], ids=lambda rule: rule.id
)
def test_a_pattern_keeps_its_word(rule: ThemePattern):
    """Every pattern of the codebook matches its example and not its counter-example."""
    assert rule.pattern.search(rule.example)
    assert not rule.pattern.search(rule.counter_example)


def test_a_pattern_is_skipped_only_where_it_cannot_match(seeds: Annotations):
    """What a pattern `needs` saves time: the five articles get the same themes without it."""
    slow = [
        replace(theme, patterns=tuple(replace(rule, needs=()) for rule in theme.patterns))
        for theme in THEMES
    ]
    for sentence in seeds.sentences["text"]:
        for said in (sentence, sentence.upper(), sentence.replace("'", "’")):
            assert find(said, *THEMES) == find(said, *slow)


def test_the_component_marks_whole_words_of_the_source(nlp: Language):
    """`doc.spans["themes"]` holds the matched words, with theme and pattern."""
    doc = nlp("India protested. Russia and Pakistan spoke of arms sales.")
    found = {(span.text, span.label_) for span in doc.spans["themes"]}
    assert ("arms sales", "arms_sales") in found
