"""Measure the shipped pipeline on the dev splits: `python -m ruspak_nb.training.scores`.

Scores are spaCy's own, on running text that the pipeline itself has to part into words and
sentences: an error in a word's boundary counts against every score of that word.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from ruspak_nb.pipeline import SHIPPED, build_nlp
from ruspak_nb.training.convert import dev_sets

STOCK = Path(__file__).parent / "stock.cfg"
BEGIN, END = "<!-- scores -->", "<!-- end of scores -->"
# spaCy's name of a score: what the card calls it.
SCORES = {
    "token_f": "words F",
    "sents_f": "sentences F",
    "pos_acc": "UPOS",
    "tag_acc": "XPOS",
    "morph_acc": "features",
    "lemma_acc": "lemma",
    "dep_uas": "UAS",
    "dep_las": "LAS",
}
# The same of the sentences that `build_nlp` finds, by what stands between two paragraphs.
SENTENCES = {
    "sents_f_run_together": ("sentences F in `build_nlp`", " "),
    "sents_f_apart": ("sentences F in `build_nlp`, paragraphs apart", "\n\n"),
}
# Universal NER has one kind of place.
COARSE = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}


def score_syntax(nlp: Language, gold: Iterable[Doc]) -> dict[str, float]:
    """Give spaCy's scores for words, sentences, tags, lemmas and dependencies, in percent."""
    found = nlp.evaluate([Example(nlp.make_doc(doc.text), doc) for doc in gold])
    return {name: round(100 * found[name], 1) for name in SCORES}


def score_sentences(nlp: Language, gold: Iterable[Doc]) -> float:
    """Give the F of the sentences that `build_nlp` finds, in percent."""
    hits = n_both = 0
    for doc in gold:
        read = nlp(doc.text)
        found = {(span.start_char, span.end_char) for span in read.spans["body"]}
        wanted = {_bounds(sentence) for sentence in doc.sents}
        hits += len(found & wanted)
        n_both += len(found) + len(wanted)
    return round(200 * hits / n_both, 1)


def score_names(nlp: Language, gold: Iterable[Doc]) -> dict[str, float]:
    """Give precision, recall and F of names as Universal NER labels them, in percent."""
    hits = n_found = n_gold = 0
    for doc in gold:
        wanted, found = _names(doc), _names(nlp(doc.text))
        hits += len(wanted & found)
        n_gold += len(wanted)
        n_found += len(found)
    scores = {"p": hits / n_found, "r": hits / n_gold, "f": 2 * hits / (n_found + n_gold)}
    return {name: round(100 * value, 1) for name, value in scores.items()}


def measure_speed(nlps: Sequence[Language], gold: Iterable[Doc], *, rounds: int = 5) -> list[float]:
    """Give words a second of each pipeline, the best of several rounds taken in turn."""
    texts = [doc.text for doc in gold]
    best = [0.0] * len(nlps)
    for _ in range(rounds):
        for i, nlp in enumerate(nlps):
            started = time.perf_counter()
            n_words = sum(len(doc) for doc in nlp.pipe(texts))
            best[i] = max(best[i], n_words / (time.perf_counter() - started))
    return best


def build_stock(examples: list[Example]) -> Language:
    """Build spaCy's stock CPU pipeline, untrained: as fast as a trained one, and no better."""
    nlp = spacy.util.load_model_from_config(spacy.util.load_config(STOCK), auto_fill=True)
    nlp.initialize(lambda: examples)
    return nlp


def write_card(treebanks: Path, *, held_out: Path | None = None) -> str:
    """Measure, write `meta.json` and the table of the card, and return the table.

    The score of the names is that of the pipeline `held_out`, which was trained in the same
    way without Universal NER; without it the score on record is kept.
    """
    nlp = spacy.load(SHIPPED)
    texts = {
        between: dev_sets(nlp.vocab, treebanks, paragraphs=between)
        for _, between in SENTENCES.values()
    }
    sets = texts[" "]
    path = SHIPPED / "meta.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    scores = {name: score_syntax(nlp, gold) for name, gold in sets.items()}
    ours = build_nlp()
    for key, (_, between) in SENTENCES.items():
        for name, gold in texts[between].items():
            scores[name][key] = score_sentences(ours, gold)
    if held_out:
        scores["names"] = score_names(spacy.load(held_out), sets["EWT"])
    else:
        scores["names"] = meta["performance"]["names"]
    meta["performance"] = scores
    path.write_text(json.dumps(meta, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    table = "\n".join(_table(scores))
    card = SHIPPED / "README.md"
    before, _, rest = card.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    card.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
    return table


def main() -> None:
    """Write the scores to the card and print them, with the speed beside the stock pipeline."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("treebanks", type=Path, help="folder of the treebanks")
    options = parser.parse_args()
    sys.stdout.write(write_card(options.treebanks) + "\n\n")
    ours = spacy.load(SHIPPED)
    gold = dev_sets(ours.vocab, options.treebanks)["GUM"]
    stock = build_stock([Example(ours.make_doc(doc.text), doc) for doc in gold])
    mine, theirs = measure_speed([ours, stock], gold * 5)
    sys.stdout.write(
        f"{mine:,.0f} words a second with names; spaCy's stock pipeline, without, "
        f"{theirs:,.0f} in the same run: {mine / theirs:.2f} of it\n"
    )


def _bounds(sentence: Span) -> tuple[int, int]:
    words = [token for token in sentence if not token.is_space]
    return words[0].idx, words[-1].idx + len(words[-1])


def _names(doc: Doc) -> set[tuple[int, int, str]]:
    return {
        (ent.start_char, ent.end_char, COARSE[ent.label_])
        for ent in doc.ents
        if ent.label_ in COARSE
    }


def _table(scores: dict[str, dict[str, float]]) -> list[str]:
    titles = SCORES | {key: title for key, (title, _) in SENTENCES.items()}
    rows = ["| | EWT dev | GUM dev |", "|---|---|---|"]
    rows += [
        f"| {title} | {scores['EWT'][name]:.1f} | {scores['GUM'][name]:.1f} |"
        for name, title in titles.items()
    ]
    names = scores["names"]
    found = f"{names['f']:.1f} (precision {names['p']:.1f}, recall {names['r']:.1f})"
    return [*rows, f"| names F (PER, ORG, LOC) | {found} | – |"]


if __name__ == "__main__":
    main()
