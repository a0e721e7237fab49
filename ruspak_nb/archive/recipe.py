"""What an annotation depends on, in a form that another process or machine can start from."""

import ast
import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from ruspak_nb.annotation import OWN_RULES
from ruspak_nb.archive.batches import Annotate, Pipeline, annotate_batch
from ruspak_nb.codebook import Codebook, codebook_digest, codebook_folder, load_codebook
from ruspak_nb.pipeline import SHIPPED, build_nlp, choose_layers, model_digest

_PACKAGE = Path(__file__).parent.parent
# Rules that the corpus frames depend on, and no codebook replaces.
_ZONE_RULES = ("zones.toml", "zone_reasons.toml")


class RecipeError(RuntimeError):
    """A worker cannot do what it is asked for: it has another code or model, or none."""


@dataclass(frozen=True)
class Recipe:
    """A codebook, a model and layers.

    `files` are those of the codebook, by name; `model` is "" for the shipped one, None for none;
    `layers` are those that were asked for, None for all.
    `corpus_digest` changes with all that the corpus frames depend on, `layers_digest` with all
    that any other frame does.
    """

    files: Mapping[str, bytes] = field(repr=False)
    model: str | None
    layers: tuple[str, ...] | None
    corpus_digest: str
    layers_digest: str

    def load(self) -> Annotate:
        """Load the pipeline, here; give what annotates batches with it.

        Raises RecipeError if it would not be the same.
        """
        with tempfile.TemporaryDirectory(prefix="ruspak-codebook-") as folder:
            for name, content in self.files.items():
                (Path(folder) / name).write_bytes(content)
            codebook = load_codebook(folder)
            model = SHIPPED if self.model == "" else self.model
            here = _digests(codebook.digest, model, self.layers)
            if here != (self.corpus_digest, self.layers_digest):
                raise RecipeError(
                    "a worker has another version of ruspak_nb, spaCy or the model; "
                    "install the same on every machine"
                )
            nlp = build_nlp(codebook, model=model, layers=self.layers)
            layers, _ = choose_layers(self.layers, model)
            return partial(annotate_batch, Pipeline(nlp, codebook, layers))


def make_recipe(
    codebook: Codebook | None = None,
    model: str | Path | None = SHIPPED,
    layers: Sequence[str] | None = None,
) -> Recipe:
    """Say what to annotate with. Raises as `build_nlp` and `load_codebook` do."""
    folder = codebook.path if codebook else codebook_folder()
    digest = codebook.digest if codebook else codebook_digest()
    files = {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.suffix in (".csv", ".toml")
    }
    named = None if model is None else "" if model == SHIPPED else str(model)
    asked = None if layers is None else tuple(layers)
    return Recipe(files, named, asked, *_digests(digest, model, asked))


def _digests(
    rules: str, model: str | Path | None, asked: tuple[str, ...] | None
) -> tuple[str, str]:
    layers, model = choose_layers(asked, model)
    corpus = _code_digest("corpus", _ZONE_RULES)
    code = _code_digest("annotation", OWN_RULES)
    said = f"{corpus} {code} {rules} {model_digest(model)} {layers} spacy {version('spacy')}"
    return corpus, hashlib.sha256(said.encode()).hexdigest()


@cache
def _code_digest(module: str, rules: tuple[str, ...]) -> str:
    """Hash the code of a module with all that it imports of this package, and rules.

    Not the whole package: a new figure must not have a million articles annotated again.
    """
    files = [_PACKAGE / f"{name}.py" for name in sorted(_imported(module))]
    files += [_PACKAGE / "codebook" / name for name in rules]
    files += [Path(__file__).parent / "batches.py"]
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _imported(module: str) -> set[str]:
    """List the modules of this package that one imports, itself among them."""
    found: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        found.add(name)
        tree = ast.parse((_PACKAGE / f"{name}.py").read_bytes())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ruspak_nb"):
                parts = (node.module or "").split(".")
                names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
                waiting |= {n for n in names if (_PACKAGE / f"{n}.py").is_file()} - found
    return found
