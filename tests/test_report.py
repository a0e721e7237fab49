"""The report: pages that open from a folder, ask for nothing online and run no article."""

import base64
import re
import warnings
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from nbformat import v4

from ruspak_nb.annotation import annotate
from ruspak_nb.cli import main
from ruspak_nb.corpus import load_corpus
from ruspak_nb.execute import NotebookError
from ruspak_nb.report import build_report
from ruspak_nb.report.clean import clean_html
from ruspak_nb.report.page import slugify

Write = Callable[..., Path]
Store = Callable[..., Path]
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PLOT = {"data": [{"type": "bar", "y": [1, 2], "text": ["</script><script>x()"]}], "layout": {}}


class Links(HTMLParser):
    """Collect the ids of a page, and what it links to or loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.assets: list[str] = []
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "script":
            self.scripts.append(dict(attrs).get("src") or "inline")
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in {"href", "src"}:
                self.assets.append(value or "")


def display(plain: str, metadata: dict[str, object] | None = None, **data: object) -> object:
    """Return one output, its mime types written with `__` for `/`."""
    bundle = {name.replace("__", "/"): value for name, value in data.items()}
    bundle["text/plain"] = plain
    return v4.new_output("display_data", data=bundle, metadata=metadata or {})


@pytest.fixture
def store(write_notebook: Write) -> Store:
    """Write a notebook as if it had been run: one cell of code with the outputs given."""

    def write(name: str, *sources: str, outputs: list[object] | None = None) -> Path:
        path = write_notebook(name, *sources, *(["show()"] if outputs else []))
        if outputs:
            notebook = nbformat.read(path, as_version=4)
            notebook.cells[-1].outputs = outputs
            notebook.cells[-1].execution_count = 1
            nbformat.write(notebook, path)
        return path

    return write


def render(path: Path, name: str | None = None, **options: object) -> str:
    """Build the report of the notebooks beside `path` and return one page."""
    out = path.parent.parent / "report"
    build_report(path.parent, out, execute=False, **options)  # type: ignore[arg-type]
    return (out / f"{name or path.stem}.html").read_text("utf-8")


def site(tmp_path: Path, store: Store) -> Path:
    """Build a small site with everything in it and return its folder."""
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "x.csv").write_text("a\n", "utf-8")
    store(
        "00-start",
        "%% # What is here?\n\nFive texts; n = 5.\n\n## In brief\n\n"
        "- **Three** of five ([below](01-next.ipynb#It-is-so%3F)).\n- A second.\n- A third.\n",
        "%% [data](../figures/x.csv) and [outside](https://example.org/)",
    )
    store(
        "01-next",
        "%% # And then?\n\n## It is so?\n\n#### Deep\n\n[back](00-start.ipynb#In-brief)",
        outputs=[
            display("Two bars.", {"image/png": {"width": 1, "alt": "A dot"}}, image__png=PIXEL),
            v4.new_output(
                "display_data",
                data={"application/vnd.plotly.v1+json": PLOT, "text/plain": "Bars: 1, 2."},
            ),
        ],
    )
    return build_report(tmp_path / "notebooks", tmp_path / "report", execute=False).parent


def test_links_resolve_and_nothing_is_loaded_from_elsewhere(tmp_path: Path, store: Store) -> None:
    """Each link leads to a file and an id; each asset lies in the folder."""
    folder = site(tmp_path, store)
    pages = {path.name: Links(path.read_text("utf-8")) for path in folder.glob("*.html")}
    assert set(pages) == {"index.html", "00-start.html", "01-next.html"}
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), f"{name} repeats an id"
        for address in page.assets:
            assert (folder / address).is_file(), address
        for address in page.links:
            parts = urlsplit(address)
            if parts.scheme:
                assert address == "https://example.org/"
                continue
            target = parts.path or name
            assert (folder / target).is_file(), address
            if parts.fragment:
                assert parts.fragment in pages[target].ids, address
    assert "01-next.html#it-is-so" in pages["00-start.html"].links
    assert (folder / "files/figures/x.csv").read_text("utf-8") == "a\n"


def test_static_files_ask_for_nothing_online() -> None:
    """No address in what every page loads."""
    static = Path(__file__).parent.parent / "ruspak_nb" / "report" / "static"
    for path in static.glob("*.*"):
        assert not re.search(r"https?://|//cdn|@import|url\(", path.read_text("utf-8")), path.name


def test_two_builds_give_the_same_bytes(tmp_path: Path, store: Store) -> None:
    """A second build into the same folder changes no byte and leaves no file over."""
    folder = site(tmp_path, store)
    first = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    build_report(tmp_path / "notebooks", folder, execute=False)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == first


def test_a_page_no_longer_built_goes_and_foreign_files_stay(tmp_path: Path, store: Store) -> None:
    """Only what an earlier build wrote is ever removed."""
    folder = site(tmp_path, store)
    (folder / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "notebooks" / "00-start.ipynb").unlink()
    path = store("01-next", "%% # And now?")
    build_report(path.parent, folder, execute=False)
    assert not (folder / "00-start.html").exists()
    assert not (folder / "static/plotly.min.js").exists()
    assert (folder / "mine.txt").exists()


def test_headings_step_down_one_at_a_time(tmp_path: Path, store: Store) -> None:
    """A level left out in the notebook is closed up on the page."""
    folder = site(tmp_path, store)
    for path in folder.glob("*.html"):
        levels = [
            int(tag[1]) for tag in Links(path.read_text("utf-8")).tags if re.match("h[1-6]$", tag)
        ]
        assert levels[0] == 1 and levels.count(1) == 1, path.name
        assert all(after <= before + 1 for before, after in pairwise(levels)), path.name


def test_the_front_page_opens_with_the_findings(tmp_path: Path, store: Store) -> None:
    """The first notebook's findings, each with its way on, lead; the others are cards."""
    store(
        "02-last",
        "%% # At last?\n\nA line.\n\n## In brief\n\n- **One** ([below](#It)).\n- Two.\n- Three.",
        "%% ## It",
    )
    page = (site(tmp_path, store) / "index.html").read_text("utf-8")
    assert "Five texts; n = 5." in page
    assert '<strong>Three</strong> of five (<a href="01-next.html#it-is-so">below</a>)' in page
    assert page.count("What is here?") == 1
    assert '<a href="01-next.html">And then?</a>' in page
    assert "<li>One.</li>" in page and "<li>Two.</li>" in page and "Three." not in page


