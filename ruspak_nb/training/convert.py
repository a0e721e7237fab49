"""Convert the treebanks into what `spacy train` reads: `python -m ruspak_nb.training.convert`.

Writes the base pipeline (`base/`) and, as spaCy's binary `.spacy` files, the train set, the
dev set, and the train set with Universal NER, from which names are learnt.
"""

import argparse
import csv
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from spacy.lookups import load_lookups
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from ruspak_nb.training.base import build_base
from ruspak_nb.training.treebanks import (
    Sentence,
    group,
    gum_names,
    listed_names,
    make_doc,
    own_names,
    read_conllu,
    read_names,
)

OWN = Path(__file__).parent / "own"
SENTENCES_A_DOC = 10
# Our own sentences are few beside the treebanks'.
OWN_COPIES = 4
# Universal NER is the only text whose names were coded by its own guidelines.
CODED_COPIES = 3


def read_treebank(folder: Path, name: str) -> list[Sentence]:
    """Read one split of a treebank, `ewt-dev` say, from a folder."""
    return list(read_conllu(folder / f"{name}.conllu.gz"))


def read_own() -> list[Sentence]:
    """Read the sentences that were written and annotated for this pipeline."""
    found = []
    for path in sorted(OWN.glob("*.conllu")):
        for sentence in read_conllu(path):
            found.append(replace(sentence, names=own_names(sentence)))
    return found


def read_coded_names(folder: Path) -> list[Sentence]:
    """Read the sentences of Universal NER, which are EWT's dev split, with their names."""
    names = read_names(folder / "uner-ewt-dev.iob2.gz")
    return [
        replace(sentence, names=names[sentence.sent_id])
        for sentence in read_treebank(folder, "ewt-dev")
    ]


def read_labels() -> dict[str, str]:
    """Read what the proper nouns of EWT's train split were judged to be."""
    with (OWN / "ewt-names.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["label"] for row in csv.DictReader(file)}


def varied(vocab: Vocab, sentences: list[Sentence]) -> list[Doc]:
    """Make every text twice: paragraphs set apart, and run together as in carelessly saved text."""
    docs = [
        make_doc(vocab, run, paragraphs=between)
        for run in group(sentences, SENTENCES_A_DOC)
        for between in ("\n\n", " ")
    ]
    random.Random(0).shuffle(docs)
    return docs


def dev_sets(vocab: Vocab, folder: Path, *, paragraphs: str = " ") -> dict[str, list[Doc]]:
    """Make the dev texts by treebank; paragraphs run together are the harder case."""
    sets = {"EWT": read_coded_names(folder), "GUM": read_treebank(folder, "gum-dev")}
    return {
        name: [
            make_doc(vocab, run, paragraphs=paragraphs) for run in group(sentences, SENTENCES_A_DOC)
        ]
        for name, sentences in sets.items()
    }


def write_quote_variants(path: Path) -> None:
    """Write the forms of quotation marks and dashes that training swaps, as spaCy reads them."""
    variants = load_lookups("en", ["orth_variants"]).get_table("orth_variants")
    named = {kind: variants[kind] for kind in ("single", "paired")}
    path.write_text(json.dumps(named), encoding="utf-8")


def main() -> None:
    """Write everything that `make model` trains on."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("treebanks", type=Path, help="folder of the treebanks")
    parser.add_argument("out", type=Path, help="folder to write to")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    labels = read_labels()
    ewt = [
        replace(sentence, names=listed_names(sentence, labels))
        for sentence in read_treebank(options.treebanks, "ewt-train")
    ]
    gum = [
        replace(sentence, names=gum_names(sentence))
        for sentence in read_treebank(options.treebanks, "gum-train")
    ]
    own = read_own()
    nlp = build_base([*ewt, *gum, *own])
    nlp.to_disk(options.out / "base")
    write_quote_variants(options.out / "orth-variants.json")

    def save(name: str, docs: Iterable[Doc]) -> None:
        DocBin(docs=docs).to_disk(options.out / f"{name}.spacy")

    train = [*ewt, *gum, *own * OWN_COPIES]
    # Without the syntax of what is a dev split, or its scores would be worth nothing.
    coded = [replace(s, syntax=False) for s in read_coded_names(options.treebanks)]
    save("train", varied(nlp.vocab, train))
    save("names", varied(nlp.vocab, train + coded * CODED_COPIES))
    save("dev", [doc for docs in dev_sets(nlp.vocab, options.treebanks).values() for doc in docs])


if __name__ == "__main__":
    main()
