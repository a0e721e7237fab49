"""Hold two codings of one corpus against each other: gold and machine, or two readings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ruspak_nb.evidence import span_ids
from ruspak_nb.schema import need_columns, suggest

Coding = Mapping[str, pd.DataFrame]
Pair = tuple[int, int]
COLUMNS = ("layer", "measure", "label", "n_one", "n_other", "n_both", "precision", "recall", "f1")


@dataclass(frozen=True)
class Measure:
    """How rows of a layer are matched: what must be equal, and how far spans must overlap.

    `overlap` is the least share of the words that either span covers which both cover
    (intersection over union); 1.0 asks for the same span, 0.0 for any common character.
    `value` is a column compared in the matched rows only, `among` the labels it is asked of.
    """

    name: str
    label: str = ""
    same: tuple[str, ...] = ()
    overlap: float = 1.0
    value: str = ""
    among: tuple[str, ...] = ()


MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "sentences": (Measure("exact span"),),
    "mentions": (
        Measure("exact span and label", "label", ("label",)),
        Measure("overlapping span and label", "label", ("label",), 0.0),
        Measure(
            "entity_id of states", "label", ("label",), value="entity_id", among=("GPE", "NORP")
        ),
        Measure("metonym", "label", ("label",), value="metonym", among=("GPE",)),
    ),
    "dates": (
        Measure("exact span", "basis"),
        Measure("overlapping span", "basis", (), 0.0),
        Measure("exact span and value", "basis", ("edtf",)),
        Measure("value", "basis", (), 0.0, value="edtf"),
    ),
    "quotes": (
        Measure("overlap of 0.8", "kind", ("kind",), 0.8),
        Measure("overlap of 0.3", "kind", ("kind",), 0.3),
        Measure("speaker", "kind", ("kind",), 0.3, value="speaker_id"),
    ),
    "events": (
        Measure(
            "dyad and quad class",
            "quad_class",
            ("source_country", "target_country", "quad_class"),
            0.0,
        ),
        Measure("dyad", "quad_class", ("source_country", "target_country"), 0.0),
        Measure(
            "modality",
            "quad_class",
            ("source_country", "target_country", "quad_class"),
            0.0,
            value="modality",
        ),
        Measure(
            "PLOVER type",
            "quad_class",
            ("source_country", "target_country", "quad_class"),
            0.0,
            value="plover",
        ),
    ),
}
LAYERS = ("zones", "sentences", "mentions", "themes", "dates", "quotes", "events")


def score_agreement(one: Coding, other: Coding, layers: Sequence[str] = LAYERS) -> pd.DataFrame:
    """Score how far two codings agree, layer by layer, measure by measure, label by label.

    `one` (the gold, where there is one) and `other` map layers to frames of the schema, as
    `Annotations.frames()` and `load_gold()` give them. Zones count characters, themes pairs of
    sentence and theme, all other layers rows, each matched once at most. Returns `layer`,
    `measure`, `label` ("all" for the whole layer), the counts `n_one`, `n_other`, `n_both`,
    and `precision`, `recall` and `f1` of `other`, which are missing where nothing was coded.
    For a value (speaker, modality), the counts are matched rows and precision is the share
    that agrees. Raises ValueError for an unknown layer.
    """
    rows: list[dict[str, Any]] = []
    for layer in layers:
        if layer not in LAYERS:
            raise ValueError(f"unknown layer {layer!r}; {suggest(layer, LAYERS)}")
        rows += _LAYER_SCORES.get(layer, _score_spans)(layer, one[layer], other[layer])
    scores = pd.DataFrame(rows, columns=list(COLUMNS))
    return scores.astype({"layer": "str", "measure": "str", "label": "str"})


def score_by_article(one: Coding, other: Coding, layers: Sequence[str] = LAYERS) -> pd.DataFrame:
    """Score as `score_agreement` does, article by article: its columns after `article_id`."""
    articles = dict.fromkeys(one["sentences"]["article_id"])
    parts = []
    for article in articles:
        a, b = (
            {name: f[f["article_id"] == article] for name, f in coding.items() if name in layers}
            for coding in (one, other)
        )
        parts.append(score_agreement(a, b, layers))
        parts[-1].insert(0, "article_id", article)
    return pd.concat(parts, ignore_index=True)


def list_disagreements(one: Coding, other: Coding, layer: str) -> pd.DataFrame:
    """List the rows of a layer that only one of two codings has, by its first measure.

    Returns the layer's columns and `coded_by`: "one" or "other". Not for zones.
    """
    a, b = _ordered(one[layer]), _ordered(other[layer])
    if layer == "themes":
        keys = ["sentence_id", "theme"]
        a, b = a.drop_duplicates(keys), b.drop_duplicates(keys)
        in_a, in_b = (set(zip(x["sentence_id"], x["theme"], strict=True)) for x in (a, b))
        keep_a = [key not in in_b for key in zip(a["sentence_id"], a["theme"], strict=True)]
        keep_b = [key not in in_a for key in zip(b["sentence_id"], b["theme"], strict=True)]
    else:
        pairs = match_rows(a, b, MEASURES[layer][0])
        matched_a, matched_b = ({pair[k] for pair in pairs} for k in (0, 1))
        keep_a = [i not in matched_a for i in range(len(a))]
        keep_b = [j not in matched_b for j in range(len(b))]
    parts = [a[keep_a].assign(coded_by="one"), b[keep_b].assign(coded_by="other")]
    listed = pd.concat(parts, ignore_index=True)
    return listed.sort_values(["article_id", "start", "coded_by"], ignore_index=True)


def count_disagreements(
    one: Coding, other: Coding, layers: Sequence[str] = LAYERS[1:]
) -> pd.DataFrame:
    """Count what only one of two codings has, by its layer's first measure.

    Returns `layer`, `only_in` ("one" or "other"), `n` and `evidence`: the ids of the rows'
    spans, of the sentence for themes. Not for zones.
    """
    rows = []
    for layer in layers:
        listed = list_disagreements(one, other, layer)
        listed["_id"] = listed["sentence_id"] if layer == "themes" else span_ids(listed)
        for side, part in listed.groupby("coded_by"):
            rows.append((layer, side, len(part), tuple(part["_id"])))
    frame = pd.DataFrame(rows, columns=["layer", "only_in", "n", "evidence"])
    return frame.astype({"layer": "str", "only_in": "str"})


def match_rows(one: pd.DataFrame, other: pd.DataFrame, measure: Measure) -> list[Pair]:
    """Pair the rows of two frames, each row once, the largest overlap first.

    Gives positions in `one` and `other`. Rows of different articles never match.
    """
    need_columns(one, "article_id", "start", "end", *measure.same)
    need_columns(other, "article_id", "start", "end", *measure.same)
    keys = ["article_id", *measure.same]
    by_key: dict[tuple[Any, ...], list[tuple[int, int, int]]] = {}
    for j, (start, end, *key) in enumerate(
        other[["start", "end", *keys]].itertuples(index=False, name=None)
    ):
        by_key.setdefault(tuple(key), []).append((start, end, j))
    candidates = []
    for i, (start, end, *key) in enumerate(
        one[["start", "end", *keys]].itertuples(index=False, name=None)
    ):
        for a, b, j in by_key.get(tuple(key), ()):
            common = min(end, b) - max(start, a)
            share = common / (max(end, b) - min(start, a))
            if common > 0 and share >= measure.overlap:
                candidates.append((-share, i, j))
    pairs: list[Pair] = []
    seen_one: set[int] = set()
    seen_other: set[int] = set()
    for _, i, j in sorted(candidates):
        if i not in seen_one and j not in seen_other:
            seen_one.add(i)
            seen_other.add(j)
            pairs.append((i, j))
    return sorted(pairs)


def theme_alpha(one: Coding, other: Coding) -> pd.DataFrame:
    """Compute Krippendorff's alpha of two theme codings of the same sentences.

    Returns `theme`, `n` (sentences that either coded with it) and `alpha`, nominal, of whether
    a sentence carries the theme; the row "all" compares the whole sets of themes by the MASI
    distance (Passonneau 2006). Alpha is 1 for agreement, 0 for what chance would give, and
    missing where nothing varies.
    """
    sets = [_theme_sets(coding) for coding in (one, other)]
    ids = one["sentences"]["sentence_id"].tolist()
    themes = sorted({theme for coded in sets for found in coded.values() for theme in found})
    rows = []
    for theme in themes:
        data = [[int(theme in coded.get(s, ())) for s in ids] for coded in sets]
        rows.append({"theme": theme, "n": int(np.max(data, axis=0).sum()), "alpha": _alpha(data)})
    whole = [[coded.get(s, frozenset()) for s in ids] for coded in sets]
    n = sum(bool(a | b) for a, b in zip(*whole, strict=True))
    rows.append({"theme": "all", "n": n, "alpha": _set_alpha(whole)})
    return pd.DataFrame(rows, columns=["theme", "n", "alpha"]).astype({"theme": "str"})


def _score_zones(layer: str, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[dict[str, Any]]:
    chars = [_characters(frame) for frame in (one, other)]
    labels = sorted({label for _, _, label in chars[0] | chars[1]})
    for label in ("all", *labels):
        a, b = ({c for c in side if label in ("all", c[2])} for side in chars)
        yield _row(layer, "characters", label, len(a), len(b), len(a & b))


def _characters(frame: pd.DataFrame) -> set[tuple[str, int, str]]:
    return {
        (row.article_id, place, row.zone)
        for row in frame.itertuples(index=False)
        for place in range(row.start, row.end)
    }


def _score_themes(layer: str, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[dict[str, Any]]:
    pairs = [set(zip(f["sentence_id"], f["theme"], strict=True)) for f in (one, other)]
    labels = sorted({theme for _, theme in pairs[0] | pairs[1]})
    for label in ("all", *labels):
        a, b = ({p for p in side if label in ("all", p[1])} for side in pairs)
        yield _row(layer, "sentences", label, len(a), len(b), len(a & b))


def _score_spans(layer: str, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[dict[str, Any]]:
    a, b = _ordered(one), _ordered(other)
    for measure in MEASURES[layer]:
        pairs = match_rows(a, b, measure)
        matched_a, matched_b = (side.iloc[[p[k] for p in pairs]] for k, side in enumerate((a, b)))
        labels = sorted(set(a[measure.label]) | set(b[measure.label])) if measure.label else []
        for label in ("all", *labels):
            if measure.value:
                yield from _score_value(layer, measure, label, matched_a, matched_b)
                continue
            sides = [_labelled(side, measure, label) for side in (a, b, matched_a)]
            yield _row(layer, measure.name, label, *map(len, sides))


def _score_value(
    layer: str, measure: Measure, label: str, one: pd.DataFrame, other: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    kept = np.ones(len(one), dtype=bool)
    if measure.among:
        kept = one[measure.label].isin(measure.among).to_numpy()
    if label != "all":
        kept = kept & (one[measure.label] == label).to_numpy()
    if not kept.any():
        return
    n = int(kept.sum())
    equal = one[measure.value].to_numpy()[kept] == other[measure.value].to_numpy()[kept]
    yield _row(layer, measure.name, label, n, n, int(equal.sum()))


def _labelled(frame: pd.DataFrame, measure: Measure, label: str) -> pd.DataFrame:
    return frame if label == "all" else frame[frame[measure.label] == label]


def _row(
    layer: str, measure: str, label: str, n_one: int, n_other: int, n_both: int
) -> dict[str, Any]:
    precision = n_both / n_other if n_other else np.nan
    recall = n_both / n_one if n_one else np.nan
    f1 = 2 * n_both / (n_one + n_other) if n_one + n_other else np.nan
    values = (layer, measure, label, n_one, n_other, n_both, precision, recall, f1)
    return dict(zip(COLUMNS, values, strict=True))


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["article_id", "start", "end"], ignore_index=True)


def _theme_sets(coding: Coding) -> dict[str, frozenset[str]]:
    themes = coding["themes"].groupby("sentence_id")["theme"]
    return {str(sentence): frozenset(found) for sentence, found in themes}


def _alpha(data: Sequence[Sequence[int]]) -> float:
    # Slow to import, and only a comparison of codings needs it.
    import krippendorff

    if len(np.unique(data)) < 2:
        return float("nan")
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


def _set_alpha(data: Sequence[Sequence[frozenset[str]]]) -> float:
    import krippendorff

    domain = sorted({found for coder in data for found in coder}, key=sorted)
    if len(domain) < 2:
        return float("nan")
    number = {found: n for n, found in enumerate(domain)}
    distances = np.array([[masi_distance(a, b) for b in domain] for a in domain])

    def distance(v1: Any, v2: Any, *_: Any, **__: Any) -> Any:
        # alpha squares nothing itself: a metric gives the difference as it is to be weighed.
        return distances[v1.astype(int), v2.astype(int)]

    numbers = [[number[found] for found in coder] for coder in data]
    return float(krippendorff.alpha(reliability_data=numbers, level_of_measurement=distance))


def masi_distance(one: frozenset[str], other: frozenset[str]) -> float:
    """Give the MASI distance of two sets: Jaccard, weighed by how one contains the other."""
    if one == other:
        return 0.0
    common = one & other
    if not common:
        return 1.0
    monotonic = 2 / 3 if common in (one, other) else 1 / 3
    return 1 - len(common) / len(one | other) * monotonic


_LAYER_SCORES = {"zones": _score_zones, "themes": _score_themes}
