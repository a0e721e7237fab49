"""What of a chronology a text remembers, what it leaves out, and what it could not know.

A coding of coverage is a frame of pairs: which sentence tells which event. People's and
the machine's have the same shape, and go through the same functions.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from ruspak_nb.schema import need_columns, suggest

PAIRS = ("article_id", "sentence_id", "event_id")


def link_claims(
    claims: pd.DataFrame, articles: pd.DataFrame, sentences: pd.DataFrame
) -> pd.DataFrame:
    """List the events that people linked to the claims of each sentence.

    Needs `claim_id`, `file`, `start`, `end`, `event_id` (divided by semicolons) in `claims`,
    `file` and `article_id` in `articles`, and frames of the schema. Returns `article_id`,
    `sentence_id`, `event_id`, `claim_id`; claims outside the body, such as in a teaser, and
    claims without an event have none. Raises ValueError if a column is missing.
    """
    need_columns(claims, "claim_id", "file", "start", "end", "event_id")
    need_columns(articles, "file", "article_id")
    linked = claims.assign(event_id=claims["event_id"].str.split("; ")).explode("event_id")
    linked = linked[linked["event_id"].fillna("") != ""].merge(
        articles[["file", "article_id"]], on="file", validate="m:1"
    )
    spans = sentences[["sentence_id", "article_id", "start", "end"]]
    both = linked.merge(spans, on="article_id", suffixes=("", "_sentence"))
    inside = (both["start"] < both["end_sentence"]) & (both["start_sentence"] < both["end"])
    return both.loc[inside, [*PAIRS, "claim_id"]].reset_index(drop=True)


def cover_chronology(
    chronology: pd.DataFrame, articles: pd.DataFrame, pairs: pd.DataFrame
) -> pd.DataFrame:
    """Lay every event beside every article: could it be told, and which sentences tell it?

    Needs `event_id`, `earliest`, `latest` in `chronology`, `article_id` and
    `published_earliest` in `articles`, and `sentence_id`, `event_id` and `article_id` in
    `pairs`. Returns the chronology's columns with `article_id`, `knowable` (the event was
    over on the first day on which the article can have appeared), `decade`, `n` and
    `evidence` (sentence ids), events in order of time, articles as given. Raises ValueError
    if a column is missing or a pair names an unknown event.
    """
    need_columns(chronology, "event_id", "earliest", "latest")
    need_columns(articles, "article_id", "published_earliest")
    need_columns(pairs, *PAIRS)
    known = set(chronology["event_id"])
    for event_id in pairs["event_id"]:
        if event_id not in known:
            raise ValueError(f"no event {event_id!r}; {suggest(event_id, known)}")
    told = pairs.drop_duplicates(list(PAIRS)).sort_values("sentence_id")
    found = told.groupby(["event_id", "article_id"])["sentence_id"].agg(tuple)
    grid = chronology.sort_values(["earliest", "latest", "event_id"]).merge(
        articles[["article_id", "published_earliest"]], how="cross"
    )
    # An article without a date is not blamed for leaving anything out.
    dated = grid["published_earliest"] != ""
    grid["knowable"] = dated & (grid["latest"] <= grid["published_earliest"])
    grid["decade"] = grid["earliest"].str[:3] + "0s"
    keys = zip(grid["event_id"], grid["article_id"], strict=True)
    grid["evidence"] = [found.get(key, ()) for key in keys]
    grid["n"] = grid["evidence"].str.len().astype("int64")
    return grid.drop(columns="published_earliest").reset_index(drop=True)


def count_coverage(grid: pd.DataFrame, *, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """Count the events that are told among those that could be.

    Needs `event_id`, `article_id`, `knowable`, `evidence` (see `cover_chronology`) and the
    columns `by`. Without `article_id` among them, an event counts as known if one article
    could tell it and as told if one of those does. Returns `by`, `told`, `known`, `share`
    (none if nothing was known), `n` and `evidence` (the sentences that tell), groups in the
    order of `grid`. What was not yet knowable counts nowhere. Raises ValueError if a column
    is missing.
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(grid, "event_id", "article_id", "knowable", "evidence", *keys)
    known = grid[grid["knowable"]].assign(_all="")
    rows = []
    for group, part in known.groupby(keys or ["_all"], sort=False):
        events = part[part["evidence"].str.len() > 0]
        ids = tuple(dict.fromkeys(i for told in events["evidence"] for i in told))
        told, known_n = events["event_id"].nunique(), part["event_id"].nunique()
        rows.append((*(group if keys else ()), told, known_n, told / known_n, len(ids), ids))
    return pd.DataFrame(rows, columns=[*keys, "told", "known", "share", "n", "evidence"])


def count_tellers(grid: pd.DataFrame) -> pd.DataFrame:
    """Count for each event the articles that could tell it and those that do.

    Needs the columns of `cover_chronology`. Returns the event's columns with `could`,
    `tell`, `told_in` (article ids, divided by semicolons), `n` and `evidence` (the
    sentences that tell); events that no article could know are left out.
    """
    need_columns(grid, "event_id", "article_id", "knowable", "evidence")
    could = grid[grid["knowable"]]
    does = could[could["evidence"].str.len() > 0]
    table = could.drop(columns=["article_id", "knowable", "evidence", "n"])
    table = table.drop_duplicates("event_id").reset_index(drop=True)
    tellers = does.groupby("event_id")["article_id"].agg("; ".join)
    evidence = does.groupby("event_id")["evidence"].agg(lambda ids: tuple(sum(ids, ())))
    table["could"] = table["event_id"].map(could["event_id"].value_counts()).astype("int64")
    counts = does["event_id"].value_counts()
    table["tell"] = table["event_id"].map(counts).fillna(0).astype("int64")
    table["told_in"] = table["event_id"].map(tellers).fillna("")
    table["evidence"] = [evidence.get(event, ()) for event in table["event_id"]]
    table["n"] = table["evidence"].str.len().astype("int64")
    return table


def compare_coverage(codings: Mapping[str, pd.DataFrame], against: str) -> pd.DataFrame:
    """Hold codings of coverage against one of them, over the pairs that could be told.

    `codings` maps names to frames of `cover_chronology`; `against` names one. A pair is an
    event and an article. Returns for each other coding `coding`, `told` (pairs it has),
    `told_against`, `both`, `precision`, `recall`, `f1` and `kappa` (Cohen's; agreement
    beyond chance, silence included). Raises ValueError if `against` is none of them.
    """
    if against not in codings:
        raise ValueError(f"no coding {against!r}; {suggest(against, codings)}")
    base = _told_pairs(codings[against])
    rows = []
    for name, grid in codings.items():
        if name == against:
            continue
        said = _told_pairs(grid).reindex(base.index, fill_value=False)
        both, one, other = int((said & base).sum()), int(said.sum()), int(base.sum())
        agree = float((said == base).mean())
        share, share_base = one / len(base), other / len(base)
        chance = share * share_base + (1 - share) * (1 - share_base)
        kappa = (agree - chance) / (1 - chance) if chance < 1 else 1.0
        f1 = 2 * both / (one + other) if one + other else 0.0
        scores = (both / one if one else 0.0, both / other if other else 0.0, f1, kappa)
        rows.append((name, one, other, both, *scores))
    columns = ["coding", "told", "told_against", "both", "precision", "recall", "f1", "kappa"]
    return pd.DataFrame(rows, columns=columns)


def _told_pairs(grid: pd.DataFrame) -> pd.Series:
    known = grid[grid["knowable"]].set_index(["event_id", "article_id"])
    return known["evidence"].str.len() > 0
