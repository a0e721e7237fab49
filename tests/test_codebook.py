"""The codebook: faults named with file, row and fix; every shipped rule does what it says."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Span

from ruspak_nb import build_nlp, load_codebook, load_themes
from ruspak_nb.codebook import Codebook, codebook_digest, codebook_folder
from ruspak_nb.entities import place_id
from ruspak_nb.examples import (
    try_dates,
    try_entities,
    try_parts,
    try_periods,
    try_places,
    try_themes,
)
from ruspak_nb.extension import open_book
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.patterns import CodebookError
from ruspak_nb.schema import suggest

Write = Callable[..., Path]

STATES = """\
entity_id,name,iso3,capital,metonyms,aliases,demonyms,example,counter_example
pakistan,Pakistan,PAK,Islamabad,,Islamic Republic of Pakistan,Pakistani,Pakistan won.,India won.
"""
ENTITIES = """\
entity_id,name,label,country,aliases,example,counter_example,note
mi-35,Mi-35,WEAPON,,Mi-35M,The Mi-35 flew.,The Mi-17 flew.,
"""
PLACES = """\
[[rule]]
id = 'in'
means = 'city'
side = 'before'
regex = 'in'
example = 'They met in Islamabad.'
counter_example = 'They met Islamabad.'
"""
THEMES = """\
[[theme]]
name = 'arms_sales'
label = 'Arms sales'
definition = 'Arms that are sold.'
include = 'Sales.'
exclude = 'Use.'
example = 'They sold arms.'
counter_example = 'They sold grain.'
[[theme.pattern]]
id = 'arms'
regex = 'arms'
weight = 1.0
example = 'They sold arms.'
counter_example = 'They sold grain.'
"""
DATES = """\
[parts]
year = '20[0-9][0-9]'
forward = 'will'
back = 'was'
[words.unit]
yea = 'year'
[patterns]
tense = '<forward>|<back>'
join = 'to'
between = 'between'
era = 'era'
office = 'government'
during = 'during'
another = 'new'
[[part]]
id = 'late'
regex = 'late '
year = [9, 12]
example = 'It came in late 2016.'
value = '2016-09/2016-12'
counter_example = 'It came late.'
[[rule]]
id = 'year'
regex = 'in <year>'
edtf = '{year}'
basis = 'explicit'
example = 'It came in 2016.'
value = '2016'
counter_example = 'It came in 16.'
"""
PERIODS = """\
name,aliases,needs,edtf,example,counter_example,note
Cold War,cold war,,1947/1991,It came in the Cold War.,It came in a cold winter.,
"""
ACTIONS = """\
action_id,pos,lemma,particle,object,source,target,mutual,plover,dyad,example,counter_example
sell,VERB,sell,,,,to,,COOPERATE,PAK>IND,Pakistan sold rice to India.,They sold rice.
"""
CUES = """\
lemma,pos,construction,example,counter_example
say,VERB,says-that,She said that it came.,They sold grain.
"""
ROLES = """\
entity_id,role,country,start,end,note
pakistan,observer,,2005,2015-07,SCO
"""
TINY = {
    "states.csv": STATES,
    "entities.csv": ENTITIES,
    "places.toml": PLACES,
    "themes.toml": THEMES,
    "dates.toml": DATES,
    "periods.csv": PERIODS,
    "actions.csv": ACTIONS,
    "roles.csv": ROLES,
    "cues.csv": CUES,
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a codebook of one row a file, with `old` replaced by `new` in one of them."""

    def write_codebook(file: str = "states.csv", old: str = "", new: str = "") -> Path:
        for name, text in TINY.items():
            if name == file:
                assert old in text
                text = text.replace(old, new) if old else text + new
            (tmp_path / name).write_bytes(text.encode())
        return tmp_path

    return write_codebook


# What an editor sees


