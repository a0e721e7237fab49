"""Read when something says it was published, as EDTF: partial dates stay partial."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.sheets import SheetError, read_rules

_CENTURIES = r"(?:1[89]|20)\d\d"
_ISO = re.compile(
    rf"({_CENTURIES})[-/](\d\d)(?:[-/](\d\d))?(?:[T ].*)?|({_CENTURIES})(\d\d)(\d\d)(?:T.*)?"
)
_YEAR = re.compile(_CENTURIES)
_NUMBERS = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-]({_CENTURIES})")
_IN_ADDRESS = re.compile(
    rf"/({_CENTURIES})[/-](0?[1-9]|1[0-2])(?:[/-](0?[1-9]|[12]\d|3[01]))?(?=[/-]|$)"
)
_SEASON = re.compile(r"([a-z]+),? (\d{4})")
_MONTHS = re.compile(r"([A-Za-z.]+)(?: ?[-–/] ?| to )([A-Za-z.]+),? (\d{4})")
_LONGEST = 120


@dataclass(frozen=True)
class Dateline:
    """A row of `datelines.toml`."""

    id: str
    pattern: re.Pattern[str]
    example: str
    counter_example: str
    modified: bool = False


@cache
def load_datelines() -> tuple[Dateline, ...]:
    """Read the rules of `datelines.toml`, in the order in which they apply."""
    return tuple(
        Dateline(pattern=_compile(rule.pop("pattern")), **rule)
        for rule in map(dict, _data()["rule"])
    )


def read_date(said: str) -> str:
    """Read a date in words or numbers as EDTF; empty if it is none, or has no year.

    A day and a month that could be either way round are both kept: `[2017-03-04,2017-04-03]`.
    No day, month or year is filled in.
    """
    said = " ".join(said.split())[:_LONGEST]
    match = _ISO.fullmatch(said)
    if match:
        edtf = "-".join(part for part in match.groups() if part)
    elif _YEAR.fullmatch(said):
        edtf = said
    elif numbers := _NUMBERS.match(said):
        edtf = _either_way(*numbers.groups())
    else:
        edtf = _in_words(said)
    try:
        edtf_bounds(edtf)
    except ValueError:
        return ""
    return edtf


def find_dates(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield EDTF, the rule's name with the words, and whether it is a later change."""
    for rule in load_datelines():
        for match in rule.pattern.finditer(text):
            edtf = read_date(match["date"])
            if edtf:
                words = " ".join(match[0].split())
                yield edtf, f"{rule.id}: “{words[:80]}”", rule.modified


def date_in_address(url: str) -> str:
    """Read the date that many addresses carry, `/2017/01/29/`; a month alone stays a month."""
    match = _IN_ADDRESS.search(url)
    if not match:
        return ""
    return read_date("-".join(part.zfill(2) for part in match.groups() if part))


@cache
def _data() -> dict[str, Any]:
    return read_rules(Path(__file__).with_name("datelines.toml"), error=SheetError)


def _compile(regex: str) -> re.Pattern[str]:
    dates: dict[str, str] = _data()["dates"]
    of_issues = [dates[name] for name in _data()["issues"]["dates"]]
    regex = regex.replace("<date>", f"(?P<date>{'|'.join(dates.values())})")
    regex = regex.replace("<issue>", f"(?P<date>{'|'.join(of_issues)})")
    for name, part in _data()["parts"].items():
        regex = regex.replace(f"<{name}>", part)
    return re.compile(regex, re.IGNORECASE | re.MULTILINE)


def _either_way(first: str, second: str, year: str) -> str:
    first, second = first.zfill(2), second.zfill(2)
    if int(first) > 12 or first == second:
        return f"{year}-{second}-{first}"
    if int(second) > 12:
        return f"{year}-{first}-{second}"
    return f"[{','.join(sorted((f'{year}-{first}-{second}', f'{year}-{second}-{first}')))}]"


def _in_words(said: str) -> str:
    season = _SEASON.fullmatch(said.casefold())
    seasons: dict[str, int] = _data()["seasons"]
    if season and season[1] in seasons:
        return f"{season[2]}-{seasons[season[1]]}"
    year = _YEAR.search(said)
    if year is None and said.isascii():
        return ""  # the parser would fill in the year from its clock
    both = _MONTHS.fullmatch(said)
    if both:
        ends = [_parsed(f"{month} {both[3]}") for month in (both[1], both[2])]
        return "/".join(ends) if all(ends) else ""
    return _parsed(said)


def _parsed(said: str) -> str:
    found = _parser().get_date_data(said)
    if found.date_obj is None or not 1800 <= found.date_obj.year < 2100:
        return ""
    day: str = found.date_obj.date().isoformat()
    return {"day": day, "month": day[:7], "year": day[:4]}.get(str(found.period), "")


@cache
def _parser() -> Any:
    from dateparser.date import DateDataParser

    return DateDataParser(
        settings={
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["year", "month"],
            "RELATIVE_BASE": datetime(2000, 1, 1),
            "RETURN_AS_TIMEZONE_AWARE": False,
        }
    )
