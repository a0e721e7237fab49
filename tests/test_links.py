"""The built site: every link leads somewhere, and every quotation is in the source."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from ruspak_nb.corpus import load_corpus

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
)
LEADING = frozenset({"href", "src", "srcset", "poster", "action", "data", "xlink:href"})
# What the notebook about other corpora is about.
MADE_UP = Path(__file__).parent / "corpora" / "karsund-tavelia" / "seeds"
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*|\d+")


@dataclass
class Opened:
    """A box of evidence: the label that opens it, and what it shows."""

    label: str = ""
    told: str = ""
    items: int = 0
    spans: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    counted: int = 0


class Page(HTMLParser):
    """Read of a page its ids, where it leads, its quotations and its evidence."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[tuple[str, str]] = []
        self.quoted: list[tuple[str, str]] = []
        self.evidence: list[Opened] = []
        self.turns: dict[str, str] = {}
        self.stack: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        for name in LEADING & values.keys():
            listed = values[name].split(",") if name == "srcset" else [values[name]]
            self.addresses += [(tag, address.split()[0]) for address in listed if address.strip()]
            if not values[name]:
                self.addresses.append((tag, ""))
        if tag == "a" and values.get("rel") in {"next", "prev"}:
            self.turns[values["rel"]] = values["href"]
        if tag == "details" and "evidence" in values.get("class", "").split():
            self.evidence.append(Opened())
        inside = self.in_evidence()
        if "data-span" in values:
            self.quoted.append((values["data-span"], ""))
            if inside:
                self.evidence[-1].spans.append(values["data-span"])
        if inside:
            self.evidence[-1].items += tag == "li"
            self.evidence[-1].counted += int(values.get("data-n", 1)) if tag == "li" else 0
            if tag == "a":
                self.evidence[-1].links.append(values.get("href", ""))
        if tag not in VOID:
            self.stack.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any("data-span" in values for _, values in self.stack):
            span, text = self.quoted[-1]
            self.quoted[-1] = span, text + data
        if self.in_evidence() and any(tag == "summary" for tag, _ in self.stack):
            self.evidence[-1].label += data
        if self.in_evidence() and any(
            "counted" in values.get("class", "") for _, values in self.stack
        ):
            self.evidence[-1].told += data

    def in_evidence(self) -> bool:
        """Tell whether what comes next stands in a box of evidence."""
        return any("evidence" in values.get("class", "").split() for _, values in self.stack)