def test_tiny_codebook_is_fine(write: Write) -> None:
    """One row a file is a codebook, in which every form leads to its entity."""
    codebook = load_codebook(write())
    forms = [(alias.form, alias.label, alias.kind) for alias in codebook.aliases.values()]
    assert forms == [
        ("Pakistan", "GPE", "name"),
        ("Islamic Republic of Pakistan", "GPE", "name"),
        ("Islamabad", "GPE", "capital"),
        ("Pakistani", "NORP", "demonym"),
        ("Mi-35", "WEAPON", "name"),
        ("Mi-35M", "WEAPON", "name"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "periods.csv",
            "1947/1991",
            "1947-1991",
            "periods.csv, row 2 (Cold War): edtf '1947-1991' is no period; write 1947/1991",
        ),
        (
            "periods.csv",
            ",,1947",
            ",wrod,1947",
            "row 2 (Cold War): unknown needs 'wrod'; .* did you mean 'word'?",
        ),
        (
            "actions.csv",
            "COOPERATE",
            "COPERATE",
            "actions.csv, row 2 (sell): unknown plover 'COPERATE'; .* did you mean 'COOPERATE'?",
        ),
        ("actions.csv", "VERB", "VRB", "row 2 (sell): unknown pos 'VRB'; .* did you mean 'VERB'?"),
        ("actions.csv", ",to,,", ",to,yse,", "row 2 (sell): unknown mutual 'yse'; .* mean 'yes'?"),
        ("actions.csv", ",sell,", ",,", "actions.csv, row 2 (sell): `lemma` is empty; fill it in"),
        (
            "actions.csv",
            "",
            ACTIONS.partition("\n")[2],
            "actions.csv, row 3 (sell): this action_id is taken; choose another",
        ),
        (
            "roles.csv",
            "pakistan",
            "pakstan",
            "roles.csv, row 2 (pakstan): no entity 'pakstan'; .* did you mean 'pakistan'?",
        ),
        ("roles.csv", "2015-07", "July 2015", "(pakistan): end 'July 2015' is no 2012, 2012-05 or"),
        (
            "cues.csv",
            "says-that",
            "says-taht",
            "cues.csv, row 2 (say): unknown construction 'says-taht'; .* mean 'says-that'?",
        ),
        (
            "states.csv",
            "capital,",
            "captial,",
            "states.csv: unknown column 'captial'; .* did you mean 'capital'?",
        ),
        ("states.csv", "iso3,", "name,", "states.csv: two columns are called 'name'"),
        ("entities.csv", ",note\n", "\n", "entities.csv: column(s) missing: note"),
        ("states.csv", STATES, "", "states.csv: column(s) missing: entity_id, name"),
        (
            "states.csv",
            ",PAK,",
            ",Pak,",
            "states.csv, row 2 (pakistan): iso3 'Pak' is not three capital letters",
        ),
        (
            "entities.csv",
            "WEAPON",
            "WEAPN",
            "entities.csv, row 2 (mi-35): unknown label 'WEAPN'; .* did you mean 'WEAPON'?",
        ),
        (
            "entities.csv",
            "",
            "mi-17,Mi-17,WEAPON,,Mi-35M,a,b,\n",
            "entities.csv, row 3 (mi-17): alias 'Mi-35M' belongs to 'mi-35' already "
            "(entities.csv, row 2 (mi-35)); keep it with one",
        ),
        (
            "entities.csv",
            "",
            "isi,ISI,ORG,PAK,Islamabad,a,b,\n",
            "entities.csv, row 3 (isi): alias 'Islamabad' belongs to 'pakistan' already "
            "(states.csv, row 2 (pakistan))",
        ),
        (
            "entities.csv",
            "",
            "mi-35,Mi-35P,WEAPON,,,a,b,\n",
            "entities.csv, row 3 (mi-35): entity_id 'mi-35' is taken; choose another",
        ),
        (
            "entities.csv",
            "",
            "pakistan,Pakistan,GPE,,,a,b,\n",
            "entities.csv, row 3 (pakistan): entity_id 'pakistan' is taken",
        ),
        ("entities.csv", "", ",Mi-8,WEAPON,,,a,b,\n", "row 3 (no entity_id): `entity_id` is empty"),
        ("entities.csv", "", "mi-8,,WEAPON,,,a,b,\n", "row 3 (mi-8): `name` is empty; fill it in"),
        (
            "entities.csv",
            "",
            "mi-8,Mi-8,WEAPON,,,It came, at last,b,\n",
            "entities.csv, row 3: more cells than columns; .* between double quotes",
        ),
    ],
    ids=[
        "period-of-no-calendar",
        "period-with-unknown-needs",
        "action-of-no-type",
        "action-of-no-part-of-speech",
        "mutual-or-not",
        "action-without-a-word",
        "action_id-twice",
        "office-of-nobody",
        "office-of-no-calendar",
        "cue-of-no-construction",
        "unknown-column",
        "column-twice",
        "missing-column",
        "empty-file",
        "iso3",
        "unknown-label",
        "alias-in-two-rows",
        "alias-of-a-state",
        "duplicate-entity_id",
        "duplicate-entity_id-of-a-state",
        "no-entity_id",
        "no-name",
        "unquoted-comma",
    ],
)
def test_fault_in_a_table(write: Write, file: str, old: str, new: str, fault: str) -> None:
    """A fault in a CSV file is an error with file, row, value and fix."""
    with pytest.raises(CodebookError, match=".*".join(map(re.escape, fault.split(".*")))):
        load_codebook(write(file, old, new))