def test_a_page_speaks_its_language_and_has_landmarks(tmp_path: Path, store: Store) -> None:
    """Language, skip link, one main, navigation with names."""
    page = (site(tmp_path, store) / "00-start.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert page.index('href="#main"') < page.index("<header")
    assert page.count("<main ") == page.count("<footer ") == 1
    assert all("aria-label" in nav for nav in re.findall(r"<nav[^>]*>", page))


def test_figures_carry_their_description(tmp_path: Path, store: Store) -> None:
    """Alternative text comes from the metadata, or else from the plain text."""
    page = (site(tmp_path, store) / "01-next.html").read_text("utf-8")
    assert 'alt="A dot"' in page
    assert 'aria-label="Bars: 1, 2."' in page
    assert "data:image/png" not in page
    assert re.search(r'src="images/[0-9a-f]{16}\.png"', page)


def test_plotly_is_loaded_only_where_it_draws(tmp_path: Path, store: Store) -> None:
    """One local copy, named on the page that has a figure, and text cannot leave the JSON."""
    folder = site(tmp_path, store)
    assert "plotly.min.js" in (folder / "01-next.html").read_text("utf-8")
    assert "plotly.min.js" not in (folder / "00-start.html").read_text("utf-8")
    assert "\\u003c/script\\u003e\\u003cscript\\u003ex()" in (folder / "01-next.html").read_text(
        "utf-8"
    )
    assert (folder / "static/plotly.min.js").stat().st_size < 5_500_000


SCRIPT = "<script>attack()</script>"
ATTACK = f"{SCRIPT}<img src=x onerror=attack()><a href=javascript:attack()>a</a>"


@pytest.mark.parametrize(
    "output",
    [
        display(ATTACK),
        display("a", text__html=f"<table><tbody><tr><td>{ATTACK}</td></tr></tbody></table>"),
        display("a", text__markdown=SCRIPT),
        display("a", text__latex=ATTACK),
        v4.new_output("stream", name="stdout", text=ATTACK),
        display("a", **{"application__javascript": "attack()"}),
        v4.new_output("error", ename="E", evalue=ATTACK, traceback=[ATTACK]),
    ],
    ids=["plain", "html", "markdown", "latex", "stream", "javascript", "error"],
)
def test_what_an_article_says_never_runs(store: Store, output: object) -> None:
    """In whatever output it stands, script is text."""
    page = render(store("a", "%% # Is it text?", outputs=[output]))
    links = Links(page)
    assert all(script.startswith("static/") for script in links.scripts)
    assert "<script>attack" not in page
    assert not re.search(r"<\w[^>]* (onerror|href=.?javascript)", page)


def test_script_in_a_markdown_cell_is_text(store: Store) -> None:
    """A title taken from an article is escaped in the page, the contents and the index."""
    path = store("a", f"%% # Is {SCRIPT} text?\n\n{SCRIPT}")
    for name in ("a", "index"):
        page = render(path, name)
        assert "<script>attack" not in page
        assert all(script.startswith("static/") for script in Links(page).scripts)


def test_pages_forbid_scripts_of_their_own_text(store: Store) -> None:
    """Were something to slip through, the page's policy still stops it."""
    page = render(store("a", "%% # Is it safe?"))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "script-src 'self' file:;" in policy[1]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='javascript:x()'>a</a>", "<a>a</a>"),
        ("<a href='&#106;avascript:x()'>a</a>", "<a>a</a>"),
        ("<a href='da&#116;a:text/html,x'>a</a>", "<a>a</a>"),
        ("<img src='https://example.org/a.png'>", "<img>"),
        ("<img src='//example.org/a.png'>", "<img>"),
        ("<img src='data:text/html,x'>", "<img>"),
        ("<img src='data:image/png;base64,AA'>", '<img src="data:image/png;base64,AA">'),
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<style>td{background:url(//x)}</style>a", "a"),
        (
            "<p style='background:url(//x);text-align:right'>a</p>",
            '<p style="text-align:right;">a</p>',
        ),
        (
            "<details class='evidence'><summary>3</summary></details>",
            '<details class="evidence"><summary>3</summary></details>',
        ),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("<iframe src='x'></iframe>", "&lt;iframe src='x'&gt;&lt;/iframe&gt;"),
    ],
    ids=lambda value: value[:24],
)
def test_clean_html_keeps_what_a_page_needs(html: str, expected: str) -> None:
    """Addresses of scripts and of other sites go; tables, evidence and text stay."""
    assert clean_html(html) == expected


def test_tables_scroll_and_align_numbers(store: Store) -> None:
    """Numbers get a class, pandas' empty corner is no header, the table can be focused."""
    table = (
        '<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th>'
        "<th>name</th><th>n</th></tr></thead><tbody><tr><th>0</th><td>b</td><td><details "
        'class="evidence"><summary>1,204</summary><p>A sentence.</p></details></td></tr>'
        "</tbody></table>"
    )
    page = render(store("a", "%% # How many?", outputs=[display("a", text__html=table)]))
    assert '<div aria-label="Table 1" class="table" id="T1" role="region" tabindex="0">' in page
    assert "<th></th>" not in page
    assert '<th class="num" scope="col">n</th>' in page
    assert '<td class="num"><details class="evidence"><summary>1,204</summary>' in page
    assert "<td>b</td>" in page
    assert 'border="1"' not in page


def test_code_is_hidden_in_a_native_box(store: Store) -> None:
    """Code opens without a script, and is not shown where a cell has none."""
    page = render(store("a", "%% # What ran?", "x = 1", ""))
    assert page.count('<details class="code"><summary>Code</summary>') == 1


def test_a_dollar_is_money(store: Store) -> None:
    """Two sums in a sentence are no formula."""
    page = render(store("a", "%% # How much?\n\nFrom $5 *billion* to $9 million."))
    assert "From $5 <em>billion</em> to $9 million." in page


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (
            "b.ipynb#In-brif",
            r"a\.ipynb: the link 'b\.ipynb#In-brif' names no section of b\.ipynb; "
            r"did you mean '#in-brief'\?",
        ),
        ("#nowhere", "names no section of a.ipynb"),
        ("c.ipynb", "'c.ipynb' leads nowhere"),
        ("../figures/none.csv", "leads nowhere"),
        ("../../../etc/passwd", "leaves the project's folder"),
    ],
    ids=["section", "own-section", "notebook", "file", "outside"],
)
def test_a_link_that_leads_nowhere_is_named(store: Store, link: str, message: str) -> None:
    """The error names notebook and link, and the nearest section."""
    store("b", "%% # There?\n\n## In brief")
    path = store("a", f"%% # Where?\n\n[there]({link})")
    with pytest.raises(ValueError, match=message):
        render(path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The error says which folder, before anything runs."""
    with pytest.raises(FileNotFoundError, match=r"no folder '.*nowhere'"):
        build_report(tmp_path / "nowhere", tmp_path / "report")


def test_stored_warnings_stop_the_report(store: Store) -> None:
    """A warning that is stored is as bad as one that comes while running."""
    warning = v4.new_output("stream", name="stderr", text="careful")
    path = store("a", "%% # Is it well?", outputs=[warning])
    with pytest.raises(NotebookError, match=r"a\.ipynb, cell 2 .* wrote to stderr: careful"):
        render(path)


def test_a_page_may_not_be_called_index(store: Store) -> None:
    """It would overwrite the index."""
    with pytest.raises(ValueError, match=r"index\.html"):
        render(store("index", "%% # A?"))


def test_images_in_outputs_are_kept_byte_for_byte(tmp_path: Path, store: Store) -> None:
    """The file in `images/` is the picture that the cell drew."""
    folder = site(tmp_path, store)
    (image,) = (folder / "images").iterdir()
    assert image.read_bytes() == base64.b64decode(PIXEL)


def test_without_a_script_a_plot_is_a_picture(store: Store) -> None:
    """Where a figure has a picture too, it stands there until the plot is drawn."""
    output = v4.new_output(
        "display_data",
        data={
            "application/vnd.plotly.v1+json": PLOT,
            "image/png": PIXEL,
            "text/plain": "Bars: 1, 2.",
        },
    )
    page = render(store("a", "%% # How many?", outputs=[output]))
    assert re.search(r'<img alt="Bars: 1, 2\." class="printed"[^>]* src="images/', page)


def test_a_sentence_id_leads_to_the_sentence_in_the_source(store: Store, tmp_path: Path) -> None:
    """The page of the article holds the text untouched, its sentences under their ids."""
    articles = tmp_path / "articles"
    articles.mkdir()
    text = f"The first sentence is {SCRIPT} here. The second sentence follows & ends.\n"
    (articles / "one.txt").write_text(text, "utf-8")
    (articles / "two.txt").write_text("Nobody cites this sentence at all.\n", "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notes = annotate(load_corpus(articles))
    ids = notes.sentences["sentence_id"].tolist()
    cited, unknown = ids[0], ids[0][:-3] + "999"
    source = f"%% # Who says so?\n\n> So. {cited}\n\n`{cited}`, {unknown}\n\n    {cited}"
    page = render(store("a", source), notes=notes)
    home = f"articles/{slugify(notes.sentences['article_id'].iloc[0])}.html"
    anchor = cited.rpartition("-")[2]
    assert Links(page).links.count(f"{home}#{anchor}") == 2
    assert f"#{unknown}" not in page
    article = (tmp_path / "report" / home).read_text("utf-8")
    assert anchor in Links(article).ids
    assert "../a.html" in Links(article).links
    assert "<script>attack" not in article
    shown = article.split('<div class="source-text">')[1].split("</div>")[0]
    assert unescape(re.sub(r"</?(?:span|a)\b[^>]*>", "", shown)) == text
    assert len(list((tmp_path / "report/articles").iterdir())) == 2


def test_slugify() -> None:
    """Ids are words joined by hyphens, in any script."""
    assert slugify("What's 'said'? یہ کیا — §2") == "what-s-said-یہ-کیا-2"
    assert slugify("?!") == "section"


def test_report_command_runs_the_notebooks(
    write_notebook: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ruspak report` executes, writes and says where; the notebook keeps its bytes."""
    path = write_notebook("a", "%% # What is six times seven?", "print(6 * 7)")
    before = path.read_bytes()
    out = tmp_path / "out"
    assert main(["report", "--notebooks", str(path.parent), "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out / "index.html")
    assert ">42\n</pre>" in (out / "a.html").read_text("utf-8")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["report", "--notebooks", "nowhere"], 1, "ruspak: error: no folder 'nowhere'"),
        (["notebooks", "--notebooks", "nowhere"], 1, "ruspak: error: no folder 'nowhere'"),
        (["report", "--jobs", "0"], 2, "'0' is not a whole number of at least 1"),
        (["reprot"], 2, "invalid choice"),
        ([], 2, "usage: ruspak"),
    ],
    ids=["missing", "missing-in-place", "jobs", "command", "nothing"],
)
def test_errors_of_the_command_are_one_line(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 for what went wrong, 2 for a call that is wrong, and no traceback."""
    try:
        returned = main(arguments)
    except SystemExit as stop:
        returned = int(stop.code or 0)
    assert returned == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
