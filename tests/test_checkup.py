"""`ruspak check`: every fault of a project at once, each with its place and the likely fix."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from ruspak_nb import build_nlp, load_codebook, load_corpus, load_reference
from ruspak_nb.checkup import Checkup, check_project, checkup_json, describe_checkup
from ruspak_nb.cli import main
from ruspak_nb.corpus import CorpusError
from ruspak_nb.examples import try_examples
from ruspak_nb.patterns import CodebookError
from ruspak_nb.project import find_project, new_project
from ruspak_nb.reference import TABLES, TableError

TEXT = "The Silk Ferry sails to Baku. The ferrymen of Zyrxa want the Silk Ferry."
SHEET = "file,article_id,title,publication_date\na.txt,zyr-2016,On boats,2016-05\n"
FERRY = "silk-ferry,Silk Ferry,PROJECT,,,The Silk Ferry sails.,The ferry sails.,\n"
CLAIM = "c1,a.txt,The Silk Ferry sails to Baku.,0,29,It sails,,asserted,,,supported,seen\n"
EVENT = "ferry-2016,2016-05,It sailed,Baku,,News,https://example.org,press,,,,single_source,\n"

Edit = Callable[[str, str], None]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a small project in which nothing is wrong."""
    monkeypatch.setenv("RUSPAK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("RUSPAK_CODEBOOK", raising=False)
    monkeypatch.delenv("RUSPAK_REFERENCE", raising=False)
    folder = new_project(tmp_path / "mine")
    (folder / "seeds" / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "seeds" / "documents.csv").write_text(SHEET, encoding="utf-8")
    for name, row in [("codebook/entities", FERRY), ("reference/claims", CLAIM)]:
        add(folder / f"{name}.csv", row)
    add(folder / "reference" / "chronology.csv", EVENT)
    return folder


def add(file: Path, row: str) -> None:
    """Add a row to a file."""
    file.write_text(file.read_text(encoding="utf-8") + row, encoding="utf-8")


def change(file: Path, old: str, new: str) -> None:
    """Break one thing in a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def check(folder: Path, **options: object) -> Checkup:
    """Check a project without a trained model, which is faster."""
    return check_project(find_project(folder), **{"model": None, "gaps": False, **options})


def faults(folder: Path, **options: object) -> list[str]:
    """List the faults of a project."""
    return check(folder, **options).faults["fault"].tolist()


def test_a_project_without_faults(project: Path):
    """Nothing is found where nothing is wrong."""
    assert faults(project, gaps=True) == []


def test_ten_faults_at_once(project: Path):
    """Ten things are broken in seven files, and each is named with its file and row."""
    change(project / "seeds/documents.csv", "2016-05", "May 2016")
    add(project / "seeds/documents.csv", "b.txt,,,\nc.txt,,,\n")
    add(project / "codebook/entities.csv", "boat,Boat,SHIP,,,The Boat sails.,,\n")
    add(project / "codebook/roles.csv", "nobody-x,mayor,AZE,,,\n")
    add(project / "codebook/cues.csv", "bemoan,VERB,says-thta,a,b\n")
    add(
        project / "codebook/themes.toml",
        "[[theme]]\nname = 'boats'\nlabel = ''\ndefinition = ''\ninclude = ''\nexclude = ''\n"
        "example = 'A boat.'\ncounter_example = ''\n[[theme.pattern]]\nid = 'boat'\n"
        "regex = 'boat('\nweight = 1.0\nexample = 'A boat.'\ncounter_example = ''\n",
    )
    change(project / "reference/claims.csv", "supported", "suported")
    change(project / "reference/claims.csv", ",29,", ",x,")
    change(project / "reference/chronology.csv", "2016-05", "5/2016")
    found = check(project).faults
    assert list(found[["part", "file", "row"]].itertuples(index=False, name=None)) == [
        ("corpus", "documents.csv", 3),
        ("corpus", "documents.csv", 4),
        ("corpus", "documents.csv", 2),
        ("codebook", "entities.csv", 3),
        ("codebook", "themes.toml", 0),
        ("codebook", "roles.csv", 2),
        ("codebook", "cues.csv", 2),
        ("reference", "chronology.csv", 2),
        ("reference", "claims.csv", 2),
        ("reference", "claims.csv", 2),
    ]
    for fault, wanted in zip(
        found["fault"],
        [
            "file 'b.txt' is not in .*; add the file or delete the row",
            "file 'c.txt' is not in",
            r"row 2 \(a.txt\): 'May 2016' is not an EDTF date; write 2016",
            r"row 3 \(boat\): unknown label 'SHIP'; allowed: DATE, EVENT",
            r"theme 'boats', pattern 'boat': the pattern 'boat\(' does not compile",
            "no entity 'nobody-x'; allowed: .* in all",
            "unknown construction 'says-thta'; .* did you mean 'says-that'",
            r"row 2 \(ferry-2016\): date '5/2016' is not an EDTF date",
            r"row 2 \(c1\): unknown verdict 'suported'; .* did you mean 'supported'",
            r"row 2 \(c1\): end 'x' is no whole number such as 12",
        ],
        strict=True,
    ):
        assert re.search(wanted, fault), fault


def test_a_broken_example_is_a_fault(project: Path):
    """A user's row must be found in its example, and not in its counter-example."""
    change(project / "codebook/entities.csv", "The Silk Ferry sails.", "The Silk Fairy sails.")
    change(project / "codebook/entities.csv", "The ferry sails.", "A Silk Ferry sank.")
    missed, found = faults(project)
    assert missed.startswith(
        "entities.csv, row 2 (silk-ferry): not found as it says in its example"
    )
    assert "found in its counter_example 'A Silk Ferry sank.'" in found


def test_an_example_that_is_missing(project: Path):
    """A row without an example cannot be tried, and is a fault; a counter-example may be empty."""
    add(project / "codebook/entities.csv", "boat,Great Boat,PROJECT,XYZ,,,,\n")
    assert [fault.partition(": ")[2] for fault in faults(project)] == [
        "no state has the code 'XYZ'; write one such as 'PAK'",
        "`example` is empty; write a sentence in which the row must be found",
    ]


def test_only_rows_of_ones_own_are_tried(project: Path):
    """Our rows are tested here, and cost a user no time: one own row is one row tried."""
    codebook = load_codebook(project / "codebook")
    own = [
        row for row in codebook.entities.values() if row.where == "entities.csv, row 2 (silk-ferry)"
    ]
    assert [row.entity_id for row in own] == ["silk-ferry"]
    assert try_examples(load_codebook(project / "codebook"), build_nlp(codebook, model=None)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "claims",
            ",0,29,",
            ",1,30,",
            "c1): quote 'The Silk Ferry .* is not at 1-30; it is at 0-29",
        ),
        ("claims", "sails to Baku.,", "sails.,", "is not at 0-29; copy it as it stands"),
        ("claims", "a.txt", "b.txt", "claims.csv (c1): no article 'b.txt'; allowed: a.txt"),
        (
            "claims",
            ",,,supported",
            ",,fery-2016,supported",
            "no event 'fery-2016' .* mean 'ferry-2016'",
        ),
        ("claims", ",,asserted", ",teror,asserted", "c1): unknown theme 'teror'; .* arms_sales"),
        ("claims", "c1,", ",", "claims.csv, row 2 (no claim_id): `claim_id` is empty; fill it in"),
        (
            "claims",
            "supported,seen\n",
            f"supported,seen\n{CLAIM}",
            "row 3 (c1): this claim_id is taken",
        ),
        ("claims", "verdict,", "vredict,", "unknown column 'vredict'; .* did you mean 'verdict'"),
        ("claims", ",0,29,", ",,29,", "row 2 (c1): `start` is empty; write a whole number"),
        ("chronology", "2016-05", "", "(ferry-2016): `date` is empty; write when it happened"),
    ],
    ids=[
        *("moved", "misquoted", "no-article", "no-event", "no-theme", "no-key", "key-twice"),
        *("column", "no-number", "no-date"),
    ],
)
def test_fault_in_a_table(project: Path, file: str, old: str, new: str, fault: str):
    """What a reference table says must be there: events, themes, articles, quotes."""
    change(project / "reference" / f"{file}.csv", old, new)
    found, *others = faults(project)
    # A column under a wrong name is unknown under this one, and missing under its own.
    assert len(others) == (1 if "column" in found else 0)
    assert re.search(".*".join(map(re.escape, fault.split(".*"))), found), found


