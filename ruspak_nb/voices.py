"""Count who is quoted and who is only talked about."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from ruspak_nb.codebook import Codebook, load_codebook
from ruspak_nb.counts import find_words
from ruspak_nb.evidence import span_ids
from ruspak_nb.schema import need_columns, suggest

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations


def find_speakers(
    notes: "Annotations",
    *,
    quotes: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    codebook: Codebook | None = None,
) -> pd.DataFrame:
    """List every quotation with its speaker, direct or indirect; scare quotes are nobody's.

    `quotes` takes the place of `notes.quotes`, such as a person's coding; those of articles
    that are not in `notes` are left out. Returns, for each quotation and each of its speakers,
    the columns of `quotes` with `speaker` (the codebook's name, or the words of the text),
    `group` (person, state, organisation or unnamed), `country` (whose; empty if the text
    does not say), `viewpoint` (of the article), `n_words`, `evidence` (its span, as far as the
    sentence in which it begins) and the columns of `people`, which needs `speaker`. Raises
    ValueError if a column is missing.
    """
    said = notes.quotes if quotes is None else quotes
    need_columns(said, "sentence_id", "article_id", "start", "end", "text", "kind")
    need_columns(said, "speaker_id", "speaker_text")
    articles = notes.corpus.articles.set_index("article_id")["viewpoint"]
    said = said[(said["kind"] != "scare") & said["article_id"].isin(articles.index)]
    ends = notes.sentences.set_index("sentence_id")["end"]
    first = said.assign(end=said["end"].clip(upper=said["sentence_id"].map(ends)))
    heard = said.assign(
        evidence=[(span,) for span in span_ids(first)],
        n_words=[len(find_words(said.iloc[[i]])) for i in range(len(said))],
        viewpoint=said["article_id"].map(articles),
        speaker_id=said["speaker_id"].str.split(";"),
    ).explode("speaker_id", ignore_index=True)
    states = _States(codebook or load_codebook())
    told = [states.speaker(row.speaker_id, row.speaker_text) for row in heard.itertuples()]
    columns = pd.DataFrame(told, columns=["speaker", "group", "country"], dtype="str")
    heard = pd.concat([heard, columns], axis=1)
    if people is None:
        return heard
    need_columns(people, "speaker")
    return heard.merge(people, on="speaker", how="left", validate="m:1")


def count_speakers(
    notes: "Annotations",
    *,
    by: str | Sequence[str] = "speaker",
    quotes: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    codebook: Codebook | None = None,
) -> pd.DataFrame:
    """Count quotations and the words quoted, by speaker or other columns of `find_speakers`.

    Returns the columns `by` with `n`, `n_direct`, `n_indirect`, `n_words` (a word quoted within
    a longer quotation counts once) and `evidence` (span ids), by descending words. What several
    speakers say together counts for each. Raises ValueError if a column is missing.
    """
    heard = find_speakers(notes, quotes=quotes, people=people, codebook=codebook)
    keys = [by] if isinstance(by, str) else list(by)
    need_columns(heard, *keys)
    heard = heard.drop_duplicates([*keys, "evidence", "kind"])
    columns = [*keys, "n", "n_direct", "n_indirect", "n_words", "evidence"]
    rows = []
    for held, part in heard.groupby(keys, sort=True, dropna=False):
        direct = int((part["kind"] == "direct").sum())
        words = find_words(part)[["article_id", "start"]].drop_duplicates()
        counts = (len(part), direct, len(part) - direct, len(words))
        rows.append((*held, *counts, tuple(part["evidence"].explode())))
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("n_words", ascending=False, kind="stable", ignore_index=True)


def count_voices(
    notes: "Annotations",
    *,
    labels: Sequence[str] = ("PERSON",),
    by: str = "name",
    quotes: pd.DataFrame | None = None,
    codebook: Codebook | None = None,
) -> pd.DataFrame:
    """Set who is named beside who is quoted: who only gets talked about has no quotation.

    Counts the mentions that carry one of `labels` and an entity of the codebook, by `name` or by
    `country`. Returns `by`, `country`, `n` (mentions), `n_quotes`, `n_words` (quoted) and
    `evidence` (the mentions' span ids), by descending words, then mentions. Counted by country,
    whoever speaks for it or is of it is its voice. Raises ValueError if `by` is another column.
    """
    if by not in ("name", "country"):
        raise ValueError(f"cannot count voices by {by!r}; {suggest(by, ('name', 'country'))}")
    known = codebook or load_codebook()
    need_columns(notes.mentions, "label", "entity_id", "name")
    named = notes.mentions[notes.mentions["label"].isin(labels)]
    named = named[named["entity_id"].isin(known.entities)]
    states = _States(known)
    named = named.assign(
        country=[states.country(key) for key in named["entity_id"]], _id=span_ids(named)
    )
    named = named[named[by] != ""]
    keys = list(dict.fromkeys([by, "country"]))
    table = named.groupby(keys)["_id"].agg(tuple).rename("evidence").reset_index()
    table["n"] = table["evidence"].str.len().astype("int64")
    key = "speaker" if by == "name" else "country"
    spoken = count_speakers(notes, by=key, quotes=quotes, codebook=known).set_index(key)
    for column, counted in (("n_quotes", "n"), ("n_words", "n_words")):
        table[column] = table[by].map(spoken[counted]).fillna(0).astype("int64")
    table = table.sort_values(
        ["n_words", "n", by], ascending=[False, False, True], ignore_index=True
    )
    return table[[*keys, "n", "n_quotes", "n_words", "evidence"]]


def mark_voice(found: pd.DataFrame, quotes: pd.DataFrame) -> pd.DataFrame:
    """Tell of words, or other spans, whether the author says them or somebody who is quoted.

    Needs `article_id`, `start`, `end` in both, and `kind`, `speaker_text` in `quotes`. Returns
    `found` with `voice`: "author", or "quoted" inside a quotation of any kind, and
    `speaker_text` (empty if the author's, or nobody's in particular). Raises ValueError if a
    column is missing.
    """
    need_columns(found, "article_id", "start", "end")
    need_columns(quotes, "article_id", "start", "end", "speaker_text")
    marked = []
    for word in found.itertuples(index=False):
        around = quotes[
            (quotes["article_id"] == word.article_id)
            & (quotes["start"] <= word.start)
            & (quotes["end"] >= word.end)
        ]
        who = next(filter(None, around["speaker_text"]), "")
        marked.append(("author" if around.empty else "quoted", who))
    voices = pd.DataFrame(marked, columns=["voice", "speaker_text"], index=found.index, dtype="str")
    return found.assign(**voices)


class _States:
    """The states of a codebook, by entity and by country code."""

    def __init__(self, known: Codebook) -> None:
        self._known = known
        owners = {
            kind: {alias.entity_id for alias in known.aliases.values() if alias.kind == kind}
            for kind in ("capital", "demonym")
        }
        # A state of the past shares the code of its successor, which has the capital.
        self.ids = owners["capital"] | owners["demonym"]
        ordered = sorted(self.ids, key=lambda key: (key in owners["capital"], key))
        self._names = {known.entities[key].country: known.entities[key].name for key in ordered}

    def country(self, entity_id: str) -> str:
        """Name the country of an entity; empty if it has none."""
        entity = self._known.entities.get(entity_id)
        return self._names.get(entity.country, "") if entity else ""

    def speaker(self, entity_id: str, text: str) -> tuple[str, str, str]:
        """Give name, group and country of a speaker."""
        entity = self._known.entities.get(entity_id)
        if entity is None:
            # "Indian analysts": a nation, if the words name one.
            plain = text.replace("’", "'").replace("'s", " ").replace(",", " ").split()
            names = [*map(" ".join, pairwise(plain)), *plain]
            aliases = (self._known.aliases.get(name) for name in names)
            nations = (self.country(alias.entity_id) for alias in aliases if alias)
            return text, "unnamed", next(filter(None, nations), "")
        group = "state" if entity_id in self.ids else "organisation"
        group = "person" if entity.label == "PERSON" else group
        return entity.name, group, self.country(entity_id)
