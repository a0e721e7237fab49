"""One file for mail: all pages as sections of one document that needs nothing else."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ruspak_nb.report.pdf import find_browser
from ruspak_nb.report.single import join_pages
from ruspak_nb.report.style import inline_files, scope_style

HEAD = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
    "<link rel='stylesheet' href='{up}static/base.css'>"
    "<link rel='stylesheet' href='{up}static/print.css' media='print'>"
    "<script src='{up}static/theme.js'></script><script defer src='{up}static/report.js'></script>"
    "</head><body class='{kind}'><a class='skip' href='#main'>Skip</a>"
    "<header class='bar'><a href='{up}index.html'>Home</a>{tools}</header>"
)
FOOT = "<dialog id='search'>Search</dialog><footer><p>Foot.</p></footer></body></html>"
TOOLS = (
    "<details class='menu'><summary>Contents</summary><nav aria-label='All pages'>"
    "<a href='{up}index.html'>Index</a> <a href='{up}01-one.html'>One</a></nav></details>"
)


def picture() -> bytes:
    """Draw a small picture."""
    content = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(content, "PNG", compress_level=0)
    return content.getvalue()


def page(title: str, body: str, *, up: str = "", kind: str = "page", tools: str = TOOLS) -> bytes:
    """Write a page as the site does."""
    head = HEAD.format(title=title, up=up, kind=kind, tools=tools.format(up=up))
    return f"{head}<main id='main' tabindex='-1'>{body}</main>{FOOT}".encode()


def site(**more: bytes) -> dict[str, bytes]:
    """Give a site of four pages; `more` adds files or puts others in their place."""
    files = {
        "articles/rana-2017.html": page(
            "Rana",
            "<h1>Rana</h1><form><fieldset class='layers'>"
            "<label for='show-people'><input type='checkbox' id='show-people' checked> People"
            "</label></fieldset></form>"
            "<p><span class='people sentence' id='s001'>One.</span> "
            "<span id='s014'>Fourteen.</span></p>"
            "<p style='height: 200vh'></p>"
            "<p aria-labelledby='s014 other'><a href='../01-one.html#in-brief'>cited</a></p>",
            up="../",
            kind="page reading",
        ),
        "02-two.html": page("Two", "<h1>Two</h1><h2 id='in-brief'>Other</h2>"),
        "01-one.html": page(
            "One",
            "<h1>One</h1><p><a href='#in-brief'>here</a></p>"
            "<div style='height: 200vh'></div><h2 id='in-brief'>In brief</h2>"
            "<p><a id='step' href='articles/rana-2017.html#s014'>rana-2017-s014</a> "
            "<a href='index.html'>home</a> <a href='files/x.csv' download>CSV</a> "
            "<a href='https://example.org/'>outside</a> <a href='02-two.html#none'>two</a></p>"
            "<img src='images/a.png' alt='A' width='40' height='30' loading='lazy'>"
            "<div style='height: 200vh'></div>",
        ),
        "index.html": page(
            "All", "<h1>All</h1><a href='01-one.html'>One</a>", kind="index", tools=""
        ),
        "static/base.css": b"main { color: red } .index main { color: blue }",
        "static/print.css": b"nav { display: none }",
        "static/theme.js": b"document.documentElement.classList.add('scripted');",
        "static/report.js": b"window.ran = (window.ran || 0) + 1; var s = '</script><!--';",
        "images/a.png": picture(),
        "files/x.csv": b"a\n1\n",
    }
    return {**files, **more}


class Read(HTMLParser):
    """Read ids, links, tags, scripts and what is loaded of a document."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self.inside = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                (self.links if tag == "a" else self.loaded).append(value or "")
            elif name in {"src", "srcset"}:
                self.loaded.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts.append(data)
        self.text += data


def test_the_index_comes_first_then_pages_then_folders() -> None:
    """Each page is a section under its own name, in the order of reading."""
    sections = re.findall(r'<section class="part [^"]*" id="([^"]*)"', join_pages(site()).decode())
    assert sections == ["index", "01-one", "02-two", "rana-2017"]


def test_a_document_has_one_main_one_header_one_footer() -> None:
    """What is around the text of each page is there once."""
    tags = Read(join_pages(site())).tags
    assert [tags.count(tag) for tag in ("main", "header", "footer", "dialog", "html")] == [1] * 5


