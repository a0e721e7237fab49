"""The sourced tables: keys, vocabularies and links as their README describes them."""

from importlib.resources import files

import pandas as pd
import pytest

from ruspak_nb import annotate, load_corpus, load_reference, load_themes
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.reference import TABLES, VOCABULARIES

ROWS = {
    **{"actors": 114, "arms_shares": 23, "arms_transfers": 27, "chronology": 124, "claims": 93},
    "forecasts": 36,
}
KEYS = {
    "actors": "actor_id",
    "arms_shares": "share_id",
    "arms_transfers": "transfer_id",
    "chronology": "event_id",
    "claims": "claim_id",
    "forecasts": "forecast_id",
}
SOURCED = ["arms_shares", "arms_transfers", "chronology"]


def items(cell: str) -> list[str]:
    """Split a cell that holds a list."""
    return cell.split("; ") if cell else []


def readme() -> str:
    """Read the data dictionary."""
    return (files("ruspak_nb") / "reference" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ROWS)
def test_table_has_as_many_rows_as_the_readme_says(name: str) -> None:
    """The README counts the rows of each table."""
    assert len(load_reference(name)) == ROWS[name]
    assert f"| `{name}.csv` | {ROWS[name]} |" in readme()


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_in_the_readme(name: str) -> None:
    """No column goes without a line in the data dictionary."""
    derived = ["earliest", "latest"] if name == "chronology" else []
    columns = load_reference(name).columns.drop(derived)
    assert [column for column in columns if f"`{column}`" not in readme()] == []


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique(name: str) -> None:
    """Each row has a key of its own."""
    key = load_reference(name)[KEYS[name]]
    assert key[key.duplicated() | (key == "")].tolist() == []


def test_readings_are_sorted_and_stand_once() -> None:
    """A value is given to a sentence or event once, and is easy to find."""
    keys = load_reference("readings")[["reading", "unit", "value"]]
    assert not keys.duplicated().any()
    assert keys[["reading", "unit"]].equals(
        keys[["reading", "unit"]].sort_values(["reading", "unit"], ignore_index=True)
    )


def test_readings_are_of_what_they_quote() -> None:
    """Each unit is a sentence or an event that begins with the words that were read."""
    sentences = annotate(load_corpus(), cache=False).sentences
    events = load_reference("chronology")
    texts = dict(zip(sentences["sentence_id"], sentences["text"], strict=True))
    texts |= dict(zip(events["event_id"], events["what"], strict=True))
    for row in load_reference("readings").itertuples():
        assert row.quote, row.unit
        assert texts[row.unit].startswith(row.quote), row.unit


def test_actor_names_are_unique() -> None:
    """An actor is named in one way throughout the tables."""
    assert load_reference("actors")["name"].is_unique


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column) for table, columns in VOCABULARIES.items() for column in columns],
)
def test_closed_vocabulary(table: str, column: str) -> None:
    """A column with a closed vocabulary keeps to it, and the README lists every value."""
    allowed = VOCABULARIES[table][column]
    # A flag is read as true or false.
    assert {str(value).lower() for value in load_reference(table)[column]} <= set(allowed)
    assert [value for value in sorted(allowed) if f"`{value}`" not in readme()] == []


@pytest.mark.parametrize("table", ["chronology", "claims"])
def test_themes_are_those_of_the_codebook(table: str) -> None:
    """Human and machine codings speak of the same themes."""
    assert set(load_reference(table)["theme"]) <= set(load_themes()["theme"])


@pytest.mark.parametrize("table", SOURCED)
def test_every_row_has_a_source(table: str) -> None:
    """A source has a name, an address and a kind; a second one has all three or none."""
    frame = load_reference(table)
    kinds = {"official", "press", "scholarly", "reference", "blog"}
    assert set(frame["source_1_kind"]) <= kinds
    assert set(frame["source_2_kind"]) <= kinds | {""}
    assert (frame[["source_1", "source_1_url"]] != "").all(axis=None)
    second = frame[["source_2", "source_2_url", "source_2_kind"]] != ""
    assert (second.all(axis=1) == second.any(axis=1)).all()
    addresses = pd.concat([frame["source_1_url"], frame["source_2_url"]])
    assert addresses[addresses != ""].str.match("https?://").all()


@pytest.mark.parametrize("table", SOURCED)
def test_confirmed_means_two_sources(table: str) -> None:
    """A row is confirmed by two different sources, never by one."""
    confirmed = load_reference(table).query("confidence == 'confirmed'")
    assert confirmed.query("source_2 == '' or source_1_url == source_2_url").empty


