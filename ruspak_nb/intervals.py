"""Day bounds of an EDTF date (ISO 8601-2): the earliest and latest day it can mean."""

import contextlib
import re
import warnings
from datetime import date
from functools import cache, lru_cache
from time import struct_time
from types import ModuleType

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PLAIN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?)?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4096)
def edtf_bounds(edtf: str) -> tuple[str, str]:
    """Give the first and last day an EDTF string can mean, as ISO dates.

    A side that is open or unknown is the empty string, and so are both where the year
    is not known ("XXXX-09-26"). Raises ValueError if the string is not EDTF.
    """
    if _DAY.fullmatch(edtf):
        # The most frequent form by far needs no grammar.
        with contextlib.suppress(ValueError):
            return (date.fromisoformat(edtf).isoformat(),) * 2
    parser = _parser()
    unknown_year = edtf.startswith("XXXX")
    try:
        # A day without a year is one if a leap year has it.
        parsed = parser.parse_edtf(edtf.replace("XXXX", "2000", 1) if unknown_year else edtf)
        bounds = _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (parser.EDTFParseException, ValueError, OverflowError):
        raise ValueError(
            f"{edtf!r} is not an EDTF date; write 2016, 2016-12, 2016-12-03, "
            "2016-12-03/2016-12-04, or 2016-12-05/.. for an open end"
        ) from None
    if unknown_year:
        return "", ""
    # An unknown side ("/2016") is no less open than "..", whatever the parser assumes.
    return ("" if edtf.startswith("/") else bounds[0], "" if edtf.endswith("/") else bounds[1])


@cache
def tell_date(edtf: str) -> str:
    """Write a date in EDTF for readers: "29 Jan 2017", "from 5 Dec 2016"; as it is if rare.

    An empty one is "undated".
    """
    if not edtf:
        return "undated"
    first, divided, last = edtf.partition("/")
    told = {end: _tell_day(end) for end in (first, last) if end not in ("", "..")}
    if None in told.values():
        return edtf
    if not divided:
        return str(told[first])
    if first in told and last in told:
        return f"{told[first]} to {told[last]}"
    return f"from {told[first]}" if first in told else f"until {told[last]}" if told else edtf


def _tell_day(edtf: str) -> str | None:
    """Write a year, a month or a day for readers; None for anything else."""
    match = _PLAIN.fullmatch(edtf)
    if match is None:
        return None
    day, month = (match["day"] or "").lstrip("0"), match["month"]
    name = _MONTHS[int(month) - 1] if month else ""
    return " ".join(part for part in (day, name, match["year"]) if part)


def _parser() -> ModuleType:
    # Slow to import, and a cached annotation never needs it. Its grammar sets off
    # pyparsing's diagnostics under `python -W error`, which are not the reader's business.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import edtf
    return edtf


def _day(moment: struct_time | float) -> str:
    if isinstance(moment, struct_time):
        return date(moment.tm_year, moment.tm_mon, moment.tm_mday).isoformat()
    return ""
