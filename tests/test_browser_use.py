"""The report in use: evidence, reading room, search, switches and paper; nothing runs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ruspak_nb.corpus import load_corpus

pytestmark = pytest.mark.browser

Go = Callable[..., Any]
HAS_THEMES = "02-themes.html"
ARTICLE = "articles/rana-2017.html"
LAYERS = ("people", "themes", "dates", "quotes", "events")
# All by which a reader could tell how words are shown.
LOOK = """(one) => JSON.stringify([null, "::before", "::after"].map((part) => {
  const style = getComputedStyle(one, part);
  return ["display", "content", "color", "fontWeight", "fontStyle", "textDecoration",
    "backgroundColor", "backgroundImage", "borderBottom", "borderLeft", "boxShadow", "outline",
  ].map((name) => style[name]);
}))"""
SPAN = "(one) => [one.dataset.span, one.textContent]"


@pytest.fixture
def go(visit: Callable[..., Any], report_folder: Path) -> Iterator[Go]:
    """Give what opens a page of the report; at the end nothing may have gone wrong on it."""
    visits = []

    def open_page(address: str, folder: Path = report_folder, **options: object) -> Any:
        visits.append(visit(folder, address, **options))
        return visits[-1].page

    yield open_page
    faults = [fault for one in visits for fault in one.close()]
    assert faults == []


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Decode the files of the five articles, as they are."""
    return dict(load_corpus().texts)


def is_shown(page: Any, selector: str) -> bool:
    """Say whether the first element of a selector is in the window."""
    return page.locator(selector).first.evaluate(
        "(one) => { const box = one.getBoundingClientRect();"
        " return box.height > 0 && box.bottom > 0 && box.top < innerHeight; }"
    )


def test_evidence_opens_in_place_by_mouse(go: Go, texts: dict[str, str]) -> None:
    """A click on a number shows its sentences as they stand in the file; a click closes them."""
    page = go(HAS_THEMES)
    number = page.locator("td details.evidence > summary").first
    number.click()
    quoted = page.locator("main li > q[data-span]:visible")
    quoted.first.wait_for()
    shown = quoted.evaluate_all(f"(all) => all.map({SPAN})")
    assert len(shown) == int(number.inner_text())
    for span, text in shown:
        article, _, place = span.rpartition(":")
        start, end = map(int, place.split("-"))
        assert text == texts[article][start:end]
    cited = page.locator("main li > cite:visible").first.inner_text()
    assert re.search(r", .*\b\d{4} · [\w-]+-s\d+$", cited)
    number.click()
    quoted.first.wait_for(state="hidden")


