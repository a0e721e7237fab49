"""A table whose numbers open their sentences, and a quotation with its source."""

from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from ruspak_nb import Annotations, annotate, count_mentions, finding_table, load_corpus, quote

HOSTILE = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param('<img src=x onerror="alert(1)">', id="image"),
    pytest.param("\"><svg onload='x()'>", id="quotes"),
    pytest.param("</table></details><h1>", id="closing tags"),
    pytest.param("&lt;b&gt; & &amp;", id="entities"),
]
LOOK_ALIKES = [
    pytest.param("**bold** _it_ [a](javascript:x)", id="Markdown"),
    pytest.param("$\\frac{1}{2}$ \\(x\\)", id="LaTeX"),
    pytest.param("{{ 7 * 7 }} {% raw %}", id="template"),
]


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate two articles, one of them with markup in its text."""
    folder: Path = tmp_path_factory.mktemp("articles")
    (folder / "one.txt").write_text(
        "Russia sold arms to India. India & Russia spoke of Russia.", encoding="utf-8"
    )
    (folder / "two.txt").write_text(
        "Russia said <script>alert('Pakistan')</script> twice.", encoding="utf-8"
    )
    return annotate(load_corpus(folder), cache=False)


class Outline(HTMLParser):
    """Collect the tags of a page, and the text of each kind of tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


TABLE_TAGS = {"figure", "table", "caption", "thead", "tbody", "tr", "th", "td", "figcaption"}
EVIDENCE_TAGS = {"details", "summary", "p", "ol", "li", "q", "cite", "mark"}
ATTRIBUTES = {"class", "scope", "style", "data-span", "data-n"}


def test_plain_text_is_the_table():
    """In a terminal, names stand left and numbers right under the caption."""
    summary = pd.DataFrame({"state": ["Russia", "Fiji"], "n": [12345, 5], "share": [0.996, 0.004]})
    table = finding_table(summary, caption="Who is named", source="five articles")
    assert repr(table) == (
        "Who is named\nstate        n  share\nRussia  12,345  100 %\nFiji         5    0 %"
    )


def test_columns_choose_order_and_headings():
    """`columns` maps the columns to show to the headings above them."""
    summary = pd.DataFrame({"state": ["Fiji"], "n": [5], "other": ["x"]})
    table = finding_table(
        summary, caption="C", source="S", columns={"n": "Mentions", "state": "State"}
    )
    assert repr(table) == "C\nMentions  State\n       5  Fiji"


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        pytest.param("share", 0.256, "26 %", id="share"),
        pytest.param("share_rest", 0.5, "50 %", id="another share"),
        pytest.param("jaccard", 1 / 3, "33 %", id="jaccard"),
        pytest.param("share_pct", 38.5, "38.5 %", id="in per cent already"),
        pytest.param("log_ratio", 2.345, "2.3", id="fraction"),
        pytest.param("n", 12345, "12,345", id="thousands"),
        pytest.param("share", float("nan"), "–", id="missing"),
        pytest.param("metonym", True, "yes", id="true"),
        pytest.param("metonym", False, "no", id="false"),
        pytest.param("name", "Russia", "Russia", id="text"),
        pytest.param("name", "", "", id="empty"),
    ],
)
def test_a_value_is_shown_for_readers(column: str, value: object, shown: str):
    """Shares are in per cent, other fractions have one decimal, thousands a comma."""
    table = finding_table(pd.DataFrame({column: [value]}), caption="C", source="S", show=column)
    assert f">{shown}</td>" in table._repr_html_()


def test_a_table_has_caption_and_source():
    """The HTML is a figure: caption above, source below, headings marked as such."""
    table = finding_table(pd.DataFrame({"n": [5]}), caption="Who", source="five articles")
    assert table._repr_html_() == (
        '<figure class="finding tex2jax_ignore mathjax_ignore"><table><caption>Who</caption>'
        '<thead><tr><th scope="col" class="number">n</th></tr></thead>'
        '<tbody><tr><td class="number">5</td></tr></tbody></table>'
        "<figcaption>Source: five articles</figcaption></figure>"
    )


