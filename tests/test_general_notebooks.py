"""The notebooks of a new project: they ask of any corpus, and say what that corpus holds."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from ruspak_nb import Annotations, annotate, load_codebook, load_corpus
from ruspak_nb.execute import execute_notebooks, find_notebooks, read_notebook
from ruspak_nb.project import find_project, new_project

MADE_UP = Path(__file__).parent / "corpora" / "karsund-tavelia"
TEMPLATE = Path(__file__).parents[1] / "ruspak_nb" / "template" / "notebooks"
NAMES = [path.stem for path in find_notebooks(TEMPLATE)]
# The subject of the five articles of the package, and of no corpus here.
OURS = re.compile(r"Russia|Pakistan|India|Moscow|Islamabad|CPEC|Rana|Abbasi")
EMPTY_TABLE = re.compile(r"<tbody>\s*</tbody>")


@dataclass
class Run:
    """A project, its annotations, and its notebooks as they came out."""

    notes: Annotations
    notebooks: dict[str, NotebookNode]

    def said(self, name: str) -> str:
        """Read what a notebook says in the Markdown that it made."""
        shown = (data.get("text/markdown", "") for data in self.outputs(name))
        return re.sub(r"\\(?=[^\w\s])", "", "\n".join(shown))

    def outputs(self, name: str) -> Iterator[dict[str, object]]:
        """Give what the cells of a notebook show, by media type."""
        for cell in self.notebooks[name].cells:
            for output in cell.get("outputs", ()):
                yield output.get("data", {})

    def tables(self, name: str) -> Iterator[str]:
        """Give the HTML that a notebook shows."""
        for data in self.outputs(name):
            if "text/html" in data:
                yield str(data["text/html"])


def make_projects(folder: Path) -> dict[str, Path]:
    """Make a project of the made-up countries, and one of a single article that says little."""
    made_up, single = new_project(folder / "made-up"), new_project(folder / "single")
    for part in ("seeds", "codebook", "reference"):
        shutil.rmtree(made_up / part)
        shutil.copytree(MADE_UP / part, made_up / part)
    (single / "seeds" / "baker.txt").write_text(
        "The baker sold bread on the square. Nobody came in the rain. He went home.\n", "utf-8"
    )
    (single / "seeds" / "documents.csv").write_text("file,article_id\nbaker.txt,baker\n", "utf-8")
    return {"made-up": made_up, "single": single}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """Run all notebooks of both projects, once; a cell that fails or warns fails here."""
    folder = tmp_path_factory.mktemp("general")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("RUSPAK_CODEBOOK", "RUSPAK_REFERENCE", "RUSPAK_FIGURES"):
            patch.delenv(name, raising=False)
        # So that the kernels find what is annotated here.
        patch.setenv("RUSPAK_CACHE", str(folder / "cache"))
        projects = make_projects(folder)
        notes = {}
        for name, place in projects.items():
            project = find_project(place)
            codebook = load_codebook(project.codebook)
            notes[name] = annotate(load_corpus(project.articles), codebook=codebook)
        paths = [
            path for place in projects.values() for path in find_notebooks(place / "notebooks")
        ]
        done = iter(execute_notebooks(paths, jobs=2))
        yield {name: Run(notes[name], {stem: next(done) for stem in NAMES}) for name in projects}


@pytest.fixture(params=["made-up", "single"])
def run(request: pytest.FixtureRequest, runs: dict[str, Run]) -> Run:
    """Give either project."""
    return runs[request.param]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_stored_without_results(name: str):
    """What is copied into a project asks, and has not answered; its cells keep their ids."""
    notebook = read_notebook(TEMPLATE / f"{name}.ipynb")
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert codes
    assert [cell for cell in codes if cell.outputs or cell.execution_count] == []
    assert ("title" in notebook.metadata) == (name == "00-start-here")
    assert not [cell.id for cell in notebook.cells if not re.fullmatch(r"[a-z0-9-]+", cell.id)]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_begins_with_its_question(name: str):
    """The first heading is what a reader wants to know."""
    first = read_notebook(TEMPLATE / f"{name}.ipynb").cells[0].source.splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith("?")


@pytest.mark.parametrize("name", NAMES)
def test_cells_can_be_read(name: str):
    """Short cells of short lines, no functions, and nothing but the package is imported."""
    for cell in read_notebook(TEMPLATE / f"{name}.ipynb").cells:
        if cell.cell_type == "code":
            lines = cell.source.splitlines()
            assert len(lines) <= 15, cell.id
            assert max(map(len, lines)) <= 100, cell.id
            assert not re.search(r"^\s*(def|class) ", cell.source, re.MULTILINE), cell.id
            imported = re.findall(r"^(?:from|import) (\S+)", cell.source, re.MULTILINE)
            assert set(imported) <= {"ruspak_nb"}, cell.id


def test_the_first_notebook_names_the_questions_of_the_others():
    """Each is linked from the start, under its own heading."""
    start = "\n".join(cell.source for cell in read_notebook(TEMPLATE / f"{NAMES[0]}.ipynb").cells)
    for name in NAMES[1:]:
        question = read_notebook(TEMPLATE / f"{name}.ipynb").cells[0].source.splitlines()[0]
        assert f"[{question.removeprefix('# ')}]({name}.ipynb)" in start


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_of_our_five_articles(run: Run, name: str):
    """Neither the cells nor what comes out of them knows the subject of the package."""
    for cell in run.notebooks[name].cells:
        shown = [str(output.get("data", output)) for output in cell.get("outputs", ())]
        assert not OURS.search(" ".join([cell.source, *shown])), cell.id


@pytest.mark.parametrize("name", NAMES)
def test_a_number_opens_sentences_of_this_corpus(run: Run, name: str):
    """What a table or a quotation shows as evidence stands so in the text."""
    texts = run.notes.corpus.texts
    for table in run.tables(name):
        assert not EMPTY_TABLE.search(table)
        for element in BeautifulSoup(table, "html.parser").select("[data-span]"):
            article, _, span = str(element["data-span"]).rpartition(":")
            start, end = map(int, span.split("-"))
            assert element.get_text() == texts[article][start:end]


def test_tables_do_open(runs: dict[str, Run]):
    """In every notebook on a corpus with something in it numbers have their sentences."""
    quiet = [name for name in NAMES if "<details" not in "".join(runs["made-up"].tables(name))]
    assert quiet == []


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_sums_up(run: Run, name: str):
    """Each has findings in brief, in a list, whether there is much to find or little."""
    source = "\n".join(cell.source for cell in run.notebooks[name].cells)
    assert "## In brief" in source
    assert re.search(r"^ ?- \S", run.said(name), re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("00-start-here", "## 13 articles, 11 distinct texts, 2,609 words of body text"),
        ("00-start-here", "## Customs and the border leads: 27 of 185 sentences"),
        ("00-start-here", "## Karsund is named most, 50 times"),
        ("00-start-here", "## No pair has more acts than Karsund and Tavelia: 21 of 27 acts"),
        ("01-corpus", "2 articles reprint another one here"),
        ("01-corpus", "## 7 of 11 articles can be dated to the day"),
        ("01-corpus", "## Tomas Hale wrote 3 of 11 articles"),
        ("02-themes", "## The missile divides the viewpoints most"),
        ("02-themes", "29 % of the sentences with the viewpoint Ordania (2 texts)"),
        ("03-timeline", "## pike-2021 reaches back farthest, 47 years to 1974"),
        ("03-timeline", "of 18 events seem to be told"),
        ("07-voices", "## Pavo Lintz is quoted most, 7 times"),
        ("07-voices", "come from the text's own side"),
    ],
)
def test_findings_are_those_of_the_made_up_countries(runs: dict[str, Run], name: str, finding: str):
    """Headings name the countries, themes and speakers that the corpus has, with its numbers."""
    assert finding in runs["made-up"].said(name)


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("00-start-here", "A single article cannot be compared with anything"),
        ("00-start-here", "There is no table of claims. There is no table of forecasts."),
        ("01-corpus", "## No article can be dated to the day"),
        ("02-themes", "## No theme is found"),
        ("03-timeline", "## There is no chronology"),
        ("07-voices", "No quotation is found."),
    ],
)
def test_what_is_missing_is_said(runs: dict[str, Run], name: str, finding: str):
    """One undated article on nothing in particular: plain words instead of empty charts."""
    assert finding in runs["single"].said(name)
    assert not any("image/png" in data for data in runs["single"].outputs(name))
