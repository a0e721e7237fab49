"""Find the sentences that may tell an event of a chronology, by theme, names and time."""

from collections.abc import Iterable

import pandas as pd

from ruspak_nb.schema import need_columns

_YEAR = 366  # days


def match_events(
    chronology: pd.DataFrame,
    actors: pd.DataFrame,
    *,
    articles: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    dates: pd.DataFrame,
    rare: int = 3,
) -> pd.DataFrame:
    """Find the sentences that may tell an event, by theme, names and time.

    A sentence fits an event if it carries the event's theme; if it has at least two of the
    event's actors and rare names, states counted once; and if one of its dates of a year or
    less overlaps the event, or, in a sentence without such a date, if it has a rare name.
    A rare name is no state's, and stands among the actors or in the words of at most `rare`
    events. What begins after the publication is not looked for. Needs `event_id`,
    `earliest`, `latest`, `what`, `actors`, `theme`; of the actors `name`, `kind`, `iso3`,
    `aliases`, `demonyms`; frames of the schema. Returns `article_id`, `sentence_id`,
    `event_id`, in the order of the chronology. Raises ValueError if a column is missing.
    """
    need_columns(chronology, "event_id", "earliest", "latest", "what", "actors", "theme")
    need_columns(actors, "name", "kind", "iso3", "aliases", "demonyms")
    need_columns(articles, "article_id", "published_earliest", "published_latest")
    states = _state_names(actors)
    ends = articles["published_latest"].where(articles["published_latest"] != "")
    ends = ends.fillna(articles["published_earliest"])
    last = dict(zip(articles["article_id"], ends, strict=True))
    named = _by_sentence(mentions[mentions["label"] != "DATE"], "name", "text")
    themed, narrow = _by_sentence(themes, "theme"), _narrow(dates)
    rarely = _rare_names(chronology, set().union(*named.values()) - set(states) - {""}, rare)
    rows = []
    for event in chronology.itertuples(index=False):
        of_state = {states[name] for name in event.actors.split("; ") if name in states}
        for (sentence_id, article_id), names in named.items():
            theme = event.theme in themed.get((sentence_id, article_id), ())
            if not theme or event.earliest > last[article_id]:
                continue
            spans = narrow.get(sentence_id, ())
            special = {name for name in names if event.event_id in rarely.get(name, ())}
            both = special | ({states[name] for name in names if name in states} & of_state)
            fits = any(low <= event.latest and event.earliest <= high for low, high in spans)
            if len(both) > 1 and (fits or (special and not spans)):
                rows.append((article_id, sentence_id, event.event_id))
    return pd.DataFrame(rows, columns=["article_id", "sentence_id", "event_id"], dtype="str")


def _state_names(actors: pd.DataFrame) -> dict[str, str]:
    """Map what a state is called to what it is: its code, so that a successor counts too."""
    names: dict[str, str] = {}
    for state in actors[actors["kind"] == "state"].itertuples(index=False):
        called = [state.name, *state.aliases.split("; "), *state.demonyms.split("; ")]
        names |= {name: state.iso3 or state.name for name in called if name}
    return names


def _rare_names(
    chronology: pd.DataFrame, names: Iterable[str], rare: int
) -> dict[str, frozenset[str]]:
    """Map names to the few events that have them."""
    texts = {
        event.event_id: (_spaced(event.what), set(event.actors.split("; ")))
        for event in chronology.itertuples(index=False)
    }
    found = {
        name: frozenset(
            event for event, (what, who) in texts.items() if name in who or _spaced(name) in what
        )
        for name in names
    }
    return {name: events for name, events in found.items() if 0 < len(events) <= rare}


def _spaced(text: str) -> str:
    """Set words apart by single spaces, so that a name is found only as whole words."""
    kept = "".join(letter if letter.isalnum() or letter == "-" else " " for letter in text)
    return f" {' '.join(kept.split())} "


def _by_sentence(frame: pd.DataFrame, *columns: str) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for row in frame.to_dict("records"):
        key = (row["sentence_id"], row["article_id"])
        found.setdefault(key, set()).update(row[column] for column in columns)
    return found


def _narrow(dates: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """Map sentences to the bounds of their dates of a year or less."""
    bounded = dates[(dates["earliest"] != "") & (dates["latest"] != "")]
    days = pd.to_datetime(bounded["latest"]) - pd.to_datetime(bounded["earliest"])
    found: dict[str, list[tuple[str, str]]] = {}
    for row in bounded[days.dt.days < _YEAR].itertuples(index=False):
        found.setdefault(row.sentence_id, []).append((row.earliest, row.latest))
    return found