def test_ids_are_unique_and_each_link_leads_to_one() -> None:
    """The same id on two pages becomes two ids, and links between pages stay links."""
    joined = Read(join_pages(site()))
    assert len(joined.ids) == len(set(joined.ids))
    inner = [unquote(link[1:]) for link in joined.links if link.startswith("#")]
    assert {"rana-2017--s014", "01-one--in-brief", "index", "02-two"} <= set(inner)
    assert set(inner) <= set(joined.ids)
    assert [link for link in joined.links if link[0] != "#"] == ["https://example.org/"]


def test_references_to_ids_follow_them() -> None:
    """A label, or what names an element, still finds it; a name of no id stays."""
    text = join_pages(site()).decode()
    assert '<label for="rana-2017--show-people">' in text
    assert 'aria-labelledby="rana-2017--s014 other"' in text


def test_nothing_is_loaded() -> None:
    """Styles and scripts stand in the file, and pictures are data with the same pixels."""
    joined = Read(join_pages(site()))
    assert [address[:23] for address in joined.loaded] == ["data:image/webp;base64,"]
    content = base64.b64decode(joined.loaded[0].partition(",")[2])
    with Image.open(BytesIO(content)) as packed, Image.open(BytesIO(picture())) as drawn:
        assert packed.convert("RGB").tobytes() == drawn.tobytes()


def test_a_download_is_named_but_left_out() -> None:
    """A file of the folder is no dead link, and the foot says where it is."""
    text = join_pages(site()).decode()
    assert '<span class="left-out" title="comes with the full report">CSV</span>' in text
    assert "the full report, a folder, has a file to download" in text
    assert "to download" not in join_pages({"a.html": page("A", "<h1>A</h1>")} | assets()).decode()


def assets() -> dict[str, bytes]:
    """Give what a page of the small site loads."""
    return {name: content for name, content in site().items() if name.startswith("static/")}


def test_only_the_scripts_of_the_report_may_run() -> None:
    """The policy lists the hash of each script and no other way to run one."""
    content = join_pages(site())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', content.decode())
    assert policy is not None
    scripts = Read(content).scripts
    allowed = re.findall(r"'sha256-([^']*)'", policy[1])
    assert allowed == [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    ]
    assert "default-src 'none'; script-src 'sha256-" in policy[1]
    assert not re.search("script-src[^;]*(unsafe|self|file|https?:)", policy[1])


def test_a_script_cannot_end_its_element() -> None:
    """A closing tag in a string of a script does not close the script."""
    script = Read(join_pages(site())).scripts[-1]
    assert script.endswith(r"var s = '<\/script><\!--';")


def test_plotly_comes_once_and_only_for_a_figure() -> None:
    """The library of five megabytes is there if a page draws with it."""
    library = {"static/plotly.min.js": b"window.Plotly = {};"}
    loads = b"<script defer src='static/plotly.min.js'></script></head>"
    files = site(**library)
    for name in ("01-one.html", "02-two.html"):
        files[name] = files[name].replace(b"</head>", loads)
    assert join_pages(files).count(b"window.Plotly") == 0
    for name in ("01-one.html", "02-two.html"):
        files[name] = files[name].replace(b"</h1>", b"</h1><figure class='plotly'></figure>")
    assert join_pages(files).count(b"window.Plotly") == 1


def test_without_plots_a_printed_twin_is_enough() -> None:
    """A figure with a twin becomes a picture; one without still needs the library."""
    twin = b"<figure class='plotly has-print'><img class='printed' src='images/a.png' alt='A'>"
    drawn = b"<div class='plot'>A</div><script type='application/json'>{}</script></figure>"
    files = site(**{"static/plotly.min.js": b"window.Plotly = {};"})
    loads = b"<script defer src='static/plotly.min.js'></script></head>"
    files["02-two.html"] = (
        files["02-two.html"].replace(b"</head>", loads).replace(b"</h1>", b"</h1>" + twin + drawn)
    )
    assert join_pages(files).count(b"window.Plotly") == 1
    printed = join_pages(files, plots=False)
    assert b"window.Plotly" not in printed and b"application/json" not in printed
    assert b'<figure class="picture"><img' in printed
    files["02-two.html"] = files["02-two.html"].replace(b"class='printed' ", b"")
    assert join_pages(files, plots=False).count(b"window.Plotly") == 1