def test_evidence_opens_by_keyboard_and_leads_to_the_sentence(go: Go) -> None:
    """Enter opens, Tab reaches the link, Enter follows it, and the sentence is lit."""
    page = go(HAS_THEMES)
    page.locator("td details.evidence > summary").first.focus()
    page.keyboard.press("Enter")
    link = page.locator("main li > cite a:visible").first
    link.wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        if link.evaluate("(one) => one === document.activeElement"):
            break
    name = link.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/*.html#s*")
    article, _, anchor = name.rpartition("-")
    assert page.url.endswith(f"/articles/{article}.html#{anchor}")
    page.wait_for_load_state("load")
    sentence = page.locator(f"#{anchor}")
    assert sentence.evaluate("(one) => one.matches(':target')")
    other = page.locator(f".sentence:not(#{anchor}):not(.current)").last
    assert sentence.evaluate(LOOK) != other.evaluate(LOOK)
    page.wait_for_function(
        "(id) => { const box = document.getElementById(id).getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; }",
        arg=anchor,
    )


def test_escape_closes_evidence(go: Go) -> None:
    """From the number, whether the mouse or the keyboard opened it."""
    page = go(HAS_THEMES)
    number = page.locator("td details.evidence > summary").first
    number.focus()
    page.keyboard.press("Enter")
    page.locator("main li > q:visible").first.wait_for()
    page.keyboard.press("Escape")
    page.locator("main li > q:visible").first.wait_for(state="hidden")
    assert number.evaluate("(one) => one === document.activeElement")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_layer_is_switched_on_and_off(go: Go, width: int) -> None:
    """By mouse and by keyboard; the words look other with it than without, and are the same."""
    page = go(ARTICLE, width=width)
    text = page.locator(".source-text").evaluate("(one) => one.textContent")
    for number, layer in enumerate(LAYERS):
        box = page.locator(f"#show-{layer}")
        piece = page.locator(f".source-text .sentence .{layer}-starts.{layer}").first
        shown = piece.evaluate(LOOK)
        assert box.is_checked()
        if number % 2:
            page.locator(f"label[for=show-{layer}]").click(position={"x": 30, "y": 8})
        else:
            box.focus()
            page.keyboard.press("Space")
        assert not box.is_checked()
        hidden = piece.evaluate(LOOK)
        assert hidden != shown, layer
        box.focus()
        page.keyboard.press("Space")
        assert piece.evaluate(LOOK) == shown, layer
    assert page.locator(".source-text").evaluate("(one) => one.textContent") == text


def test_all_layers_at_once(go: Go) -> None:
    """One button hides them all and shows them again, and says which it will do."""
    page = go(ARTICLE)
    button = page.locator("#layers-switch")
    for label, left in (("Hide all", 0), ("Show all", len(LAYERS))):
        assert button.inner_text() == label
        button.click()
        assert page.locator(".layers input:checked").count() == left


def test_layers_that_overlap_stay_legible(go: Go) -> None:
    """Words under several layers look other than under any one of them."""
    page = go(ARTICLE)
    found = set()
    for one in LAYERS:
        for two in LAYERS[LAYERS.index(one) + 1 :]:
            both = page.locator(f".source-text .sentence .{one}.{two}")
            if both.count():
                found.add((one, two))
                looks = set()
                for shown in ((one, two), (one,), (two,), ()):
                    for layer in LAYERS:
                        page.locator(f"#show-{layer}").set_checked(layer in shown)
                    looks.add(both.evaluate_all(f"(all) => all.slice(0, 20).map({LOOK}).join()"))
                # The words of a theme are tagged at their sentence, and may lie unseen under
                # what is stronger; each other layer is told from all the rest.
                assert len(looks) == 4, (one, two)
    assert len(found) >= 5


def test_what_was_found_leads_to_its_words_and_back(go: Go) -> None:
    """From a sentence's number to the list, and from the list to the sentence."""
    page = go(ARTICLE, width=390)
    page.locator("#s003 > .number").click()
    page.wait_for_url("**#found-s003")
    entry = page.locator("#found-s003")
    assert entry.evaluate("(one) => one.matches(':target')")
    entry.locator(".back").click()
    page.wait_for_url("**#s003")
    assert is_shown(page, "#s003")


def test_a_mark_of_a_figure_opens_its_sentences(go: Go, texts: dict[str, str]) -> None:
    """Hovering shows the words, a click opens them below the figure, with the way to each."""
    page = go(HAS_THEMES)
    figure = page.locator("figure.plotly").first
    figure.scroll_into_view_if_needed()
    point = figure.locator(".plot path.point").first
    # A mark may be a line without width, which Playwright takes for hidden.
    point.wait_for(state="attached")
    box = point.bounding_box()
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(at[0] - 2, at[1])
    page.mouse.move(*at)
    hover = figure.locator(".hoverlayer .hovertext")
    hover.first.wait_for()
    # A press, a pause and a release, as plotly needs for a click.
    page.mouse.down()
    page.mouse.up()
    quoted = figure.locator("[role=region]:not([hidden]) q").first
    quoted.wait_for()
    said = " ".join(quoted.inner_text().split())
    whole = " ".join(" ".join(texts.values()).split())
    assert len(said) > 20 and said in whole
    link = figure.locator("[role=region]:not([hidden]) a").first
    assert re.search(r"articles/[\w-]+\.html#s\d+$", link.get_attribute("href"))


def test_a_figure_has_its_data_and_files(go: Go, report_folder: Path) -> None:
    """Below it: PNG, SVG and CSV, and in a box that opens the data with its sentences."""
    page = go(HAS_THEMES)
    for figure in page.locator("figure:has(img.printed), figure.picture").all():
        box = figure.locator("details.plate-data")
        box.locator("summary").first.click()
        assert box.locator("table").is_visible()
        for kind in ("png", "svg", "csv"):
            link = figure.locator(f"a[href$='.{kind}']").first
            assert link.is_visible()
            assert (report_folder / link.get_attribute("href")).is_file()


@pytest.mark.parametrize(("address", "key"), [("index.html", "/"), (ARTICLE, "click")])
def test_search_finds_and_leads_to_the_sentence(go: Go, address: str, key: str) -> None:
    """By button or `/`; what is found is a link to its place."""
    page = go(address)
    if key == "click":
        page.get_by_role("button", name="Search").click()
    else:
        page.keyboard.press(key)
    dialog = page.get_by_role("dialog", name="Search")
    field = dialog.get_by_label("Search sentences")
    field.wait_for()
    assert field.evaluate("(one) => one === document.activeElement")
    assert field.input_value() == ""
    page.keyboard.type("helicopters")
    link = dialog.locator("a[href*='articles/']").first
    link.wait_for()
    assert "helicopter" in link.inner_text().lower()
    assert re.search(r"\d+ sentences?", dialog.get_by_role("status").inner_text())
    page.keyboard.press("Tab")
    link.click()
    page.wait_for_url("**/articles/*.html#s*")
    anchor = page.url.rpartition("#")[2]
    page.locator(f"#{anchor}:target").wait_for()
    assert "helicopter" in page.locator(f"#{anchor}").inner_text().lower()


def test_search_that_finds_nothing_says_so(go: Go) -> None:
    """And Escape leads back to where the reader was."""
    page = go("index.html")
    button = page.get_by_role("button", name="Search")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("zzyzzx")
    page.get_by_text("Nothing found").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Search").wait_for(state="hidden")
    assert button.evaluate("(one) => one === document.activeElement")


def test_a_slash_in_a_field_is_a_slash(go: Go) -> None:
    """What is typed is not taken for a command."""
    page = go("index.html")
    page.keyboard.press("/")
    page.keyboard.type("1/2")
    assert page.get_by_label("Search sentences").input_value() == "1/2"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_switched_and_kept(go: Go, scheme: str) -> None:
    """From what the system says to the other, and so on the next page."""
    page = go("index.html", color_scheme=scheme)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    button = page.locator("#theme-switch")
    pressed = button.get_attribute("aria-pressed")
    assert pressed == ("true" if scheme == "dark" else "false")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") != pressed
    after = page.evaluate(ground)
    assert after != before
    page.locator("main a[href$='.html']").first.click()
    page.wait_for_load_state("load")
    assert page.evaluate(ground) == after


def test_code_is_shown_and_hidden(go: Go) -> None:
    """One switch for all of it; each box opens by itself as well."""
    page = go(HAS_THEMES)
    switch = page.locator("#code-switch")
    boxes = page.locator("details.code")
    assert page.locator("details.code[open]").count() == 0 < boxes.count()
    switch.click()
    assert page.locator("details.code[open]").count() == boxes.count()
    assert switch.inner_text() == "Hide code"
    switch.click()
    assert page.locator("details.code[open]").count() == 0
    boxes.first.locator("summary").click()
    assert boxes.first.locator("pre").is_visible()


def test_the_menu_of_a_phone(go: Go) -> None:
    """It opens, closes with Escape, and leads to the other pages."""
    page = go(HAS_THEMES, width=390)
    menu = page.locator("details.menu")
    menu.locator("> summary").focus()
    page.keyboard.press("Enter")
    link = menu.get_by_role("link").nth(2)
    assert link.is_visible()
    page.keyboard.press("Escape")
    assert not link.is_visible()
    assert menu.locator("> summary").evaluate("(one) => one === document.activeElement")
    menu.locator("> summary").click()
    address = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**/{address}")


