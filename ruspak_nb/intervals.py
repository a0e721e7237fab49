"""Day bounds of an EDTF date (ISO 8601-2): the earliest and latest day it can mean."""

import contextlib
import re
import warnings
from datetime import date
from functools import cache, lru_cache
from time import struct_time
from types import ModuleType

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


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
