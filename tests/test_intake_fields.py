"""What a page says of itself: every place and every wording of a date, with its examples."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

html = pytest.importorskip("lxml.html")

from ruspak_nb.intake.datelines import (  # noqa: E402
    Dateline,
    date_in_address,
    find_dates,
    load_datelines,
    read_date,
)
from ruspak_nb.intake.pages import read_page  # noqa: E402
from ruspak_nb.intake.places import Place, ask_page, clean_author, load_places  # noqa: E402
from ruspak_nb.intake.record import Reading  # noqa: E402

PARAGRAPHS = (
    "Moscow lifted its embargo on arms for Islamabad, and New Delhi received the news with a "
    "mixture of disbelief and resignation; the reasons for both are not hard to find.",
    "For decades Russia was the one power on which Indian planners could rely, and that four "
    "helicopters should now fly for Rawalpindi is, to many of them, a small betrayal.",
    "“We have no intention of harming our friends,” a diplomat told this newspaper, and added "
    "that the machines were meant for the fight against those who smuggle drugs.",
    "Trade between the two remains a fraction of what either does with China, and the pipeline "
    "from Karachi to Lahore has so far been built on paper only.",
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def read(page: str) -> Reading:
    """Read a page."""
    return read_page(page.encode())


def wrap(head: str, body: str = "<h1>Moscow’s new friends</h1>") -> Reading:
    """Read a page with this head, and this above its paragraphs."""
    return read(
        f"<!DOCTYPE html><html><head>{head}</head><body><nav><a>Home</a> <a>World</a></nav>"
        f"<article>{body}{BODY}</article><footer>© 2019 The Observer</footer></body></html>"
    )


@pytest.mark.parametrize("place", load_places(), ids=lambda place: f"{place.field}-{place.id}")
def test_each_place_finds_its_example(place: Place) -> None:
    """A place of `places.toml` finds what its example says, and nothing in its counter-example."""

    def said(example: str) -> list[str]:
        page = example if example.startswith("<html") else f"<html><body>{example}</body></html>"
        found = ask_page(html.document_fromstring(page), place.field)
        return [value for value, where in found if where == place.id]

    assert said(place.example)
    assert not said(place.counter_example)


@pytest.mark.parametrize("rule", load_datelines(), ids=lambda rule: rule.id)
def test_each_dateline_matches_its_example(rule: Dateline) -> None:
    """A rule of `datelines.toml` reads its example, and passes its counter-example over."""
    assert any(words.startswith(rule.id) for _, words, _ in find_dates(rule.example))
    assert not rule.pattern.search(rule.counter_example)


@pytest.mark.parametrize(
    ("said", "edtf"),
    [
        ("2017-01-29T23:30:00Z", "2017-01-29"),
        ("20170129", "2017-01-29"),
        ("2017/06", "2017-06"),
        ("29th January, 2017", "2017-01-29"),
        ("Jan. 29, 2017", "2017-01-29"),
        ("January 2017", "2017-01"),
        ("2017", "2017"),
        ("Summer 2017", "2017-22"),
        ("July/August 2017", "2017-07/2017-08"),
        ("January-March 2017", "2017-01/2017-03"),
        ("29.01.2017", "2017-01-29"),
        ("03/04/2017", "[2017-03-04,2017-04-03]"),
        ("29 января 2017", "2017-01-29"),
        ("۲۹ جنوری ۲۰۱۷", "2017-01-29"),
        ("6 May 2031", "2031-05-06"),
    ],
)
def test_a_date_says_no_more_than_its_words(said: str, edtf: str) -> None:
    """A month stays a month, and a day that can be read two ways stays both."""
    assert read_date(said) == edtf


@pytest.mark.parametrize(
    "said", ["", "12 March", "yesterday", "5 hours ago", "May 25", "2017-13-45", "Vol. 12", "31"]
)
def test_no_date_is_made_up(said: str) -> None:
    """What has no year, or counts from today, is no date: no clock fills it in."""
    assert read_date(said) == ""


def test_the_number_of_an_issue_is_no_day() -> None:
    """In "No. 2, July 2017" only the month is a date."""
    ((edtf, words, later),) = find_dates("Strategic Studies, Vol. 37, No. 2, July 2017, 45–61")
    assert (edtf, words, later) == ("2017-07", "issue: “Vol. 37, No. 2, July 2017”", False)


@given(st.text(max_size=40))
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
def test_any_words_are_a_date_or_none(said: str) -> None:
    """Whatever stands where a date should, it is read or left, and never an error."""
    assert isinstance(read_date(said), str)


@pytest.mark.parametrize(
    ("url", "edtf"),
    [
        ("https://example.org/2017/01/29/talks/", "2017-01-29"),
        ("https://example.org/2012/06/talks.html", "2012-06"),
        ("https://example.org/2017/13/45/talks", ""),
        ("https://example.org/news/1311-talks", ""),
    ],
)
def test_a_date_in_an_address(url: str, edtf: str) -> None:
    """An address may carry a day, or a month, which stays one."""
    assert date_in_address(url) == edtf


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("By Ann Lee", "Ann Lee"),
        ("Lee, Ann", "Ann Lee"),
        ("By Ann Lee and Bo Rahman, Special Correspondents", "Ann Lee; Bo Rahman"),
        ("Ann Lee | January 29, 2017", "Ann Lee"),
        ("admin", ""),
        ("https://example.org/annlee", ""),
        ("web@example.org", ""),
    ],
)
def test_a_byline_is_names(byline: str, author: str) -> None:
    """Names are kept, what they are and when they wrote is not, and "admin" is nobody."""
    assert clean_author(byline) == author


# Whole pages


def test_a_newspaper_page() -> None:
    """The page's own heading, name and dates, each with where it stood; no menu, no comment."""
    reading = read(
        f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>Moscow's new friends - Newspaper - THE OBSERVER</title>
<meta property="og:title" content="Moscow's new friends">
<meta property="og:site_name" content="THE OBSERVER">
<meta property="og:url" content="https://observer.example/news/1311/moscows-new-friends">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Moscow's new friends",
"datePublished": "2017-01-29T07:04:33+05:00", "dateModified": "2017-02-01T10:00:00+05:00",
"author": [{{"@type": "Person", "name": "Zahra Malik"}}]}}</script></head>
<body><header><nav><ul><li><a href="/">Home</a></li><li>World</li></ul></nav></header><main>
<article><h1>Moscow’s new friends</h1><span class="byline">Zahra Malik</span>
{BODY}<h2>Four helicopters</h2><blockquote><p>Friendship is not for sale.</p></blockquote>
<p>Islamabad would be unwise to mistake a thaw for an alliance, as it did before.</p></article>
<aside class="sidebar"><h3>Most read</h3><a href="/x">Cricket board names a captain</a>
<time datetime="2019-05-06">6 May 2019</time></aside>
<section id="comments" class="comments"><h3>Comments (1)</h3><div class="comment">
<span class="author">Sam</span><p>A very good article, thank you for writing it.</p></div>
<form><textarea>Leave a reply</textarea></form></section></main></body></html>"""
    )
    assert reading.fields == {
        "title": "Moscow’s new friends",
        "author": "Zahra Malik",
        "outlet": "THE OBSERVER",
        "url": "https://observer.example/news/1311/moscows-new-friends",
        "published": "2017-01-29",
        "language": "en",
    }
    assert reading.found["title"] == "heading of the page, as in JSON-LD headline"
    assert reading.found["author"] == "JSON-LD author"
    paragraphs = reading.text.rstrip("\n").split("\n\n")
    first = paragraphs.index(PARAGRAPHS[0])
    assert paragraphs[0] == "Moscow’s new friends"
    assert paragraphs[first : first + 4] == list(PARAGRAPHS)
    assert {"Four helicopters", "Friendship is not for sale."} <= set(paragraphs)
    for furniture in ("Cricket", "Sam", "very good article", "reply", "World"):
        assert furniture not in reading.text


def test_two_dates_are_both_kept() -> None:
    """The date of publication is taken; the other stands beside it, as what it is."""
    reading = wrap(
        '<meta property="article:published_time" content="2017-01-29T10:00:00+05:00">'
        '<meta property="article:modified_time" content="2017-02-01">'
    )
    assert reading.fields["published"] == "2017-01-29"
    assert reading.found["published"] == (
        "meta published: 2017-01-29T10:00:00+05:00. "
        "Also there: 2017-02-01 (meta modified: 2017-02-01)"
    )


def test_two_dates_of_publication() -> None:
    """Where two places disagree, the first is taken and the other is named."""
    reading = wrap(
        '<meta property="article:published_time" content="2017-01-29">',
        '<h1>Talks in Moscow</h1><p class="date">30 January 2017</p>',
    )
    assert reading.fields["published"] == "2017-01-29"
    assert "Also there: 2017-01-30 (date on the page" in reading.found["published"]


def test_a_change_is_no_publication() -> None:
    """A page that says only when it was changed has no date of publication."""
    reading = wrap('<meta property="article:modified_time" content="2017-02-01">')
    assert "published" not in reading.fields
    assert "no date of publication. There is: 2017-02-01" in reading.found["published"]


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Talks in Moscow</h1>",
        '<h1>Talks</h1><aside class="related"><time datetime="2020-02-02">2 Feb</time></aside>',
        '<h1>Talks</h1><div class="comments"><time datetime="2018-02-02">2 Feb</time></div>',
        '<h1>Talks</h1><p class="date">12 March</p>',
        '<h1>Talks</h1><p class="date">yesterday</p>',
    ],
    ids=["none", "of another article", "of a comment", "no year", "counted from today"],
)
def test_no_date_stays_empty(body: str) -> None:
    """The year of a copyright, the date of another piece and today are no date of this one."""
    assert "published" not in wrap("<title>Talks in Moscow</title>", body).fields


def test_a_later_date_than_today_is_a_date() -> None:
    """No clock decides what is a date: the same page gives the same row on any day."""
    reading = wrap("", '<h1>Talks in Moscow</h1><p class="date">6 May 2031</p>')
    assert reading.fields["published"] == "2031-05-06"


def test_an_old_page_without_metadata() -> None:
    """A page of line breaks and fonts is read by what it prints."""
    reading = read(
        "<HTML><HEAD><TITLE>The bear and the crescent</TITLE></HEAD><BODY><TABLE><TR><TD>"
        "<FONT size=5><B>The bear and the crescent</B></FONT><BR><I>By Ann Lee</I><BR>"
        f"Sunday, 12 March 2006<BR><BR>{'<BR><BR>'.join(PARAGRAPHS)}</TD></TR></TABLE></BODY>"
    )
    assert reading.fields == {
        "title": "The bear and the crescent",
        "author": "Ann Lee",
        "published": "2006-03-12",
    }
    assert reading.text.split("\n\n")[-2:] == [PARAGRAPHS[2], PARAGRAPHS[3] + "\n"]


def test_the_page_of_a_journal() -> None:
    """The tags by which search engines cite name all authors, and the journal."""
    reading = wrap(
        "<title>Balancing acts - Full text</title>"
        '<meta name="citation_title" content="Balancing Acts: Russia between Two Friends">'
        '<meta name="citation_author" content="Lee, Ann">'
        '<meta name="citation_author" content="Rahman, Bo">'
        '<meta name="citation_journal_title" content="Strategic Quarterly">'
        '<meta name="citation_publication_date" content="2017/06">',
        "<h1>Balancing Acts: Russia between Two Friends</h1>",
    )
    fields = reading.fields
    assert fields["author"] == "Ann Lee; Bo Rahman"
    assert (fields["outlet"], fields["published"]) == ("Strategic Quarterly", "2017-06")


def test_the_outlet_is_no_part_of_the_title() -> None:
    """A title that names the outlet too is parted from it."""
    fields = wrap("<title>Why Moscow came | Policy West</title>", "<b>Why Moscow came</b>").fields
    assert (fields["title"], fields["outlet"]) == ("Why Moscow came", "Policy West")


def test_the_page_of_a_blog() -> None:
    """The blog's name heads every page; the post's name, day and address are its own."""
    reading = wrap(
        "<title>Example Defence: Moscow wants closer relations</title>"
        '<link rel="canonical" href="http://www.example.net/2012/06/moscow-wants.html">',
        '<h1 class="title">Example Defence</h1><h2 class="date-header">Wed, June 13, 2012</h2>'
        '<h3 class="post-title">Moscow wants closer relations</h3>'
        '<span class="post-author">Posted by Example Defence</span>',
    )
    assert reading.fields == {
        "title": "Moscow wants closer relations",
        "outlet": "Example Defence",
        "url": "http://www.example.net/2012/06/moscow-wants.html",
        "published": "2012-06-13",
    }


def test_a_byline_with_two_dates() -> None:
    """A line of all that is known is read part by part."""
    reading = wrap(
        "<title>Strange bedfellows | The Hill</title>",
        '<h1>Strange bedfellows</h1><div class="byline">By Bo Rahman | '
        "Published: 29 Jan 2017 10:30 PKT | Updated: 30 Jan 2017</div>",
    )
    assert (reading.fields["author"], reading.fields["published"]) == ("Bo Rahman", "2017-01-29")
    assert "Also there: 2017-01-30 (byline of the page" in reading.found["published"]


def test_letters_of_a_page_are_kept() -> None:
    """Composed or not, joined or not: no letter becomes another."""
    words = "cafe\u0301 café می\u200cخواهم co\u00adoperation <q>no</q> &lt;b&gt; x<b>y</b>z"
    reading = wrap("", f"<h1>Talks</h1><p>{PARAGRAPHS[0]} {words}</p>")
    kept = "cafe\u0301 café می\u200cخواهم co\u00adoperation “no” <b> xyz"
    assert f"{PARAGRAPHS[0]} {kept}" in reading.text


def test_hostile_metadata_are_text() -> None:
    """Broken JSON, a list as a headline, an address that runs: read past, or kept as text."""
    reading = wrap(
        '<script type="application/ld+json">{"@type": "Article", "headline": ["a", {}]</script>'
        f'<script type="application/ld+json">{"[" * 5000}</script>'
        '<link rel="canonical" href="javascript:alert(1)">'
        '<meta name="author" content="&lt;script&gt;alert(1)&lt;/script&gt;">'
        f'<meta property="og:title" content="{"long " * 1000}">'
    )
    assert "url" not in reading.fields
    assert reading.fields["author"] == "<script>alert(1)</script>"
    assert len(reading.fields["title"]) <= 500


def test_rules_are_beside_the_code() -> None:
    """The rules are data, in files that are part of the package."""
    import ruspak_nb.intake

    folder = Path(ruspak_nb.intake.__file__).parent
    assert {path.name for path in folder.glob("*.toml")} == {"places.toml", "datelines.toml"}
