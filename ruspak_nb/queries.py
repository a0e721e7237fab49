"""The counts over rows on disk: the same rows, in the same order, as in memory.

Each function here is what the one of the same name does when it is given a `Relation`. The SQL
finds, of each number, the places of the first rows that it counts, and then opens those alone:
what is held in memory does not grow with the archive.
"""

from collections.abc import Sequence

import pandas as pd

from ruspak_nb import counts, dyads, timeline
from ruspak_nb.relations import Relation, listed, quoted, to_frame

# Rows have an order whatever file they are in: by article, and in it as they are written.
_PLACE = "{'article': article_id, 'row': _row}"
# From `counted` (keys, n, places) to `opened` (keys, evidence).
_OPENED = """
wanted AS (SELECT {keys}, unnest(places) AS place FROM counted),
opened AS (
    SELECT {keys}, list(_id ORDER BY place) AS evidence
    FROM wanted JOIN (SELECT {id} AS _id, _row FROM source) AS found ON place.row = found._row
    GROUP BY {keys}
)
"""
_SPAN_ID = """article_id || ':' || "start" || '-' || "end\""""

_TALLY = """
WITH source AS NOT MATERIALIZED ({source}),
units AS NOT MATERIALIZED ({units}),
counted AS MATERIALIZED (
    SELECT {keys}, count(*) AS n, min({place}, {most}) AS places FROM units GROUP BY {keys}
),
{opened}
SELECT {keys}, n, evidence FROM counted JOIN opened USING ({keys}) ORDER BY n DESC, {keys}
"""

_THEMES = """
WITH source AS NOT MATERIALIZED ({themes}),
sentences AS NOT MATERIALIZED ({sentences}),
-- A theme counts once in a sentence, where it is found first.
first AS (
    SELECT min(_row) AS _row FROM source SEMI JOIN sentences USING (sentence_id)
    GROUP BY sentence_id, theme
),
coded AS MATERIALIZED (
    SELECT theme, {by} AS part, {place} AS place FROM source SEMI JOIN first USING (_row)
),
parts AS (
    SELECT {by} AS part, count(*) AS n_sentences, min({place}) AS place
    FROM sentences WHERE {by} IS NOT NULL GROUP BY part
),
ranked AS (
    SELECT theme, count(*) AS total, min(place) AS place
    FROM coded WHERE theme IS NOT NULL GROUP BY theme
),
counted AS MATERIALIZED (
    SELECT part, theme, count(*) AS n, min(place, {most}) AS places
    FROM coded GROUP BY part, theme
),
{opened}
SELECT part AS _part, theme, coalesce(n, 0) AS n, n_sentences,
    coalesce(n, 0)::DOUBLE / n_sentences AS share, coalesce(evidence, []) AS evidence
FROM parts CROSS JOIN ranked
LEFT JOIN counted USING (part, theme) LEFT JOIN opened USING (part, theme)
ORDER BY parts.place, ranked.total DESC, ranked.place
"""

_COOCCURRENCES = """
WITH source AS NOT MATERIALIZED ({source}),
-- A sentence is known by the first of its rows: numbers are joined faster than names.
named AS NOT MATERIALIZED (
    SELECT *, {item} AS item FROM source WHERE {item} <> '' AND sentence_id IS NOT NULL
),
sentences AS (SELECT sentence_id, min(_row) AS _row FROM named GROUP BY sentence_id),
held AS MATERIALIZED (
    SELECT DISTINCT sentences._row, article_id, item
    FROM named JOIN sentences USING (sentence_id)
),
sizes AS (SELECT item, count(*) AS n FROM held GROUP BY item),
counted AS MATERIALIZED (
    SELECT item_a, item_b, count(*) AS n, min({place}, {most}) AS places
    FROM (SELECT article_id, _row, item AS item_a FROM held)
    JOIN (SELECT _row, item AS item_b FROM held) USING (_row)
    WHERE item_a < item_b GROUP BY item_a, item_b
),
{opened}
SELECT item_a, item_b, counted.n, a.n AS n_a, b.n AS n_b,
    counted.n::DOUBLE / (a.n + b.n - counted.n) AS jaccard, evidence
FROM counted JOIN opened USING (item_a, item_b)
JOIN sizes AS a ON a.item = item_a JOIN sizes AS b ON b.item = item_b
ORDER BY counted.n DESC, item_a, item_b
"""

_YEARS = """
WITH source AS NOT MATERIALIZED ({source}),
bounded AS (
    SELECT {by} AS part, {place} AS place, reach = '{exact}' AS is_exact,
        earliest[:4]::BIGINT AS first_year, latest[:4]::BIGINT AS last_year
    FROM source WHERE reach <> 'open' AND {by} IS NOT NULL
),
touched AS (
    SELECT *, unnest(range(
        first_year - first_year % {step}, last_year - last_year % {step} + 1, {step}
    )) AS year
    FROM bounded
),
weighed AS NOT MATERIALIZED (
    SELECT part, year, place, is_exact, last_year - first_year + 1 AS years,
        least(last_year, year + {step} - 1) - greatest(first_year, year) + 1 AS years_here
    FROM touched
),
-- Dates of one length are added up in whole numbers: the sum is the same in any order.
summed AS (
    SELECT part, year, sum(weight ORDER BY weight, years) AS weight FROM (
        SELECT part, year, years, sum(years_here)::DOUBLE / years AS weight
        FROM weighed GROUP BY part, year, years
    ) GROUP BY part, year
),
counted AS MATERIALIZED (
    SELECT part, year, count(*) AS n, count(*) FILTER (is_exact) AS n_exact,
        min(place, {most}) AS places
    FROM weighed GROUP BY part, year
),
parts AS (SELECT {by} AS part, min({place}) AS place FROM source GROUP BY part),
{opened}
SELECT part AS _part, year, n, n_exact, weight, evidence
FROM counted JOIN summed USING (part, year) JOIN opened USING (part, year) JOIN parts USING (part)
ORDER BY parts.place, year
"""


