"""Read the lexicon of loaded words, find them in sentences, and count them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ruspak_nb.counts import find_words
from ruspak_nb.evidence import span_ids
from ruspak_nb.patterns import CodebookError, compile_pattern
from ruspak_nb.rules import check_keys, checked
from ruspak_nb.schema import need_columns, suggest
from ruspak_nb.sheets import read_own_rules, read_rules

TONES = ("closeness", "praise", "play", "distance", "blame")
_FAMILY_KEYS = ("name", "label", "tone", "definition", "example", "counter_example", "pattern")
_PATTERN_KEYS = ("id", "regex", "example", "counter_example")


@dataclass(frozen=True)
class WordFamily:
    """Words that tell the same story, as patterns by their id."""

    name: str
    label: str
    tone: str
    definition: str
    patterns: dict[str, re.Pattern[str]]


def load_lexicon(path: str | Path | None = None) -> tuple[WordFamily, ...]:
    """Read and check a lexicon of loaded words, by default the package's own.

    Raises CodebookError, with file, family, pattern and the likely fix, at the first fault: an
    unknown key or tone, a name given twice, a pattern that does not compile or can run away,
    or an example that it does not keep to.
    """
    file = "lexicon.toml" if path is None else Path(path).name
    data = read_own_rules(file) if path is None else read_rules(Path(path), error=CodebookError)
    rows = list(checked(file, data, "family", _FAMILY_KEYS))
    if not rows:
        raise CodebookError(f"{file} has no [[family]]; write one")
    return tuple(_family(row, where) for where, row in rows)


def find_loaded_words(
    sentences: pd.DataFrame, lexicon: tuple[WordFamily, ...] | None = None
) -> pd.DataFrame:
    """List the words of the lexicon in sentences, titles or other spans, in their order.

    Needs `article_id`, `start`, `text`. Returns the other columns of `sentences` with `start`,
    `end` and `text` of the word, `word` (lower case, straight apostrophes), `family`, `label`,
    `tone` and `evidence` (its span id). Where two patterns overlap, the family that stands
    first takes the word. Raises ValueError if a column is missing.
    """
    need_columns(sentences, "article_id", "start", "text")
    families = load_lexicon() if lexicon is None else lexicon
    rows: list[dict[str, Any]] = []
    for sentence in sentences.to_dict("records"):
        taken: list[tuple[int, int]] = []
        hits = []
        for family, match in _matches(sentence["text"], families):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            hits.append((match.start(), match.end(), family))
        for start, end, family in sorted(hits, key=lambda hit: hit[:2]):
            text = sentence["text"][start:end]
            place = {"start": sentence["start"] + start, "end": sentence["start"] + end}
            told = {"family": family.name, "label": family.label, "tone": family.tone}
            word = " ".join(text.lower().replace("’", "'").split())
            rows.append(sentence | place | {"text": text, "word": word} | told)
    columns = [*sentences.columns, "end", "word", "family", "label", "tone"]
    found = pd.DataFrame(rows, columns=list(dict.fromkeys(columns)))
    return found.assign(evidence=[(span,) for span in span_ids(found)])


def count_loaded_words(
    sentences: pd.DataFrame,
    lexicon: tuple[WordFamily, ...] | None = None,
    *,
    by: str = "article_id",
) -> pd.DataFrame:
    """Count the words of each family, for each article, side or other group of sentences.

    Needs `article_id`, `start`, `text` and `by`. Returns `by`, `family`, `label`, `tone`, `n`,
    `n_texts` (articles with such a word), `n_words` (all words of the group), `per_1000`,
    `words` (each form, the most frequent first) and `evidence` (span ids), groups in the order
    of `sentences`, families in that of the lexicon; what does not occur is 0. Raises
    ValueError if a column is missing.
    """
    need_columns(sentences, "article_id", "start", "text", by)
    families = load_lexicon() if lexicon is None else lexicon
    found = find_loaded_words(sentences, families)
    rows = []
    for group, part in sentences.groupby(by, sort=False):
        size = len(find_words(part))
        inside = found[found[by] == group]
        for family in families:
            words = inside[inside["family"] == family.name]
            n = len(words)
            rows.append(
                {
                    by: group,
                    "family": family.name,
                    "label": family.label,
                    "tone": family.tone,
                    "n": n,
                    "n_texts": words["article_id"].nunique(),
                    "n_words": size,
                    "per_1000": 1000 * n / size if size else 0.0,
                    "words": ", ".join(words["word"].value_counts().index),
                    "evidence": tuple(words["evidence"].explode()),
                }
            )
    columns = [by, "family", "label", "tone", "n", "n_texts", "n_words", "per_1000"]
    return pd.DataFrame(rows, columns=[*columns, "words", "evidence"])


def _matches(
    text: str, families: tuple[WordFamily, ...]
) -> Iterator[tuple[WordFamily, re.Match[str]]]:
    for family in families:
        for pattern in family.patterns.values():
            for match in pattern.finditer(text):
                yield family, match


def _family(row: Mapping[str, Any], where: str) -> WordFamily:
    if row["tone"] not in TONES:
        raise CodebookError(
            f"{where}: unknown tone {row['tone']!r}; {suggest(str(row['tone']), TONES)}"
        )
    patterns: dict[str, re.Pattern[str]] = {}
    for rule in row["pattern"]:
        place = f"{where}, pattern {rule.get('id')!r}"
        check_keys(rule, _PATTERN_KEYS, (), place)
        if rule["id"] in patterns:
            raise CodebookError(f"{place}: this id is taken; choose another")
        patterns[rule["id"]] = pattern = compile_pattern(rule["regex"], place)
        _check_examples((pattern,), rule, place)
    _check_examples(tuple(patterns.values()), row, where)
    return WordFamily(row["name"], row["label"], row["tone"], row["definition"], patterns)


def _check_examples(
    patterns: tuple[re.Pattern[str], ...], row: Mapping[str, Any], where: str
) -> None:
    if not any(pattern.search(row["example"]) for pattern in patterns):
        raise CodebookError(f"{where}: does not match its example {row['example']!r}")
    for pattern in patterns:
        if match := pattern.search(row["counter_example"]):
            raise CodebookError(
                f"{where}: matches {match[0]!r} in its counter_example "
                f"{row['counter_example']!r}; narrow the pattern"
            )