def test_a_number_opens_its_sentences(notes: Annotations):
    """Each sentence is quoted once and exactly, with what is counted marked in it."""
    russia = count_mentions(notes.mentions).query("entity_id == 'russia'")
    html = finding_table(russia, notes, caption="C", source="S")._repr_html_()
    assert (
        '<details class="evidence"><summary>4</summary><p class="counted">4 in 3 sentences</p>'
        '<ol style="text-align: left">'
        '<li><q data-span="one:0-26"><mark>Russia</mark> sold arms to India.</q> '
        "<cite>one.txt, undated · one-s001</cite></li>"
        '<li data-n="2"><q data-span="one:27-58">India &amp; <mark>Russia</mark> spoke of '
        "<mark>Russia</mark>.</q> <cite>one.txt, undated · one-s002</cite></li>"
        '<li><q data-span="two:0-53"><mark>Russia</mark> said &lt;script&gt;'
        "alert(&#x27;Pakistan&#x27;)&lt;/script&gt; twice.</q> "
        "<cite>two.txt, undated · two-s001</cite></li>"
        "</ol></details>"
    ) in html


def test_a_sentence_id_marks_nothing(notes: Annotations):
    """Where whole sentences are counted, nothing in them stands out."""
    summary = pd.DataFrame({"theme": ["arms"], "n": [1], "evidence": [("one-s001",)]})
    html = finding_table(summary, notes, caption="C", source="S")._repr_html_()
    assert "Russia sold arms to India.</q>" in html
    assert "<mark>" not in html


def test_a_zero_opens_nothing(notes: Annotations):
    """A row without evidence is a plain number."""
    summary = pd.DataFrame({"theme": ["arms"], "n": [0], "evidence": [()]})
    html = finding_table(summary, notes, caption="C", source="S")._repr_html_()
    assert "<details" not in html


def test_show_names_the_cell_that_opens(notes: Annotations):
    """Another column than `n` can hold the sentences."""
    summary = pd.DataFrame({"n": [1], "share": [0.5], "evidence": [("one-s001",)]})
    html = finding_table(summary, notes, caption="C", source="S", show="share")._repr_html_()
    assert "<summary>50 %</summary>" in html
    assert "<summary>1</summary>" not in html


SPREAD = pd.DataFrame(
    {
        "theme": ["arms", "arms", "gas"],
        "viewpoint": ["India", "Pakistan", "Pakistan"],
        "n": [1, 0, 2],
        "evidence": [("one-s001",), (), ("one-s001", "two-s001")],
    }
)


def test_spread_makes_columns_of_values(notes: Annotations):
    """Each value of `spread` is a column holding `show`; an absent pair is blank."""
    table = finding_table(
        SPREAD, notes, caption="C", source="S", columns={"theme": "Theme"}, spread="viewpoint"
    )
    assert repr(table) == (
        "C\nTheme  India  Pakistan\narms       1         0\ngas                  2"
    )
    assert table._repr_html_().count("<details") == 2


def test_summary_with_evidence_needs_the_annotations():
    """A number that cannot open its sentences is an error, not a dead number."""
    with pytest.raises(ValueError, match="has evidence: pass the annotations"):
        finding_table(SPREAD, caption="C", source="S")


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"columns": {"them": "Theme"}}, "'them'"),
        ({"spread": "outlet"}, "'outlet'"),
        ({"spread": "theme", "show": "share"}, "'share'"),
    ],
    ids=["columns", "spread", "show"],
)
def test_a_missing_column_is_an_error(notes: Annotations, options: dict, missing: str):
    """The error names the column that is not there."""
    with pytest.raises(ValueError, match=f"lacks {missing}"):
        finding_table(SPREAD, notes, caption="C", source="S", **options)


def test_the_summary_is_not_changed(notes: Annotations):
    """Showing a table leaves its numbers as they are."""
    before = SPREAD.copy()
    finding_table(SPREAD, notes, caption="C", source="S", spread="viewpoint")
    pd.testing.assert_frame_equal(SPREAD, before)