def test_what_a_script_loads_when_asked_is_there() -> None:
    """The index of the search, which no page names, comes because its script does."""
    index = {"static/words.js": b"window.words = 1;", "static/unused.js": b"window.unused = 1;"}
    files = site(**index, **{"static/report.js": b"load('static/words.js');"})
    text = join_pages(files).decode()
    assert text.index("window.words") < text.index("load(")
    assert "window.unused" not in text


def test_styles_keep_their_order_and_media() -> None:
    """A sheet that comes last on every page comes last, and paper's holds for paper."""
    files = site(**{"static/reading.css": b".room { color: green }"})
    files["articles/rana-2017.html"] = files["articles/rana-2017.html"].replace(
        b"<link rel='stylesheet' href='../static/print.css'",
        b"<link rel='stylesheet' href='../static/reading.css'>"
        b"<link rel='stylesheet' href='../static/print.css'",
    )
    text = join_pages(files).decode()
    places = [
        text.index(rule) for rule in (".main { color: red }", ".room:where(", "@media print {\nnav")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("style", "scoped"),
    [
        ("main{a:b}", ".main{a:b}"),
        (".index main > p, main:focus{a:b}", ".index .main > p, .main:focus{a:b}"),
        (".main{grid-area:main}", ".main{grid-area:main}"),
        ("body.index h1{a:b}", ".part.index h1{a:b}"),
        ("@media print{main{a:b}}", "@media print{.main{a:b}}"),
        ("p{color:#fff;&:hover{a:b}}", "p{color:#fff;&:hover{a:b}}"),
        ("#x{a:b}", ':is(#x, [id$="--x"]){a:b}'),
        (":has(#x:checked) i{a:b}", ':has(:is(#x, [id$="--x"]):checked) i{a:b}'),
    ],
)
def test_a_style_for_a_page_holds_for_its_section(style: str, scoped: str) -> None:
    """Selectors mean the section where they meant the page; values stay as they are."""
    assert scope_style(style) == scoped


@pytest.mark.parametrize(
    ("style", "limited"),
    [
        (".number{a:b}", ".number:where(.style-2, .style-2 *){a:b}"),
        (
            "a > b , i{a:b}",
            "a > b:where(.style-2, .style-2 *) , i:where(.style-2, .style-2 *){a:b}",
        ),
        ("p::before{a:b}", "p:where(.style-2, .style-2 *)::before{a:b}"),
        (":root{--a:b}", ":root{--a:b}"),
    ],
)
def test_a_style_of_some_pages_holds_in_those_alone(style: str, limited: str) -> None:
    """The sheet of one kind of page cannot change another; its rules weigh what they did."""
    assert scope_style(style, "style-2") == limited


def test_files_that_a_style_names_are_taken_in() -> None:
    """An address of a file is replaced; data and marks of the document are not."""
    style = "a{b:url(x.png) url('y.svg') url(data:z) url(#mark)}"
    expected = 'a{b:url("X.PNG") url("Y.SVG") url(data:z) url(#mark)}'
    assert inline_files(style, str.upper) == expected


def test_two_pages_of_one_name_get_two() -> None:
    """A page in a folder that is called like one beside the index keeps its folder's name."""
    files = site(**{"articles/01-one.html": page("Rana", "<h1 id='h'>R</h1>", up="../")})
    ids = Read(join_pages(files)).ids
    assert {"01-one--in-brief", "articles-01-one--h"} <= set(ids)


def test_a_missing_file_is_named() -> None:
    """The error says which page wants which file."""
    files = site()
    del files["images/a.png"]
    with pytest.raises(KeyError, match=r"'01-one.html' loads 'images/a.png'"):
        join_pages(files)


def test_a_page_that_loads_from_elsewhere_is_refused() -> None:
    """A script or style of another host has no place in the file."""
    files = site()
    files["02-two.html"] = files["02-two.html"].replace(
        b"<script ", b"<script src='https://example.org/x.js'></script><script "
    )
    with pytest.raises(ValueError, match=r"loads 'https://example.org/x.js' from elsewhere"):
        join_pages(files)


def test_no_page_is_an_error() -> None:
    """Without a page there is nothing to join."""
    with pytest.raises(ValueError, match="no page to join"):
        join_pages({"static/base.css": b""})