def test_chronology_dates_have_the_form_they_say() -> None:
    """A date is EDTF with bounds in order, and `precision` is its form."""
    for row in load_reference("chronology").itertuples():
        earliest, latest = edtf_bounds(row.date)
        assert (row.earliest, row.latest) == (earliest, latest), row.event_id
        assert "" < earliest <= latest, row.event_id
        form = {4: "year", 7: "month", 10: "day"}.get(len(row.date), "range")
        assert row.precision == ("range" if "/" in row.date else form), row.event_id


def test_event_ids_end_in_the_year() -> None:
    """An event id ends in the year in which the event began or ended."""
    wrong = [
        row.event_id
        for row in load_reference("chronology").itertuples()
        if row.event_id[-4:] not in {row.date[:4], row.date.split("/")[-1][:4]}
    ]
    assert wrong == []


def test_actors_of_the_chronology_are_known() -> None:
    """Every name in `actors` is in the table of actors, and no row goes without."""
    known = set(load_reference("actors")["name"])
    cells = load_reference("chronology")["actors"]
    assert {name for cell in cells for name in items(cell)} - known == set()
    assert (cells != "").all()


@pytest.mark.parametrize("table", ["arms_shares", "arms_transfers"])
def test_suppliers_and_recipients_are_known(table: str) -> None:
    """So are suppliers and recipients."""
    frame = load_reference(table)
    known = set(load_reference("actors")["name"])
    assert set(frame["supplier"]) | set(frame["recipient"]) <= known


def test_only_states_have_codes_and_demonyms() -> None:
    """A state has an ISO code; nobody else has one, or a demonym."""
    actors = load_reference("actors")
    states = actors["kind"] == "state"
    assert actors.loc[states, "iso3"].str.fullmatch("[A-Z]{3}").all()
    assert (actors.loc[~states, ["iso3", "demonyms"]] == "").all(axis=None)


def test_events_of_the_claims_exist() -> None:
    """A claim is judged by rows of the chronology that are there."""
    known = set(load_reference("chronology")["event_id"])
    cells = load_reference("claims")["event_id"]
    assert {event for cell in cells for event in items(cell)} - known == set()


def test_quotes_of_the_claims_are_in_the_articles() -> None:
    """Each quote stands, letter by letter, at its offsets in its file."""
    corpus = load_corpus()
    ids = corpus.articles.set_index("file")["article_id"]
    for claim in load_reference("claims").itertuples():
        text = corpus.texts[ids[claim.file]]
        assert text[claim.start : claim.end] == claim.quote, claim.claim_id


def test_every_article_has_claims() -> None:
    """Claims were checked in all five articles, and are numbered by file."""
    claims = load_reference("claims")
    assert set(claims["file"]) == set(load_corpus().articles["file"])
    assert (claims["claim_id"].str[:3] == claims["file"].str[:3]).all()


def test_forecasts_have_verdicts_of_their_own() -> None:
    """A forecast is fulfilled, failed or open; nothing else is."""
    claims = load_reference("claims")
    forecast = claims["modality"] == "forecast"
    assert (claims["verdict"].str.startswith("forecast_") == forecast).all()


def test_shares_are_percentages_of_a_period() -> None:
    """A share is above 0 and at most 100, of a period that does not end before it begins."""
    shares = load_reference("arms_shares")
    assert shares["share_pct"].between(0, 100, inclusive="right").all()
    assert (shares["period_start"] <= shares["period_end"]).all()


def test_transfers_have_years_and_whole_numbers() -> None:
    """Years are EDTF years or intervals; a quantity is whole, or missing."""
    transfers = load_reference("arms_transfers")
    for column in ("year_ordered", "years_delivered"):
        for value in transfers[column]:
            assert not value or any(edtf_bounds(value)), value
    quantity = transfers["quantity"]
    assert str(quantity.dtype) == "Int64"
    assert (quantity.dropna() > 0).all()
    assert quantity[transfers["transfer_id"] == "pk-mi35m-2015"].tolist() == [4]
    assert quantity[transfers["transfer_id"] == "pk-su35-talks"].isna().all()


def test_empty_cells_are_empty_text() -> None:
    """An empty cell is the empty string, so no text column has missing values."""
    claims = load_reference("claims")
    assert not claims.isna().any(axis=None)
    assert (claims["attributed_to"] == "").any()


def test_each_call_gives_a_table_of_its_own() -> None:
    """What a reader does to a table does not reach the next reader."""
    mine = load_reference("actors")
    mine["name"] = "nobody"
    assert "nobody" not in set(load_reference("actors")["name"])


def test_unknown_table() -> None:
    """A table that is not there is an error with the nearest one that is."""
    with pytest.raises(ValueError, match=r"'chronologie'; allowed: actors, .* 'chronology'\?"):
        load_reference("chronologie")
