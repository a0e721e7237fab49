"""Find what the codebook does not see: names and phrases that come up and that no row covers."""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ruspak_nb.annotation import Annotations
from ruspak_nb.codebook import Codebook
from ruspak_nb.schema import need_columns
from ruspak_nb.sheets import read_own_rules

if TYPE_CHECKING:
    from spacy.language import Language

_COLUMNS = ("kind", "text", "label", "n_articles", "n", "evidence", "forms", "example")
_ENTITY_HEADER = ("entity_id", "name", "label", "country", "aliases")
_WORD = re.compile(r"[^\W\d_](?:[\w.&]*\w)?(?:[-–'’]\w+)*")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")


_IN_PHRASES = ("ADJ", "NOUN")


class _Found(NamedTuple):
    """One place at which something stands that no row covers."""

    key: str
    text: str
    label: str
    sentence_id: str


def find_gaps(notes: Annotations, nlp: "Language | None" = None, *, least: int = 2) -> pd.DataFrame:
    """Rank names and phrases without a row in the codebook by articles, then by sentences.

    Names are what the trained pipeline found beside the codebook, and other words with
    capitals; phrases are nouns with the words before them, told by the tagger of `nlp`
    (without it there are none), where no theme's pattern matches. Returns `kind` ("name",
    "phrase"), `text` (its most frequent form), `label` (the pipeline's guess, or empty),
    `n_articles`, `n` (sentences, at least `least`), `evidence` (their ids), `forms` (all
    forms) and `example` (the shortest of the sentences); names first.
    """
    sentences = {row.sentence_id: row for row in notes.sentences.itertuples(index=False)}
    order = {sentence_id: number for number, sentence_id in enumerate(sentences)}
    covered = _covered(notes)
    found = {
        "name": [*_unlisted(notes), *_capitalised(notes, covered)],
        "phrase": list(_phrases(notes, nlp, covered)) if nlp else [],
    }
    rows = []
    for kind, places in found.items():
        groups: dict[str, list[_Found]] = {}
        for place in places:
            groups.setdefault(place.key, []).append(place)
        ranked = []
        for group in groups.values():
            evidence = sorted({place.sentence_id for place in group}, key=order.__getitem__)
            if len(evidence) >= least:
                ranked.append({"kind": kind} | _row(group, evidence, sentences))
        rows += sorted(ranked, key=lambda row: (-row["n_articles"], -row["n"], row["text"]))
    return gap_frame(rows)


