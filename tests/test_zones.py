import csv
import time
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ruspak_nb.blocks import split_blocks
from ruspak_nb.zones import find_zones, load_zone_rules, zones_named

PAGES = Path(__file__).parent / "pages"
PARAGRAPH = (
    "The two governments have talked about the ferry since the spring of last year, and in all "
    "that time neither has said how many ships it wants or who is to pay for the second berth."
)
SECOND = (
    "A third party has offered a loan at a low rate. It asks for a fixed tariff in return, and "
    "the ministers of both countries would rather not be seen to accept what they need so badly."
)
THIRD = (
    "Neither side will hurry. The ships are built, the crews are hired, and the harbour master has "
    "learned to say in three languages that the quay is not finished and that nobody is to blame."
)
HEAD = f"A Ferry Line Is Also a Policy\n\nBy Jane Doe\n\n{PARAGRAPH}\n\n{SECOND}\n\n"


def zone_of(line: str, text: str) -> str:
    """Name the zone of the last place where `line` stands in `text`."""
    at = text.rindex(line)
    return next(z.zone for z in find_zones(text) if z.start <= at < z.end)


def zones_in(text: str) -> list[str]:
    return [zone.zone for zone in find_zones(text)]


@pytest.mark.parametrize("rule", load_zone_rules(), ids=lambda rule: rule.id)
def test_rule_matches_its_example(rule):
    """Every rule matches its example."""
    assert rule.pattern.fullmatch(rule.example)


@pytest.mark.parametrize("rule", load_zone_rules(), ids=lambda rule: rule.id)
def test_rule_leaves_its_counter_example(rule):
    """No rule matches its counter-example."""
    assert not rule.pattern.fullmatch(rule.counter_example)


def test_rule_ids_are_unique():
    """No two rules share an id."""
    ids = [rule.id for rule in load_zone_rules()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("Leave a Reply", "comment_form"),
        ("Post a Comment", "comment_form"),
        ("2 comments:", "comment_form"),
        ("1026 Total Views 1 Views Today", "view_counter"),
        ("Follow on twitter; @janedoe and on facebook at Jane Doe", "social"),
        ("Follow us on Twitter", "social"),
        ("Copyright © 2014 The Island Gazette", "navigation"),
        ("The writer is a columnist on maritime affairs.", "bio"),
        ("jane.doe@gazette.example", "bio"),
        ("Published in The Gazette, March 3rd, 2014.", "byline"),
        ("By Jane Doe", "byline"),
        ("March 3, 2014", "byline"),
        ("You may also like", "other_post"),
        ("Endnotes", "endnotes"),
        ("Thanks for reading! Subscribe for free to receive new posts.", "social"),
    ],
)
def test_line_below_the_body_has_its_zone(line, zone):
    """A line of furniture below the last paragraph is told from the body."""
    assert zone_of(line, HEAD + line) == zone


def test_numbered_heading_is_no_date():
    """A word and a number are a date only if the word is a month."""
    assert zone_of("Article 5", f"{HEAD}Article 5") == "body"
    assert zone_of("Nov 9", f"{HEAD}Nov 9") == "byline"


def test_skip_link_is_navigation():
    """The link over the title is navigation, and the title is found below it."""
    text = "Skip to content\n\n" + HEAD
    assert zones_in(text) == ["navigation", "title", "byline", "body"]


def test_neighbouring_posts_with_their_dates_are_other_posts():
    """Two headlines with their dates under the title are the posts before and after."""
    text = (
        "The Ferry and Its Friends\n\nThe Fence at Samur\nSeptember 30, 2018\n"
        f"A Railway for Nobody\nOctober 3, 2018\n\n{PARAGRAPH}\n"
    )
    assert zones_in(text) == ["title", "other_post", "body"]


def test_menu_and_site_name_above_the_title_are_navigation():
    """Site name, motto and menu are navigation, however long the motto is."""
    text = "The Ledger\nNotes on trade, pipelines and power\nHome\nAbout\nContact\n\n" + HEAD
    assert zones_in(text) == ["navigation", "title", "byline", "body"]


def test_one_sentence_is_body():
    """A file of one sentence is body, not a title."""
    assert zones_in("Russia sold four helicopters.\n") == ["body"]


def test_one_line_without_full_stop_is_body():
    """A file of one short line is body as well."""
    assert zones_in("Russia sells helicopters") == ["body"]


