"""Read what stands above and below a text, by the zones that loading it will see too."""

import re
from typing import NamedTuple

from ruspak_nb.intake.datelines import find_dates
from ruspak_nb.intake.places import NAMES, clean_author
from ruspak_nb.intake.record import Finds, one_line
from ruspak_nb.zones import find_zones

_BYLINE = re.compile(r"(?:By|BY|by)\s+(\S.{2,78})$")
_REACH = 20_000  # code points; what an article is headed by stands within


class DateFind(NamedTuple):
    """A date in EDTF, where it stood, and whether it is of a later change."""

    edtf: str
    where: str
    later: bool = False


class Head(NamedTuple):
    """What the lines around a text say: its title, its author, its dates."""

    title: str
    author: str
    byline: str
    dates: list[DateFind]


def read_head(text: str, *, title: str = "", author: str = "") -> Head:
    """Read title, author and dates from the zones of a text; dates in its body are of events."""
    heading = name = byline = ""
    dates: list[DateFind] = []
    text = text[:_REACH]
    for zone in find_zones(text, title=title, author=author):
        lines = [one_line(line) for line in text[zone.start : zone.end].splitlines()]
        lines = list(filter(None, lines))
        if zone.zone == "title" and not heading:
            heading = lines[0]
        elif zone.zone == "byline":
            dates += [DateFind(*found) for found in find_dates("\n".join(lines))]
            for line in lines:
                if not name:
                    name, byline = _author(line), line
    return Head(heading, name, byline if name else "", dates)


def describe_head(finds: Finds, text: str) -> None:
    """Add what stands around a text to what is known of it."""
    head = read_head(text)
    finds.add("title", head.title, "title line of the text")
    finds.add("author", head.author, f"byline “{head.byline[:80]}”")
    if "published" not in finds.fields:
        add_dates(finds, head.dates)


def add_dates(finds: Finds, dates: list[DateFind]) -> None:
    """Take the first date that is not of a change; name what differs from it."""
    own = [date for date in dates if date.edtf and not date.later]
    # A month is made a day by another place that says the same month.
    same = [date for date in own if date.edtf.startswith(own[0].edtf)]
    taken = max(same, key=lambda date: len(date.edtf), default=DateFind("", ""))
    others = {
        date.edtf: f"{date.edtf} ({date.where})"
        for date in reversed(dates)
        if date.edtf and not taken.edtf.startswith(date.edtf)
    }
    also = "; ".join(reversed(others.values()))
    if taken.edtf:
        where = f"{taken.where}. Also there: {also}" if also else taken.where
        finds.add("published", taken.edtf, where)
    elif also:
        finds.found["published"] = f"no date of publication. There is: {also}"


def _author(line: str) -> str:
    said = _BYLINE.match(line)
    name = clean_author(said[1] if said else line)
    return name if said or NAMES.fullmatch(name) else ""