def test_next_and_previous(go: Go) -> None:
    """One link on, and one back to where the reader was."""
    page = go(HAS_THEMES)
    here = page.url
    page.locator("nav.turn a[rel=next]").click()
    page.wait_for_url("**/03-*.html")
    page.locator("nav.turn a[rel=prev]").click()
    page.wait_for_url(here)


@pytest.mark.parametrize("address", ["index.html", HAS_THEMES, ARTICLE])
def test_the_first_tab_skips_to_the_text(go: Go, address: str) -> None:
    """The skip link is seen when it is reached, and moves the focus."""
    page = go(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert is_shown(page, ".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("address", ["index.html", HAS_THEMES, ARTICLE])
def test_a_pdf_has_every_figure(go: Go, report_folder: Path, address: str) -> None:
    """Printed straight from the top, with each picture in it at its full size."""
    page = go(address)
    content = page.pdf(prefer_css_page_size=True)
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) > 0
    sizes = {
        (int(width), int(height))
        for width, height in re.findall(
            rb"/Subtype\s*/Image\s*/Width\s+(\d+)\s*/Height\s+(\d+)", content
        )
    }
    expected = {
        png_size(report_folder / source)
        for source in page.locator("main img").evaluate_all(
            "(all) => all.map((one) => one.getAttribute('src'))"
        )
        if source.endswith(".png")
    }
    assert expected <= sizes
    assert bool(expected) == (address != ARTICLE)


def png_size(path: Path) -> tuple[int, int]:
    """Read width and height from the head of a PNG."""
    head = path.read_bytes()[16:24]
    return int.from_bytes(head[:4]), int.from_bytes(head[4:])


def test_without_scripts_evidence_and_layers_still_work(go: Go) -> None:
    """Boxes and layers are HTML and CSS; only comfort needs a script."""
    page = go(HAS_THEMES, java_script_enabled=False)
    page.locator("td details.evidence > summary").first.click()
    assert page.locator("main li > q:visible").count() > 0
    page = go(ARTICLE, java_script_enabled=False)
    people = page.locator(".source-text .sentence .people").first
    before = people.evaluate(LOOK)
    page.locator("#show-people").uncheck()
    assert people.evaluate(LOOK) != before


# An article that would like to be a program ------------------------------------

RUNS = """() => Array.from(document.querySelectorAll("main *, dialog *, .hoverlayer *"))
  .filter((one) => Array.from(one.attributes).some(({ name, value }) =>
      name.startsWith("on") || name === "srcdoc"
      || /^[\\s\\x00-\\x1f]*(javascript|data:text|vbscript):/i.test(value))
    || one.localName === "iframe" || one.localName === "object"
    || one.localName === "img" && one.getAttribute("src") === "x")
  .map((one) => one.outerHTML.slice(0, 200))"""


def test_a_hostile_article_is_text_on_its_page(go: Go, hostile_report: Path) -> None:
    """Its page, its title in every contents and card: shown, and nothing runs."""
    page = go("articles/hostile-2016.html", folder=hostile_report)
    source = (hostile_report.parent / "articles" / "hostile.txt").read_bytes().decode()
    assert page.locator(".source-text").evaluate("(one) => one.textContent") == source
    assert page.locator("h1").inner_text() == "<script>attack('title')</script> & </title>"
    assert "<script>attack('title')" in page.title()
    for box in page.locator("main details:not([open]) > summary").all():
        box.click()
    assert page.evaluate(RUNS) == []
    assert page.locator("main svg, main iframe, main script").count() == 0
    page = go("index.html", folder=hostile_report)
    assert "<script>attack('title')</script>" in page.locator("main").inner_text()
    assert page.evaluate(RUNS) == []


def test_a_hostile_article_is_text_in_evidence_and_figures(go: Go, hostile_report: Path) -> None:
    """Each box of evidence, quotation and hover label shows it, and nothing runs."""
    page = go("hostile.html", folder=hostile_report, height=2400)
    for number in page.locator("td details.evidence > summary").all():
        number.click()
    shown = page.locator("main").inner_text()
    for sign in ("<script>attack('tag')</script>", "<svg onload=attack()>]]>", "<img src=x"):
        assert sign in shown
    assert "[a link](javascript:attack()) & `code` *twice*" in shown
    assert "\\(x^2\\)" in shown and "{{7*7}}" in shown and "&lt;b&gt;" in shown
    plot = page.locator("figure.plotly .plot")
    plot.scroll_into_view_if_needed()
    points = plot.locator("path.point")
    points.first.wait_for(state="attached")
    hovered = ""
    for point in points.all():
        box = point.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2 - 3, box["y"] + box["height"] / 2)
        page.wait_for_timeout(60)  # plotly looks at the pointer now and then
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        plot.locator(".hovertext").first.wait_for()
        hovered += plot.locator(".hoverlayer").text_content()
        page.mouse.down()
        page.mouse.up()
    assert "<script>" in hovered
    assert page.evaluate(RUNS) == []


