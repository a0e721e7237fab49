"""EDTF dates: the first and last day that each can mean."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb.intervals import edtf_bounds, tell_date

example = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("2016-12-03", "2016-12-03", "2016-12-03"),
        ("2016-12", "2016-12-01", "2016-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2016", "2016-01-01", "2016-12-31"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("2016-XX", "2016-01-01", "2016-12-31"),
        ("2016-12-XX", "2016-12-01", "2016-12-31"),
        ("2016-12-03/2016-12-04", "2016-12-03", "2016-12-04"),
        ("1968/1969", "1968-01-01", "1969-12-31"),
        ("2016-05-25/2016-09", "2016-05-25", "2016-09-30"),
        ("2016-12-05/..", "2016-12-05", ""),
        ("../2007", "", "2007-12-31"),
        ("2016/", "2016-01-01", ""),
        ("/2016", "", "2016-12-31"),
        ("2016?", "2016-01-01", "2016-12-31"),
        ("2016-06~", "2016-06-01", "2016-06-30"),
        ("XXXX-09-26", "", ""),
        ("XXXX-09", "", ""),
    ],
)
def test_bounds(edtf: str, earliest: str, latest: str) -> None:
    """A partial date spans all it can mean; a side that is open or unknown is empty."""
    assert edtf_bounds(edtf) == (earliest, latest)


@pytest.mark.parametrize(
    "edtf",
    [
        "",
        "May 2016",
        "2016-13",
        "2016-02-30",
        "2015-02-29",
        "2016-1",
        "03/12/2016",
        "3.12.2016",
        "1947-48",
        "unknown",
        "XXXX-13-45",
        "١٩٤٧",
        "Y170000002",
        "-0500",
        "0000",
    ],
)
def test_no_date(edtf: str) -> None:
    """What is no EDTF date of our era is an error that shows how to write one."""
    with pytest.raises(ValueError, match=r"is not an EDTF date; write 2016, 2016-12, .*\.\. for"):
        edtf_bounds(edtf)


@given(st.dates(min_value=date(1000, 1, 1)))
@example
def test_a_day_is_itself(day: date) -> None:
    """Every day of the calendar is its own first and last day."""
    assert edtf_bounds(day.isoformat()) == (day.isoformat(), day.isoformat())


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9998, 12, 31)))
@example
def test_a_month_ends_before_the_next(day: date) -> None:
    """A month runs from its first day to the eve of the next month's."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    last = following - timedelta(days=1)
    assert edtf_bounds(day.isoformat()[:7]) == (first.isoformat(), last.isoformat())


@given(st.tuples(*[st.dates(min_value=date(1000, 1, 1))] * 2).map(sorted))
@example
def test_an_interval_has_the_bounds_of_its_ends(days: list[date]) -> None:
    """An interval begins where its first part begins, and ends where its last one does."""
    first, last = (day.isoformat() for day in days)
    assert edtf_bounds(f"{first[:7]}/{last}") == (f"{first[:7]}-01", last)
    assert edtf_bounds(f"{first}/..") == (first, "")


@given(st.text(max_size=12) | st.text("0123456789-/.XY?~%[]{},", max_size=14))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_any_text_is_a_date_or_an_error(text: str) -> None:
    """Whatever stands in a date column, it has bounds or is an error that repeats it."""
    try:
        bounds = edtf_bounds(text)
    except ValueError as error:
        assert str(error).startswith(repr(text))
    else:
        assert all(not day or date.fromisoformat(day) for day in bounds)


@pytest.mark.parametrize(
    ("edtf", "told"),
    [
        ("2017-01-29", "29 Jan 2017"),
        ("2017-01", "Jan 2017"),
        ("2017", "2017"),
        ("2016-05-25/2016-09-23", "25 May 2016 to 23 Sep 2016"),
        ("2016-12-05/..", "from 5 Dec 2016"),
        ("../2017-01-29", "until 29 Jan 2017"),
        ("", "undated"),
        ("2012-06?", "2012-06?"),
        ("2012-13", "2012-13"),
        ("/", "/"),
    ],
)
def test_a_date_is_told_as_readers_write_it(edtf: str, told: str):
    """Days, months, years and stretches of time in words; what is rarer stays as it is."""
    assert tell_date(edtf) == told
