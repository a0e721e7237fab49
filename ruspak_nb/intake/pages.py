"""Read a saved web page: its article by trafilatura, the rest by what the page says itself."""

import email
import email.policy
import re
from collections.abc import Collection
from copy import deepcopy
from typing import Any

from ruspak_nb.intake.datelines import date_in_address, find_dates, read_date
from ruspak_nb.intake.encodings import decode_text
from ruspak_nb.intake.heads import DateFind, add_dates, read_head
from ruspak_nb.intake.paragraphs import write_paragraphs
from ruspak_nb.intake.places import (
    ask_page,
    authors_of,
    clean_author,
    find_margins,
    saved_from,
)
from ruspak_nb.intake.record import Finds, Reading, Refused, drop_controls, fold, one_line

# Deeper than this, the parser drops what a page holds without a word.
DEEPEST = 250
_FEW_WORDS = 60
# htmldate takes no date after this, so that no clock decides.
_LATEST = "2099-12-31"
_PARTS = re.compile(r"\s+[-–—|·•:»«]\s+|\s*[|»]\s*")
_PROLOGUE = re.compile(
    r"\A\s*(?:<\?xml[^>]*>)?\s*(?:<!doctype[^>\[]*+(?:\[[^\]]*+\])?[^>]*+>)?", re.I
)
_CUT_SHORT = re.compile(r"[\s.…]+$")
_HEADINGS = '//h1 | //h2 | //*[contains(@class, "entry-title") or contains(@class, "post-title")]'


def read_page(raw: bytes, *, encoding: str = "", address: str = "", saved: str = "") -> Reading:
    """Read a page of HTML. Raises Refused if it has no text or is nested too deep."""
    import trafilatura

    text, remarks = decode_text(raw, said=encoding)
    text, dropped = drop_controls(text)
    tree = parse_page(text)
    article: Any = trafilatura.bare_extraction(
        _print_quotes(deepcopy(tree)),
        include_comments=False,
        include_tables=True,
        deduplicate=False,
    )
    paragraphs = write_paragraphs(article.body) if article is not None else []
    if not paragraphs:
        raise Refused("no article was found in the page; copy its text into a .txt file")
    finds = _describe(tree, address, saved, paragraphs)
    title = finds.fields.get("title", "")
    if title and not any(fold(title) == fold(paragraph) for paragraph in paragraphs[:4]):
        paragraphs.insert(0, title)
    words = sum(len(paragraph.split()) for paragraph in paragraphs)
    if words < _FEW_WORDS:
        remarks.append(f"only {words} words were found: see whether that is the article")
    return Reading("\n\n".join(paragraphs) + "\n", finds.fields, finds.found, (*remarks, *dropped))


def parse_page(text: str) -> Any:
    """Parse a page. Raises Refused if there is nothing in it, or it is nested too deep."""
    from lxml import etree, html

    # What it says of encoding and entities is of no use here, and entities may be hostile.
    text = _PROLOGUE.sub("", text.removeprefix("\ufeff"), count=1)
    _check_depth(text)
    parser = html.HTMLParser(no_network=True, encoding="utf-8")
    try:
        return html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise Refused("it is no page: there is nothing in it") from None


def _print_quotes(tree: Any) -> Any:
    """Write the marks that a browser prints around `<q>`, which is no paragraph."""
    for quote in tree.iter("q"):
        quote.tag, quote.text = "span", f"“{quote.text or ''}"
        quote.tail = f"”{quote.tail or ''}"
    return tree


def read_mhtml(raw: bytes) -> Reading:
    """Read a page saved as one file with its pictures, `.mhtml`."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        content = part.get_payload(decode=True) if not part.is_multipart() else None
        if part.get_content_type() in ("text/html", "application/xhtml+xml") and content:
            address = str(
                message.get("Snapshot-Content-Location") or part["Content-Location"] or ""
            )
            return read_page(
                bytes(content),
                encoding=part.get_content_charset() or "",
                address=address,
                saved="Content-Location of the file",
            )
    raise Refused("it holds no page; save the page again, as HTML")


class _Depth:
    """Counts how deep tags are nested, without a tree."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def start(self, *_: object) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def end(self, *_: object) -> None:
        self.now -= 1

    def close(self) -> int:
        return self.most


def _check_depth(text: str) -> None:
    from lxml import etree

    depth = _Depth()
    parser = etree.HTMLParser(target=depth, huge_tree=True, no_network=True, encoding="utf-8")
    parser.feed(text.encode())
    try:
        parser.close()
    except etree.XMLSyntaxError:
        raise Refused("it is no page: there is nothing in it") from None
    if depth.most > DEEPEST:
        raise Refused(
            f"its tags are nested {depth.most:,} deep, and at most {DEEPEST} are read; "
            "copy its text into a .txt file"
        )