def test_empty_text_has_no_zone():
    """White space alone has no zones."""
    assert find_zones(" \r\n\u00a0\n\ufeff"[:4]) == []


def test_short_lines_alone_are_title_and_body():
    """Where nothing is prose, the first line is the title and the others are body."""
    text = "What the ministers brought\n\nTea from the hills\nA letter without stamp\n"
    assert zones_in(text) == ["title", "body"]


@pytest.mark.parametrize(
    "line",
    [
        "Comments are closed",
        "Leave a reply",
        "Related",
        "Sources",
        "Security",
        "3 March 2014",
        "Who pays for the second berth?",
        "Kabul → Herat → Mashhad",
        "« Nobody asked the ferrymen »",
        "The minister said:",
        "Also on the table was a plan for frigates.",
        "More from the talks was not to be had.",
        "(c) to meet again before the winter.",
        "Anna Berg is a researcher at the Institute of Island Studies.",
    ],
)
def test_line_between_paragraphs_stays_body(line):
    """A subheading or short paragraph that reads like furniture stays body."""
    text = f"{HEAD}{line}\n\n{THIRD}\n\nThe third spring brought no ship, and no letter.\n"
    assert zone_of(line, text) == "body"


def test_comments_below_the_body_are_one_section():
    """Names, dates and long comments under a heading of comments belong to it."""
    text = f"{HEAD}2 Comments\n\nOld Salt\nMay 3, 2014\n{THIRD}\nReply\n\nLeave a Reply\n\nName *\n"
    assert zones_in(text) == ["title", "byline", "body", "comment_form"]


def test_body_goes_on_after_links_inside_it():
    """A list of links between two paragraphs does not end the body."""
    text = f"{HEAD}Related Stories\n\nThe Fence at Samur\n\n{THIRD}\n"
    assert zones_in(text) == ["title", "byline", "body", "other_post", "body"]


def test_contents_list_does_not_open_the_notes():
    """'References' in a table of contents leaves the article below it alone."""
    contents = "Contents\n1 Terms\n2 References"
    text = f"Treaty of the Strait\n\n{PARAGRAPH}\n\n{contents}\n\n{SECOND} {THIRD}"
    assert zone_of(SECOND, text) == "body"


def test_teaser_repeats_the_body():
    """A paragraph that stands again further down is a teaser."""
    said = "A third party has offered a loan at a low rate."
    text = f"A Ferry Line Is Also a Policy\n\nJane Doe writes: {said}\n\n{PARAGRAPH}\n\n{SECOND}\n"
    assert zones_in(text) == ["title", "teaser", "body"]


def test_paragraph_printed_twice_is_body_once():
    """Of a paragraph that stands twice the second is body."""
    assert zones_in(f"{PARAGRAPH}\n\n{PARAGRAPH}\n") == ["teaser", "body"]


def test_note_that_opens_with_the_byline_name_is_bio():
    """A closing paragraph about the person of the byline is a note on the author."""
    text = HEAD + "Jane Doe lives by the harbour and keeps goats."
    assert zones_in(text)[-1] == "bio"


def test_hand_made_span_wins():
    """A span of the datasheet overrules the rules and may cut a paragraph."""
    start = HEAD.index(SECOND)
    zones = find_zones(HEAD, spans=[(start, start + 20, ["bio"])])
    assert (start, "bio") in [(zone.start, zone.zone) for zone in zones]
    assert [zone.zone for zone in zones] == ["title", "byline", "body", "bio", "body"]


def test_hand_made_span_cuts_a_wrapped_paragraph():
    """In hard-wrapped text a span is counted in the file, not in the joined paragraph."""
    text = "\n".join(f"    this is line {n} of a text wrapped at sixty columns" for n in range(12))
    start = text.index("line 7")
    zones = find_zones(text, spans=[(start, start + 6, ["bio"])])
    assert [text[z.start : z.end] for z in zones if z.zone == "bio"] == ["line 7"]


def test_rules_choose_among_the_zones_of_a_span():
    """Where a span names two zones, each line has the one that fits it."""
    text = HEAD + "By Jane Doe\nJane is a scholar"
    zones = find_zones(text, spans=[(len(HEAD), len(text), ["byline", "bio"])])
    assert [zone.zone for zone in zones][-2:] == ["byline", "bio"]