ARMS = "themes.toml, theme 'arms_sales', pattern 'arms': "


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("themes.toml", "'Sales.'", "'Sales.", "themes.toml is not valid TOML: .* single quotes"),
        ("themes.toml", "[[theme]]", "[theme]", "themes.toml: write [[theme]] for [theme]"),
        (
            "themes.toml",
            "exclude",
            "exlude",
            "themes.toml, theme 'arms_sales': unknown key 'exlude'; .* did you mean 'exclude'?",
        ),
        ("themes.toml", "weight", "wieght", ARMS + "unknown key 'wieght'; .* mean 'weight'?"),
        ("themes.toml", "weight = 1.0\n", "", ARMS + "missing weight"),
        ("themes.toml", "1.0", "'heavy'", ARMS + "weight 'heavy' is no number such as 1.0"),
        ("themes.toml", "1.0", "nan", ARMS + "weight nan is no number such as 1.0"),
        ("themes.toml", "", THEMES, "themes.toml, theme 'arms_sales' stands there twice"),
        (
            "themes.toml",
            "",
            THEMES.replace("arms_sales", "energy"),
            "themes.toml, theme 'energy', pattern 'arms': this id is taken",
        ),
        (
            "themes.toml",
            "",
            THEMES.partition("[[theme.pattern]]")[0].replace("arms_sales", "energy"),
            "themes.toml, theme 'energy' has no pattern; write one or delete the theme",
        ),
        ("themes.toml", "regex = 'arms'", "regex = ''", ARMS + "the pattern '' is no text"),
        ("themes.toml", "regex = 'arms'", "regex = 5", ARMS + "the pattern 5 is no text"),
        (
            "themes.toml",
            "regex = 'arms'",
            "regex = 'arms('",
            ARMS + "the pattern 'arms(' does not compile: missing ), .* a backslash before it",
        ),
        (
            "themes.toml",
            "regex = 'arms'",
            "regex = '(arms)?'",
            ARMS + "the pattern '(arms)?' matches an empty text",
        ),
        (
            "themes.toml",
            "regex = 'arms'",
            r"regex = '(\w+\w)+ arms'",
            ARMS + r"the pattern '(\\w+\\w)+ arms' can run away: .*; put a separator",
        ),
        (
            "places.toml",
            "'before'",
            "'befor'",
            "places.toml, rule 'in': unknown side 'befor'; .* did you mean 'before'?",
        ),
        (
            "places.toml",
            "'city'",
            "'town'",
            "rule 'in': unknown means 'town'; allowed: city, state",
        ),
        ("places.toml", "", PLACES, "places.toml, rule 'in' stands there twice"),
        ("places.toml", "", "pattern = 'at'", "places.toml, rule 'in': unknown key 'pattern'"),
        (
            "dates.toml",
            "",
            "[[rule]]" + DATES.partition("[[rule]]")[2],
            "rule 'year' stands there twice",
        ),
        (
            "dates.toml",
            "<year>",
            "<yaer>",
            "dates.toml, rule 'year': unknown part <yaer>; allowed: .*; did you mean 'year'?",
        ),
        (
            "dates.toml",
            "{year}",
            "{yaer}",
            "dates.toml, rule 'year': edtf speaks of {yaer}; .* did you mean 'year'?",
        ),
        ("dates.toml", "[parts]", "[prats]", "dates.toml: there is no table [parts]"),
        ("dates.toml", "[words.unit]", "[wrods.unit]", "dates.toml: there is no table [words]"),
        ("dates.toml", "join =", "jion =", "[patterns]: unknown key 'jion'; .* mean 'join'?"),
        ("dates.toml", "'explicit'", "'explict'", "unknown basis 'explict'; .* mean 'explicit'?"),
        ("dates.toml", "", "from = 'publised'", "unknown from 'publised'; .* mean 'published'?"),
        ("dates.toml", "year = [9, 12]", "year = [9]", "part 'late': year [9] is no two numbers"),
    ],
    ids=[
        "not-toml",
        "single-brackets",
        "unknown-key",
        "unknown-key-of-a-pattern",
        "missing-key",
        "weight-in-words",
        "weight-nan",
        "theme-twice",
        "pattern-id-twice",
        "no-pattern",
        "empty-pattern",
        "number-as-pattern",
        "does-not-compile",
        "matches-nothing",
        "can-run-away",
        "unknown-side",
        "unknown-meaning",
        "rule-twice",
        "pattern-for-regex",
        "date-rule-twice",
        "unknown-part",
        "unknown-part-of-the-value",
        "no-parts",
        "no-words",
        "unknown-pattern-of-time",
        "unknown-basis",
        "unknown-origin",
        "part-without-end",
    ],
)
def test_fault_in_a_rule(write: Write, file: str, old: str, new: str, fault: str) -> None:
    """A fault in a TOML file is an error with file, rule, value and fix."""
    with pytest.raises(CodebookError, match=".*".join(map(re.escape, fault.split(".*")))):
        load_codebook(write(file, old, new))


