"""What may import what, and what every module promises to hold."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import ruspak_nb

PACKAGE = Path(ruspak_nb.__file__).parent
# Each module imports from the layers above its own line, never from its own or below.
LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "schema intervals blocks marks reprints wording relations",
        "sheets",
        "patterns openings",
        "rules zones reference",
        "act_rules time_rules extension",
        "codebook",
        "corpus reckoning chronicle",
        "intake",
        "spans tokens dependencies",
        "sentences entities themes dates",
        "cues speakers actors moods",
        "frames participants",
        "attribution events",
        "quotes",
        "pipeline examples",
        "annotation training",
        "evidence gaps lazy archive",
        "counts kwic agreement twins findings_text",
        "canvas",
        "anchors coverage dyads forecasts lexicon matches outcomes robustness timeline voices "
        "leads",
        "checks queries derived",
        "claims verdicts datasets",
        "tables figures chart_claims chart_timeline chart_dyads chart_voices chart_forecasts "
        "project",
        "exchange checkup",
        "codings execute",
        "report",
        "cli",
        "__main__",
    )
)
HEAVY = {
    "duckdb": {"relations"},
    "spacy": {
        *("spans", "tokens", "dependencies", "sentences", "entities", "themes", "dates"),
        *("cues", "speakers", "frames", "attribution", "quotes"),
        *("actors", "participants", "moods", "events"),
        *("pipeline", "examples", "annotation", "training"),
        "exchange",  # writes spaCy's own format
    },
    "matplotlib": {
        *("canvas", "figures", "chart_claims"),
        *("chart_timeline", "chart_dyads", "chart_voices", "chart_forecasts"),
    },
    "plotly": {
        *("figures", "report", "chart_claims"),
        *("chart_timeline", "chart_dyads", "chart_voices", "chart_forecasts"),
    },
}
FILES = sorted(file for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
NAMES = [file.relative_to(PACKAGE).with_suffix("").as_posix() for file in FILES]


def is_for_types(node: ast.AST) -> bool:
    """Tell whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imports(node: ast.AST) -> set[str]:
    """List every module imported anywhere in a tree, except for type checkers."""
    found = set()
    for child in ast.iter_child_nodes(node):
        if is_for_types(child):
            continue
        if isinstance(child, ast.Import):
            found |= {alias.name for alias in child.names}
        elif isinstance(child, ast.ImportFrom):
            module = child.module or ""
            found |= {module, *(f"{module}.{alias.name}" for alias in child.names)}
        found |= imports(child)
    return found


def parse(file: Path) -> ast.Module:
    """Parse a module of the package."""
    return ast.parse(file.read_text(encoding="utf-8"))


def own_imports(file: Path) -> set[str]:
    """List the modules of this package that a file imports, by their first name."""
    parts = (name.split(".") for name in imports(parse(file)))
    known = frozenset().union(*LAYERS)
    return {name[1] for name in parts if name[0] == "ruspak_nb" and len(name) > 1} & known


def layer_of(module: str) -> int:
    """Give the number of the layer of a module."""
    return next(number for number, layer in enumerate(LAYERS) if module in layer)


def test_every_module_has_a_layer():
    """A new module is given its place in this list."""
    modules = {name.split("/")[0] for name in NAMES}
    assert modules == frozenset().union(*LAYERS)


def test_no_module_has_two_layers():
    """A module stands in one layer."""
    assert sum(map(len, LAYERS)) == len(frozenset().union(*LAYERS))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_imports_point_down(file: Path):
    """A module imports only from layers below its own: no cycles, no surprises."""
    module = file.relative_to(PACKAGE).with_suffix("").parts[0]
    wrong = {other for other in own_imports(file) - {module} if layer_of(other) >= layer_of(module)}
    assert wrong == set()


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_is_imported_where_it_is_used(library: str):
    """spaCy and the drawing libraries are paid for by those who use them."""
    users = {
        name.split("/")[0]
        for name, file in zip(NAMES, FILES, strict=True)
        if library in {imported.split(".")[0] for imported in imports(parse(file))}
    }
    assert users <= HEAVY[library]


@pytest.mark.parametrize("module", ["annotation", "pipeline", "figures"])
def test_what_is_costly_waits_until_it_is_needed(module: str):
    """spaCy and plotly are imported inside functions, or not at all."""
    tree = parse(PACKAGE / f"{module}.py")
    tops = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    at_import = imports(ast.Module(tops, []))
    assert not {name.split(".")[0] for name in at_import} & {"spacy", "plotly"}


def test_exports_are_sorted_and_resolve():
    """Every name that the package lists can be imported from it."""
    assert sorted(ruspak_nb.__all__) == sorted(set(ruspak_nb.__all__))
    for name in ruspak_nb.__all__:
        assert callable(getattr(ruspak_nb, name)), name


@pytest.mark.parametrize("name", ruspak_nb.__all__)
def test_an_exported_name_is_documented(name: str):
    """Each exported function or class says in a sentence what it does."""
    assert (getattr(ruspak_nb, name).__doc__ or "").strip().endswith(".")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__main__"])
def test_every_listed_name_resolves(name: str):
    """What a module lists in `__all__` is there."""
    module = import_module("ruspak_nb." + name.replace("/", "."))
    for exported in getattr(module, "__all__", ()):
        assert hasattr(module, exported), exported


def test_an_unknown_name_is_no_attribute():
    """A typing error is an AttributeError, as for any module."""
    with pytest.raises(AttributeError, match="anotate"):
        _ = ruspak_nb.anotate


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_the_library_does_not_print(file: Path):
    """What a function has to say it returns, raises or warns of."""
    calls = [node.func for node in ast.walk(parse(file)) if isinstance(node, ast.Call)]
    assert "print" not in {ast.unparse(call) for call in calls}


def test_nothing_leads_out_of_the_project():
    """No file of the package or notebook names a folder outside this repository."""
    root = PACKAGE.parent
    files = [*PACKAGE.rglob("*.*"), *(root / "notebooks").glob("*.ipynb")]
    texts = [file for file in files if file.suffix in {".py", ".pyi", ".toml", ".csv", ".ipynb"}]
    assert len(texts) > 20
    outside = re.compile(r"\.\./shared|\bshared/|(?<![\w.-])/(?:work|home|Users|tmp)/")
    for file in texts:
        assert not outside.search(file.read_text(encoding="utf-8")), file.name
