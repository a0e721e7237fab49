"""Find the sentences that look forward, and hold them against those a person found.

What became of a forecast is a matter of reading: see `outcomes`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from ruspak_nb.patterns import compile_pattern
from ruspak_nb.schema import need_columns, suggest
from ruspak_nb.sheets import read_own_rules

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

FOUND = (
    *("sentence_id", "article_id", "start", "end", "text", "signs", "cues", "speaker_id"),
    *("speaker_text", "published", "horizon", "conditional"),
)
_RULES = "forecasts.toml"


def find_forecasts(notes: "Annotations", *, signs: Sequence[str] | None = None) -> pd.DataFrame:
    """List the sentences that look forward by the signs of `codebook/forecasts.toml`.

    Returns a row a sentence, in the order of the text: `sentence_id`, `article_id`, `start`,
    `end`, `text`, `signs` (ids, divided by "; "), `cues` (the words), `speaker_id` and
    `speaker_text` (whom the sentence quotes with a sign; empty for the author), `published`
    (EDTF), `horizon` (EDTF, the latest date of the sentence that reaches beyond publication;
    empty if none) and `conditional`. `signs` keeps to some signs. Questions are left out.
    Raises ValueError for an unknown sign.
    """
    rules = read_own_rules(_RULES)["sign"]
    known = [rule["id"] for rule in rules]
    wanted = list(signs) if signs is not None else known
    for sign in wanted:
        if sign not in known:
            raise ValueError(f"unknown sign {sign!r}; {suggest(sign, known)}")
    hits = {sentence: found for sentence, found in _signs(notes, rules, wanted).items() if found}
    published = notes.corpus.articles.set_index("article_id")
    rows = []
    for sentence in notes.sentences.itertuples(index=False):
        found = sorted(hits.get(sentence.sentence_id, ()))
        if not found or _any("stop", sentence.text):
            continue
        speaker = _speaker(notes.quotes, sentence.article_id, found)
        article = published.loc[sentence.article_id]
        dates = notes.dates[notes.dates["sentence_id"] == sentence.sentence_id]
        rows.append(
            (
                *(sentence.sentence_id, sentence.article_id, sentence.start, sentence.end),
                sentence.text,
                "; ".join(dict.fromkeys(sign for *_, sign in found)),
                "; ".join(dict.fromkeys(cue for _, _, cue, _ in found)),
                *speaker,
                article["published"],
                _horizon(dates, article),
                _any("condition", sentence.text),
            )
        )
    return pd.DataFrame(rows, columns=list(FOUND)).astype(
        {column: "str" for column in FOUND if column not in ("start", "end", "conditional")}
    )


def score_signs(found: pd.DataFrame, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Hold the sentences that were found against those that a person coded, sign by sign.

    Needs `sentence_id`, `signs` in `found`, `sentence_id` in `forecasts`. Returns `sign` ("any"
    first, then by descending n), `n` (sentences found), `n_both`, `n_human`, `precision`,
    `recall`, `n_alone` (coded sentences that only this sign finds; for "any" the missed ones)
    and `evidence` (the sentences found).
    """
    need_columns(found, "sentence_id", "signs")
    need_columns(forecasts, "sentence_id")
    human = set(forecasts["sentence_id"])
    signs: dict[str, list[str]] = {}
    alone: dict[str, int] = {}
    for sentence, listed in zip(found["sentence_id"], found["signs"], strict=True):
        names = listed.split("; ")
        for name in names:
            signs.setdefault(name, []).append(sentence)
        if len(names) == 1 and sentence in human:
            alone[names[0]] = alone.get(names[0], 0) + 1
    every = found["sentence_id"].tolist()
    alone["any"] = len(human - set(every))
    ranked = [("any", every), *sorted(signs.items(), key=lambda item: (-len(item[1]), item[0]))]
    rows = []
    for sign, sentences in ranked:
        both = len(human & set(sentences))
        precision = both / len(sentences) if sentences else float("nan")
        recall = both / len(human) if human else float("nan")
        counts = (len(sentences), both, len(human), precision, recall, alone.get(sign, 0))
        rows.append((sign, *counts, tuple(sentences)))
    columns = ["sign", "n", "n_both", "n_human", "precision", "recall", "n_alone", "evidence"]
    return pd.DataFrame(rows, columns=columns).astype({"sign": "str"})


def _signs(
    notes: "Annotations", rules: Iterable[dict[str, Any]], wanted: Sequence[str]
) -> dict[str, list[tuple[int, int, str, str]]]:
    """Give start, end, words and id of every sign in each sentence."""
    hits: dict[str, list[tuple[int, int, str, str]]] = {s: [] for s in notes.sentences.sentence_id}
    last = notes.corpus.articles.set_index("article_id")["published_latest"]
    for rule in rules:
        if rule["id"] not in wanted:
            continue
        if "pattern" in rule:
            pattern = _compiled("sign", rule["id"], rule["pattern"])
            for row in notes.sentences.itertuples(index=False):
                hits[row.sentence_id] += [
                    (row.start + m.start(), row.start + m.end(), m[0].casefold(), rule["id"])
                    for m in pattern.finditer(row.text)
                ]
            continue
        if "moods" in rule:
            frame = notes.events[notes.events["modality"].isin(rule["moods"])]
        else:
            known = notes.dates["article_id"].map(last)
            frame = notes.dates[(known != "") & (notes.dates["earliest"] > known)]
        for row in frame.itertuples(index=False):
            hits[row.sentence_id].append((row.start, row.end, row.text, rule["id"]))
    return hits


def _speaker(
    quotes: pd.DataFrame, article_id: str, found: Sequence[tuple[int, int, str, str]]
) -> tuple[str, str]:
    """Give who is quoted with a sign: it lies in the quote, or is the word that cites."""
    said = quotes[(quotes["article_id"] == article_id) & (quotes["kind"] != "scare")]
    for start, end, cue, _ in found:
        for quote in said.itertuples(index=False):
            inside = quote.start <= start and end <= quote.end
            near = quote.start - 40 <= start < quote.start
            cites = near and quote.cue and quote.cue.split()[-1].casefold() in cue
            if inside or cites:
                return quote.speaker_id, quote.speaker_text
    return "", ""


def _horizon(dates: pd.DataFrame, article: "pd.Series[str]") -> str:
    """Give the latest date that reaches beyond publication and does not begin long before it."""
    last = article["published_latest"] or article["published_earliest"]
    year = article["published_earliest"][:4]
    ahead = dates[(dates["latest"] > last) & (dates["earliest"] >= year)]
    return ahead.sort_values("latest")["edtf"].iloc[-1] if last and len(ahead) else ""


def _any(kind: str, text: str) -> bool:
    rules = read_own_rules(_RULES)[kind]
    return any(_compiled(kind, rule["id"], rule["pattern"]).search(text) for rule in rules)


@cache
def _compiled(kind: str, name: str, pattern: str) -> re.Pattern[str]:
    return compile_pattern(pattern, f"{_RULES}, {kind} {name!r}")