@pytest.mark.parametrize("file", TINY)
def test_missing_file(write: Write, file: str) -> None:
    """A codebook without one of its files is an error that lists them all."""
    folder = write()
    (folder / file).unlink()
    with pytest.raises(CodebookError, match=rf"{re.escape(file)} is missing; a codebook has"):
        load_codebook(folder)


@pytest.mark.parametrize("file", TINY)
def test_not_utf8(write: Write, file: str) -> None:
    """A file in another encoding is an error with its name and the byte's place."""
    folder = write()
    (folder / file).write_bytes(b"caf\xe9\n" + (folder / file).read_bytes())
    with pytest.raises(CodebookError, match=rf"{re.escape(file)} is not UTF-8: byte 0xe9 .* 3;"):
        load_codebook(folder)


def test_an_edited_codebook_is_read_again(write: Write) -> None:
    """A codebook is cached by its content, so an edit counts at once."""
    before = load_codebook(write())
    after = load_codebook(write("entities.csv", "Mi-35M", "Mi-35P"))
    assert "Mi-35M" in before.aliases
    assert "Mi-35P" in after.aliases
    assert before.digest != after.digest


def test_the_digest_needs_no_rules(write: Write) -> None:
    """The digest is of bytes alone: a cached annotation never reads the rules."""
    folder = write("themes.toml", "[[theme]]", "[[[")
    assert re.fullmatch("[0-9a-f]{64}", codebook_digest(folder))