def gap_frame(rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Make the frame of `find_gaps` from its rows; without any it is empty."""
    dtypes = dict.fromkeys(("kind", "text", "label", "example"), "str")
    frame = pd.DataFrame(list(rows), columns=list(_COLUMNS))
    return frame.astype(dtypes | {"n_articles": "int64", "n": "int64"})


def first_gaps(gaps: pd.DataFrame, most: int) -> pd.DataFrame:
    """Give the first `most` gaps of each kind."""
    return gaps.groupby("kind", sort=False).head(most).reset_index(drop=True)


def entity_rows(gaps: pd.DataFrame, codebook: Codebook) -> str:
    """Write the names among the gaps as rows of entities.csv, with its header.

    An id is none that the codebook has; where the pipeline guessed no label, it is left for you.
    """
    need_columns(gaps, "kind", "text", "label", "forms", "example")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_ENTITY_HEADER, "example", "counter_example", "note"))
    taken = set(codebook.entities)
    for gap in gaps[gaps["kind"] == "name"].itertuples(index=False):
        entity_id = _free(gap.text, taken)
        forms = [form for form in gap.forms if form != gap.text and form not in codebook.aliases]
        cells = (entity_id, gap.text, gap.label, "", "; ".join(forms), gap.example, "", "")
        writer.writerow(cells)
    return out.getvalue()


def theme_stub(gaps: pd.DataFrame, codebook: Codebook) -> str:
    """Write the phrases among the gaps as a theme of themes.toml, to be parted and described."""
    need_columns(gaps, "kind", "text", "forms", "example")
    phrases = list(gaps[gaps["kind"] == "phrase"].itertuples(index=False))
    if not phrases:
        return ""
    names = {theme.name for theme in codebook.themes}
    ids = {rule.id for theme in codebook.themes for rule in theme.patterns}
    lines = [
        "[[theme]]",
        f"name = {_toml(_free('new theme', names, joiner='_'))}",
        *('label = "New theme"', 'definition = ""', 'include = ""', 'exclude = ""'),
        f"example = {_toml(phrases[0].example)}",
        'counter_example = ""',
    ]
    for phrase in phrases:
        forms = sorted({_regex(form) for form in phrase.forms})
        lines += [
            "",
            "  [[theme.pattern]]",
            f"  id = {_toml(_free(phrase.text, ids))}",
            f"  regex = {_toml('|'.join(forms))}",
            "  weight = 1.0",
            f"  example = {_toml(phrase.example)}",
            '  counter_example = ""',
        ]
    return "\n".join(lines) + "\n"


# What stands where


def _covered(notes: Annotations) -> dict[str, list[tuple[int, int]]]:
    """Give, by sentence, the spans of entities, themes and dates: what the codebook sees."""
    known = notes.mentions[notes.mentions["entity_id"] != ""]
    spans: dict[str, list[tuple[int, int]]] = {}
    for frame in (known, notes.themes, notes.dates):
        for row in frame[["sentence_id", "start", "end"]].itertuples(index=False):
            spans.setdefault(row.sentence_id, []).append((row.start, row.end))
    return spans


def _unlisted(notes: Annotations) -> Iterator[_Found]:
    """Yield the names that the trained pipeline found and no row knows."""
    mentions = notes.mentions
    unknown = mentions[(mentions["entity_id"] == "") & (mentions["label"] != "DATE")]
    for row in unknown.itertuples(index=False):
        text = _name(row.text)
        if re.search(r"[^\W\d_]{2}", text):
            yield _Found(text.casefold(), text, row.label, row.sentence_id)


def _capitalised(notes: Annotations, covered: dict[str, list[tuple[int, int]]]) -> Iterator[_Found]:
    """Yield runs of words with capitals that are no mention; not one that begins a sentence."""
    mentioned: dict[str, list[tuple[int, int]]] = {key: list(v) for key, v in covered.items()}
    for row in notes.mentions[["sentence_id", "start", "end"]].itertuples(index=False):
        mentioned.setdefault(row.sentence_id, []).append((row.start, row.end))
    for row in notes.sentences.itertuples(index=False):
        taken = mentioned.get(row.sentence_id, ())
        for start, end in _runs(row.text):
            text = _name(row.text[start:end])
            clear = not any(s < row.start + end and row.start + start < e for s, e in taken)
            if clear and text and text not in _words("words"):
                yield _Found(text.casefold(), text, "", row.sentence_id)


def _runs(sentence: str) -> Iterator[tuple[int, int]]:
    joiners, starters = _words("joiners"), frozenset(read_own_rules("sentences.toml")["starters"])
    words = list(_WORD.finditer(sentence))
    # A heading in which nearly every word has a capital names nothing.
    if sum(word[0][0].isupper() for word in words) > 0.8 * len(words):
        return
    run: list[re.Match[str]] = []
    for word in [*words, None]:
        between = " ".join(sentence[run[-1].end() : word.start()].split()) if run and word else ""
        if word and word[0][0].isupper() and run and between in ("", *joiners):
            run.append(word)
            continue
        if (
            word
            and run
            and not word[0][0].isupper()
            and _leads_on(sentence, run[-1], word, joiners)
        ):
            continue
        first = sentence[: run[0].start()].strip(" \t\n\"'“”‘’(—–-") if run else ""
        begins = not first or first[-1] in ".?!:;"
        if run and begins and run[0][0] in starters:
            run = run[1:]
        elif run and begins and len(run) == 1:
            run = []
        if run and (len(run) > 1 or len(run[0][0]) > 1):
            yield run[0].start(), run[-1].end()
        run = [word] if word and word[0][0].isupper() else []


def _leads_on(
    sentence: str, last: re.Match[str], word: re.Match[str], joiners: frozenset[str]
) -> bool:
    """Tell whether a small word may stand inside a name, from all words since the last capital."""
    since = " ".join(sentence[last.end() : word.end()].split())
    return any(joiner == since or joiner.startswith(f"{since} ") for joiner in joiners)


def _phrases(
    notes: Annotations, nlp: "Language", covered: dict[str, list[tuple[int, int]]]
) -> Iterator[_Found]:
    """Yield nouns with the adjectives and nouns before them, in small letters."""
    if not {"tagger", "morphologizer"} & set(nlp.pipe_names):
        return
    needed = ("tok2vec", "transformer", "tagger", "morphologizer", "attribute_ruler", "lemmatizer")
    rows = list(notes.sentences.itertuples(index=False))
    with nlp.select_pipes(enable=[name for name in needed if name in nlp.pipe_names]):
        docs = nlp.pipe(row.text for row in rows)
        for row, doc in zip(rows, docs, strict=True):
            taken = covered.get(row.sentence_id, ())
            for tokens in _noun_runs(doc):
                start = row.start + tokens[0].idx
                end = row.start + tokens[-1].idx + len(tokens[-1].text)
                if any(s < end and start < e for s, e in taken):
                    continue
                text = " ".join(row.text[start - row.start : end - row.start].casefold().split())
                head = tokens[-1]
                stem = text.removesuffix(head.text.casefold())
                key = stem + (head.lemma_ or head.text).casefold()
                yield _Found(key, text.replace("’", "'"), "", row.sentence_id)


def _noun_runs(doc: Any) -> Iterator[list[Any]]:
    first = _words("first")
    run: list[Any] = []
    for token in [*doc, None]:
        # The first word of a sentence has its capital from there.
        shown = token.text[token.i == 0 :] if token is not None else ""
        if token is not None and shown.isalpha() and shown.islower() and token.pos_ in _IN_PHRASES:
            run.append(token)
            continue
        while run and run[-1].pos_ != "NOUN":
            run.pop()
        while run and (run[0].lower_ in first or not _stands_alone(run[0])):
            run = run[1:]
        if len(run) > 1:
            yield run
        run = []


def _stands_alone(token: Any) -> bool:
    """Tell whether nothing touches a word from the left, as in "geo-political"."""
    before = token.doc.text[: token.idx]
    return not before or before[-1].isspace() or before[-1] in "\"“‘(['"


# What is made of it


def _row(group: list[_Found], evidence: list[str], sentences: Mapping[str, Any]) -> dict[str, Any]:
    forms = Counter(place.text for place in group)
    labels = Counter(place.label for place in group if place.label)
    text = _most(forms)
    shown = [
        " ".join(sentences[place.sentence_id].text.split()) for place in group if place.text == text
    ]
    return {
        "text": text,
        "label": _most(labels) if labels else "",
        "n_articles": len({sentences[sentence_id].article_id for sentence_id in evidence}),
        "n": len(evidence),
        "evidence": tuple(evidence),
        "forms": tuple(sorted(forms)),
        "example": min(shown, key=lambda whole: (len(whole), whole)),
    }


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda item: (-counts[item], item))


def _name(text: str) -> str:
    bare = _POSSESSIVE.sub("", _ARTICLE.sub("", " ".join(text.split())))
    # A semicolon parts the aliases of a row.
    return bare.replace("’", "'").replace(";", "").strip(" .,:-–—\"“”'")


def _free(text: str, taken: set[str], *, joiner: str = "-") -> str:
    """Make an id of a text that is not taken yet, and take it."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", joiner, plain.lower()).strip(joiner) or "name"
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug}{joiner}{number}", number + 1
    taken.add(free)
    return free


def _regex(form: str) -> str:
    return re.sub(r"([^\w\s'-])", r"\\\1", form)


def _toml(text: str) -> str:
    """Write a string of TOML: between single quotes if it can be."""
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(read_own_rules("gaps.toml")[name])