def test_forecasts_are_of_sentences(project: Path):
    """A forecast quotes its sentence; with the annotation at hand that is checked."""
    row = "{},{},the Silk Ferry,,,may,false,,ferry,It sails,open,,,none\n"
    for key, sentence in [("f1", "zyr-2016-s002"), ("f2", "zyr-2016-s001"), ("f3", "zyr-s001")]:
        add(project / "reference/forecasts.csv", row.format(key, sentence))
    quote, sentence = faults(project, gaps=True)
    assert quote.startswith("forecasts.csv (f2): quote 'the Silk Ferry' is not in zyr-2016-s001")
    assert sentence.startswith("forecasts.csv (f3): no sentence 'zyr-s001'; allowed: zyr-2016-s001")


def test_a_table_of_ones_own_is_read(project: Path):
    """What follows from a date is filled in; numbers and flags have the types of ours."""
    event = load_reference("chronology", project / "reference").iloc[0]
    assert (event["earliest"], event["latest"]) == ("2016-05-01", "2016-05-31")
    assert event["precision"] == "month"
    claim = load_reference("claims", project / "reference").iloc[0]
    assert TEXT[claim["start"] : claim["end"]] == claim["quote"]


@pytest.mark.parametrize("name", TABLES)
def test_our_tables_pass_as_ones_own(name: str):
    """The checks of a user's tables find nothing in ours, and read them alike."""
    folder = Path(load_codebook().path).parent / "reference"
    assert load_reference(name, folder).equals(load_reference(name))


