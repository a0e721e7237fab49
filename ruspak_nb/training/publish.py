"""Put a trained pipeline into the package: `python -m ruspak_nb.training.publish TRAINED`."""

import argparse
import shutil
from pathlib import Path

import spacy

from ruspak_nb.pipeline import SHIPPED
from ruspak_nb.training.scores import write_card

VERSION = "1.0.0"
# The weights are made for one minor version of spaCy.
SPACY = ">=3.8.7,<3.9.0"
META = {
    "name": "ruspak_articles",
    "version": VERSION,
    "spacy_version": SPACY,
    "description": "English words, sentences, dependencies (UD) and names for articles on "
    "international relations; small enough to ship inside ruspak_nb.",
    "author": "The ruspak_nb authors",
    "license": "CC BY-SA 4.0",
    "sources": [
        {
            "name": "UD English EWT 2.15, train",
            "author": "Silveira et al. 2014",
            "url": "https://universaldependencies.org/treebanks/en_ewt/",
            "license": "CC BY-SA 4.0",
        },
        {
            "name": "GUM, train, the genres whose texts are free for any use",
            "author": "Zeldes 2017",
            "url": "https://gucorpling.org/gum/",
            "license": "annotations CC BY 4.0, texts CC BY or CC BY-SA",
        },
        {
            "name": "Universal NER, English EWT, dev",
            "author": "Mayhew et al. 2024",
            "url": "https://www.universalner.org/",
            "license": "CC BY-SA 4.0",
        },
        {
            "name": "spacy-lookups-data: Brown classes, lemma tables after WordNet",
            "author": "Explosion; Princeton University",
            "url": "https://github.com/explosion/spacy-lookups-data",
            "license": "MIT; WordNet license",
        },
        {
            "name": "sentences and name labels of this project (training/own)",
            "author": "The ruspak_nb authors",
            "url": "",
            "license": "CC BY-SA 4.0",
        },
    ],
}


def publish(trained: Path, folder: Path = SHIPPED) -> None:
    """Copy the pipeline in `trained` to `folder` with its meta data, and without what only
    training needs: paths, corpora, the optimizer.
    """
    nlp = spacy.load(trained)
    nlp.meta.update(META)
    nlp.meta["performance"] = {}
    config = nlp.config
    for section in ("paths", "corpora", "training", "pretraining"):
        config[section] = {}
    config["initialize"] = {}
    nlp.config = config
    card = (folder / "README.md").read_text(encoding="utf-8")
    shutil.rmtree(folder)
    nlp.to_disk(folder)
    (folder / "README.md").write_text(card, encoding="utf-8")


def main() -> None:
    """Put a trained pipeline into the package and write its scores to the card."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("trained", type=Path, help="folder that `spacy train` wrote")
    parser.add_argument("treebanks", type=Path, help="folder of the treebanks")
    parser.add_argument(
        "--held-out", type=Path, required=True, help="the same, trained without Universal NER"
    )
    options = parser.parse_args()
    publish(options.trained)
    write_card(options.treebanks, held_out=options.held_out)


if __name__ == "__main__":
    main()
