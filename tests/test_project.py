"""A project of one's own: what `ruspak new` makes, and where the parts of a project are found."""

import csv
import shlex
from pathlib import Path

import pytest

from ruspak_nb import load_codebook, load_corpus, load_reference, load_themes
from ruspak_nb.cli import main
from ruspak_nb.codebook import codebook_digest
from ruspak_nb.corpus import COLUMNS, CorpusError
from ruspak_nb.extension import FILES
from ruspak_nb.project import Project, find_project, new_project
from ruspak_nb.reference import TABLES, reference_folder


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch):
    """Start each test without a codebook or tables from the environment."""
    monkeypatch.delenv("RUSPAK_CODEBOOK", raising=False)
    monkeypatch.delenv("RUSPAK_REFERENCE", raising=False)


def listed(folder: Path) -> dict[str, bytes]:
    """Read every file under a folder."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.mark.parametrize("name", ["mine", "my corpus", "корпус 🚢", "it's $(here)", "-x", "a/b"])
def test_a_project_has_all_it_needs(tmp_path: Path, name: str):
    """Whatever its name, it has places for articles, codebook, notebooks and tables."""
    folder = new_project(tmp_path / name)
    assert {path.name for path in folder.iterdir()} == {
        *("seeds", "originals", "codebook", "notebooks", "reference", "README.md", ".gitignore"),
    }
    assert find_project(folder) == Project(
        articles=folder / "seeds",
        codebook=folder / "codebook",
        notebooks=folder / "notebooks",
        reference=folder / "reference",
    )


def test_the_datasheet_has_a_header(tmp_path: Path):
    """`documents.csv` waits for rows, with all columns that there are."""
    sheet = new_project(tmp_path / "mine") / "seeds" / "documents.csv"
    with sheet.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [list(COLUMNS)]


def test_a_project_without_articles_says_so(tmp_path: Path):
    """Nothing to load is an error with what there must be."""
    folder = new_project(tmp_path / "mine")
    with pytest.raises(CorpusError, match=r"no article in .*seeds: .* at least one `\.txt` file"):
        load_corpus(find_project(folder).articles)


def test_the_codebook_of_a_new_project_is_ours(tmp_path: Path):
    """Before anything is edited every row of ours is there, and none besides."""
    folder = new_project(tmp_path / "mine") / "codebook"
    mine, ours = load_codebook(folder), load_codebook()
    assert mine.entities.keys() == ours.entities.keys()
    assert load_themes(folder).equals(load_themes())


def test_every_example_of_the_codebook_is_commented(tmp_path: Path):
    """Each file that can be edited is explained, and the theme to copy can be used as it is."""
    folder = new_project(tmp_path / "mine") / "codebook"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in FILES if name not in readme] == []
    themes = folder / "themes.toml"
    lines = themes.read_text(encoding="utf-8").splitlines()
    start = lines.index("# [[theme]]")
    themes.write_text("\n".join(line[2:] for line in lines[start:]), encoding="utf-8")
    assert load_themes(folder)["theme"].iloc[0] == "transit"


def test_every_row_shown_in_the_readme_can_be_pasted(tmp_path: Path):
    """The made-up rows of the codebook's README are read, and keep to their examples."""
    from ruspak_nb import build_nlp
    from ruspak_nb.examples import try_examples

    folder = new_project(tmp_path / "mine") / "codebook"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    pasted = [block.strip().split("\n") for block in readme.split("```")[1::2]]
    tables = {path.read_text(encoding="utf-8").strip(): path for path in folder.glob("*.csv")}
    assert {header for header, _ in pasted} == set(tables)
    for header, row in pasted:
        # An office is of somebody; the README's is of nobody we know.
        row = row.replace("jane-made-up", "a-k-antony")
        tables[header].write_text(f"{header}\n{row}\n", encoding="utf-8")
    codebook = load_codebook(folder)
    assert "silk-ferry" in codebook.entities
    assert try_examples(codebook, build_nlp(codebook)) == []