def test_codebook_from_the_environment(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """`RUSPAK_CODEBOOK` puts another codebook in the place of the package's own."""
    monkeypatch.setenv("RUSPAK_CODEBOOK", str(write()))
    assert list(load_codebook().entities) == ["pakistan", "mi-35"]
    assert load_themes()["theme"].tolist() == ["arms_sales"]


# All faults at once


def test_every_fault_is_reported_at_once(write: Write) -> None:
    """Six files with a fault each, and a row with two: seven faults, each with its place."""
    folder = write("states.csv", ",PAK,", ",Pak,")
    for file, old, new in [
        ("entities.csv", "mi-35,Mi-35,WEAPON", "mi-35,,WEAPN"),
        ("themes.toml", "1.0", "'heavy'"),
        ("dates.toml", "<year>", "<yaer>"),
        ("periods.csv", "1947/1991", "1947-1991"),
        ("roles.csv", "2015-07", "July 2015"),
    ]:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        load_codebook(folder)
    assert sorted(fault.partition(": ")[0] for fault in caught.value.faults) == [
        "dates.toml, rule 'year'",
        "entities.csv, row 2 (mi-35)",
        "entities.csv, row 2 (mi-35)",
        "periods.csv, row 2 (Cold War)",
        "roles.csv, row 2 (pakistan)",
        "states.csv, row 2 (pakistan)",
        "themes.toml, theme 'arms_sales', pattern 'arms'",
    ]
    assert str(caught.value).count("\n") == 6


def test_a_row_after_a_fault_is_read(write: Write) -> None:
    """A row with too many cells does not hide the fault of the row after it."""
    rows = "mi-8,Mi-8,WEAPON,,,It came, at last,b,\nmi-9,Mi-9,WEAPN,,,a,b,\n"
    with pytest.raises(CodebookError) as caught:
        load_codebook(write("entities.csv", "", rows))
    assert [re.findall(r"row (\d)", fault) for fault in caught.value.faults] == [["3"], ["4"]]


def test_what_is_allowed_is_cut_short() -> None:
    """Of two thousand ids an error shows the first forty, their number and the nearest."""
    fault = suggest("id-1500x", [f"id-{number:04}" for number in range(2000)])
    assert "id-0039, … (2,000 in all); did you mean 'id-1500'?" in fault
    assert "id-0040" not in fault


# A codebook of one's own, on top of ours

Extend = Callable[..., Path]


@pytest.fixture
def extend(tmp_path: Path) -> Extend:
    """Write a codebook that extends ours: what `codebook.toml` says, and files of its own."""

    def write_files(settings: str = "", **files: str) -> Path:
        (tmp_path / "codebook.toml").write_text(f'extends = "ruspak"\n{settings}', "utf-8")
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return tmp_path

    return write_files


FERRY = """\
entity_id,name,label,country,aliases,example,counter_example,note
silk-ferry,Silk Ferry,PROJECT,,SFL,The Silk Ferry sails.,The ferry sails.,
"""


def test_an_empty_extension_is_our_codebook(extend: Extend, codebook: Codebook) -> None:
    """With nothing of one's own all our rows are there; the digest is another all the same."""
    same = load_codebook(extend())
    for name in ("entities", "aliases", "actions", "roles"):
        assert list(getattr(same, name)) == list(getattr(codebook, name)), name
    for name in ("places", "themes", "dates", "cues"):
        assert len(getattr(same, name)) == len(getattr(codebook, name)), name
    assert same.calendar.words == codebook.calendar.words
    assert same.digest != codebook.digest


def test_rows_are_added_to_ours(extend: Extend, codebook: Codebook) -> None:
    """A new id is one more entity, found beside all of ours."""
    mine = load_codebook(extend(entities_csv=FERRY))
    assert set(mine.entities) - set(codebook.entities) == {"silk-ferry"}
    assert mine.aliases["SFL"].entity_id == "silk-ferry"


def test_a_row_with_our_id_takes_the_place_of_ours(extend: Extend) -> None:
    """The forms of our row are gone with it."""
    row = FERRY.replace("silk-ferry", "a-k-antony")
    mine = load_codebook(extend(entities_csv=row))
    assert mine.entities["a-k-antony"].name == "Silk Ferry"
    assert "AK Antony" not in mine.aliases


def test_a_name_in_ones_own_rows_means_ones_own(extend: Extend) -> None:
    """A form that was ours is theirs, and our row keeps its others."""
    row = FERRY.replace("SFL", "AK Antony")
    mine = load_codebook(extend(entities_csv=row))
    assert mine.aliases["AK Antony"].entity_id == "silk-ferry"
    assert mine.aliases["A. K. Antony"].entity_id == "a-k-antony"


def test_two_own_rows_cannot_share_a_name(extend: Extend) -> None:
    """Among one's own rows a name must be of one."""
    rows = FERRY + "sfl,SFL,ORG,,,a,b,\n"
    with pytest.raises(CodebookError, match=r"row 3 \(sfl\): alias 'SFL' belongs to 'silk-ferry'"):
        load_codebook(extend(entities_csv=rows))


def test_own_themes_instead_of_ours(extend: Extend, codebook: Codebook) -> None:
    """`replace` leaves out a table of ours; states, people, dates and verbs stay."""
    folder = extend('replace = ["themes"]\n', themes_toml=THEMES)
    mine = load_codebook(folder)
    assert [theme.name for theme in mine.themes] == ["arms_sales"]
    assert [len(theme.patterns) for theme in mine.themes] == [1]
    assert load_themes(folder)["theme"].tolist() == ["arms_sales"]
    assert mine.entities.keys() == codebook.entities.keys()
    assert mine.actions.keys() == codebook.actions.keys()


def test_own_themes_come_first(extend: Extend) -> None:
    """What is theirs is tried and shown before what is ours."""
    own = THEMES.replace("arms_sales", "transit").replace("'arms'", "'transit-word'")
    themes = load_themes(extend(themes_toml=own))["theme"].tolist()
    assert themes[:2] == ["transit", "arms_sales"]
    assert len(themes) == 13


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("states", "pakistan"),
        ("entities", "a-k-antony"),
        ("places", "verb-after"),
        ("themes", "terrorism"),
        ("dates", "year"),
        ("periods", "9/11"),
        ("actions", "distance-from"),
        ("roles", "willy-claes"),
        ("cues", "admit"),
    ],
)
def test_a_row_of_ours_is_dropped(extend: Extend, table: str, row: str) -> None:
    """[drop] leaves out rows of any table by their id; an office goes with its holder."""
    if table in ("places", "dates"):
        rules = load_codebook(codebook_folder())
        row = (rules.places if table == "places" else rules.dates)[0].id
    mine = load_codebook(extend(f"[drop]\n{table} = ['{row}']\n"))
    left = {
        "states": mine.entities,
        "entities": mine.entities,
        "places": [rule.id for rule in mine.places],
        "themes": [theme.name for theme in mine.themes],
        "dates": [rule.id for rule in mine.dates],
        "periods": [p.name for rows in mine.calendar.periods.values() for p in rows],
        "actions": [action.action_id for rows in mine.actions.values() for action in rows],
        "roles": [role.entity_id for rows in mine.roles.values() for role in rows],
        "cues": [cue.lemma for cue in mine.cues],
    }
    assert row not in left[table]
    assert table != "entities" or row not in left["roles"]


