"""The page of an article: its text untouched under every layer, and nothing in it runs."""

import re
import warnings
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st

from ruspak_nb.annotation import Annotations, annotate
from ruspak_nb.corpus import load_corpus
from ruspak_nb.intervals import tell_date
from ruspak_nb.reference import load_reference
from ruspak_nb.report import build_report
from ruspak_nb.report.findings import LAYERS, Finding, Mark, list_entries, list_marks
from ruspak_nb.report.reading import mark_up
from ruspak_nb.report.sources import link_sentences
from ruspak_nb.schema import build_frame

Write = Callable[..., Path]
HOSTILE = (
    "HEADLINE\n\n"
    "Moscow said on 5 May 2016 that <script>attack()</script> would sell arms to Pakistan. "
    'The envoy <img src=x onerror="attack()"> told Islamabad "</article><svg onload=attack()>". '
    "He wrote [a link](javascript:attack()) & `code` *twice* on <a href='javascript:x'>May</a>. "
    "It cost $5 and \\(x^2\\), and $$\\href{javascript:attack()}{y}$$ more, {{ 7 * 7 }} in all. "
    "Signs \u202eturned\u202c and \u200frightly\u200f stayed in the text of the article.\n\n"
    "Russia " + "and-so-on" * 2300 + " met Pakistan.\n"
)