def test_a_table_without_rows():
    """Nothing found is a table of headings."""
    table = finding_table(pd.DataFrame({"theme": [], "n": []}), caption="C", source="S")
    assert repr(table) == "C\ntheme  n"


@pytest.mark.parametrize("text", [*HOSTILE, *LOOK_ALIKES])
@pytest.mark.parametrize("place", ["caption", "source", "heading", "cell", "spread"])
def test_text_is_never_markup(text: str, place: str):
    """Whatever stands in a caption, source, heading or cell is shown, and does nothing."""
    summary = pd.DataFrame({"name": [text if place == "cell" else "x"], "n": [1], "by": [text]})
    table = finding_table(
        summary,
        caption=text if place == "caption" else "C",
        source=text if place == "source" else "S",
        columns={"name": text if place == "heading" else "Name", "n": "n"},
        spread="by" if place == "spread" else None,
    )
    page = Outline(table._repr_html_())
    assert page.tags <= TABLE_TAGS
    assert page.attributes <= ATTRIBUTES
    assert text in page.text


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate an article around each text that looks like markup."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    for case in [*HOSTILE, *LOOK_ALIKES]:
        name = case.id.casefold().replace(" ", "-")
        (folder / f"{name}.txt").write_text(
            f"Russia said {case.values[0]} to Pakistan", encoding="utf-8"
        )
    return annotate(load_corpus(folder), model=None, cache=False)


@pytest.mark.parametrize(
    ("article_id", "text"),
    [(case.id.casefold().replace(" ", "-"), *case.values) for case in [*HOSTILE, *LOOK_ALIKES]],
    ids=[case.id for case in [*HOSTILE, *LOOK_ALIKES]],
)
def test_an_article_is_never_markup(hostile: Annotations, article_id: str, text: str):
    """HTML in an article is quoted letter by letter, marked or not, in table and quotation."""
    sentence = f"Russia said {text} to Pakistan"
    summary = count_mentions(hostile.mentions.query("article_id == @article_id"))
    table = finding_table(summary, hostile, caption="C", source="S")
    page = Outline(table._repr_html_())
    assert page.tags <= TABLE_TAGS | EVIDENCE_TAGS
    assert page.attributes <= ATTRIBUTES
    assert sentence in page.text
    page = Outline(quote(hostile, f"{article_id}-s001")._repr_html_())
    assert page.tags == {"blockquote", "p", "footer"}
    assert sentence in page.text


def test_a_quotation_names_its_source():
    """A sentence is quoted exactly, with author, date of publication and id."""
    notes = annotate(load_corpus(), cache=False)
    said = repr(quote(notes, "rana-2017-s017"))
    sentence, source = said.split("\n")
    assert sentence == (
        "“Beyond doubt, this dream of “Eurasian Union” could not be served with its genuine "
        "soul without the purposeful participation of Pakistan.”"
    )
    assert source == "— Sarfraz Ahmed Rana, 29 Jan 2017 · rana-2017-s017"


def test_a_quotation_without_author_names_the_file(notes: Annotations):
    """What is not known is not made up: the file name and "undated" stand in."""
    assert repr(quote(notes, "one-s001")).endswith("— one.txt, undated · one-s001")


def test_an_unknown_sentence_cannot_be_quoted(notes: Annotations):
    """The id is in the error."""
    with pytest.raises(KeyError, match="one-s099"):
        quote(notes, "one-s099")


def test_two_numbers_for_one_cell_are_refused():
    """Spread over a column, a summary must have one row a cell, or one number would be lost."""
    summary = pd.DataFrame({"by": ["x", "x"], "name": ["Fiji", "Fiji"], "n": [1, 2]})
    with pytest.raises(ValueError, match="two rows have by 'x' and the same name"):
        finding_table(summary, caption="C", columns={"name": "Name"}, spread="by")


def test_a_year_has_no_thousands_mark():
    """Four digits are shown as they are, five are grouped."""
    summary = pd.DataFrame({"year": [2009], "n": [12345]})
    assert repr(finding_table(summary, caption="C")) == "C\nyear       n\n2009  12,345"
