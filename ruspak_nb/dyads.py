"""Count who does what to whom: dyads of events, their balance, their turns, and their roles.

All functions take events of the schema, a machine's or a person's coding, and return tidy
summaries with `n` and `evidence`. An act that is coded for several pairs, such as a meeting
of four, counts once in a row.
"""

import warnings
from collections.abc import Mapping, Sequence
from functools import singledispatch

import pandas as pd

from ruspak_nb.codebook import Codebook, load_codebook
from ruspak_nb.evidence import span_ids
from ruspak_nb.schema import QUAD_CLASSES, need_columns

STANCES: Mapping[str, str] = {quad: quad.rpartition("_")[2] for quad in QUAD_CLASSES}
MOODS: Mapping[str, str] = {
    "happened": "fact",
    "ongoing": "fact",
    "planned": "hope",
    "possible": "hope",
    "normative": "hope",
    "denied": "denied",
}
ROLES = ("acts", "is acted upon")
_DYAD = ("source", "target")


@singledispatch
def name_dyads(events: pd.DataFrame, *, codebook: Codebook | None = None) -> pd.DataFrame:
    """Name both sides of each event, and put its class and modality into groups.

    Needs the columns of the schema's events. Adds `source` and `target` (a person or place
    counts as its state; an organisation or armed group as itself, even if it belongs to a
    state), `pair` (both, in the order of the alphabet), `stance` (cooperation, conflict,
    neutral) and `mood` (fact, hope, denied). Names are those of `codebook`, by default the
    package's own. Warns of events that are left out because a side has neither an id nor a
    country. Raises ValueError if a column is missing.
    """
    codebook = codebook or load_codebook()
    sides = [f"{side}_{part}" for side in _DYAD for part in ("id", "country")]
    need_columns(events, *sides, "quad_class", "modality")
    states = state_names(codebook)
    named = {
        side: pd.Series(
            [
                name_side(entity_id, country, codebook, states)
                for entity_id, country in zip(
                    events[f"{side}_id"], events[f"{side}_country"], strict=True
                )
            ],
            index=events.index,
            dtype="str",
        )
        for side in _DYAD
    }
    table = events.assign(
        **named,
        pair=[" and ".join(sorted(both)) for both in zip(*named.values(), strict=True)],
        stance=events["quad_class"].map(STANCES),
        mood=events["modality"].map(MOODS),
    )
    known = (table["source"] != "") & (table["target"] != "")
    if not known.all():
        warnings.warn(f"left out {(~known).sum()} event(s) without two sides", stacklevel=3)
    return table[known].reset_index(drop=True)


@singledispatch
def count_dyads(
    events: pd.DataFrame,
    *,
    by: str | Sequence[str] = ("source", "target", "quad_class", "modality"),
) -> pd.DataFrame:
    """Count events by who acts, upon whom, how and in which modality, or by other columns.

    Needs the columns `by` and `article_id`, `start`, `end`. Returns `by`, `n` and `evidence`
    (span ids), by descending n, then in the order of the values. Raises ValueError if a
    column is missing.
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(events, *keys)
    acts = events.assign(_id=span_ids(events)).drop_duplicates([*keys, "_id"])
    table = acts.groupby(keys, sort=True)["_id"].agg(tuple).rename("evidence").reset_index()
    table.insert(len(keys), "n", [len(ids) for ids in table["evidence"]])
    table["n"] = table["n"].astype("int64")
    return table.sort_values("n", ascending=False, kind="stable", ignore_index=True)


def balance_dyads(events: pd.DataFrame, *, by: str | Sequence[str] = _DYAD) -> pd.DataFrame:
    """Hold cooperation against conflict, and fact against hope, for each dyad.

    Needs the columns `by`, `stance`, `mood` (see `name_dyads`) and `article_id`, `start`,
    `end`. Returns `by`, `n`, `cooperation`, `conflict`, `neutral`, `fact`, `hope`, `denied`,
    `balance` (1 for cooperation only, -1 for conflict only, missing where there is neither)
    and `evidence`. Raises ValueError if a column is missing.
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(events, *keys, "stance", "mood")
    table = count_dyads(events, by=keys)
    for column in ("stance", "mood"):
        parts = count_dyads(events, by=[*keys, column])
        wide = parts.pivot(index=keys, columns=column, values="n")
        values = dict.fromkeys((STANCES if column == "stance" else MOODS).values())
        wide = wide.reindex(columns=list(values)).fillna(0).astype("int64").reset_index()
        table = table.merge(wide, on=keys, validate="1:1")
    taken = table["cooperation"] + table["conflict"]
    table["balance"] = (table["cooperation"] - table["conflict"]) / taken.where(taken > 0)
    columns = ["n", "cooperation", "conflict", "neutral", "fact", "hope", "denied", "balance"]
    return table[[*keys, *columns, "evidence"]]