@pytest.fixture(scope="module")
def pages(report_folder: Path) -> dict[str, Page]:
    """Read every page of the site, by its address."""
    return {
        path.relative_to(report_folder).as_posix(): Page(path.read_text("utf-8"))
        for path in sorted(report_folder.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Decode the files of the articles, those of the last notebook too, as they are."""
    return {**load_corpus().texts, **load_corpus(MADE_UP).texts}


def test_the_site_has_a_page_for_each_notebook_and_article(pages: dict[str, Page]) -> None:
    """Nothing is left out, and nothing else is there."""
    notebooks = Path(__file__).parent.parent / "notebooks"
    assert set(pages) == {
        "index.html",
        *(f"{path.stem}.html" for path in notebooks.glob("*.ipynb")),
        *(f"articles/{name}.html" for name in load_corpus().articles["article_id"]),
        *(f"articles/{name}.html" for name in load_corpus(MADE_UP).articles["article_id"]),
    }


def test_an_id_stands_once_on_its_page(pages: dict[str, Page]) -> None:
    """A link to it leads to one place."""
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name


def test_previous_and_next_lead_through_all_notebooks(pages: dict[str, Page]) -> None:
    """From the first to the last, and back the same way."""
    notebooks = sorted(name for name in pages if "/" not in name and name != "index.html")
    for way, order in (("next", notebooks), ("prev", notebooks[::-1])):
        assert [pages[name].turns.get(way) for name in order] == [*order[1:], None]


def find_fault(pages: dict[str, Page], folder: Path, name: str, tag: str, address: str) -> str:
    """Say why an address on a page leads nowhere, or nothing if it leads somewhere."""
    parts = urlsplit(address)
    if parts.scheme == "data":
        return "" if address.startswith("data:image/") and tag != "a" else "data"
    if parts.scheme or parts.netloc:
        return "" if tag == "a" and parts.scheme in {"https", "http"} and parts.netloc else "scheme"
    here = folder / name
    target = (here.parent / unquote(parts.path)).resolve() if parts.path else here.resolve()
    if not target.is_relative_to(folder.resolve()):
        return "outside the folder"
    if not target.is_file():
        return "no such file"
    if not parts.path and not parts.fragment:
        return "empty"
    if parts.fragment:
        other = pages.get(target.relative_to(folder.resolve()).as_posix())
        if other is None or unquote(parts.fragment) not in other.ids:
            return "no such id"
    return ""


def test_every_address_leads_somewhere(pages: dict[str, Page], report_folder: Path) -> None:
    """Links, scripts, styles and pictures: each is a file of the site, and an id in it.

    Only a link leads elsewhere, and only to a page on the web.
    """
    faults = {
        f"{name}: <{tag}> {address!r}: {fault}"
        for name, page in pages.items()
        for tag, address in page.addresses
        if (fault := find_fault(pages, report_folder, name, tag, address))
    }
    assert not faults, "\n".join(sorted(faults))
    assert sum(len(page.addresses) for page in pages.values()) > 2000


def test_what_scripts_and_styles_name_is_there(pages: dict[str, Page], report_folder: Path) -> None:
    """Pages and anchors in the index of the search, and files in style sheets."""
    faults = set()
    for path in sorted(report_folder.rglob("*")):
        name = path.relative_to(report_folder).as_posix()
        if path.suffix not in {".js", ".json", ".css"} or ".min." in name:
            continue
        text = path.read_text("utf-8")
        for address in re.findall(r"[\"']((?:articles/)?[\w-]+\.html(?:#[^\"'\s]+)?)[\"']", text):
            if fault := find_fault(pages, report_folder, "index.html", "a", address):
                faults.add(f"{name}: {address!r}: {fault}")
        for address in re.findall(r"url\([\"']?(?!data:|#)([^\"')]+)", text):
            if fault := find_fault(pages, report_folder, name, "link", address):
                faults.add(f"{name}: {address!r}: {fault}")
    assert not faults, "\n".join(sorted(faults)[:40])


def test_downloads_are_offered_and_whole(pages: dict[str, Page], report_folder: Path) -> None:
    """Each file to download is linked, not empty, and a notebook's links lead on within them."""
    linked = {
        (report_folder / Path(name).parent / unquote(urlsplit(address).path)).resolve()
        for name, page in pages.items()
        for tag, address in page.addresses
        if tag in {"a", "img"} and not urlsplit(address).scheme
    }
    faults = set()
    for path in sorted((report_folder / "files").rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(report_folder).as_posix()
        if path.stat().st_size == 0:
            faults.add(f"{name}: empty")
        if path.resolve() not in linked:
            faults.add(f"{name}: no page links to it")
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text("utf-8"))["cells"]
            said = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
            for address in re.findall(r"\]\(([^)\s]+)\)", said):
                parts = urlsplit(address)
                if parts.scheme or not parts.path:
                    continue
                if not (path.parent / unquote(parts.path)).is_file():
                    faults.add(f"{name}: {address!r}: no such file")
    assert not faults, "\n".join(sorted(faults))


def test_the_list_of_files_is_that_of_the_folder(report_folder: Path) -> None:
    """What the next build may remove is what this one wrote."""
    listed = json.loads((report_folder / "report.json").read_text("utf-8"))
    found = {
        path.relative_to(report_folder).as_posix()
        for path in report_folder.rglob("*")
        if path.is_file()
    }
    assert found == {*listed, "report.json"}


def test_a_quotation_is_what_stands_at_its_place(
    pages: dict[str, Page], texts: dict[str, str]
) -> None:
    """Code point for code point: `text[start:end]` of the file, not normalised."""
    count = 0
    for name, page in pages.items():
        for span, shown in page.quoted:
            article, _, place = span.rpartition(":")
            start, end = map(int, place.split("-"))
            assert shown == texts[article][start:end], f"{name}: {span}"
            assert shown, f"{name}: {span} is empty"
            count += 1
    assert count > 2000


def test_every_number_that_opens_shows_its_evidence(pages: dict[str, Page]) -> None:
    """All that a number counts, each sentence once with the link to its place.

    Where several things are counted in one sentence, or one is told in several, the box
    says how many there are in how many sentences. Below a figure a long list has the links alone,
    and a script adds the words.
    """
    boxes = [(name, box) for name, page in pages.items() for box in page.evidence]
    assert len(boxes) > 800
    faults = []
    for name, box in boxes:
        label = box.label.strip()
        where = f"{name}: {label!r} opens {box.counted} in {box.items} sentences"
        if not label or not box.items:
            faults.append(f"{where}: empty")
        elif len(box.links) != box.items:
            faults.append(f"{where}, {len(box.links)} links: {box.links[:1]} {box.spans[:1]}")
        elif NUMBER.fullmatch(label) and label != f"{box.items:,}":
            if box.told != f"{label} in {box.items:,} sentence{'s' * (box.items > 1)}":
                faults.append(f"{where}, but says {box.told!r}")
        elif len(set(box.links)) != box.items and len(set(box.spans)) != box.items:
            faults.append(f"{where}: twice the same")
    assert not faults, "\n".join(faults)


def test_what_is_searched_is_what_is_there(
    pages: dict[str, Page], texts: dict[str, str], report_folder: Path
) -> None:
    """The index of the search has the sentences of the files, and leads to places that exist."""
    script = (report_folder / "static" / "search-index.js").read_text("utf-8")
    index = json.loads(script[script.index("= {") + 2 :].rstrip().rstrip(";"))
    assert len(index["sentences"]) > 100
    for article, anchor, text, _ in index["sentences"]:
        name, _, _, address = index["articles"][article]
        assert anchor in pages[address].ids
        assert text in texts[name]
    for page, anchor, _, _ in [*index["sections"], *index["tables"]]:
        address, _ = index["pages"][page]
        assert not anchor or anchor in pages[address].ids, f"{address}#{anchor}"
