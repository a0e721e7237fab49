"""Rows on disk, each with something more: dates beside publication, events with names, keywords.

`read_clocks` and `name_dyads` of a `Relation` give another one; what is read at once is only
what a warning needs.
"""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ruspak_nb import dyads, timeline
from ruspak_nb.codebook import Codebook, load_codebook
from ruspak_nb.dyads import MOODS, STANCES
from ruspak_nb.kwic import find_pattern, line_up, unknown
from ruspak_nb.relations import Relation, quoted
from ruspak_nb.schema import build_frame

_CLOCKS = """
SELECT *,
    CASE WHEN earliest = '' OR latest = '' THEN '{open}'
        WHEN days <= 366 THEN '{year}' WHEN days <= 3653 THEN '{years}'
        ELSE '{period}' END AS reach,
    CASE WHEN past > 0 THEN 'past' WHEN ahead > 0 THEN 'ahead' ELSE 'present' END AS clock,
    CASE WHEN past > 0 THEN past / 365.25::DOUBLE
        WHEN ahead > 0 THEN -ahead / 365.25::DOUBLE ELSE 0 END AS lag,
    1::BIGINT AS n,
    [article_id || ':' || "start" || '-' || "end"] AS evidence
FROM (
    SELECT dates.* EXCLUDE (_row), published_earliest, published_latest,
        {{'start': "start", 'row': dates._row}} AS _row,
        date_diff('day', nullif(earliest, '')::DATE, nullif(latest, '')::DATE) + 1 AS days,
        date_diff('day', nullif(latest, '')::DATE, nullif(published_earliest, '')::DATE) AS past,
        -- A publication without a last day is taken at its first.
        date_diff(
            'day', coalesce(nullif(published_latest, ''), nullif(published_earliest, ''))::DATE,
            nullif(earliest, '')::DATE
        ) AS ahead
    FROM ({dates}) AS dates JOIN ({articles}) AS articles USING (article_id)
)
WHERE earliest || latest <> '' AND published_earliest <> ''
"""

_NAMES = """
SELECT unnest(?::VARCHAR[]) AS entity_id, unnest(?::VARCHAR[]) AS country,
    unnest(?::VARCHAR[]) AS name
"""
_GROUPS = "SELECT unnest(?::VARCHAR[]) AS value, unnest(?::VARCHAR[]) AS name"

_DYADS = """
SELECT events.*, one.name AS source, other.name AS target,
    least(one.name, other.name) || ' and ' || greatest(one.name, other.name) AS pair,
    stances.name AS stance, moods.name AS mood
FROM ({events}) AS events
JOIN ({names}) AS one ON (source_id, source_country) = (one.entity_id, one.country)
JOIN ({names}) AS other ON (target_id, target_country) = (other.entity_id, other.country)
LEFT JOIN ({groups}) AS stances ON quad_class = stances.value
LEFT JOIN ({groups}) AS moods ON modality = moods.value
WHERE one.name <> '' AND other.name <> ''
"""


@timeline.read_clocks.register(Relation)
def _read_clocks(dates: Relation, articles: Relation) -> Relation:
    own = ("article_id", "sentence_id", "start", "end", "text", "earliest", "latest")
    published = ("published_earliest", "published_latest")
    dates.need(*own)
    articles.need("article_id", *published)
    articles.need_unique("article_id")
    near, period, long, unbounded = timeline.REACHES[0], *timeline.REACHES[1:]
    sql = _CLOCKS.format(
        dates=dates.sql, articles=articles.sql, year=near, years=period, period=long, open=unbounded
    )
    added = {"reach": "str", "clock": "str", "lag": "float64", "n": "int64", "evidence": "tuple"}
    types = {**dates.types, **dict.fromkeys(published, "str"), **added}
    clocks = replace(dates, types=types, sql=sql, values=(*dates.values, *articles.values))
    dated = dates.join(articles, *(column for column in published if column not in dates.types))
    left_out = len(dated) - len(clocks)
    if left_out:
        warnings.warn(f"left out {left_out} date(s) that no clock can show", stacklevel=3)
    return clocks


@dyads.name_dyads.register(Relation)
def _name_dyads(events: Relation, *, codebook: Codebook | None = None) -> Relation:
    codebook = codebook or load_codebook()
    sides = ["source_id", "source_country", "target_id", "target_country"]
    events.need(*sides, "quad_class", "modality")
    states = dyads.state_names(codebook)
    # There are as many as the codebook has, however many events.
    known = events.table(
        f"SELECT DISTINCT unnest([source_id, target_id]) AS entity_id, "
        f"unnest([source_country, target_country]) AS country FROM ({events.sql})"
    ).to_pylist()
    pairs = sorted({(row["entity_id"], row["country"]) for row in known})
    names = [dyads.name_side(entity, country, codebook, states) for entity, country in pairs]
    sided = [[entity for entity, _ in pairs], [country for _, country in pairs], names]
    sql = _DYADS.format(events=events.sql, names=_NAMES, groups=_GROUPS)
    named = replace(
        events,
        types={
            **events.types,
            **dict.fromkeys(("source", "target", "pair", "stance", "mood"), "str"),
        },
        sql=sql,
        values=(*events.values, *sided, *sided, *_lists(STANCES), *_lists(MOODS)),
    )
    left_out = len(events) - len(named)
    if left_out:
        warnings.warn(f"left out {left_out} event(s) without two sides", stacklevel=3)
    return named


def search_rows(sentences: Relation, pattern: str, width: int) -> pd.DataFrame:
    """Line up every match of a regular expression, some thousand sentences at a time."""
    nothing = build_frame("sentences", [])
    # Of no sentence, it complains of the pattern, and has the columns.
    found = [line_up(find_pattern(nothing, pattern), nothing, width).assign(_row=0)]
    for batch in sentences.batches(f"SELECT * FROM ({sentences.sql})"):
        some = batch.to_pandas()
        lines = line_up(find_pattern(some, pattern), some, width)
        places = some.set_index("sentence_id")["_row"]
        found.append(lines.assign(_row=lines["sentence_id"].map(places)))
    return _in_order(found)


def line_up_rows(
    rows: Relation, column: str, value: str, sentences: Relation, width: int
) -> pd.DataFrame:
    """Line up the rows in which `column` is `value`. Raises ValueError if there is none."""
    hits = rows.where(**{column: value})
    sql = f"""
    SELECT hits.article_id, sentence_id, hits."start", hits."end", hits._row,
        said."start" AS said_start, said.text AS said_text
    FROM ({hits.sql}) AS hits JOIN ({sentences.sql}) AS said USING (sentence_id)
    """
    found = []
    for batch in hits.batches(sql, [*hits.values, *sentences.values]):
        some = batch.to_pandas()
        said = some[["sentence_id", "said_start", "said_text"]].drop_duplicates("sentence_id")
        said = said.set_axis(["sentence_id", "start", "text"], axis=1)
        found.append(line_up(some, said, width).assign(_row=some["_row"]))
    if not found:
        sql = f"SELECT DISTINCT {quoted(column)} AS one FROM ({rows.sql}) ORDER BY one"
        raise unknown(column, value, rows.table(sql)["one"].to_pylist())
    return _in_order(found)


def _in_order(found: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the lines of all batches together in the order of the rows they are from."""
    lines = pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)
    lines = lines.sort_values(["article_id", "_row"], kind="stable", ignore_index=True)
    return lines.drop(columns="_row")


def _lists(groups: Mapping[str, str]) -> list[list[Any]]:
    return [list(groups), list(groups.values())]