def count_turns(
    events: pd.DataFrame,
    steps: Sequence[object],
    *,
    by: str | Sequence[str] = ("pair", "stance"),
    over: str = "article_id",
) -> pd.DataFrame:
    """Count dyads at each step, such as an article or a period, to see how they turn.

    Needs the columns `by`, `over` and `article_id`, `start`, `end`; `steps` are values of
    `over` in their order. Returns `by`, `over`, `n`, `n_step` (all events of the step),
    `share` and `evidence`, by overall n, then step; what does not occur at a step is 0, and
    events of other steps do not count. Raises ValueError if a column is missing.
    """
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(events, *keys, over)
    inside = events[events[over].isin(list(steps))]
    at_step = count_dyads(inside, by=over).set_index(over)["n"]
    ranked = count_dyads(inside, by=keys)[keys]
    found = count_dyads(inside, by=[*keys, over])
    table = ranked.merge(pd.DataFrame({over: list(steps)}), how="cross")
    table = table.merge(found, on=[*keys, over], how="left", validate="1:1")
    table["evidence"] = [ids if isinstance(ids, tuple) else () for ids in table["evidence"]]
    table["n"] = [len(ids) for ids in table["evidence"]]
    table["n_step"] = table[over].map(at_step).fillna(0).astype("int64")
    table["share"] = table["n"] / table["n_step"].where(table["n_step"] > 0)
    return table[[*keys, over, "n", "n_step", "share", "evidence"]]


def compare_dyads(
    codings: Mapping[str, pd.DataFrame], *, by: str | Sequence[str] = ("pair", "stance")
) -> pd.DataFrame:
    """Count the dyads of two or more codings of the same texts side by side.

    Takes events under the name of their coder; needs the columns `by` and `article_id`,
    `start`, `end` in each. Returns `by`, `coder`, `n`, `n_step` (all events of that coder),
    `share` and `evidence`, by overall n; what a coder does not have is 0. Raises ValueError if
    a column is missing.
    """
    parts = [events.assign(coder=coder) for coder, events in codings.items()]
    return count_turns(pd.concat(parts, ignore_index=True), list(codings), by=by, over="coder")


def count_roles(events: pd.DataFrame) -> pd.DataFrame:
    """Count for each actor the events in which it acts and those in which it is acted upon.

    Needs `source`, `target` (see `name_dyads`) and `article_id`, `start`, `end`. Returns
    `actor`, `role` (acts, is acted upon), `n` and `evidence`, two rows an actor, by the sum
    of both; an actor that never acts has 0. Raises ValueError if a column is missing.
    """
    need_columns(events, *_DYAD)
    parts = [
        count_dyads(events, by=side).rename(columns={side: "actor"}).assign(role=role)
        for side, role in zip(_DYAD, ROLES, strict=True)
    ]
    found = pd.concat(parts, ignore_index=True)
    total = found.groupby("actor")["n"].sum().sort_index()
    ranked = total.sort_values(ascending=False, kind="stable").index.to_list()
    frame = pd.DataFrame([(actor, role) for actor in ranked for role in ROLES])
    table = frame.set_axis(["actor", "role"], axis=1) if ranked else found[["actor", "role"]]
    table = table.merge(found, on=["actor", "role"], how="left", validate="1:1")
    table["evidence"] = [ids if isinstance(ids, tuple) else () for ids in table["evidence"]]
    table["n"] = [len(ids) for ids in table["evidence"]]
    return table[["actor", "role", "n", "evidence"]]


def name_side(entity_id: str, country: str, codebook: Codebook, states: Mapping[str, str]) -> str:
    """Name one side of an event; `states` are those of `state_names`."""
    entity = codebook.entities.get(entity_id)
    if entity is not None and entity.label == "ORG":
        return entity.name
    return states.get(country, country) or (entity.name if entity else entity_id)


def state_names(codebook: Codebook) -> dict[str, str]:
    """Name the state of each country code: where there are several, the one of today."""
    # Only a state of today has a capital in the codebook: Germany, not East Germany.
    capitals = {alias.entity_id for alias in codebook.aliases.values() if alias.kind == "capital"}
    names: dict[str, str] = {}
    for entity in codebook.entities.values():
        known = entity.country in names or not entity.country
        if entity.label == "GPE" and (not known or entity.entity_id in capitals):
            names[entity.country] = entity.name
    return names
