"""Another corpus, another codebook, the same functions: two countries that do not exist.

What holds here holds for any folder of articles. The corpus is described in
`tests/corpora/karsund-tavelia/README.md`.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from ruspak_nb import (
    Annotations,
    annotate,
    balance_dyads,
    check_claims,
    compare_claims,
    concordance,
    count_dyads,
    count_mentions,
    count_speakers,
    count_themes,
    count_voices,
    count_years,
    find_evidence,
    find_forecasts,
    finding_table,
    follow_up,
    gather_reports,
    judge_ledger,
    list_ranks,
    load_codebook,
    load_corpus,
    match_events,
    name_dyads,
    pair_claims,
    place_forecasts,
    read_clocks,
    score_forecasts,
)
from ruspak_nb.codebook import Codebook
from ruspak_nb.corpus import COLUMNS
from ruspak_nb.reference import load_reference

HERE = Path(__file__).parent / "corpora" / "karsund-tavelia"
CODES = {"XKS", "XTV", "XOD"}
THEMES = [
    "customs_dispute",
    "joint_exercise",
    "mediation",
    "missile_sale",
    "railway",
    "water_sharing",
]


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    """Read the codebook of the made-up countries, on top of ours."""
    return load_codebook(HERE / "codebook")


@pytest.fixture(scope="module")
def notes(codebook: Codebook) -> Annotations:
    """Annotate the made-up articles once, with the shipped model."""
    return annotate(load_corpus(HERE / "seeds"), codebook=codebook, cache=False)


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have their codebook in use, as a project of its own has it."""
    monkeypatch.setenv("RUSPAK_CODEBOOK", str(HERE / "codebook"))
    return


def reference(name: str) -> pd.DataFrame:
    """Read a reference table of theirs."""
    return load_reference(name, HERE / "reference")


def assert_traceable(summary: pd.DataFrame, notes: Annotations) -> None:
    """Every number counts exactly its evidence, and every piece of that is in the source."""
    assert len(summary)
    assert summary["n"].tolist() == [len(ids) for ids in summary["evidence"]]
    found = find_evidence(notes, [name for ids in summary["evidence"] for name in ids])
    for row in found.itertuples():
        assert row.sentence in notes.corpus.texts[row.article_id]


# The corpus and its codebook


