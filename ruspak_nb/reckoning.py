"""Reckon with dates in EDTF: what lies before, after, within or nearest to a day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from ruspak_nb.intervals import edtf_bounds

_MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1200}
_DAYS = {"day": 1, "week": 7, "weekend": 7, "fortnight": 14}
# Where a year ends in a month or a day that it need not have, as 29 February.
_NEAREST_YEARS = 8
_PARTED = {
    "year": re.compile(r"[0-9]{4}"),
    "month": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "decade": re.compile(r"[0-9]{3}X"),
    "century": re.compile(r"[0-9]{2}XX"),
}


@dataclass(frozen=True)
class Origin:
    """What a date counts from: an EDTF value with its first and last day."""

    edtf: str
    first: date
    last: date

    def ends(self) -> tuple["Origin", "Origin"]:
        """Give the first and the last day, each with its own side of the value."""
        sides = self.edtf.split("/")
        return (
            Origin(sides[0], self.first, self.first),
            Origin(sides[-1], self.last, self.last),
        )


@lru_cache(maxsize=4096)
def read_origin(edtf: str) -> Origin | None:
    """Read a value as something to count from; None if either of its ends is not known."""
    try:
        first, last = _bounds(edtf)
    except ValueError:
        return None
    if not first or not last or first > last:
        return None
    return Origin(edtf, date.fromisoformat(first), date.fromisoformat(last))


def is_date(edtf: str) -> bool:
    """Tell whether a string is EDTF, and does not end before it begins."""
    try:
        first, last = _bounds(edtf)
    except ValueError:
        return False
    return not first or not last or first <= last


def _bounds(edtf: str) -> tuple[str, str]:
    """Give `edtf_bounds`, side by side: a side recurs, and a whole interval seldom does."""
    if "/" not in edtf:
        return edtf_bounds(edtf)
    sides = [side.rstrip("~?%") for side in edtf.split("/")]
    if len(sides) != 2 or all(side in ("", "..") for side in sides):
        raise ValueError(f"{edtf!r} is not an EDTF interval")
    first, last = (
        "" if side in ("", "..") else edtf_bounds(side)[n] for n, side in enumerate(sides)
    )
    return first, last


def join_values(*values: str) -> str:
    """Give the one value, or the interval from the first of several to the last."""
    if len(set(values)) == 1 and values[0].count("/") <= 1:
        return values[0]
    sides = "/".join(values).split("/")
    return f"{sides[0]}/{sides[-1]}"


def reach(day: date, unit: str, count: float) -> date:
    """Go `count` units forward or back. Raises ValueError or OverflowError outside 1-9999."""
    if unit not in _MONTHS:
        return day + timedelta(days=round(count * _DAYS[unit]))
    year, month = divmod(day.year * 12 + day.month - 1 + round(count * _MONTHS[unit]), 12)
    first = date(year, month + 1, 1)
    try:
        return first.replace(day=day.day)
    except ValueError:
        # A month too short for the day: its last.
        return date(year, month + 1, _last_day(year, month + 1))


def unit_of(day: date, unit: str) -> str:
    """Give the calendar's unit that a day lies in: its year, week, century, ..."""
    monday = day - timedelta(days=day.weekday())
    match unit:
        case "century":
            return f"{day.year // 100:02}XX"
        case "decade":
            return f"{day.year // 10:03}X"
        case "week" | "fortnight":
            return f"{monday}/{monday + timedelta(days=6)}"
        case "weekend":
            return f"{monday + timedelta(days=5)}/{monday + timedelta(days=6)}"
    return point_in(day, unit)


def point_in(day: date, unit: str) -> str:
    """Write a day no finer than one counts in a unit: a year for decades, about a day for weeks."""
    if unit == "day":
        return day.isoformat()
    if unit == "month":
        return f"{day.year:04}-{day.month:02}"
    return f"{day.year:04}" if unit in _MONTHS else f"{day.isoformat()}~"


def nearest_weekday(day: date, weekday: int, which: int | None, *, forward: bool) -> date:
    """Give the last (-1), this (0) or next (1) Monday, or the nearest in a direction."""
    ahead = (weekday - day.weekday()) % 7
    if which == 0 or (which is None and forward):
        return day + timedelta(days=ahead)
    if which == 1:
        return day + timedelta(days=ahead or 7)
    return day + timedelta(days=ahead - 7 if ahead or which == -1 else 0)


def candidate_years(origin: Origin, which: int | None, *, forward: bool) -> range:
    """Give the years in which a date without one may lie, the likeliest first."""
    if which == 0:
        # A winter that goes on began in the year before.
        return range(max(origin.first.year - 1, 1), origin.last.year + 1)
    if which == 1 or (which is None and forward):
        return range(origin.first.year, min(origin.last.year + _NEAREST_YEARS, 9999) + 1)
    return range(origin.last.year, max(origin.first.year - _NEAREST_YEARS, 1) - 1, -1)


def fits(edtf: str, origin: Origin, which: int | None, *, forward: bool) -> bool:
    """Tell whether a date lies on the side of the origin that `which` or the tense says."""
    dated = read_origin(edtf)
    if dated is None:
        return False
    if which is None:
        return dated.last >= origin.first if forward else dated.first <= origin.last
    if which == 0:
        return dated.last >= origin.first or dated.first.year == origin.first.year
    return dated.first > origin.last if which == 1 else dated.last < origin.first


def part_of(edtf: str, bounds: Mapping[str, tuple[int, int]]) -> str:
    """Give a part of a year (months), month (days), decade or century (years), or nothing."""
    for unit, (low, high) in bounds.items():
        if not _PARTED[unit].fullmatch(edtf):
            continue
        if unit == "month":
            high = min(high, _last_day(int(edtf[:4]), int(edtf[5:])))
        joint = "-" if unit in ("year", "month") else ""
        width = 1 if unit == "decade" else 2
        stem = edtf.rstrip("X") + joint
        return join_values(f"{stem}{low:0{width}}", f"{stem}{high:0{width}}")
    return ""


def _last_day(year: int, month: int) -> int:
    return int(edtf_bounds(f"{year:04}-{month:02}")[1][-2:])
