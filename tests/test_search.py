"""Search: everything that can be found is in the index once, and nothing of it can run."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ruspak_nb.annotation import Annotations
from ruspak_nb.report import build_report
from ruspak_nb.report.page import Page, read_page
from ruspak_nb.report.search import build_index
from ruspak_nb.schema import build_frame

if TYPE_CHECKING:
    from conftest import Visit

Write = Callable[..., Path]
VENDOR = Path(build_report.__code__.co_filename).parent / "static" / "vendor"
HOSTILE = "</script><img src=x onerror=attack('img')> $1 & \u2028\u2029 <!--<script> sold tanks."
NOTEBOOK = """
<h1>Who sells?</h1><p>Five articles.</p>
<h2>In brief</h2>
<ul>
<li><a href="#russia-sells">Russia sells</a>: two of three.</li>
<li>Nobody <em>buys</em>, it seems.</li>
</ul>
<h2>Russia sells</h2><p>The reading
of it.</p>
<pre>secret = code()</pre>
<table><caption>Sales</caption>
<thead><tr><th>Article</th><th>n</th></tr></thead>
<tbody><tr><td>rana-2017</td><td><details class="evidence"><summary>1</summary>
<ol><li><q>Said before.</q></li></ol></details></td></tr></tbody></table>
<blockquote class="quoted"><p>Said before.</p></blockquote>
<figure><img alt="Bars"><figcaption><p>Download</p><details><summary>Data</summary>
<table><caption>Data</caption><tbody><tr><td>1</td></tr></tbody></table></details></figcaption></figure>
"""


def a_page(html: str = NOTEBOOK, name: str = "04-sales") -> Page:
    """Read a page from the HTML of its cells."""
    return read_page(Path(f"notebooks/{name}.ipynb"), html)


def some_notes(*texts: str, article_id: str = "rana-2017") -> Any:
    """Give what the index reads of annotations: an article, its sentences, one theme."""
    article = {"article_id": article_id, "author": "S. Rana", "published": "2017-01-29"}
    rows = [
        {"sentence_id": f"{article_id}-s{n:03}", "article_id": article_id, "text": text}
        for n, text in enumerate(texts, start=1)
    ]
    theme = {"sentence_id": f"{article_id}-s001", "article_id": article_id, "theme": "arms_sales"}
    return SimpleNamespace(
        corpus=SimpleNamespace(articles=fill("articles", article)),
        sentences=fill("sentences", *rows),
        themes=fill("themes", theme, theme),
    )


def fill(frame: str, *rows: dict[str, object]) -> Any:
    """Build a frame from rows that name only what matters."""
    from ruspak_nb.schema import FRAMES

    blank = {name: 0 if kind == "int64" else "" for name, kind in FRAMES[frame].items()}
    return build_frame(frame, [{**blank, **row} for row in rows])


def read_index(script: bytes) -> dict[str, Any]:
    """Read what an index holds."""
    text = script.decode()
    data: dict[str, Any] = json.loads(text[text.index("= {") + 2 :].rstrip(";\n"))
    return data


def test_sections_hold_their_findings_and_their_prose() -> None:
    """A finding stands first in the section it leads to, without the heading again."""
    index = read_index(build_index([a_page()]))
    assert index["pages"] == [["04-sales.html", "Who sells?"]]
    assert index["sections"] == [
        [0, "who-sells", "Who sells?", ["Five articles."]],
        [0, "in-brief", "In brief", ["Nobody buys, it seems."]],
        [0, "russia-sells", "Russia sells", ["two of three.", "The reading of it."]],
    ]


def test_tables_hold_their_rows_without_the_evidence() -> None:
    """Of a number that opens its sentences the row has the number; data are no table."""
    ((page, _, caption, lines),) = read_index(build_index([a_page()]))["tables"]
    assert (page, caption, lines) == (0, "Sales", ["Article · n", "rana-2017 · 1"])


def test_a_sentence_stands_there_once_with_its_article_and_themes() -> None:
    """Its text, its place on the page of the article, and each theme once, by name."""
    index = read_index(build_index([], some_notes("Russia sells.", "Pakistan buys.")))
    assert index["articles"] == [["rana-2017", "S. Rana", "29 Jan 2017", "articles/rana-2017.html"]]
    assert index["themes"] == ["Arms sales"]
    assert index["sentences"] == [
        [0, "s001", "Russia sells.", [0]],
        [0, "s002", "Pakistan buys.", []],
    ]


def test_every_sentence_of_the_corpus_is_there(seeds: Annotations) -> None:
    """All of them, once, as in the source."""
    listed = [row[2] for row in read_index(build_index([], seeds))["sentences"]]
    assert listed == seeds.sentences["text"].tolist()


def test_without_annotations_the_pages_can_be_searched() -> None:
    """A report of notebooks alone has sections and tables."""
    index = read_index(build_index([a_page()]))
    assert index["sentences"] == index["articles"] == index["themes"] == []


def test_the_same_input_gives_the_same_bytes() -> None:
    """Whatever was built before."""
    first = build_index([a_page()], some_notes("Russia sells."))
    assert build_index([a_page()], some_notes("Russia sells.")) == first


def test_reading_a_page_does_not_change_it() -> None:
    """The page is written after it was read for the index."""
    page = a_page()
    before = page.body
    build_index([page])
    assert page.body == before


@given(st.text() | st.sampled_from([HOSTILE, "__proto__", "*/ x()", "</ScRiPt >"]))
def test_no_text_ends_the_script(text: str) -> None:
    """Whatever an article says stays inside one string, also where pages are joined."""
    script = build_index([], some_notes(text))
    assert read_index(script)["sentences"][0][2] == text
    data = script.decode().partition("globalThis")[2]
    assert not re.search("[<>&\u2028\u2029]", data)
    assert data.count("\n") == 1


def test_the_kept_library_is_what_its_note_says() -> None:
    """Its bytes are those of the hashes, and its licence travels with it."""
    hashes = dict(re.findall(r"\| `([\w.-]+)` \| `(\w{64})`", (VENDOR / "README.md").read_text()))
    assert hashes.keys() == {path.name for path in VENDOR.iterdir()} - {"README.md"}
    for name, expected in hashes.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected, name
    assert "Permission is hereby granted" in (VENDOR / "minisearch.min.js").read_text()[:500]


def test_everything_that_can_be_found_is_there(report_folder: Path) -> None:
    """Each address in the index of the built report leads to a page and an id on it."""
    index = read_index((report_folder / "static" / "search-index.js").read_bytes())
    places = {(index["articles"][row[0]][3], row[1]) for row in index["sentences"]}
    places |= {(index["pages"][row[0]][0], row[1]) for row in index["sections"] + index["tables"]}
    pages = {path.relative_to(report_folder).as_posix() for path in report_folder.rglob("*.html")}
    # What a notebook shows of a made-up corpus is not searched as if somebody had written it.
    made_up = pages - {"index.html"} - {href for href, _ in places}
    assert all(href.startswith("articles/") for href in made_up)
    assert {href for href, _ in places} <= pages
    for href in sorted(pages):
        soup = BeautifulSoup((report_folder / href).read_text("utf-8"), "html.parser")
        ids = {element["id"] for element in soup.select("[id]")}
        assert {anchor for place, anchor in places if place == href} <= ids


# In the browser ---------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, report_folder: Path) -> Path:
    """Give a report whose index holds what would like to run."""
    folder = tmp_path_factory.mktemp("hostile") / "site"
    shutil.copytree(report_folder, folder)
    notes = some_notes(HOSTILE, article_id="rana-2017")
    (folder / "static" / "search-index.js").write_bytes(build_index([], notes))
    return folder


@pytest.fixture
def opened(visit: Callable[..., "Visit"], report_folder: Path) -> "Iterator[Visit]":
    """Open a page and its search; afterwards nothing may have gone wrong."""
    here = visit(report_folder, "04-arms-sales.html")
    open_search(here)
    yield here
    assert here.close() == []


def open_search(here: "Visit") -> None:
    """Open the search by its key and wait until it is ready."""
    here.page.keyboard.press("/")
    here.page.locator(".search-count", has_text="Looks through").wait_for()


def ask(here: "Visit", words: str) -> str:
    """Type words and return what is said of the results."""
    here.page.fill("#search-words", "")
    here.page.locator(".search-count", has_text="Looks through").wait_for()
    here.page.fill("#search-words", words)
    here.page.locator(".search-count", has_not_text="Looks through").wait_for()
    return here.page.inner_text(".search-count")


def marks(here: "Visit") -> set[str]:
    """List the words that are marked, in lower case."""
    return {text.lower() for text in here.page.locator(".search-results mark").all_inner_texts()}


@pytest.mark.browser
def test_search_finds_as_the_reader_types(opened: "Visit") -> None:
    """Beginnings of words will do; what matched is marked; a result leads to its sentence."""
    assert re.fullmatch(r"1 sentence and \d tables\.", ask(opened, "spigo"))
    assert marks(opened) == {"spigot"}
    first = opened.page.locator(".search-results a").first
    assert first.get_attribute("href") == "articles/asian-defence-2012.html#s016"
    assert "asian-defence-2012-s016" in first.inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "marked"),
    [
        pytest.param('"negative list"', {"negative list"}, id="phrase"),
        pytest.param("“negative list”", {"negative list"}, id="curly quotes"),
        pytest.param("detente", {"détente"}, id="diacritics"),
        pytest.param("Mi-35M", {"mi-35m"}, id="hyphen"),
        pytest.param("cpec", {"cpec"}, id="case"),
    ],
)
def test_a_word_is_found_however_it_is_written(
    opened: "Visit", words: str, marked: set[str]
) -> None:
    """Quotes ask for a phrase; marks over letters and kinds of quotes do not matter."""
    assert "Nowhere" not in ask(opened, words)
    assert marked <= marks(opened)
    if words.startswith(('"', "“")):
        assert marked == marks(opened)


@pytest.mark.browser
def test_a_slip_of_the_keys_is_forgiven_and_said(opened: "Visit") -> None:
    """Only where nothing has the words as typed."""
    assert ask(opened, "Pakistna").startswith("Nowhere as typed; with words spelled much like it:")
    assert "pakistan" in marks(opened)


@pytest.mark.browser
def test_an_empty_result_says_what_was_searched(opened: "Visit") -> None:
    """So that a reader knows that it is not there, and where it is not."""
    said = ask(opened, '"no such phrase"')
    assert re.fullmatch(
        r'Nothing found for "no such phrase" in \d+ sentences of 5 articles, '
        r"\d+ sections and \d+ tables\.",
        said,
    )
    assert opened.page.locator(".search-results a").count() == 0


@pytest.mark.browser
def test_a_theme_can_be_read_through(opened: "Visit", seeds: Annotations) -> None:
    """Without a word, all its sentences are there: as many as the frame has."""
    opened.page.select_option("#search-theme", label="Arms sales")
    coded = seeds.themes.loc[seeds.themes["theme"] == "arms_sales", "sentence_id"].nunique()
    opened.page.locator(".search-count", has_text=re.compile(rf"^{coded} sentences\.$")).wait_for()
    opened.page.locator(".search-results button").click()
    assert opened.page.locator(".search-results a").count() == coded


@pytest.mark.browser
def test_the_keyboard_is_enough(opened: "Visit") -> None:
    """Arrows move among the results, Escape closes, Enter follows."""
    page = opened.page
    ask(opened, "helicopters")
    focused = "document.activeElement.getAttribute('href') || document.activeElement.id"
    hrefs = [link.get_attribute("href") for link in page.locator(".search-results a").all()]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == hrefs[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "search-words"
    page.keyboard.press("Escape")
    assert not page.locator("#search").is_visible()
    page.focus("#search-open")
    page.keyboard.press("Control+k")
    assert page.locator("#search").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "search-open"
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{hrefs[0]}")


@pytest.mark.browser
def test_a_result_on_this_page_closes_the_search(opened: "Visit") -> None:
    """Else it would lie over what was found."""
    ask(opened, '"four ways" "negative list" lifted embargo')
    opened.page.locator(".search-results a[href^='04-arms-sales.html#']").first.click()
    assert not opened.page.locator("#search").is_visible()
    assert "#" in opened.page.url


@pytest.mark.browser
def test_what_an_article_says_stays_text(visit: Callable[..., "Visit"], hostile_site: Path) -> None:
    """It is shown with its tags, and none of it runs."""
    here = visit(hostile_site, "articles/rana-2017.html")
    open_search(here)
    assert ask(here, "tanks <img> </script>") == "1 sentence."
    shown = here.page.inner_text(".search-results .line")
    assert "</script><img src=x onerror=attack('img')>" in shown
    assert here.page.locator(".search-results :is(img, script)").count() == 0
    assert here.close() == []


@pytest.mark.browser
def test_nothing_is_loaded_before_a_reader_searches(
    visit: Callable[..., "Visit"], report_folder: Path
) -> None:
    """The index costs only those who ask."""
    here = visit(report_folder, "index.html")
    assert here.page.evaluate("[typeof MiniSearch, typeof ruspakSearch]") == ["undefined"] * 2
    open_search(here)
    assert here.page.evaluate("[typeof MiniSearch, typeof ruspakSearch]") == ["function", "object"]
    assert here.close() == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_the_search_fits_and_everyone_can_use_it(
    visit: Callable[..., "Visit"], report_folder: Path, width: int, scheme: str
) -> None:
    """No width is exceeded, and axe finds nothing in the open dialog."""
    here = visit(report_folder, "04-arms-sales.html", width, color_scheme=scheme)
    open_search(here)
    ask(here, "arms Pakistan")
    wide = "e => e.scrollWidth > e.clientWidth"
    assert not here.page.locator("html").evaluate(wide)
    assert not here.page.locator("#search").evaluate(wide)
    assert not here.page.locator(".search-results").evaluate(wide)
    here.page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    # What axe would load again is on the page already.
    faults = here.page.evaluate("axe.run({ preload: false }).then((found) => found.violations)")
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults] == []
    assert here.close() == []