def test_part_of_the_dates_is_changed(extend: Extend, codebook: Codebook) -> None:
    """A dates.toml of a few lines lays its words and rules over ours."""
    mine = load_codebook(
        extend(
            dates_toml="""\
[words.month]
xyl = 4
[[rule]]
id = 'olympiad'
regex = 'Olympiad of (?P<year>20[0-9][0-9])'
edtf = '{year}'
basis = 'explicit'
example = 'It came in the Olympiad of 2016.'
value = '2016'
counter_example = 'It came in the Olympiad.'
"""
        )
    )
    assert mine.calendar.words["month"] == {**codebook.calendar.words["month"], "xyl": 4}
    assert [rule.id for rule in mine.dates][:2] == ["olympiad", codebook.dates[0].id]


@pytest.mark.parametrize("table", ["entities", "themes", "periods", "actions", "roles", "cues"])
def test_a_table_may_be_replaced_by_nothing(extend: Extend, table: str) -> None:
    """Without a file of one's own the table is then empty, and the pipeline still runs."""
    mine = load_codebook(extend(f"replace = ['{table}']\n"))
    doc = build_nlp(mine, model=None)("Pakistan bought it in 2016, he said.")
    assert [span.text for span in doc.spans["mentions"]] == ["Pakistan"]
    assert [span.id_ for span in doc.spans["dates"]] == ["2016"]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ('extnds = "ruspak"', "codebook.toml: unknown key 'extnds'; .* did you mean 'extends'?"),
        ('extends = "rupak"', "codebook.toml: extends 'rupak' is no codebook; write 'ruspak'"),
        ('replace = ["themes"]', 'none are used; write extends = "ruspak" above'),
        ('extends = "ruspak"\nreplace = "themes"', "replace 'themes' is no list of tables"),
        ('extends = "ruspak"\nreplace = ["theme"]', "no table 'theme'; .* mean 'themes'?"),
        ('extends = "ruspak"\ndrop = ["mi-35"]', "drop ['mi-35'] is no table; write [drop]"),
        ('extends = "ruspak"\n[drop]\nentities = "x"', "[drop]: entities 'x' is no list of ids"),
        (
            'extends = "ruspak"\n[drop]\nthemes = ["terorism"]',
            "[drop]: themes of ours have no 'terorism'; .* did you mean 'terrorism'?",
        ),
        ("extends = ruspak", "codebook.toml is not valid TOML"),
    ],
    ids=[
        *("unknown-key", "unknown-base", "nothing-to-replace", "replace-no-list", "no-table"),
        *("drop-no-table", "ids-no-list", "id-that-is-not-ours", "not-toml"),
    ],
)
def test_fault_in_the_settings(tmp_path: Path, settings: str, fault: str) -> None:
    """What codebook.toml cannot say is an error with the likely fix."""
    (tmp_path / "codebook.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(CodebookError, match=".*".join(map(re.escape, fault.split(".*")))):
        load_codebook(tmp_path)


def test_a_file_that_nobody_would_read(extend: Extend) -> None:
    """A misspelt file name is an error, not a table that is silently missing."""
    with pytest.raises(CodebookError, match=r"theme.toml is no file .* mean 'themes.toml'\?"):
        load_codebook(extend(theme_toml=THEMES))


def test_an_edited_extension_is_read_again(extend: Extend) -> None:
    """The digest covers the settings, one's own files, and ours."""
    digests = [
        codebook_digest(extend()),
        codebook_digest(extend(entities_csv=FERRY)),
        codebook_digest(extend("replace = ['themes']", entities_csv=FERRY)),
        codebook_digest(extend("replace = ['themes']", entities_csv=FERRY, cues_csv=CUES)),
    ]
    assert len(set(digests)) == 4
    assert open_book(extend()).base == codebook_folder()


# What is shipped


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    """Read the codebook of the package."""
    return load_codebook(Path(codebook_folder()))


@pytest.fixture(scope="module")
def nlp(codebook: Codebook) -> Language:
    """Build the pipeline as `annotate` does."""
    return build_nlp(codebook, model=None)


def rows(name: str) -> list[dict[str, str]]:
    """Read one of the shipped tables."""
    with (codebook_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["states.csv", "entities.csv"])
def test_shipped_ids_are_sorted_slugs(name: str) -> None:
    """Rows stand in the order of their ids, each once, so that an edit is easy to place."""
    ids = [row["entity_id"] for row in rows(name)]
    assert ids == sorted(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", i)] == []


def test_every_country_of_the_world() -> None:
    """There are at least as many states as the United Nations have members."""
    assert len({row["iso3"] for row in rows("states.csv")}) >= 193


def test_shipped_country_codes() -> None:
    """A code is three capitals, and an entity's country is one of the states."""
    known = {row["iso3"] for row in rows("states.csv")}
    assert [code for code in known if not re.fullmatch("[A-Z]{3}", code)] == []
    countries = {row["country"] for row in rows("entities.csv")}
    assert countries - known <= {""}


def test_no_form_with_stray_spaces(codebook: Codebook) -> None:
    """A form is written with single spaces, straight apostrophes and no line break."""
    forms = [form for form in codebook.aliases if form != " ".join(form.split()) or "’" in form]
    assert forms == []


def test_a_city_has_an_id_of_its_own(codebook: Codebook) -> None:
    """The id of a capital meant as a city is never that of something else."""
    capitals = [alias.form for alias in codebook.aliases.values() if alias.kind == "capital"]
    assert [form for form in capitals if place_id(form) in codebook.entities] == []


def test_every_row_has_both_sentences(codebook: Codebook) -> None:
    """Ours have an example and a counter-example each, though a user's may lack the second."""
    rules = (*codebook.entities.values(), *codebook.themes, *codebook.places)
    rules += tuple(rule for theme in codebook.themes for rule in theme.patterns)
    assert [rule.where for rule in rules if not (rule.example and rule.counter_example)] == []


def test_every_entity_keeps_to_its_sentences(codebook: Codebook, nlp: Language) -> None:
    """Each row of states.csv and entities.csv is found in its example, not in the other."""
    assert list(try_entities(codebook.entities.values(), codebook, nlp)) == []


def test_shipped_themes_are_those_of_the_design() -> None:
    """Twelve themes, each with a definition, and with what it includes and excludes."""
    themes = load_themes()
    assert themes["theme"].tolist() == [
        "arms_sales",
        "afghanistan",
        "cpec_connectivity",
        "india_reaction",
        "us_factor",
        "terrorism",
        "energy_economy",
        "cold_war_history",
        "multilateral",
        "china_axis",
        "military_exercise",
        "diplomacy",
    ]
    assert (themes != "").all(axis=None)


def test_shipped_weights(codebook: Codebook) -> None:
    """A phrase suffices (1), is a cue of which two are needed (0.5), or takes back (-1)."""
    weights = {rule.weight for theme in codebook.themes for rule in theme.patterns}
    assert weights <= {1.0, 0.5, -1.0}


def test_every_theme_keeps_to_its_sentences(codebook: Codebook) -> None:
    """Each theme is given to its example, each pattern alone finds its own; no counter-example."""
    assert list(try_themes(codebook.themes)) == []


def test_every_date_rule_keeps_to_its_sentences(codebook: Codebook) -> None:
    """Each form of date is read from its example among all others; alone, never from the other."""
    assert list(try_dates(codebook.dates, codebook)) == []


def test_every_part_of_a_date_keeps_to_its_sentences(codebook: Codebook) -> None:
    """Words such as "late" give their part of the date after them, and only of that."""
    assert list(try_parts(codebook.calendar.parts, codebook)) == []


def test_every_period_keeps_to_its_sentences(codebook: Codebook) -> None:
    """Each named period has a sentence that names it, and one that only seems to."""
    periods = {period for rows in codebook.calendar.periods.values() for period in rows}
    assert list(try_periods(periods, codebook)) == []


def test_periods_are_sorted_and_of_the_calendar() -> None:
    """Rows stand in the order of their names, and no period ends before it begins."""
    names = [row["name"].casefold() for row in rows("periods.csv")]
    assert names == sorted(names)
    for row in rows("periods.csv"):
        earliest, latest = edtf_bounds(row["edtf"])
        assert not latest or earliest <= latest, row["name"]


def test_offices_are_of_people_and_end_after_they_begin(codebook: Codebook) -> None:
    """Each row of roles.csv is a person's, with an end that is not before its start."""
    for row in rows("roles.csv"):
        assert codebook.entities[row["entity_id"]].label == "PERSON", row
        assert not row["end"] or row["start"][:10] <= row["end"] + "-99", row


def capital_in(nlp: Language, codebook: Codebook, sentence: str) -> Span:
    """Find the one capital of a sentence."""
    doc = nlp(sentence)
    (span,) = [
        span
        for span in doc.spans["mentions"]
        if span.text in codebook.aliases and codebook.aliases[span.text].kind == "capital"
    ]
    return span


def test_every_place_rule_keeps_to_its_sentences(codebook: Codebook, nlp: Language) -> None:
    """Alone, each rule touches the capital of its example, not of its counter-example."""
    assert list(try_places(codebook.places, codebook, nlp)) == []


def test_places_in_the_pipeline(codebook: Codebook, nlp: Language) -> None:
    """Together they tell the city, a place of its own, from the state it stands for."""
    for rule in codebook.places:
        for sentence, matches in ((rule.example, True), (rule.counter_example, False)):
            span = capital_in(nlp, codebook, sentence)
            state = (codebook.aliases[span.text].entity_id, "metonym")
            is_city = (rule.means == "city") == matches
            expected = (place_id(span.text), "") if is_city else state
            assert (span.id_, span.kb_id_) == expected, sentence