class ArticleText(HTMLParser):
    """Read the text within `article`, as a browser gives it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.depth = 0
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "article"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "article"

    def handle_data(self, data: str) -> None:
        self.text += data if self.depth else ""


def read_text(page: str) -> str:
    """Read the text within `article`."""
    return ArticleText(page).text


def pages(write: Write, notes: Annotations) -> dict[str, str]:
    """Build a report that cites every article and return the page of each."""
    firsts = notes.sentences.groupby("article_id")["sentence_id"].first()
    path = write("a", "%% # Who says so?\n\n" + ", ".join(firsts))
    out = path.parent.parent / "report"
    build_report(path.parent, out, execute=False, notes=notes)
    return {
        name: (out / "articles" / f"{name}.html").read_text("utf-8")
        for name in notes.corpus.articles["article_id"]
    }


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate an article that would like to be a program."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "hostile.txt").write_text(HOSTILE, "utf-8", newline="")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return annotate(load_corpus(folder), cache=False)


@pytest.fixture
def seed_pages(write_notebook: Write, seeds: Annotations) -> dict[str, BeautifulSoup]:
    """Read the pages of the five articles."""
    return {
        name: BeautifulSoup(page, "html.parser")
        for name, page in pages(write_notebook, seeds).items()
    }


def test_the_text_is_that_of_the_file(write_notebook: Write, seeds: Annotations) -> None:
    """Character for character, with what is not body, whatever lies over it."""
    for name, page in pages(write_notebook, seeds).items():
        assert read_text(page) == seeds.corpus.texts[name]


def test_a_hostile_article_is_text(write_notebook: Write, hostile: Annotations) -> None:
    """Its tags are escaped; the page has its own scripts and links, and no others."""
    (page,) = pages(write_notebook, hostile).values()
    assert read_text(page) == HOSTILE
    soup = BeautifulSoup(page, "html.parser")
    assert {script["src"] for script in soup.find_all("script")} == {
        "../static/theme.js",
        "../static/report.js",
        "../static/search.js",
        "../static/reading.js",
    }
    assert not soup.find_all(["svg", "img", "iframe", "object", "style", "math"])
    for element in soup.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on")]
        assert not str(element.get("href", "")).startswith("javascript")


def lay_out(text: str, sentences: list[tuple[int, int]], asides: list[tuple[int, int]]) -> object:
    """Give what `mark_up` reads of annotations: a text, its sentences, its zones."""
    rows = [
        {"sentence_id": f"a-s{n}", "article_id": "a", "position": n, "start": first, "end": last}
        for n, (first, last) in enumerate(sentences)
    ]
    zones = [{"article_id": "a", "start": f, "end": e, "zone": "other_post"} for f, e in asides]
    return SimpleNamespace(
        corpus=SimpleNamespace(
            texts=MappingProxyType({"a": text}),
            zones=build_frame("zones", [{**zone, "text": ""} for zone in zones]),
        ),
        sentences=build_frame("sentences", [{**row, "text": ""} for row in rows]),
    )


def mark(number: int, start: int, end: int, layer: str = "people", kind: str = "") -> Mark:
    """Make a mark where only its place matters."""
    return Mark(f"{layer}-{number}", layer, start, end, kind, "a-s0", Finding("a <b>", ""))


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from('<&\r\n"'),
    max_size=60,
)


@given(TEXTS, SPANS, SPANS, SPANS)
def test_no_span_changes_the_text(
    text: str,
    sentences: list[tuple[int, int]],
    asides: list[tuple[int, int]],
    spans: list[tuple[int, int]],
) -> None:
    """Spans, sentences and zones may overlap in any way."""
    marks = [mark(n, first, last, "themes") for n, (first, last) in enumerate(spans)]
    written = mark_up("a", lay_out(text, sentences, asides), marks)  # type: ignore[arg-type]
    assert read_text(f"<article>{written}</article>") == text


def test_overlapping_spans_are_cut_at_their_borders() -> None:
    """Each piece names the marks that cover it, and says where one starts and ends."""
    marks = [mark(1, 0, 6), mark(1, 4, 9, "quotes", "indirect"), mark(1, 4, 6, "dates")]
    notes = lay_out("Moscow now", [(0, 10)], [])
    soup = BeautifulSoup(mark_up("a", notes, marks), "html.parser")  # type: ignore[arg-type]
    pieces = [
        (piece.get_text(), piece["data-marks"], " ".join(piece["class"]))
        for piece in soup.select("[data-marks]")
    ]
    assert pieces == [
        ("Mosc", "people-1", "people people-starts"),
        (
            "ow",
            "people-1 quotes-1 dates-1",
            "people people-ends quotes indirect quotes-starts dates dates-starts dates-ends",
        ),
        (" no", "quotes-1", "quotes indirect quotes-ends"),
    ]


def test_what_is_not_body_is_folded_under_its_name(seed_pages: dict[str, BeautifulSoup]) -> None:
    """The name is an attribute, so that the text of the page stays that of the file."""
    boxes = seed_pages["rana-2017"].select("article details")
    names = [box.summary["data-zone"] for box in boxes if box.summary]
    assert names == ["title", "byline", "bio", "social", "comment form"]
    assert all(box.summary and box.summary["aria-label"] for box in boxes)
    assert not any(box.has_attr("open") or box.select(".sentence") for box in boxes)


def test_each_sentence_leads_to_what_was_found_and_back(
    seed_pages: dict[str, BeautifulSoup], seeds: Annotations
) -> None:
    """A link of its own, with a name to be read out, goes either way."""
    for name, soup in seed_pages.items():
        here = seeds.sentences["article_id"] == name
        ids = seeds.sentences.loc[here, "sentence_id"].tolist()
        expected = [sentence_id.removeprefix(f"{name}-") for sentence_id in ids]
        assert [sentence["id"] for sentence in soup.select("article .sentence")] == expected
        assert all(anchor.startswith("s") for anchor in expected)
        for sentence_id in expected:
            entry = one(soup, f"#found-{sentence_id}")
            assert one(soup, f"#{sentence_id} > a.number")["href"] == f"#{entry['id']}"
            assert one(entry, "a.back")["href"] == f"#{sentence_id}"
        ids = [element["id"] for element in soup.select("[id]")]
        assert len(ids) == len(set(ids))


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    """Find the one element that a selector means."""
    (found,) = soup.select(selector)
    return found


def test_each_mark_is_in_the_text_and_in_the_list(
    seed_pages: dict[str, BeautifulSoup], seeds: Annotations
) -> None:
    """Nothing that was found is only coloured, and nothing is only listed."""
    for name, soup in seed_pages.items():
        expected = {m.mark_id for m in list_marks(name, seeds)}
        for where in ("article", ".found"):
            shown = soup.select(f"{where} [data-marks]")
            assert set(" ".join(str(each["data-marks"]) for each in shown).split()) == expected


def test_every_layer_has_a_switch(seed_pages: dict[str, BeautifulSoup]) -> None:
    """A checkbox with a label, in a group with a name; the style sheet does the rest."""
    static = Path(__file__).parent.parent / "ruspak_nb" / "report" / "static"
    style = (static / "reading.css").read_text("utf-8")
    for soup in seed_pages.values():
        assert one(soup, "fieldset > legend").get_text() == "Layers"
        for layer in LAYERS:
            box = one(soup, f"fieldset input#show-{layer.key}[type=checkbox][checked]")
            assert layer.title in one(soup, f"label[for={box['id']}]").get_text()
            assert f"#show-{layer.key}:checked" in style
            assert f"#show-{layer.key}:not(:checked)" in style
    assert "Storage" not in (static / "reading.js").read_text("utf-8")


def test_findings_tell_what_was_coded(seeds: Annotations) -> None:
    """Names for ids, metonyms, the day meant, who speaks and who does what to whom."""
    name = "asian-defence-2012"
    entries = list_entries(name, seeds, list_marks(name, seeds))
    first, second, seventh = (entries[number].found for number in (0, 1, 6))
    # A name is not repeated; the words of a theme always stand.
    words = {layer: {f.head: f.words for f in second[layer]} for layer in ("people", "themes")}
    assert words["people"]["Afghanistan"] == ()
    assert words["themes"]["Afghanistan"] == ("quadrilateral", "Tajikistan", "Afghanistan")
    assert Finding("India", "GPE, metonym", ("New Delhi",), ("people-4",)) in first["people"]
    assert ("2012-09-26", "relative") in [(found.head, found.detail) for found in second["dates"]]
    assert seventh["quotes"][0].head == "Prabhat Shukla"
    assert seventh["quotes"][0].detail.startswith("direct")
    assert " → " in first["events"][0].head
    # The quotation runs on into the ninth sentence.
    assert seventh["quotes"] == entries[8].found["quotes"]


def test_the_datasheet_says_when_and_how_we_know(
    seed_pages: dict[str, BeautifulSoup], seeds: Annotations
) -> None:
    """Day, basis, side, address, hash and the share of each zone."""
    sheet = one(seed_pages["abbasi-2018"], ".sheet").get_text(" ", strip=True)
    article = seeds.corpus.articles.set_index("article_id").loc["abbasi-2018"]
    assert f"Published {tell_date(article['published'])}" in sheet
    assert "How we know not stated; inferred" in sheet
    assert "Side Pakistan" in sheet
    assert article["sha256"][:12] in sheet
    assert re.search(r"body \d+%", sheet)
    assert "Cited on Who says so?" in sheet
    assert one(seed_pages["abbasi-2018"], ".sheet a[rel=external]")["href"] == article["url"]


def test_claims_stand_where_there_are_any(
    write_notebook: Write, seed_pages: dict[str, BeautifulSoup], hostile: Annotations
) -> None:
    """Each claim has its verdict in words, why, and the way to its sentence."""
    claims = load_reference("claims")
    for soup in seed_pages.values():
        file = one(soup, "meta[name=description]")["content"].split("file ")[-1]
        listed = soup.select(".claims li")
        assert len(listed) == (claims["file"] == file).sum() > 0
        for item in listed:
            assert one(item, ".verdict").get_text() and one(item, ".why").get_text()
    (page,) = pages(write_notebook, hostile).values()
    assert "claims" not in page


def test_claims_on_another_text_are_not_shown(seeds: Annotations) -> None:
    """A file of the same name with other words was never judged."""
    corpus = seeds.corpus
    moved = {name: f" {text}" for name, text in corpus.texts.items()}
    other = SimpleNamespace(
        **{**vars(seeds), "corpus": SimpleNamespace(**{**vars(corpus), "texts": moved})}
    )
    page = SimpleNamespace(soup=BeautifulSoup("<p>rana-2017-s001</p>", "html.parser"))
    sources = link_sentences([page], other, load_reference("claims"))  # type: ignore[arg-type, list-item]
    assert [source.claims for source in sources] == [[]] * len(corpus)
