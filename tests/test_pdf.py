"""The report on paper: a browser is found and prints outline and links, alike each time."""

import sys
from pathlib import Path

import pytest

from ruspak_nb.report import pdf
from ruspak_nb.report.pdf import find_browser, print_pdf

PAGE = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Paper</title>"
    "<style>{style}</style></head><body><section class='part' id='a'><h1>First</h1>"
    "<p><a href='#b'>on</a> <a href='https://example.org/x'>outside</a></p></section>"
    "<section class='part' id='b' hidden style='break-before: page'><h1>Second</h1>"
    "<h2>Deeper</h2></section></body></html>"
)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a system without any browser, whose folders lie in a scratch folder."""
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(pdf, "user_data_path", lambda *names: tmp_path.joinpath("data", *names))
    for name in ("LINUX", "MAC", "WINDOWS"):
        monkeypatch.setattr(pdf, name, ())
    return tmp_path


def put(path: Path) -> Path:
    """Write a file that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    path.chmod(0o755)
    return path


def test_without_a_browser_the_error_says_what_to_install(bare: Path) -> None:
    """The sentence names the programs that would do and the commands that fetch one."""
    with pytest.raises(FileNotFoundError, match=r"Chromium, Chrome or Edge.*playwright install"):
        find_browser()


@pytest.mark.skipif(sys.platform == "win32", reason="the folders are those of Linux")
def test_the_browser_of_playwright_comes_first(bare: Path) -> None:
    """The newest that playwright has, then kaleido's, then the one on the path."""
    on_path = put(bare / "bin" / "google-chrome")
    assert find_browser() == on_path
    kaleido = put(bare / "data" / "choreographer" / "plotly" / "deps" / "chrome-linux64" / "chrome")
    assert find_browser() == kaleido
    put(bare / "playwright" / "chromium-999" / "chrome-linux" / "chrome")
    newest = put(bare / "playwright" / "chromium-1200" / "chrome-linux" / "chrome")
    assert find_browser() == newest


def test_a_named_browser_is_taken(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`BROWSER_PATH` wins; if it names nothing, that is said and no other is taken."""
    mine = put(bare / "mine")
    monkeypatch.setenv("BROWSER_PATH", str(mine))
    assert find_browser() == mine
    monkeypatch.setenv("BROWSER_PATH", "gone")
    with pytest.raises(FileNotFoundError, match="BROWSER_PATH is 'gone'"):
        find_browser()


def test_without_playwright_the_error_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing can be installed with the package."""
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'ruspak-nb\[pdf\]'"):
        print_pdf(tmp_path / "a.html", tmp_path / "a.pdf")


def test_a_missing_page_is_named(tmp_path: Path) -> None:
    """Nothing is printed of nothing."""
    pytest.importorskip("playwright", reason="playwright is not installed")
    with pytest.raises(FileNotFoundError, match=r"no page .*a\.html"):
        print_pdf(tmp_path / "a.html", tmp_path / "a.pdf")


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """Print a small page with the style of the report; skip where no browser is."""
    pytest.importorskip("playwright", reason="playwright is not installed")
    try:
        find_browser()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    static = Path(pdf.__file__).parent / "static"
    style = (static / "print.css").read_text("utf-8") + (static / "single.css").read_text("utf-8")
    (tmp_path / "a.html").write_text(PAGE.format(style=style), "utf-8")
    print_pdf(tmp_path / "a.html", tmp_path / "out" / "a.pdf")
    return tmp_path / "out" / "a.pdf"


@pytest.mark.browser
def test_paper_has_all_sections_an_outline_links_and_numbers(printed: Path) -> None:
    """Hidden sections are printed too; headings are the outline; addresses are spelled out."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    with pypdf.PdfReader(printed) as reader:
        texts = [page.extract_text() for page in reader.pages]
        first, second, inner = reader.outline
        assert (first.title, second.title, inner[0].title) == ("First", "Second", "Deeper")
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert reader.trailer["/Root"]["/Lang"] == "en"
        assert len(reader.pages[0]["/Annots"]) == 2
        width, height = reader.pages[0].mediabox[2:]
    assert (float(width), float(height)) == pytest.approx((595.3, 841.9), abs=1.5)
    assert "outside (https://example.org/x)" in " ".join(texts[0].split())
    assert "1 / 2" in texts[0] and "2 / 2" in texts[1]


@pytest.mark.browser
def test_the_same_page_gives_the_same_bytes(printed: Path) -> None:
    """No date of the run is left in the file."""
    first = printed.read_bytes()
    print_pdf(printed.parent.parent / "a.html", printed)
    assert printed.read_bytes() == first
    assert b"CreationDate" not in first