def test_gaps_are_found_and_shown(project: Path):
    """Names without a row come with their sentences and a row to paste."""
    add(project / "seeds/a.txt", " They left Zyrxa in May.")
    shown = describe_checkup(check(project, gaps=True))
    assert "no faults" in shown
    assert re.search(r"1     2  Zyrxa.*: zyr-2016-s002, zyr-2016-s003", shown)
    assert "\nzyrxa,Zyrxa," in shown


def test_nothing_is_looked_for_where_something_is_wrong(project: Path):
    """Articles are not annotated with a codebook that has faults."""
    change(project / "codebook/entities.csv", "PROJECT", "PROJET")
    checkup = check(project, gaps=True)
    assert len(checkup.faults) == 1
    assert checkup.notes is None
    assert checkup.gaps.empty


def test_a_text_cannot_steer_the_terminal(project: Path):
    """Escape codes and marks that turn the writing are shown as a question mark in a box."""
    change(project / "seeds/a.txt", "Baku.", "Baku by \u202eQwxz\x1b[2J. They left Qwxz\x1b[2J.")
    shown = describe_checkup(check(project, gaps=True))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)


def test_check_for_scripts(project: Path, capsys: pytest.CaptureFixture[str]):
    """`--json` writes faults and gaps, and the exit code says whether there is a fault."""
    assert main(["check", str(project), "--json", "--gaps", "0"]) == 0
    assert json.loads(capsys.readouterr().out) == {"articles": 1, "faults": [], "gaps": []}
    change(project / "codebook/entities.csv", "PROJECT", "PROJET")
    assert main(["check", str(project), "--json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["part"], fault["file"], fault["row"]) == ("codebook", "entities.csv", 2)


def test_check_in_words(project: Path, capsys: pytest.CaptureFixture[str]):
    """Without it the faults stand under what they are faults of."""
    change(project / "codebook/entities.csv", "PROJECT", "PROJET")
    change(project / "reference/claims.csv", "asserted", "aserted")
    assert main(["check", str(project)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "2 faults"
    assert [line for line in lines if re.match("  [a-z]", line)] == ["  codebook", "  reference"]


def test_evidence_is_in_the_json(project: Path):
    """All ids, where the terminal shows three."""
    add(project / "seeds/a.txt", " They left Zyrxa. " + " They saw Zyrxa." * 4)
    (gap,) = json.loads(checkup_json(check(project, gaps=True)))["gaps"]
    assert gap["n"] == len(gap["evidence"]) == 6


# Nothing of ours but places and dates, so that a pipeline is built in no time; one state.
SMALL = """\
extends = "ruspak"
replace = ["states", "entities", "themes", "periods", "roles", "actions", "cues"]
"""
STATES = """\
entity_id,name,iso3,capital,metonyms,aliases,demonyms,example,counter_example
russia,Russia,RUS,Moscow,,,,Russia won.,Peru won.
"""


@pytest.fixture(scope="module")
def bare() -> Language:
    """Build a pipeline for this module alone, because its entities are exchanged."""
    return build_nlp(model=None)


def with_entities(nlp: Language, folder: Path) -> Language:
    """Give a pipeline the entities of a codebook; to build one anew takes half a second."""
    nlp.remove_pipe("ruspak_entities")
    config = {"codebook": str(folder)}
    nlp.add_pipe("ruspak_entities", before="ruspak_themes", config=config)
    return nlp


CELL = st.text(
    st.sampled_from("a.;,\"'|()[]{}*+?\\^$<>=/-– \n\t\x001é{}")
    | st.characters(exclude_categories=("Cs",)),
    max_size=12,
)
VALUE = st.one_of(CELL, st.integers(-5, 5), st.booleans(), st.just([]), st.just([[]]), st.just(1.5))
FIELDS = {
    "entities.csv": ["entity_id", "name", "label", "country", "aliases", "example"],
    "states.csv": ["entity_id", "name", "iso3", "capital", "aliases", "demonyms", "example"],
    "periods.csv": ["name", "aliases", "needs", "edtf", "example", "counter_example"],
    "roles.csv": ["entity_id", "role", "country", "start", "end"],
    "actions.csv": ["action_id", "lemma", "object", "source", "dyad", "example"],
    "cues.csv": ["lemma", "construction", "example"],
}
ROWS = {
    "entities.csv": {"entity_id": "x", "name": "X", "label": "ORG", "example": "An X."},
    "states.csv": {"entity_id": "x", "name": "X", "iso3": "XXX", "example": "An X."},
    "periods.csv": {"name": "X", "edtf": "1947", "example": "In X.", "counter_example": "No."},
    "roles.csv": {"entity_id": "russia"},
    "actions.csv": {"action_id": "x", "pos": "VERB", "lemma": "x", "dyad": "RUS>PAK"}
    | {"example": "An x.", "counter_example": "No."},
    "cues.csv": {"lemma": "x", "pos": "VERB", "construction": "says-that"}
    | {"example": "He x that it is.", "counter_example": "No."},
}


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_cell_is_read_or_a_fault(tmp_path: Path, bare: Language, data: st.DataObject):
    """Whatever is written into a table of the codebook, the worst that comes of it is a fault."""
    file = data.draw(st.sampled_from(sorted(FIELDS)))
    header = next(csv.reader(io.StringIO((load_codebook().path / file).read_text("utf-8"))))
    row = ROWS[file] | data.draw(st.dictionaries(st.sampled_from(FIELDS[file]), CELL, max_size=3))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerow(row)
    (tmp_path / "codebook.toml").write_text(SMALL, encoding="utf-8")
    for other in FIELDS:
        (tmp_path / other).unlink(missing_ok=True)
    (tmp_path / "states.csv").write_text(STATES, encoding="utf-8")
    (tmp_path / file).write_text(out.getvalue(), encoding="utf-8", newline="")
    try:
        codebook = load_codebook(tmp_path)
    except CodebookError as error:
        assert all(file in fault for fault in error.faults)
    else:
        found = try_examples(codebook, with_entities(bare, tmp_path))
        assert all(file in fault for fault in found)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_value_of_a_rule_is_read_or_a_fault(
    tmp_path: Path, bare: Language, data: st.DataObject
):
    """So it is with the rules: of a theme, of a place and of a date."""
    kinds = {
        "themes.toml": (
            "theme",
            dict.fromkeys(("name", "label", "definition", "include", "exclude"), "x")
            | {"example": "An x.", "counter_example": ""}
            | {"pattern": [{"id": "x", "regex": "x", "weight": 1.0, "example": "x"}]},
        ),
        "places.toml": (
            "rule",
            {"id": "x", "means": "city", "side": "before", "regex": "x"}
            | {"example": "x Moscow", "counter_example": "Moscow"},
        ),
        "dates.toml": (
            "rule",
            {"id": "x", "regex": "x (?P<year>20[0-9][0-9])", "edtf": "{year}", "basis": "explicit"}
            | {"example": "x 2016", "value": "2016", "counter_example": "2016"},
        ),
    }
    file = data.draw(st.sampled_from(sorted(kinds)))
    table, row = kinds[file]
    row = row | data.draw(st.dictionaries(st.sampled_from(sorted(row)), VALUE, max_size=2))
    extra = data.draw(st.dictionaries(st.sampled_from(["from", "unit", "shift", "cue"]), VALUE))
    row = row | (extra if file == "dates.toml" else {})
    text = "\n".join(f"{key} = {toml(value)}" for key, value in row.items())
    (tmp_path / "codebook.toml").write_text(SMALL, encoding="utf-8")
    for other in kinds:
        (tmp_path / other).unlink(missing_ok=True)
    (tmp_path / "states.csv").write_text(STATES, encoding="utf-8")
    (tmp_path / file).write_text(f"[[{table}]]\n{text}\n", encoding="utf-8")
    try:
        codebook = load_codebook(tmp_path)
    except CodebookError as error:
        assert all(file in fault for fault in error.faults)
    else:
        found = try_examples(codebook, with_entities(bare, tmp_path))
        assert all(file in fault for fault in found)


def toml(value: object) -> str:
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value).replace("\x7f", "\\u007f")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_cell_of_a_sheet_is_read_or_a_fault(tmp_path: Path, data: st.DataObject):
    """So it is with the datasheet and the reference tables."""
    name = data.draw(st.sampled_from([*TABLES, "documents"]))
    columns = (
        ["file", "article_id", "publication_date", "boilerplate_spans", "title"]
        if name == "documents"
        else list(load_reference(name).columns)
    )
    row = dict.fromkeys(columns, "") | data.draw(st.dictionaries(st.sampled_from(columns), CELL))
    if name == "documents":
        row["file"] = "a.txt"
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerow(row)
    (tmp_path / "a.txt").write_text("It came. It went.", encoding="utf-8")
    (tmp_path / "documents.csv").unlink(missing_ok=True)
    (tmp_path / f"{name}.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    try:
        if name == "documents":
            assert len(load_corpus(tmp_path)) == 1
        else:
            assert len(load_reference(name, tmp_path)) == 1
    except (CorpusError, TableError) as error:
        assert all(fault.startswith(f"{name}.csv") for fault in error.faults)
