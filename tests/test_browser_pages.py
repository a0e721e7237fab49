"""Every page of the report in a browser: whole, quiet, legible and usable by everyone."""

import csv
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from ruspak_nb.corpus import load_corpus

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
with (ROOT / "seeds" / "documents.csv").open(encoding="utf-8", newline="") as sheet:
    ARTICLES = sorted(row["article_id"] for row in csv.DictReader(sheet))
# Of what a notebook shows: an article like the others, made up.
MADE_UP = ROOT / "tests" / "corpora" / "karsund-tavelia" / "seeds"
PAGES = [
    "index.html",
    *(f"{path.stem}.html" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))),
    *(f"articles/{name}.html" for name in ARTICLES),
]
WIDTHS = (390, 800, 1280)
# A4 less the margins that the style sheet asks for.
PAPER = 658
PAPER_HEIGHT = 980

SCROLL_THROUGH = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 0.8 * innerHeight) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
  scrollTo({ top: 0, behavior: "instant" });
}"""
# What sticks out at the right, unless it stands in a box that scrolls or is hidden.
TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) {
    return [];
  }
  const boxed = (one) => one && one !== document.body
    && (getComputedStyle(one).overflowX !== "visible" || boxed(one.parentElement));
  return Array.from(document.body.querySelectorAll("*"))
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1
      && !boxed(one.parentElement))
    .map((one) => `${one.localName}.${one.className}: ${one.getBoundingClientRect().right}`)
    .concat(`page: ${root.scrollWidth}`)
    .slice(0, 5);
}"""
# What paper would cut off or shrink: it does not scroll.
CUT_OFF = """(paper) => Array.from(document.querySelectorAll(
  "main img, main svg, main tr, main pre, main .table, main figure, main canvas"
)).filter((one) => one.getClientRects().length && (
  one.getBoundingClientRect().right > paper + 1
  || one.getBoundingClientRect().left < -1
  || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible"
)).map((one) => `${one.localName}.${one.getAttribute("class")}: `
  + `${Math.round(one.getBoundingClientRect().right)}, ${one.scrollWidth}`
  + ` ${one.textContent.slice(0, 60)}`)"""
TORN = """(height) => Array.from(document.querySelectorAll("figure.picture, figure.plotly"))
  .filter((one) => getComputedStyle(one).breakInside !== "avoid"
    || one.getBoundingClientRect().height > height)
  .map((one) => one.className + ": " + one.getBoundingClientRect().height)"""
BLANK = """() => Array.from(document.querySelectorAll("figure.picture, figure.plotly"))
  .filter((one) => !Array.from(one.querySelectorAll("img, svg.main-svg")).some((drawn) =>
    drawn.getClientRects().length && drawn.getBoundingClientRect().height > 50
    && (drawn.localName !== "img" || drawn.complete && drawn.naturalWidth > 1)))
  .map((one) => one.outerHTML.slice(0, 120))"""
OF_COLOUR = ("color-contrast", "link-in-text-block")
AXE = "(options) => axe.run(options).then((found) => found.violations)"


@pytest.fixture(scope="module", params=PAGES)
def opened(
    request: pytest.FixtureRequest, visit: Callable[..., Any], report_folder: Path
) -> Iterator[Any]:
    """Open one page for all the checks below, which leave it as they found it."""
    here = visit(report_folder, request.param, color_scheme="light")
    yield here
    here.page.context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """Read the checker of accessibility."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def wait_until_none(page: Any, script: str) -> list[str]:
    """Give what a script still finds after a while: figures are drawn and fitted late."""
    for _ in range(60):
        if not (found := page.evaluate(script)):
            break
        page.wait_for_timeout(50)
    return found


def check(page: Any, axe: str, *rules: str) -> list[str]:
    """Run axe and name each violation and where it is."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(axe)
    # It would else load the style sheets anew, which the pages' policy forbids.
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
    if rules:
        options["runOnly"] = list(rules)
    return [
        f"{found['id']}: {node['target']} {node.get('failureSummary', '')}"
        for found in page.evaluate(AXE, options)
        for node in found["nodes"][:3]
    ]


def test_every_page_is_looked_at(report_folder: Path) -> None:
    """Were a page added, it would be among these; one made-up article is like another."""
    found = {path.relative_to(report_folder).as_posix() for path in report_folder.rglob("*.html")}
    others = {f"articles/{name}.html" for name in load_corpus(MADE_UP).articles["article_id"]}
    assert found - others == set(PAGES)


def test_a_page_is_quiet_and_whole(opened: Any) -> None:
    """From top to end: no error, no request beyond the folder, each figure is drawn."""
    page = opened.page
    page.evaluate(SCROLL_THROUGH)
    assert wait_until_none(page, BLANK) == []
    assert page.title()
    assert opened.faults == []


def test_nothing_is_wider_than_the_window(opened: Any) -> None:
    """On a phone, a tablet and a desktop, in light and dark, the page scrolls one way only."""
    page = opened.page
    faults = {}
    page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if wide := wait_until_none(page, TOO_WIDE):
                faults[f"{width} {scheme}"] = wide
    page.reload()
    page.emulate_media(color_scheme="light")
    assert faults == {}


def test_axe_finds_nothing(opened: Any, axe: str) -> None:
    """All rules in light and on a phone, those of colour in dark; evidence and code opened."""
    page = opened.page
    page.evaluate(
        "['details.evidence', 'details.code', '.zone'].forEach((name) => {"
        "  const box = document.querySelector(name); if (box) { box.open = true; } })"
    )
    faults = check(page, axe)
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {fault}" for fault in check(page, axe, *OF_COLOUR)]
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="light")
    faults += [f"phone: {fault}" for fault in check(page, axe)]
    assert not faults, "\n".join(faults)


def test_paper_shows_all_of_it(opened: Any) -> None:
    """In print nothing is cut off at the right, no figure is blank or torn between sheets."""
    page = opened.page
    page.set_viewport_size({"width": PAPER, "height": PAPER_HEIGHT})
    page.emulate_media(media="print")
    # Printing loads what is loaded late; only pretending to print does not.
    page.evaluate(SCROLL_THROUGH)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    blank = wait_until_none(page, BLANK)
    cut, torn = page.evaluate(CUT_OFF, PAPER), page.evaluate(TORN, PAPER_HEIGHT)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert (cut, torn, blank) == ([], [], [])
    assert opened.faults == []