def test_everything_says_that_it_is_made_up() -> None:
    """Nobody may take these articles, or these countries, for real ones."""
    with (HERE / "seeds" / "documents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == set(COLUMNS)
    assert all("(made up)" in row["outlet"] for row in rows)
    assert all(row["note"].startswith("Made up") for row in rows)
    assert "**None of this is real.**" in (HERE / "README.md").read_text(encoding="utf-8")
    for name in ("chronology", "actors"):
        assert reference(name).astype("str").agg(" ".join, axis=1).str.contains("made up").all()


def test_thirteen_articles_are_eleven_texts(notes: Annotations) -> None:
    """One is reprinted with small changes, one as it is; both are counted once."""
    assert notes.corpus.summary.startswith("13 articles, 11 distinct texts")
    columns = ["article_id", "reprint_of"]
    assert notes.corpus.reprints[columns].to_numpy().tolist() == [
        ["river-notes-2021", "pike-2021"],
        ["digest-2023", "sorley-2023"],
    ]
    near, same = notes.corpus.reprints["similarity"]
    assert 0.6 < near < same == 1.0


def test_dates_are_as_exact_as_the_page(notes: Annotations) -> None:
    """A day, a month, some days, and none at all, which comes last."""
    published = notes.corpus.articles.set_index("article_id")["published"]
    assert published["hale-2021"] == "2021-01-20"
    assert published["sorley-2022"] == "2022-06"
    assert published["wren-2022"] == "2022-10-08/2022-10-12"
    assert published.index[-1] == "gauge-undated"
    assert published["gauge-undated"] == ""


def test_zones_are_told_apart(notes: Annotations) -> None:
    """Navigation, teaser, comment form and the like are found by the rules, without spans."""
    zones = notes.corpus.zones.groupby("article_id")["zone"].agg(set)
    assert zones["wren-2021"] == {"navigation", "title", "byline", "body", "comment_form"}
    assert zones["ledger-2021"] == {"title", "byline", "body", "social", "other_post"}
    assert zones["wren-2022"] == {"title", "teaser", "byline", "body"}
    assert zones["hale-2023"] == {"title", "byline", "body", "bio"}


def test_every_row_of_the_codebook_matches_its_example(codebook: Codebook) -> None:
    """And not its counter-example: the rows are rules like ours."""
    own = [entity for entity in codebook.entities.values() if "ruspak" not in entity.where]
    assert len(own) == 20
    for entity in own:
        forms = [a.form for a in codebook.aliases.values() if a.entity_id == entity.entity_id]
        named = re.compile("|".join(rf"\b{re.escape(form)}\b" for form in forms))
        assert named.search(entity.example), entity
        assert not named.search(entity.counter_example), entity
    assert sorted(theme.name for theme in codebook.themes) == THEMES
    for theme in codebook.themes:
        for pattern in theme.patterns:
            assert pattern.pattern.search(pattern.example), pattern.id
            assert not pattern.pattern.search(pattern.counter_example), pattern.id
        for text, carried in ((theme.example, True), (theme.counter_example, False)):
            weight = sum(p.weight for p in theme.patterns if p.pattern.search(text))
            assert (weight >= 1) is carried, text


def test_the_states_have_codes_that_no_country_has(codebook: Codebook) -> None:
    """XAA to XZZ are left to users; the countries of the world stay known beside them."""
    countries = {entity.country for entity in codebook.entities.values()}
    assert countries >= CODES | {"RUS", "PAK", "ISL"}


# What is found in it


def test_every_span_is_a_slice_of_its_file(notes: Annotations) -> None:
    """Offsets are those of the untouched text, in every frame."""
    texts = notes.corpus.texts
    for name, frame in notes.frames().items():
        if name != "articles":
            assert len(frame), name
            for row in frame.itertuples():
                assert texts[row.article_id][row.start : row.end] == row.text, name


def test_each_article_has_its_theme(notes: Annotations) -> None:
    """What an article is about is what it has most of; the counts open their sentences."""
    table = count_themes(notes.themes, notes.sentences)
    assert_traceable(table[table["n"] > 0], notes)
    assert sorted(set(table["theme"])) == THEMES
    most = table.loc[table.groupby("article_id")["n"].idxmax()].set_index("article_id")["theme"]
    assert most.to_dict() == {
        "gauge-undated": "water_sharing",
        "hale-2021": "customs_dispute",
        "hale-2022": "joint_exercise",
        "hale-2023": "railway",
        "ledger-2021": "mediation",
        "pike-2021": "mediation",
        "pike-2022": "missile_sale",
        "sorley-2022": "joint_exercise",
        "sorley-2023": "water_sharing",
        "wren-2021": "customs_dispute",
        "wren-2022": "railway",
    }


def test_a_teaser_does_not_count(notes: Annotations) -> None:
    """The sentence that stands above and in the article is in one count once."""
    twice = "A railway cannot be closed for a weekend to make a point, as a bridge can."
    assert notes.corpus.texts["wren-2022"].count(twice) == 2
    assert (notes.sentences["text"] == twice).sum() == 1


def test_states_are_known_by_all_their_names(notes: Annotations) -> None:
    """Capitals, seats of power and demonyms are the state; as a place, a capital is a city."""
    table = count_mentions(notes.mentions)
    assert_traceable(table, notes)
    assert table["entity_id"].tolist()[:3] == ["karsund", "tavelia", "ordania"]
    mentions = notes.mentions.set_index("text")
    assert set(mentions.loc[["Hesk"], "entity_id"]) == {"karsund", "hesk"}
    assert set(mentions.loc[["Stone House"], "entity_id"]) == {"karsund"}
    assert mentions.loc[["Stone House", "Citadel"], "metonym"].all()
    labels = notes.mentions.set_index("entity_id")["label"]
    assert labels[["karsund"]].isin(["GPE", "NORP"]).all()
    assert set(labels[["vantir-4"]]) == {"WEAPON"}
    assert set(labels[["upper-arrel-dam"]]) == {"PROJECT"}
    assert not notes.mentions.query("entity_id == 'ferrin'")["metonym"].any()


@pytest.mark.parametrize(
    ("sentence_id", "text", "edtf", "basis"),
    [
        ("hale-2021-s012", "12 May 1974", "1974-05-12", "explicit"),
        ("ledger-2021-s001", "last Thursday", "2021-09-09", "relative"),
        ("hale-2022-s012", "next year", "2023", "relative"),
        ("pike-2022-s003", "following day", "2022-08-25", "relative"),
        ("sorley-2023-s007", "Tuesday", "2023-08-08", "relative"),
        ("hale-2023-s006", "1 January 2024", "2024-01-01", "explicit"),
        ("gauge-undated-s008", "1974", "1974", "explicit"),
    ],
)
def test_dates_are_counted_from_publication(
    notes: Annotations, sentence_id: str, text: str, edtf: str, basis: str
) -> None:
    """Two clocks, on any corpus; an article without a date has explicit dates only."""
    found = notes.dates[notes.dates["sentence_id"] == sentence_id]
    assert (text, edtf, basis) in list(
        found[["text", "edtf", "basis"]].itertuples(index=False, name=None)
    )
    undated = notes.dates[notes.dates["article_id"] == "gauge-undated"]
    assert set(undated["basis"]) == {"explicit"}


def test_the_two_clocks(notes: Annotations) -> None:
    """Dates of the past and ahead, each beside the publication; the undated are said."""
    with pytest.warns(UserWarning, match=r"left out 2 date\(s\)"):
        clocks = read_clocks(notes.dates, notes.corpus.articles)
    assert_traceable(clocks, notes)
    assert set(clocks["clock"]) == {"past", "present", "ahead"}
    assert {"1974", "2023"} <= set(count_years(clocks)["year"].astype("str"))


@pytest.mark.parametrize(
    ("text", "speaker_id", "kind"),
    [
        ("A bridge is not a weapon", "pavo-lintz", "direct"),
        ("We are only the table", "sever-adrak", "direct"),
        ("a patient neighbour", "marit-olvane", "direct"),
        ("A flood does not carry a passport", "jorun-bask", "direct"),
        ("the new system will be ready within a year", "ruth-almendy", "indirect"),
        ("with a timekeeper in the room", "", "direct"),
    ],
)
def test_quotations_have_their_speakers(
    notes: Annotations, text: str, speaker_id: str, kind: str
) -> None:
    """By name, by office, by pronoun, and by no name at all."""
    (quote,) = notes.quotes[(notes.quotes["text"] == text)].itertuples()
    assert (quote.speaker_id, quote.kind) == (speaker_id, kind)


def test_voices_are_counted(notes: Annotations, codebook: Codebook) -> None:
    """Who speaks, for which country, and who is only talked about."""
    speakers = count_speakers(notes, codebook=codebook)
    assert_traceable(speakers, notes)
    assert {"Marit Olvane", "Pavo Lintz", "Sever Adrak"} <= set(speakers["speaker"])
    countries = count_voices(notes, by="country", codebook=codebook)
    assert_traceable(countries, notes)
    assert set(countries["country"]) == {"Karsund", "Tavelia", "Ordania"}


def test_dyads_have_their_codes(notes: Annotations, codebook: Codebook) -> None:
    """Who does what to whom, under the codes of the codebook."""
    codes = set(notes.events["source_country"]) | set(notes.events["target_country"])
    assert codes - {""} == CODES
    acts = {
        (row.source_country, row.plover, row.target_country) for row in notes.events.itertuples()
    }
    assert ("XTV", "ACCUSE", "XKS") in acts
    assert ("XKS", "SANCTION", "XTV") in acts
    assert ("XOD", "ACCUSE", "XKS") in acts
    named = name_dyads(notes.events, codebook=codebook)
    assert {"Karsund", "Tavelia", "Ordania"} <= set(named["source"])
    assert_traceable(count_dyads(named), notes)
    balance = balance_dyads(named, by="pair").set_index("pair")
    assert_traceable(balance, notes)
    assert balance.loc["Karsund and Tavelia", ["cooperation", "conflict"]].min() > 0


# Against the chronology


@pytest.mark.usefixtures("in_use")
def test_articles_disagree_about_two_dates(notes: Annotations) -> None:
    """When the duty was raised, and when the talks opened, depends on who writes."""
    pairs = pair_claims(notes, reference("chronology"))
    differ = pairs[(pairs["verdict"] == "differ") & (pairs["aspect"] == "date")]
    said = differ.set_index("event_id")[["article_a", "said_a", "article_b", "said_b"]]
    assert said.loc["timber-duty-2020"].tolist() == [
        *("hale-2021", "2020-11-03"),
        *("wren-2021", "2020-10-01/2020-10-31"),
    ]
    assert said.loc["ferrin-talks-2021"].tolist() == [
        *("ledger-2021", "2021-09-09"),
        *("pike-2021", "2021-09-12"),
    ]


@pytest.mark.usefixtures("in_use")
def test_the_first_exercise_was_the_second(notes: Annotations) -> None:
    """A rank is checked against the chronology, and the article that knows better is right."""
    checked = check_claims(notes, reference("chronology"))
    ranks = checked[checked["aspect"] == "rank"].set_index("sentence_id")
    assert ranks.loc["hale-2022-s003", "verdict"] == "contradicted"
    assert ranks.loc["hale-2022-s003", "decided_by"] == "rescue-exercise-1999"
    assert ranks.loc["sorley-2022-s004", "verdict"] == "supported"
    assert_traceable(checked, notes)
    assert_traceable(list_ranks(notes, reference("chronology")), notes)


@pytest.mark.usefixtures("in_use")
def test_the_ledger_is_judged(notes: Annotations) -> None:
    """What each article says of each event, beside the claims coded by reading."""
    ledger = compare_claims(notes, reference("chronology"))
    assert_traceable(ledger, notes)
    judged = judge_ledger(ledger, notes, reference("claims"))
    told = judged[judged["article_id"] == "hale-2022"].set_index("event_id")["human"]
    assert told["open-water-2022"] == "contradicted"
    texts = load_corpus(HERE / "seeds", reprints="keep")
    files = dict(zip(texts.articles["file"], texts.articles["article_id"], strict=True))
    for claim in reference("claims").itertuples():
        assert texts.texts[files[claim.file]][claim.start : claim.end] == claim.quote


def test_the_chronology_is_matched(notes: Annotations) -> None:
    """By theme, names and time, without a rule of ours about these countries."""
    found = match_events(
        reference("chronology"),
        reference("actors"),
        articles=notes.corpus.articles,
        mentions=notes.mentions,
        themes=notes.themes,
        dates=notes.dates,
    )
    pairs = set(found[["sentence_id", "event_id"]].itertuples(index=False, name=None))
    assert ("wren-2021-s001", "brede-closed-2021") in pairs
    assert ("wren-2022-s001", "line-agreement-2022") in pairs


def test_the_reference_tables_agree_with_each_other(notes: Annotations) -> None:
    """Ids of events, sentences and themes that they name exist."""
    chronology, claims, forecasts = map(reference, ("chronology", "claims", "forecasts"))
    known = set(chronology["event_id"])
    for cell in (*claims["event_id"], *forecasts["evidence"]):
        assert set(filter(None, cell.split("; "))) <= known
    for cell in forecasts["reports"]:
        assert set(filter(None, cell.split("; "))) <= set(notes.sentences["sentence_id"])
    assert set(chronology["theme"]) | set(claims["theme"]) <= set(THEMES)
    names = {name for cell in chronology["actors"] for name in cell.split("; ")}
    assert names == set(reference("actors")["name"])


def test_forecasts_have_come_true_or_not(notes: Annotations) -> None:
    """Placed in text and time, followed up in later articles and the chronology."""
    placed = place_forecasts(reference("forecasts"), notes)
    assert len(placed) == len(reference("forecasts")) == 15
    assert_traceable(placed, notes)
    scored = score_forecasts(placed).set_index("author")
    assert_traceable(scored, notes)
    assert scored.loc["Oskar Pike", ["borne_out", "failed"]].tolist() == [0, 2]
    assert scored["n"].sum() == 15
    later = follow_up(placed, gather_reports(notes, reference("chronology")))
    assert (later["months"] > 0).all()
    assert set(later["kind"]) == {"article", "chronology"}
    found = set(find_forecasts(notes)["sentence_id"])
    assert {"hale-2022-s012", "wren-2022-s009", "sorley-2023-s009"} <= found


# Hostile text


def test_markup_in_an_article_is_text(notes: Annotations) -> None:
    """A script, an image, a link, a formula and a table are words, wherever they are shown."""
    said = notes.sentences.set_index("sentence_id")["text"]
    assert "<script>alert(1)</script>" in said["gauge-undated-s003"]
    lines = concordance(notes, r"alert\(1\)|\$x\$|<b>")
    summary = pd.DataFrame({"what": [row.keyword for row in lines.itertuples()], "n": 1}).assign(
        evidence=[(name,) for name in lines["sentence_id"]]
    )
    assert_traceable(summary, notes)
    shown = finding_table(summary, notes, caption="<i>C</i>", source="S")._repr_html_()
    for tag in ("<script", "<img", "<b>", "<i>", 'href="javascript'):
        assert tag not in shown
    assert "&lt;script&gt;" in shown
