"""Which words say when, which days they can mean, and what they count from."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from ruspak_nb.codebook import load_codebook
from ruspak_nb.dates import match_dates
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.schema import DATE_BASES
from ruspak_nb.time_rules import DateRule

repeatably = settings(deadline=None, derandomize=True, database=None)
BOOK = load_codebook()
FRIDAY = "2017-01-20"


def read(text: str, published: str = "") -> list[tuple[str, str]]:
    """List the words and the EDTF value of each date in `text`."""
    found = match_dates(text, BOOK, published)
    return [(text[start:end], edtf) for start, end, edtf, _ in found]


def values(text: str, published: str = "") -> list[str]:
    """List the EDTF values in `text`."""
    return [edtf for _, edtf in read(text, published)]


@pytest.fixture(scope="module")
def nlp(bare: Language) -> Language:
    """Read without a trained model."""
    return bare


@pytest.mark.parametrize("rule", BOOK.dates, ids=lambda rule: rule.id)
def test_a_rule_reads_its_example(rule: DateRule):
    """Each rule of dates.toml matches its example, and nothing in its counter-example."""
    assert values(rule.example, rule.published)[-1 if rule.origin else 0] == rule.value
    assert rule.pattern.search(rule.example)
    alone = match_dates(rule.counter_example, BOOK, rule.published, rules=(rule,))
    assert [found for found in alone if found.basis != "named_period"] == []


# Read in an article of Friday, 20 January 2017: the words of each date, its value and its basis.
SENTENCES = [
    ("The finance minister resigned on 3rd December.", "3rd December = 2016-12-03 relative"),
    ("Dec. 3 saw the last strike.", "Dec. 3 = 2016-12-03 relative"),
    ("Delegates met on 3-4 December 2016.", "3-4 December 2016 = 2016-12-03/2016-12-04 explicit"),
    ("Growth slowed in fiscal 2016-17.", "2016-17 = 2016/2017 explicit"),
    ("The bank failed in the spring of 2014.", "spring of 2014 = 2014-21 explicit"),
    ("It reopened in winter 2015.", "winter 2015 = 2015-12/2016-02 explicit"),
    ("Exports fell in the first half of 2015.", "first half of 2015 = 2015-01/2015-06 explicit"),
    ("Prices peaked in late 2015.", "late 2015 = 2015-09/2015-12 explicit"),
    ("Mid-2015 saw a heat wave.", "Mid-2015 = 2015-05/2015-08 explicit"),
    ("The mine was shut by the end of 2014.", "end of 2014 = 2014-12 explicit"),
    (
        "Output rose in the third quarter of 2016.",
        "third quarter of 2016 = 2016-07/2016-09 explicit",
    ),
    ("Coups were common in the 1960s and 1970s.", "1960s = 196X explicit; 1970s = 197X explicit"),
    ("Farmers rose in the early 20th century.", "early 20th century = 1900/1929 explicit"),
    (
        "The plant ran from March 2011 to May 2013.",
        "March 2011 to May 2013 = 2011-03/2013-05 explicit",
    ),
    ("The party fell from grace in the late sixties.", "late sixties = 1966/1969 explicit"),
    ("The sanctions have held since 2014.", "2014 = 2014 explicit"),
    ("The post-2014 order is fragile.", "post-2014 = 2014/.. explicit"),
    ("The town grew at the turn of the century.", "turn of the century = 1999/2001 named_period"),
    ("The president will land in Nairobi on March 4.", "March 4 = 2017-03-04 relative"),
    ("The bridge collapsed in March.", "March = 2016-03 relative"),
    ("Curbs imposed in March will stay.", "March = 2016-03 relative"),
    ("The strikes of January 2-4 hurt trade.", "January 2-4 = 2017-01-02/2017-01-04 relative"),
    ("The minister spoke on Tuesday.", "Tuesday = 2017-01-17 relative"),
    ("Police arrested him last Friday.", "last Friday = 2017-01-13 relative"),
    ("The court is to rule next Monday.", "next Monday = 2017-01-23 relative"),
    ("Talks broke down yesterday.", "yesterday = 2017-01-19 relative"),
    ("Voters go to the polls tomorrow.", "tomorrow = 2017-01-21 relative"),
    ("Turnout was low last year.", "last year = 2016 relative"),
    ("Last week the harbour froze.", "Last week = 2017-01-09/2017-01-15 relative"),
    ("The budget of the current year is thin.", "current year = 2017 relative"),
    ("The summit was held in December last year.", "December last year = 2016-12 relative"),
    ("Floods hit the coast last December.", "last December = 2016-12 relative"),
    ("The fleet sailed last summer.", "last summer = 2016-22 relative"),
    ("The law was passed earlier this month.", "earlier this month = 2017-01/2017-01-20 relative"),
    ("It will be signed later this year.", "later this year = 2017-01-20/2017 relative"),
    ("Early next month the ferry will sail.", "Early next month = 2017-02-01/2017-02-10 relative"),
    ("Ties have warmed in recent years.", "recent years = ../2017-01-20 relative"),
    ("The armies have recently drilled together.", "recently = ../2017-01-20 relative"),
    ("The party now holds most seats.", "now = 2017-01-20 relative"),
    ("Until now the file was secret.", "Until now = ../2017-01-20 relative"),
    ("So far nobody has been charged.", "So far = ../2017-01-20 relative"),
    ("Relations were different in the past.", "past = ../2017-01-20 relative"),
    ("Tariffs may rise in the near future.", "near future = 2017-01-20/.. relative"),
    ("The minister will soon visit Hanoi.", "soon = 2017-01-20/.. relative"),
    ("More is to come in the coming years.", "coming years = 2017-01-20/.. relative"),
    ("The port was sold two years ago.", "two years ago = 2015 relative"),
    ("The dam was built a decade ago.", "decade ago = 2007 relative"),
    ("Half a century ago the lake was full.", "Half a century ago = 1967 relative"),
    ("Nearly three decades ago the wall fell.", "Nearly three decades ago = 1987~ relative"),
    ("Rents have doubled over the past five years.", "past five years = 2012~/2017-01-20 relative"),
    ("They met often in the last two decades.", "last two decades = 1997~/2017-01-20 relative"),
    ("The fleet will grow in the next ten years.", "next ten years = 2017-01-20/2027~ relative"),
    ("The rebels must disarm within six months.", "six months = 2017-01-20/2017-07~ relative"),
    (
        "In 2007 he paid the first visit by a premier in almost four decades.",
        "2007 = 2007 explicit; almost four decades = 1967~/2007 relative",
    ),
    ("She has led it for more than 20 years.", "more than 20 years = 1997~/2017-01-20 relative"),
    ("The envoy returned after 40 years.", "40 years = 1977~/2017-01-20 relative"),
    (
        "The king fled in 1973 and died two years later.",
        "1973 = 1973 explicit; two years later = 1975 relative",
    ),
    (
        "The strike of 1984 ended the following year.",
        "1984 = 1984 explicit; following year = 1985 relative",
    ),
    (
        "Born in May 1950, he was baptised the same month.",
        "May 1950 = 1950-05 explicit; same month = 1950-05 relative",
    ),
    ("The previous year had been dry.", ""),
    ("Spies were everywhere in the Cold War.", "Cold War = 1947/1991 named_period"),
    ("The cold war years left bunkers.", "cold war years = 1947/1991 named_period"),
    ("A post-Cold War era began.", "post-Cold War era = 1991/.. named_period"),
    (
        "Germany rearmed in the interwar period.",
        "interwar period = 1918-11-11/1939-09-01 named_period",
    ),
    ("Musharraf's reign is over.", "Musharraf's reign = 1999-10-12/2008-08-18 named_period"),
    ("The rule of Zia was harsh.", "rule of Zia = 1977-07-05/1988-08-17 named_period"),
    (
        "Taxes fell during the Reagan administration.",
        "Reagan administration = 1981-01-20/1989-01-20 named_period",
    ),
    (
        "Strikes grew from the Bush to the Obama administration.",
        "Bush to the Obama administration = 2001-01-20/2017-01-20 named_period",
    ),
    ("The Obama administration condemned the coup.", ""),
    ("The post 9/11 era changed travel.", "post 9/11 era = 2001-09-11/.. named_period"),
    ("In the long run the rouble is second to none.", ""),
    ("Now that the vote is over, the then minister may retire one day.", ""),
    ("The current account was in surplus in the present study of day-to-day trade.", ""),
    ("They may march as soon as they can, again and again.", ""),
    ("Russia soon recovered; Theresa May said little.", ""),
    ("The jail term of ten years was a three-year bargain.", ""),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_sentences_of_the_news(sentence: str, expected: str):
    """Words, value and basis of all dates in sentences such as newspapers write."""
    found = match_dates(sentence, BOOK, FRIDAY)
    rows = [f"{sentence[start:end]} = {edtf} {basis}" for start, end, edtf, basis in found]
    assert "; ".join(rows) == expected


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
        pytest.param("early 1990s", "1990/1993", id="early"),
        pytest.param("mid-1990s", "1994/1996", id="mid"),
        pytest.param("late 1960s", "1966/1969", id="late"),
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
        pytest.param("between May 2014 and 2016", ["2014-05/2016"], id="between month and year"),
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
    "of", "the", "late", "1960s", "21st", "century", "last", "next", "year", "week", "decades",
    "ago", "two", "few", "in", "for", "over", "past", "coming", "Friday", "winter", "later", "now",
    "almost", "same", "will", "has", "first", "post", "Cold", "War", "Trump", "years", "until",
    "earlier", "end",
]
# fmt: on


DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31)).map(str)
PUBLISHED = st.one_of(
    st.just(""),
    DAYS,
    DAYS.map(lambda day: day[:7]),
    DAYS.map(lambda day: day[:4]),
    st.tuples(DAYS, DAYS).map(lambda days: "/".join(sorted(days))),
    st.sampled_from(["2017-01~", "2016?", "201X", "20XX", "2016-21", "2016-12-05/..", "../2016"]),
    st.sampled_from(["2016-12-20/2017-01", "/2016", "XXXX-09-26", "2016~/2017", "not a date"]),
)


@repeatably
@given(
    st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)),
    PUBLISHED,
)
def test_dates_are_ordered_apart_and_valid(text: str, published: str):
    """Whatever the text and the publication, dates are apart, and end after they begin."""
    last = 0
    for start, end, edtf, basis in match_dates(text, BOOK, published):
        assert last <= start < end <= len(text)
        earliest, latest = edtf_bounds(edtf)
        assert not earliest or not latest or earliest <= latest
        assert basis in DATE_BASES
        last = end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Resolution 1973 cost $1950 and Rs 1800 at 1700 GMT.", []),
        ("Some 2000 voters came in 2000.", ["2000"]),
        ("The 1999-00 season and FY2016-17.", ["1999/2000", "2016/2017"]),
        ("The fashion of the '80s.", ["198X"]),
    ],
    ids=["sums and resolutions", "round hundred", "turn of the century", "short decade"],
)
def test_a_number_is_not_always_a_year(text: str, expected: list[str]):
    """Sums, crowds and resolutions are no years; short years and decades are."""
    assert values(text) == expected


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        pytest.param("2017-01-20", "2016", id="day"),
        pytest.param("2017-01", "2016", id="month"),
        pytest.param("2017", "2016", id="year"),
        pytest.param("2017-01-03/2017-03-01", "2016", id="interval inside one year"),
        pytest.param("2016-12-05/2017-01-20", "2015/2016", id="interval over two years"),
    ],
)
def test_last_year_is_that_before_the_publication(published: str, expected: str):
    """What is said of the year before holds for each day on which it may have been said."""
    assert values("Turnout was low last year.", published) == [expected]


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("He will come on September 26.", "2012-06-15", "2012-09-26"),
        ("He came on September 26.", "2012-06-15", "2011-09-26"),
        ("He came on September 26.", "2012", "2012-09-26"),
        ("He came on September 26.", "2012-09-26", "2012-09-26"),
        ("He said he will come in March.", "2012-03-15", "2012-03"),
        ("He will come on February 29.", "2017-06-15", "2020-02-29"),
        ("This winter is mild.", "2017-01-20", "2016-12/2017-02"),
        ("He came on September 26.", "2016-12-05/2017-01-20", "2016-09-26"),
    ],
)
def test_a_date_without_a_year_is_the_nearest_that_fits(text: str, published: str, expected: str):
    """It lies ahead if the sentence looks ahead, else behind, or within the publication."""
    assert values(text, published) == [expected]


@pytest.mark.parametrize("published", ["", "../2017", "2016-12-05/..", "XXXX-09-26", "unknown"])
def test_nothing_is_read_from_a_clock(published: str):
    """Without a known publication only what needs none is read, and stays partial."""
    text = "Last year, recently, now, on Tuesday, in 20 years, in March, and on 3 May 2014."
    assert read(text, published) == [("March", "XXXX-03"), ("3 May 2014", "2014-05-03")]


def test_a_partial_date_is_explicit_until_it_is_resolved():
    """The year of "September 26" is in the words of the publication, or nowhere."""
    bases = [match_dates("On September 26.", BOOK, when)[0].basis for when in ("", FRIDAY)]
    assert bases == ["explicit", "relative"]


def test_a_date_counts_from_one_of_the_sentences_before(nlp: Language):
    """It is the nearest date before, up to two sentences back, and then none."""
    doc = nlp(
        "We met in the late 1960s. We parted. A decade later we met. We parted. The year passed."
    )
    assert [(span.text, span.id_) for span in doc.spans["dates"]] == [
        ("late 1960s", "1966/1969"),
        ("decade later", "1976/1979"),
    ]
    far = nlp("We met in 1969. We parted. We wept. A decade later we met.")
    assert [span.id_ for span in far.spans["dates"]] == ["1969"]


def test_the_publication_reaches_the_component(nlp: Language):
    """A Doc carries the date of its article; each span has value and basis."""
    doc = nlp.make_doc("In the Cold War, and in 2015, it was not as it was last year.")
    doc.user_data["published"] = FRIDAY
    spans = nlp(doc).spans["dates"]
    assert [(span.text, span.id_, span.kb_id_) for span in spans] == [
        ("Cold War", "1947/1991", "named_period"),
        ("2015", "2015", "explicit"),
        ("last year", "2016", "relative"),
    ]
    assert {span.label_ for span in spans} == {"DATE"}


def test_a_name_of_two_periods_is_the_last_that_had_begun():
    """Presidents of one name, and presidents who come back, are told apart by publication."""
    text = "It was better in the Bush years."
    assert values(text, "1990-05-01") == ["1989-01-20/1993-01-20"]
    assert values(text, "2010-05-01") == ["2001-01-20/2009-01-20"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in the post-Soviet era", [("post-Soviet era", "1991-12-26/..")]),
        ("in post-Soviet states", []),
        ("before and after Partition", [("Partition", "1947-08")]),
        ("a partition of the room", []),
        ("in pre-Partition days", [("pre-Partition days", "../1947-08")]),
        ("in a new cold war", []),
        ("the Putin government", []),
        ("since the Putin\xa0years", [("Putin\xa0years", "1999-12-31/..")]),
        ("post–Cold War order", [("post–Cold War", "1991/..")]),
    ],
)
def test_periods_known_by_a_name(text: str, expected: list[tuple[str, str]]):
    """A name is a time where it always is one, or a word says so; "post-" begins at its end."""
    assert read(text) == expected


@pytest.mark.parametrize("word", ["he", "that", "the"])
def test_a_long_text_is_read_soon(word: str):
    """Words of time without end make no rule run away."""
    text = f"{word} last two years ago in the coming decade later " * 100
    assert all(re.search(r"\d|\.\.", value) for value in values(text, FRIDAY))
