"""Findings worded from data: names stay text, lists read as sentences."""

import mistune
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ruspak_nb.wording import list_names, tell


def test_a_sentence_is_filled_with_the_data():
    """Numbers take a format, and a sentence that does not apply is left out."""
    told = tell("**{name}** has {share:.0%} of {n:,}.", "", "So.", name="Alta", share=0.25, n=1200)
    assert told._repr_markdown_() == "**Alta** has 25% of 1,200. So."
    assert repr(told) == told.markdown


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdef"), "a, b, c, d and 2 more"),
    ],
)
def test_names_are_listed_as_in_a_sentence(names: list[str], listed: str):
    """The last is joined with "and"; what does not fit is counted."""
    assert list_names(names) == listed


def test_a_value_that_is_missing_is_named():
    """The error says which value the sentence asks for."""
    with pytest.raises(KeyError, match="share"):
        tell("{share}", n=1)


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(WORDS)
def test_a_name_from_a_text_is_never_markup(name: str):
    """Whatever characters it has, it is read as it is written."""
    page = mistune.create_markdown(escape=False)(tell("It is {name} here.", name=name).markdown)
    assert BeautifulSoup(str(page), "html.parser").get_text().strip() == f"It is {name} here."