def test_title_of_the_datasheet_is_recognised():
    """The title that a datasheet gives is the title even if it reads like furniture."""
    zones = find_zones(f"Comments are closed\n\n{PARAGRAPH}\n", title="Comments are closed")
    assert [zone.zone for zone in zones] == ["title", "body"]


def test_byte_order_mark_is_white_space():
    """A leading byte order mark belongs to no zone."""
    assert find_zones("\ufeff" + HEAD)[0].start == 1


def test_wrapped_lines_are_one_block():
    """The lines of a hard-wrapped paragraph are read as one block."""
    words = PARAGRAPH.split()
    lines = [" ".join(words[i : i + 6]) for i in range(0, 36, 6)]
    blocks = split_blocks("\n".join(lines) + "\n\n" + "\n".join(lines))
    assert [block.text for block in blocks] == [" ".join(words[:36])] * 2


def test_running_title_of_a_printed_page_is_navigation():
    """Page number and running title between two pages are navigation."""
    last = "No ship came that year either."
    text = f"{HEAD}12\n\fISLAND REVIEW\n\n{THIRD}\n\n13\n\fISLAND REVIEW\n\n{last}\n"
    assert zones_in(text) == ["title", "byline", *["body", "navigation"] * 2, "body"]


def test_reason_names_its_zones():
    """The reason that a datasheet gives for a span names zones."""
    assert zones_named("byline and author note") == ["byline", "bio"]


def test_reason_without_zone_is_an_error():
    """A reason that names no zone is refused, and the zones are listed."""
    with pytest.raises(ValueError, match="names no zone"):
        zones_named("noise")


SPACES = ["\n", "\r\n", "\r", "\u2028", "\f", "\x85", "\u00a0", "\ufeff", "\x1c", " ", "\n\n"]
LINES = ["12", "Home", "Reply", "Related", "By Jane Doe", "March 3, 2014", "References", "🚢"]
PIECES = st.sampled_from([*SPACES, *LINES, "\x00", PARAGRAPH])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=30).map("".join))
def test_zones_cover_the_text_once(text):
    """Zones cover everything but white space, in order, and begin and end on ink."""
    ink = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text
    covered, end = set(), 0
    for zone in find_zones(text):
        assert end <= zone.start < zone.end
        assert not ink[zone.start].isspace() and not ink[zone.end - 1].isspace()
        end = zone.end
        covered.update(range(zone.start, zone.end))
    assert {i for i, char in enumerate(ink) if not char.isspace()} <= covered


@pytest.mark.parametrize("piece", ["a ", "> ", " ", "latest news ", "→", "1", "«", "Jane Doe "])
def test_long_line_is_read_at_once(piece):
    """A line of 200,000 characters costs no noticeable time."""
    began = time.perf_counter()
    find_zones("A title of four words\n\n" + (piece * 200_000)[:200_000] + "x\n\n" + HEAD)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("piece", ["latest news ", "Home > ", "Jane Doe ", "1, ", "« ", "by A. "])
def test_unlucky_short_line_is_read_at_once(piece):
    """A line short enough for the rules cannot make them run away."""
    began = time.perf_counter()
    find_zones(f"{HEAD}{piece * 28}_\n\n{(piece * 200)[:800].replace(' ', '')}_")
    assert time.perf_counter() - began < 2


def read_gold() -> dict[str, list[tuple[int, int, str]]]:
    gold = defaultdict(list)
    with (PAGES / "zones.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            gold[row["file"]].append((int(row["start"]), int(row["end"]), row["zone"]))
    return gold


def by_character(text: str, spans: list[tuple[int, int, str]]) -> dict[int, str]:
    return {i: zone for start, end, zone in spans for i in range(start, end) if text[i].strip()}


def test_pages_keep_their_score():
    """Over the made-up pages, body F1 and the share of right characters stay where they are."""
    right = total = both = either = 0
    for file, spans in read_gold().items():
        text = (PAGES / file).read_bytes().decode("utf-8")
        expected = by_character(text, spans)
        found = by_character(text, [(z.start, z.end, z.zone) for z in find_zones(text)])
        right += sum(found[i] == zone for i, zone in expected.items())
        total += len(expected)
        both += 2 * sum(found[i] == zone == "body" for i, zone in expected.items())
        either += sum(zone == "body" for zone in (*expected.values(), *found.values()))
    assert both / either >= 0.995
    assert right / total >= 0.98