@counts.count_mentions.register(Relation)
def _count_mentions(mentions: Relation, *, by: str | Sequence[str] = "entity_id") -> pd.DataFrame:
    keys = [by] if isinstance(by, str) else list(by)
    mentions.need(*keys, "article_id", "start", "end")
    named = [f"{quoted(key)} <> ''" for key in keys if key in ("entity_id", "name")]
    known = [f"{quoted(key)} IS NOT NULL" for key in keys]
    return _tally(mentions, keys, f"SELECT * FROM source WHERE {' AND '.join([*named, *known])}")


@dyads.count_dyads.register(Relation)
def _count_dyads(
    events: Relation,
    *,
    by: str | Sequence[str] = ("source", "target", "quad_class", "modality"),
) -> pd.DataFrame:
    keys = [by] if isinstance(by, str) else list(by)
    events.need(*keys, "article_id", "start", "end")
    known = " AND ".join(f"{quoted(key)} IS NOT NULL" for key in keys)
    # An act that is coded for several pairs counts once in a row.
    act = listed(list(dict.fromkeys([*keys, "article_id", "start", "end"])))
    first = f"SELECT min(_row) AS _row FROM source WHERE {known} GROUP BY {act}"
    units = f"SELECT * FROM source SEMI JOIN ({first}) USING (_row)"
    return _tally(events, keys, units)


@counts.count_themes.register(Relation)
def _count_themes(
    themes: Relation, sentences: Relation, *, by: str | None = "article_id"
) -> pd.DataFrame:
    grouping = [by] if by else []
    themes.need("sentence_id", "theme", *grouping)
    sentences.need("sentence_id", *grouping)
    sql = _THEMES.format(
        themes=themes.sql,
        sentences=sentences.sql,
        by=_part(by),
        place=_PLACE,
        most=themes.most,
        opened=_OPENED.format(keys="part, theme", id="sentence_id"),
    )
    types = {"theme": "str", "n": "int64", "n_sentences": "int64", "share": "float64"}
    table = themes.table(sql, [*themes.values, *sentences.values])
    return _parted(_result(table, {"_part": _part_type(sentences, by)} | types), by)


@counts.count_cooccurrences.register(Relation)
def _count_cooccurrences(frame: Relation, *, item: str = "theme") -> pd.DataFrame:
    frame.need("sentence_id", item)
    sql = _COOCCURRENCES.format(
        source=frame.sql,
        item=quoted(item),
        place=_PLACE,
        most=frame.most,
        opened=_OPENED.format(keys="item_a, item_b", id="sentence_id"),
    )
    types = {"item_a": "str", "item_b": "str", "n": "int64", "n_a": "int64", "n_b": "int64"}
    return _result(frame.table(sql), types | {"jaccard": "float64"})


@timeline.count_years.register(Relation)
def _count_years(clocks: Relation, *, step: int = 1, by: str | None = "article_id") -> pd.DataFrame:
    clocks.need("earliest", "latest", "reach", "evidence", *([by] if by else []))
    sql = _YEARS.format(
        source=clocks.sql,
        by=_part(by),
        exact=timeline.REACHES[0],
        step=int(step),
        place=_PLACE,
        most=clocks.most,
        opened=_OPENED.format(keys="part, year", id="evidence[1]"),
    )
    types = {"year": "int64", "n": "int64", "n_exact": "int64", "weight": "float64"}
    table = _result(clocks.table(sql), {"_part": _part_type(clocks, by)} | types)
    return _parted(table, by)


def _tally(rows: Relation, keys: Sequence[str], units: str) -> pd.DataFrame:
    """Group the rows that `units` selects by `keys`, by descending n."""
    sql = _TALLY.format(
        source=rows.sql,
        units=units,
        keys=listed(keys),
        place=_PLACE,
        most=rows.most,
        opened=_OPENED.format(keys=listed(keys), id=_SPAN_ID),
    )
    return _result(rows.table(sql), {key: rows.types[key] for key in keys} | {"n": "int64"})


def _result(table: object, types: dict[str, str]) -> pd.DataFrame:
    """Make a summary of a query's result, and mark the rows whose evidence is not all there."""
    frame = to_frame(table, types | {"evidence": "tuple"})
    return frame.assign(evidence_capped=frame["n"] > frame["evidence"].map(len).astype("int64"))


def _part(by: str | None) -> str:
    return quoted(by) if by else "''"


def _part_type(rows: Relation, by: str | None) -> str:
    return rows.types[by] if by else "str"


def _parted(table: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Call the column of the parts what they are, or leave it out where there is only one."""
    return table.rename(columns={"_part": by}) if by else table.drop(columns="_part")
