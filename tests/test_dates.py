"""Which words are a date, and which days it can mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb.codebook import DateRule, load_codebook
from ruspak_nb.dates import match_dates
from ruspak_nb.intervals import edtf_bounds

repeatably = settings(deadline=None, derandomize=True, database=None)
RULES = load_codebook().dates


def read(text: str) -> list[tuple[str, str]]:
    """List the words and the EDTF value of each date in `text`."""
    found = match_dates(text, RULES, load_codebook().months)
    return [(text[start:end], edtf) for start, end, edtf in found]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_reads_its_example(rule: DateRule):
    """Each rule of dates.toml gives its value, and matches nothing in its counter-example."""
    assert [edtf for _, edtf in read(rule.example)] == [rule.value]
    assert rule.pattern.search(rule.example)
    counter = match_dates(rule.counter_example, (rule,), load_codebook().months)
    assert list(counter) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("on 29 January 2017", [("29 January 2017", "2017-01-29")], id="day first"),
        pytest.param("on the 1st of May, 2016", [("1st of May, 2016", "2016-05-01")], id="ordinal"),
        pytest.param("on May 25, 2016", [("May 25, 2016", "2016-05-25")], id="month first"),
        pytest.param("on Sept. 9, 2016", [("Sept. 9, 2016", "2016-09-09")], id="short month"),
        pytest.param("filed 2016-12-03", [("2016-12-03", "2016-12-03")], id="ISO"),
        pytest.param("in September 2016", [("September 2016", "2016-09")], id="month"),
        pytest.param("in 2015", [("2015", "2015")], id="year"),
        pytest.param("on 10 October\n2016", [("10 October\n2016", "2016-10-10")], id="line break"),
        pytest.param("in the 1990's", [("1990's", "199X")], id="decade with apostrophe"),
        pytest.param("a 20th-century idea", [("20th-century", "19XX")], id="century"),
    ],
)
def test_a_date_is_read(text: str, expected: list[tuple[str, str]]):
    """Dates are read in the forms in which articles write them."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("on September 26 in Moscow", ("September 26", "XXXX-09-26"), id="no year"),
        pytest.param("26th of September", ("26th of September", "XXXX-09-26"), id="day first"),
        pytest.param("in May 2016", ("May 2016", "2016-05"), id="no day"),
        pytest.param("in the 1960s", ("1960s", "196X"), id="decade"),
    ],
)
def test_a_partial_date_stays_partial(text: str, expected: tuple[str, str]):
    """What the text leaves open stays open: no year is taken from anywhere else."""
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        pytest.param("3 and 4 December 2016", "2016-12-03/2016-12-04", id="two days"),
        pytest.param("October 15–16, 2016", "2016-10-15/2016-10-16", id="days, dash"),
        pytest.param("24 September to 10 October 2016", "2016-09-24/2016-10-10", id="two months"),
        pytest.param("September-October 2016", "2016-09/2016-10", id="months"),
        pytest.param("1999 to 2001", "1999/2001", id="years"),
        pytest.param("1999–2001", "1999/2001", id="years, dash"),
        pytest.param("1947-48", "1947/1948", id="short second year"),
        pytest.param("2016/17", "2016/2017", id="slash"),
        pytest.param("the early 1990s", "1990/1993", id="early"),
        pytest.param("the mid-1990s", "1994/1996", id="mid"),
        pytest.param("the late 1960s", "1966/1969", id="late"),
    ],
)
def test_a_range_is_one_date(text: str, edtf: str):
    """From here to there is one date with two ends, over all its words."""
    assert read(text) == [(text, edtf)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("from 1999 to 2001", ["1999/2001"], id="from"),
        pytest.param("between 1999 and 2001", ["1999/2001"], id="between"),
        pytest.param("in 1965 and 1971", ["1965", "1971"], id="and alone"),
        pytest.param("in 2015, 2016 and 2017", ["2015", "2016", "2017"], id="list"),
    ],
)
def test_and_joins_a_range_only_after_between(text: str, expected: list[str]):
    """Years joined by a bare "and" are two dates, not the time from one to the other."""
    assert [edtf for _, edtf in read(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("on 31 June 2016", [("June 2016", "2016-06")], id="31 June"),
        pytest.param("on 29 February 2015", [("February 2015", "2015-02")], id="no leap year"),
        pytest.param("on 29 February 2016", [("29 February 2016", "2016-02-29")], id="leap year"),
        pytest.param("on 2016-13-01", [], id="thirteenth month"),
        pytest.param("on 10-3 December 2016", [("3 December 2016", "2016-12-03")], id="backwards"),
        pytest.param("on 31 February", [], id="31 February of no year"),
        pytest.param("on 29 February", [("29 February", "XXXX-02-29")], id="29 February"),
    ],
)
def test_an_impossible_date_gives_way(text: str, expected: list[tuple[str, str]]):
    """A day that no calendar has is not read; the month and year around it still are."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("the 11 September 2001 attacks", ["2001-09-11"], id="day, not month or year"),
        pytest.param("3 and 4 December 2016", ["2016-12-03/2016-12-04"], id="range, not day"),
        pytest.param("the late 1960s", ["1966/1969"], id="late decade, not decade"),
        pytest.param("1960s and 1970s", ["196X", "197X"], id="neighbours"),
        pytest.param("May 5, 2016, June 6, 2017", ["2016-05-05", "2017-06-06"], id="list"),
    ],
)
def test_of_overlapping_readings_the_longest_is_kept(text: str, expected: list[str]):
    """The same words are one date, in the order of the text."""
    assert [edtf for _, edtf in read(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Russia sold 2015 tanks.", id="things counted"),
        pytest.param("It costs 2,015 rupees.", id="thousands"),
        pytest.param("It weighs 1965.5 kilograms.", id="decimals"),
        pytest.param("They may 16 times ask.", id="a verb"),
        pytest.param("A march 5 miles long.", id="a noun"),
        pytest.param("A Boeing 737 and a MI-35 landed.", id="aircraft"),
        pytest.param("It will be so in 3015.", id="far future"),
    ],
)
def test_a_number_is_not_a_date(text: str):
    """Numbers of things, decimals, and verbs that look like months are left alone."""
    assert read(text) == []


# fmt: off
WORDS = [
    "3", "31", "May", "June", "Feb.", "2016", "1947-48", "2016-12-03", "and", "to", "-", "/", ",",
    "of", "the", "late", "1960s", "21st", "century",
]
# fmt: on


@repeatably
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)))
def test_dates_are_ordered_apart_and_valid(text: str):
    """Whatever the text, dates do not overlap, and none ends before it begins."""
    last = 0
    for start, end, edtf in match_dates(text, RULES, load_codebook().months):
        assert last <= start < end <= len(text)
        earliest, latest = edtf_bounds(edtf)
        assert earliest <= latest
        last = end


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Resolution 1973 cost $1950 and Rs 1800 at 1700 GMT.", []),
        ("Some 2000 voters came in 2000.", ["2000"]),
        ("The 1999-00 season and FY2016-17.", ["1999/2000", "2016/2017"]),
        ("The fashion of the '80s.", ["198X"]),
    ],
    ids=["sums and resolutions", "round hundred", "turn of the century", "short decade"],
)
def test_a_number_is_not_always_a_year(text: str, values: list[str]):
    """Sums, crowds and resolutions are no years; short years and decades are."""
    book = load_codebook()
    assert [edtf for *_, edtf in match_dates(text, book.dates, book.months)] == values
