"""Build the spaCy pipeline: the shipped one or another, with the project's own components."""

import hashlib
import json
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruspak_nb.codebook import Codebook, codebook_digest, load_codebook
from ruspak_nb.patterns import CodebookError
from ruspak_nb.schema import suggest

if TYPE_CHECKING:
    from spacy.language import Language

# Trained as `training/README.md` says.
SHIPPED = Path(__file__).parent / "model"
# What the components downstream read from a parse.
_NEEDED = {"token.dep": "a parser", "token.pos": "a tagger of parts of speech"}
# The components that each layer is made by, beside that for sentences, which all are. Dates are
# mentions too; who speaks and who acts is mentioned.
_COMPONENTS = {
    "sentences": (),
    "mentions": ("entities", "dates"),
    "themes": ("themes",),
    "dates": ("dates",),
    "quotes": ("entities", "quotes"),
    "events": ("entities", "dates", "quotes", "events"),
}
LAYERS = tuple(_COMPONENTS)
_PARSED = frozenset({"quotes", "events"})


def build_nlp(
    codebook: Codebook | None = None,
    *,
    model: str | Path | None = SHIPPED,
    layers: Sequence[str] | None = None,
) -> "Language":
    """Build the spaCy pipeline that annotates.

    A trained pipeline gives words their part of speech, lemma, head and relation, and finds
    names; `model` is the shipped one, any other that is installed ("en_core_web_sm"), the
    folder of one, or None for none. On it stand our components for sentences, entities,
    themes and dates, which write to `doc.spans`: `body`, `mentions`, `themes`, `dates`; and
    those for quotations and events, which write rows to `doc.user_data`: `quotes`, `events`.

    With `layers` (of `LAYERS`) there are only the components that these need. Unless quotes or
    events are among them, that is without the trained pipeline: twenty times as fast, with
    sentences by rules and, of names, those of the codebook.

    Raises ModuleNotFoundError or FileNotFoundError if there is no such pipeline, ValueError
    if it is for another spaCy or language or does not parse, if a layer is unknown, or if
    events are asked for without a model.
    """
    layers, model = choose_layers(layers, model)
    if codebook and codebook_digest(codebook.path) != codebook.digest:
        raise CodebookError(f"{codebook.path} was edited since it was loaded; load it again")
    # Each of these registers its component.
    from ruspak_nb import dates, entities, events, quotes, sentences, themes  # noqa: F401
    from ruspak_nb.tokens import part_words

    nlp = part_words(_load_model(model))
    # First, because a parser keeps to what is already marked.
    nlp.add_pipe("ruspak_boundaries", first=True, config={"parsed": model is not None})
    nlp.add_pipe("ruspak_sentences")
    config = {"codebook": str((codebook or load_codebook()).path)}
    needed = {name for layer in layers for name in _COMPONENTS[layer]}
    for name in ("entities", "themes", "dates", "quotes", "events"):
        if name in needed:
            nlp.add_pipe(f"ruspak_{name}", config=config)
    return nlp


def choose_layers(
    layers: Sequence[str] | None, model: str | Path | None
) -> tuple[tuple[str, ...], str | Path | None]:
    """Give the layers to be made, in the schema's order, and the model that they need, if any.

    None stands for all that can be made. Sentences always are. Raises ValueError as
    `build_nlp` does.
    """
    if layers is None:
        return LAYERS, model
    if isinstance(layers, str):
        raise ValueError(f"layers is {layers!r}; write it as a list: [{layers!r}]")
    for layer in layers:
        if layer not in LAYERS:
            raise ValueError(f"unknown layer {layer!r}; {suggest(layer, LAYERS)}")
    if "events" in layers and model is None:
        raise ValueError(
            "events are read from a parse, and without a model there is none; "
            "leave out the layer 'events', or choose a model"
        )
    chosen = tuple(layer for layer in LAYERS if layer in {"sentences", *layers})
    return chosen, model if _PARSED & set(chosen) else None


def model_digest(model: str | Path | None = SHIPPED) -> str:
    """Give a hash that changes with the model, without loading it.

    Raises as `build_nlp` does if there is no such model.
    """
    if model is None:
        return "no model"
    # Name, version and scores: two models that agree in all of them are the same.
    return hashlib.sha256((_find_model(model) / "meta.json").read_bytes()).hexdigest()[:16]


def _load_model(model: str | Path | None) -> "Language":
    import spacy

    if model is None:
        nlp = spacy.blank("en")
        nlp.max_length = 10**9  # only a parser needs memory in proportion
        return nlp
    folder = _find_model(model)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    _check_meta(str(model), meta)
    with warnings.catch_warnings():
        # A model for the same minor version of spaCy is good enough.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        nlp = spacy.load(folder if folder == Path(model) else model)
    given = {value for name in nlp.pipe_names for value in nlp.get_pipe_meta(name).assigns}
    for value, part in _NEEDED.items():
        if value not in given:
            raise ValueError(
                f"the spaCy pipeline {str(model)!r} has not {part}; it has "
                f"{', '.join(nlp.pipe_names) or 'nothing'}"
            )
    return nlp


def _find_model(model: str | Path) -> Path:
    """Give the folder of a model with its `meta.json`."""
    folder = Path(model)
    if (folder / "meta.json").is_file():
        return folder
    name = str(model)
    if isinstance(model, Path) or not name.isidentifier():
        raise FileNotFoundError(
            f"no spaCy pipeline in {name!r}: a trained one is a folder with a meta.json"
        )
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            f"no spaCy pipeline {name!r} is installed; "
            f"install it with: python -m spacy download {name}"
        )
    found = Path(spec.origin).parent
    if not (found / "meta.json").is_file():
        raise ValueError(f"{name!r} is installed, but it is not a spaCy pipeline")
    return found


def _check_meta(model: str, meta: dict[str, Any]) -> None:
    from spacy.about import __version__
    from spacy.util import is_compatible_version

    needs = meta.get("spacy_version", "")
    if not is_compatible_version(__version__, needs, prereleases=True):
        raise ValueError(
            f"the spaCy pipeline {model!r}, version {meta.get('version', 'unknown')}, was made "
            f"for spaCy {needs or 'of no known version'}; this is spaCy {__version__}. "
            f"Install one that fits with: python -m spacy download {meta.get('lang', 'en')}_"
            f"{meta.get('name', 'core_web_sm')}"
        )
    if meta.get("lang") != "en":
        raise ValueError(
            f"the spaCy pipeline {model!r} is for the language {meta.get('lang')!r}; "
            "the components here read English ('en')"
        )