def _describe(tree: Any, address: str, saved: str, paragraphs: list[str]) -> Finds:
    finds = Finds()
    addresses = [*ask_page(tree, "url")]
    addresses.append((saved_from(tree), "where the browser saved it from"))
    addresses.append((address, saved))
    for url, where in addresses:
        if re.match(r"https?://[^\s/]", url):
            finds.add("url", url, where)
    page_title = one_line(tree.findtext(".//title") or "")
    for outlet, where in ask_page(tree, "outlet"):
        if "://" not in outlet:
            finds.add("outlet", outlet, where)
    _add_title(finds, tree, page_title)
    finds.add("outlet", _beside(finds.fields.get("title", ""), page_title), "title of the page")
    host = re.match(r"https?://(?:www\.)?([^/:?#]+)", finds.fields.get("url", ""))
    finds.add("outlet", host[1] if host else "", "host of its address")
    finds.add("author", *authors_of(tree, finds.fields.get("outlet", "")))
    known = {name: finds.fields.get(name, "") for name in ("title", "author")}
    head = read_head("\n\n".join(paragraphs), **known)
    finds.add("author", head.author, f"byline “{head.byline[:80]}”")
    _add_dates(finds, tree, head.dates)
    for language, where in ask_page(tree, "language"):
        finds.add("language", re.split(r"[-_]", language.lower())[0], where)
    _ask_trafilatura(finds, tree)
    return finds


def _beside(title: str, page_title: str) -> str:
    """Give what the title of a page says besides the title of the article: its outlet."""
    if not title or title not in page_title:
        return ""
    before, _, after = page_title.partition(title)
    parts = [part.strip(" :") for part in (*_PARTS.split(after)[::-1], *_PARTS.split(before))]
    return next(filter(None, parts), "")


def _add_title(finds: Finds, tree: Any, page_title: str) -> None:
    """Take the heading that the page prints, if it is what the page says of itself."""
    outlet = fold(finds.fields.get("outlet", ""))
    said = [*ask_page(tree, "title"), (page_title, "title of the page")]
    said = [(value, where) for value, where in said if value and fold(value) != outlet]
    headings = [one_line(" ".join(h.itertext())) for h in tree.xpath(_HEADINGS)][:50]
    for value, where in said:
        for heading in headings:
            if fold(heading) != outlet and _same_title(heading, value):
                finds.add("title", heading, f"heading of the page, as in {where}")
    for value, where in said:
        parts = _PARTS.split(value)
        if len(parts) > 1 and outlet and fold(parts[-1]) in (outlet, f"the {outlet}"):
            value = value[: value.rindex(parts[-1])].rstrip(" -–—|·•:»«")
        elif where == "title of the page":
            value = parts[0]
        finds.add("title", value, where)
    alone = tree.xpath("//h1")
    if len(alone) == 1:
        finds.add("title", " ".join(alone[0].itertext()), "heading of the page")


def _same_title(heading: str, said: str) -> bool:
    short, long = sorted((_CUT_SHORT.sub("", fold(text)) for text in (heading, said)), key=len)
    return len(short) >= 8 and short in long and len(short) * 5 >= len(long) * 2


def _add_dates(finds: Finds, tree: Any, printed: list[DateFind]) -> None:
    """Take the first date of publication; every other date is named beside it."""
    dates: list[DateFind] = []
    for said, where in ask_page(tree, "published"):
        if where == "time element" and any(not date.later for date in dates):
            continue  # without a mark, only the first has a claim
        edtf = read_date(said)
        if edtf:
            dates.append(DateFind(edtf, f"{where}: {said[:60]}"))
        else:
            found = find_dates(said)
            dates += [DateFind(day, f"{where}, {words}", later) for day, words, later in found]
    url = finds.fields.get("url", "")
    dates.append(DateFind(date_in_address(url), "the address"))
    dates += printed
    dates += [
        DateFind(read_date(said), f"{where}: {said[:60]}", later=True)
        for said, where in ask_page(tree, "modified")
    ]
    if not any(date.edtf and not date.later for date in dates):
        dates.append(_ask_htmldate(tree, {date.edtf for date in dates}))
    add_dates(finds, dates)


def _ask_htmldate(tree: Any, changes: Collection[str]) -> DateFind:
    from htmldate import find_date

    inner = deepcopy(tree)
    for margin in find_margins(inner):
        if margin.getparent() is not None:
            margin.drop_tree()
    day = find_date(
        inner, extensive_search=False, original_date=True, min_date="1900-01-01", max_date=_LATEST
    )
    if not day or day in changes:
        return DateFind("", "")
    # It gives the first of the month, or the year, where the page says no more.
    edtf = day[:4] if day.endswith("-01-01") else day.removesuffix("-01")
    return DateFind(edtf, "htmldate, somewhere on the page")


def _ask_trafilatura(finds: Finds, tree: Any) -> None:
    from trafilatura.metadata import extract_metadata

    if {"title", "author"} <= finds.fields.keys():
        return
    # The date is looked for above: this pins what it would ask the clock for.
    said = extract_metadata(tree, date_config={"max_date": _LATEST, "extensive_search": False})
    finds.add("title", said.title, "trafilatura")
    author = "; ".join(filter(None, map(clean_author, (said.author or "").split("; "))))
    if fold(author) != fold(finds.fields.get("outlet", "")):
        finds.add("author", author, "trafilatura, somewhere on the page")