def test_the_tables_of_a_new_project_are_empty(tmp_path: Path):
    """Each has the columns and types of ours and no row, whether its file is there or not."""
    folder = new_project(tmp_path / "mine") / "reference"
    for name in TABLES:
        mine = load_reference(name, folder)
        assert len(mine) == 0
        assert mine.dtypes.equals(load_reference(name).dtypes), name


def test_a_full_folder_is_refused_and_left_alone(tmp_path: Path):
    """Not one file is written into a folder that has anything in it, hidden or not."""
    (tmp_path / ".notes").write_text("mine", encoding="utf-8")
    before = listed(tmp_path)
    with pytest.raises(FileExistsError, match="is not empty, and nothing was changed in it"):
        new_project(tmp_path)
    assert listed(tmp_path) == before


def test_a_file_is_no_folder(tmp_path: Path):
    """A name that is taken by a file is refused."""
    (tmp_path / "mine").write_text("", encoding="utf-8")
    with pytest.raises(FileExistsError, match="is no folder; choose another name"):
        new_project(tmp_path / "mine")


def test_an_empty_folder_is_used(tmp_path: Path):
    """`mkdir` before `ruspak new` does no harm."""
    assert (new_project(tmp_path) / "codebook" / "codebook.toml").is_file()


def test_two_new_projects_are_the_same(tmp_path: Path):
    """No clock, no name and no place is written into a project."""
    first, second = new_project(tmp_path / "a"), new_project(tmp_path / "b")
    assert listed(first) == listed(second)


def test_articles_alone_are_a_project_of_nothing_else(tmp_path: Path):
    """A folder of texts, even beside a folder called codebook, uses what the package has."""
    (tmp_path / "codebook").mkdir()
    assert find_project(tmp_path) == Project(articles=tmp_path)


def test_no_such_project(tmp_path: Path):
    """A name that leads nowhere is an error with the command that makes a project."""
    with pytest.raises(FileNotFoundError, match=r"no such folder or file; .* ruspak new"):
        find_project(tmp_path / "mine")


def test_which_codebook_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The one that is named, then that of the environment, then that of the project."""
    folder = new_project(tmp_path / "mine")
    monkeypatch.setenv("RUSPAK_CODEBOOK", "of-the-environment")
    monkeypatch.setenv("RUSPAK_REFERENCE", "tables")
    assert find_project(folder, codebook="named").codebook == Path("named")
    assert find_project(folder).codebook == Path("of-the-environment")
    assert find_project(folder).reference == Path("tables")


def test_another_process_uses_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The variables of a project give its codebook and tables to the kernels of notebooks."""
    project = find_project(new_project(tmp_path / "mine"))
    digest = codebook_digest(project.codebook)
    for name, value in project.environment().items():
        monkeypatch.setenv(name, value)
    assert codebook_digest() == digest
    assert reference_folder() == project.reference
    assert Project(articles=tmp_path).environment() == {}


def test_new_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`ruspak new` says what to do next, in commands that can be copied whatever the name."""
    folder = tmp_path / "it's mine"
    assert main(["new", str(folder)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shlex.split(shown[-1]) == ["ruspak", "report", "--corpus", str(folder)]
    assert main(["new", str(folder)]) == 1
    assert "is not empty" in capsys.readouterr().err


def test_annotate_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`ruspak annotate --corpus` uses the codebook of the project."""
    folder = new_project(tmp_path / "mine")
    (folder / "seeds" / "documents.csv").unlink()
    (folder / "seeds" / "a.txt").write_text("The Silk Ferry sails to Pakistan.", encoding="utf-8")
    with (folder / "codebook" / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("silk-ferry,Silk Ferry,PROJECT,,,The Silk Ferry sails.,,\n")
    out = tmp_path / "out"
    assert main(["annotate", "--corpus", str(folder), "--model", "none", "--out", str(out)]) == 0
    with (out / "mentions.csv").open(encoding="utf-8", newline="") as file:
        assert [row["entity_id"] for row in csv.DictReader(file)] == ["silk-ferry", "pakistan"]
    with pytest.raises(SystemExit, match="2"):
        main(["annotate", "--out", str(out)])
    assert "a project with --corpus" in capsys.readouterr().err
