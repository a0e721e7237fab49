"""Find what a page says of itself: the places are rows of `places.toml`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruspak_nb.intake.record import fold, one_line
from ruspak_nb.sheets import SheetError, read_rules

_ARTICLE = re.compile(
    r"(?:News|Opinion|Scholarly|Analysis|Report|Tech)*Article|.*BlogPosting|Report"
)
_BY = re.compile(r"^(?:(?:written|posted|reported) )?by\b:?\s+|^author:\s*", re.I)
_AFTER_NAME = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|\bon \w+ \d|\d{1,2}[ /.]|\d{4}|,? (?:updated|published|posted)\b).*$",
    re.I,
)
_COMMENT = re.compile(r"saved from url=\(\d+\)(\S+)|^\s*url:\s*(\S+)", re.M)
_NAME = r"(?:[^\W\d_a-z][\w.'’-]* ){1,4}[^\W\d_a-z][\w.'’-]*"
NAMES = re.compile(rf"{_NAME}(?:; {_NAME})*")
_MOST_OBJECTS = 1000


@dataclass(frozen=True)
class Place:
    """A row of `places.toml`."""

    field: str
    id: str
    at: str
    example: str
    counter_example: str
    margins: bool = True


@cache
def load_places() -> tuple[Place, ...]:
    """Read the rows of `places.toml`, in the order in which they are asked."""
    return tuple(Place(**row) for row in _data()["place"])


def ask_page(tree: Any, field: str) -> Iterator[tuple[str, str]]:
    """Yield what a page, parsed by lxml, says of a field, and where, in the order of the places."""
    for place in load_places():
        if place.field == field:
            said = (
                _in_json(tree, place.at[5:]) if place.at.startswith("json:") else _at(tree, place)
            )
            for value in said:
                yield value, place.id


def authors_of(tree: Any, outlet: str) -> tuple[str, str]:
    """Give the authors, parted by semicolons, of the first place that names a person, and it."""
    said: dict[str, list[str]] = {}
    for value, where in ask_page(tree, "author"):
        name = clean_author(value)
        if name and fold(name) != fold(outlet) and name not in said.setdefault(where, []):
            said[where].append(name)
    for where, names in said.items():
        if names:
            # Of page elements the first is the byline; further down they are of other pieces.
            by_meta = where.startswith(("JSON", "meta"))
            return "; ".join(names[:10] if by_meta else names[:1]), where
    return "", ""


def find_margins(tree: Any) -> list[Any]:
    """Find the elements of a page that stand in its margins: menus, other articles, comments."""
    xpath = _data()["margins"]["xpath"].replace("ancestor-or-self::", "//", 1)
    return list(tree.xpath(xpath))


def clean_author(value: str) -> str:
    """Give the names in a byline, parted by semicolons, without what they are.

    Empty if what stands there is an address, or nobody.
    """
    name = _AFTER_NAME.sub("", _BY.sub("", one_line(value))).strip(" ,;:.|")
    name = re.sub(rf",? (?:{'|'.join(_data()['roles']['patterns'])})$", "", name, flags=re.I)
    several = re.split(r",? (?:and|&) |; ?", name)
    if len(several) > 1 and all(NAMES.fullmatch(part) for part in several):
        name = "; ".join(several)
    if re.fullmatch(r"[^\s,]+, [^\s,]+(?: [^\s,]+)?", name):
        last, first = name.split(", ")
        name = f"{first} {last}"
    nobody = fold(name) in _data()["nobody"]["names"] or not re.search(r"[^\W\d_]{2}", name)
    return "" if nobody or "://" in name or "@" in name or len(name) > 120 else name


def saved_from(tree: Any) -> str:
    """Give the address that a browser wrote into a page when it saved it."""
    for comment in tree.xpath("//comment() | /comment()")[:20]:
        match = _COMMENT.search(comment.text or "")
        if match:
            return match[1] or match[2]
    return ""


@cache
def _data() -> dict[str, Any]:
    return read_rules(Path(__file__).with_name("places.toml"), error=SheetError)


def _at(tree: Any, place: Place) -> Iterator[str]:
    margins = _data()["margins"]["xpath"]
    for found in tree.xpath(place.at):
        is_text = isinstance(found, str)  # the value of an attribute, which knows its element
        owner: Any = getattr(found, "getparent")() if is_text else found  # noqa: B009
        if place.margins or not owner.xpath(margins):
            value = one_line(str(found) if is_text else " ".join(owner.itertext()))
            if value:
                yield value


def _in_json(tree: Any, path: str) -> Iterator[str]:
    for article in _articles(tree):
        values: list[Any] = [article]
        for name in path.split("."):
            values = [item for value in values for item in _as_list(_member(value, name))]
        said = (one_line(value) for value in values if isinstance(value, str))
        yield from filter(None, said)


def _member(value: object, name: str) -> object:
    if isinstance(value, dict):
        return value.get(name)
    # A name without an object around it.
    return value if isinstance(value, str) and name in ("name", "@id") else None


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _articles(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the JSON-LD objects of the page that describe an article."""
    for script in tree.xpath('//script[contains(@type, "ld+json")]')[:50]:
        try:
            waiting = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MOST_OBJECTS):
            if not waiting:
                break
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting[:0] = item
            elif isinstance(item, dict):
                if any(_ARTICLE.fullmatch(str(kind)) for kind in _as_list(item.get("@type"))):
                    yield item
                waiting += [item[key] for key in ("@graph", "mainEntity") if key in item]