def test_the_same_files_give_the_same_bytes() -> None:
    """The order in which the files are listed changes nothing."""
    files = site()
    assert join_pages(files) == join_pages(dict(reversed(files.items())))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_a_title_can_neither_end_a_style_nor_open_a_tag(title: str) -> None:
    """Any heading stands at the head of the paper and in the document as text."""
    from html import escape

    hostile = f'</style><script>x()</script>"}}{title}'
    files = assets() | {"a.html": page(escape(hostile), f"<h1>{escape(hostile)}</h1>")}
    joined = Read(join_pages(files))
    assert joined.tags.count("script") == len(joined.scripts) == 3
    assert joined.tags.count("style") == 1


# In a browser ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Start a browser that is installed; skip where none is."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    try:
        path = find_browser()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path)
        yield started
        started.close()


@pytest.fixture
def opened(browser, tmp_path: Path):
    """Open the joined site at an address; whatever it asks for or complains of is an error."""
    path = tmp_path / "report.html"
    path.write_bytes(join_pages(site()))
    faults: list[str] = []

    def open_at(fragment: str, **options: object):
        context = browser.new_context(viewport={"width": 1280, "height": 700}, **options)
        sheet = context.new_page()
        sheet.on("console", lambda message: faults.append(message.text))
        sheet.on("pageerror", lambda error: faults.append(str(error)))
        sheet.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:")) or faults.append(request.url)
            ),
        )
        sheet.goto(path.as_uri() + fragment)
        return sheet

    yield open_at
    for context in browser.contexts:
        context.close()
    assert faults == []


def shown(sheet) -> list[str]:
    """List the sections that can be seen."""
    return sheet.evaluate(
        "Array.from(document.querySelectorAll('.part')).filter((p) => p.offsetHeight)"
        ".map((p) => p.id)"
    )


def top_of(sheet, name: str) -> float:
    """Say how far below the upper edge an element stands."""
    return sheet.evaluate("(id) => document.getElementById(id).getBoundingClientRect().top", name)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fragment", "section"),
    [
        ("", "index"),
        ("#nowhere", "index"),
        ("#%zz", "index"),
        ("#02-two", "02-two"),
        ("#01-one--in-brief", "01-one"),
        ("#rana-2017--s014", "rana-2017"),
    ],
)
def test_one_section_is_shown_at_a_time(opened, fragment: str, section: str) -> None:
    """An address opens the section that it lies in, and the title says which."""
    sheet = opened(fragment)
    assert shown(sheet) == [section]
    assert sheet.title() == {"index": "All", "01-one": "One", "02-two": "Two"}.get(section, "Rana")
    assert sheet.evaluate("window.ran") == 1


@pytest.mark.browser
def test_a_deep_address_is_scrolled_to(opened) -> None:
    """Entering at a section far down shows that section."""
    sheet = opened("#01-one--in-brief")
    sheet.wait_for_function("scrollY > 700")
    assert -1 < top_of(sheet, "01-one--in-brief") < 350


@pytest.mark.browser
def test_back_leads_to_where_the_reader_was(opened) -> None:
    """From a number to its sentence and back again, at the same place."""
    sheet = opened("#01-one")
    sheet.locator("[id='01-one--step']").scroll_into_view_if_needed()
    before = sheet.evaluate("scrollY")
    sheet.locator("[id='01-one--step']").click()
    sheet.wait_for_function("location.hash == '#rana-2017--s014'")
    assert shown(sheet) == ["rana-2017"]
    sheet.go_back()
    sheet.wait_for_function("document.title == 'One'")
    sheet.wait_for_function("(y) => Math.abs(scrollY - y) < 2", arg=before)


@pytest.mark.browser
def test_without_scripts_all_sections_follow_one_another(opened) -> None:
    """Where no script runs the file is one long page."""
    sheet = opened("", java_script_enabled=False)
    visible = sheet.locator(".part:visible")
    assert visible.count() == 4


@pytest.mark.browser
@pytest.mark.parametrize("fragment", ["", "#01-one", "#rana-2017--s014"])
def test_axe_finds_no_violation(opened, fragment: str) -> None:
    """Landmarks, headings, labels and ids are in order in each section."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    found = axe.Axe().run(opened(fragment)).response["violations"]
    assert [violation["id"] for violation in found if violation["id"] != "color-contrast"] == []