def test_a_hostile_article_is_text_in_search(go: Go, hostile_report: Path) -> None:
    """What is found is shown as it stands; so is what was asked for and not found."""
    page = go("index.html", folder=hostile_report)
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Search")
    page.keyboard.type("attack")
    dialog.locator("a").first.wait_for()
    assert "<script>attack('tag')</script>" in dialog.inner_text()
    assert page.evaluate(RUNS) == []
    dialog.get_by_label("Search sentences").fill("<zzyzzx qqxzz='zzxqq()'>")
    page.get_by_text("Nothing found").wait_for()
    assert page.evaluate(RUNS) == []


def test_a_hostile_article_is_text_in_a_notebook(visit: Any, hostile_report: Path) -> None:
    """As nbconvert renders it: no policy helps there, so the outputs themselves are safe.

    That page loads scripts from elsewhere, which is nbconvert's way and not looked at here;
    what it would typeset as mathematics says that it is none.
    """
    here = visit(hostile_report, "plain.html", offline=True)
    page = here.page
    for number in page.locator("details.evidence > summary").all():
        number.click()
    shown = page.locator("main").inner_text()
    for sign in ("<script>attack('tag')</script>", "<svg onload=attack()>]]>", "<img src=x"):
        assert sign in shown
    assert page.evaluate(RUNS) == []
    assert (
        page.locator("main q, main blockquote p").evaluate_all(
            "(all) => all.filter((one) => !one.closest('.tex2jax_ignore.mathjax_ignore')).length"
        )
        == 0
    )
    assert [fault for fault in here.close() if fault.startswith(("attack", "dialog"))] == []
