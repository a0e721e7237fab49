"""What is written for other programs is read back by them: no span is lost, none has moved."""

import base64
import hashlib
import json
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import conllu
import frictionless
import pandas as pd
import pytest
from pyrefiqda.models import Project
from rdflib import Graph, Namespace
from rdflib.namespace import RDF
from xsdata_pydantic.bindings import XmlParser

from ruspak_nb.annotation import Annotations, annotate
from ruspak_nb.cli import main
from ruspak_nb.corpus import load_corpus, seeds_folder
from ruspak_nb.exchange import EXPORTS, FOLDERS, export_annotations, import_codings
from ruspak_nb.exchange.package import describe_column
from ruspak_nb.exchange.vocabulary import code_path, note_columns
from ruspak_nb.schema import FRAMES, PLOVER, build_frame

SPANS = tuple(name for name in FRAMES if name != "articles")
HOSTILE = (
    "A \U0001f680 headline]]>\r\n\r\n"
    "Moscow said on 5 May 2016 that <script>attack()</script> Russia would sell arms to Pakistan. "
    'The "envoy" said \U0001f1f5\U0001f1f0\U0001f600\t"Russia\'s cafe\u0301 will co\u00f6perate '
    'with Pakistan]]>", & </Project><!--\x01\x0b\x1f\x7f\x85\ufffe\r\n'
    "India \u202ecriticised\u202c \u0627\u0644\u0633\u0644\u0627\u0645 Russia in New Delhi\u2028on "
    "6 May 2016.\r"
    "Pakistan\u00a0hosted =HYPERLINK(1) | \\p `x` Russia in 2017.\n\n"
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 Russia met Pakistan in Islamabad \U0001f600.\r\n"
)


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Annotations:
    """Annotate the five articles and one that is made to break formats."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "hostile.txt").write_text(HOSTILE, "utf-8", newline="")
    (folder / "marked.txt").write_text("\ufeff\U0001f600 Russia met Pakistan.\n", "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return annotate(load_corpus([seeds_folder(), folder]), cache=False)


@pytest.fixture(scope="module")
def write(notes: Annotations, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give what was exported in a format, once."""
    made: dict[str, Path] = {}
    folder = tmp_path_factory.mktemp("exported")

    def exported(format: str) -> Path:
        if format not in made:
            made[format] = folder / (format if format in FOLDERS else f"all.{format}")
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="replaced .* that XML cannot hold")
                export_annotations(notes, made[format], format=format)
        return made[format]

    return exported


def expected(notes: Annotations) -> Counter[tuple[Any, ...]]:
    """Count all spans: layer, article, start, end and text."""
    frames = notes.frames()
    return Counter(
        (layer, row.article_id, row.start, row.end, row.text)
        for layer in SPANS
        for row in frames[layer].itertuples(index=False)
    )


def test_the_hostile_article_has_every_layer(notes: Annotations) -> None:
    """Otherwise what follows would show nothing."""
    found = {layer for layer, article, *_ in expected(notes) if article == "hostile"}
    assert found == set(SPANS)


# Frames, texts and their description


@pytest.mark.parametrize("format", FOLDERS)
def test_a_package_validates(write: Callable[[str], Path], format: str) -> None:
    """Types, keys, allowed values, hashes: Frictionless checks them all."""
    package = frictionless.Package(str(write(format) / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["name", "type", "note"])
    assert {task.name for task in report.tasks} >= set(FRAMES)


def test_a_package_that_was_changed_does_not_validate(notes: Annotations, tmp_path: Path) -> None:
    """The check above can fail: a changed text, a sentence that is not there."""
    export_annotations(notes, tmp_path, format="csv")
    text = tmp_path / "texts" / "rana-2017.txt"
    text.write_bytes(text.read_bytes().replace(b"Russia", b"Russja", 1))
    sentences = tmp_path / "sentences.csv"
    lines = sentences.read_bytes().split(b"\n")
    sentences.write_bytes(b"\n".join(lines[:1] + lines[2:]))
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    wrong = {(task.name, error.type) for task in report.tasks for error in task.errors}
    assert ("text-rana-2017", "hash-count") in wrong
    assert ("themes", "foreign-key") in wrong


@pytest.mark.parametrize("format", FOLDERS)
def test_frames_of_a_package_are_those_of_the_annotations(
    notes: Annotations, write: Callable[[str], Path], format: str
) -> None:
    """pandas reads every frame back as it was, and every text."""
    for name, frame in notes.frames().items():
        file = write(format) / f"{name}.{format}"
        if format == "parquet":
            read = pd.read_parquet(file)
        elif format == "csv":
            read = pd.read_csv(file, keep_default_na=False, encoding="utf-8")
        else:
            lines = file.read_bytes().decode("utf-8").strip().split("\n")
            read = pd.DataFrame([json.loads(line) for line in lines])
        read = read.reindex(columns=list(FRAMES[name])).astype(dict(FRAMES[name]))
        pd.testing.assert_frame_equal(read, frame)
    for article_id, text in notes.corpus.texts.items():
        written = (write(format) / "texts" / f"{article_id}.txt").read_bytes()
        assert written.decode("utf-8") == text


def test_every_column_is_described() -> None:
    """A column of the schema that nobody described fails here."""
    for frame, columns in FRAMES.items():
        for column in columns:
            assert describe_column(frame, column)


# Web annotations

OA = Namespace("http://www.w3.org/ns/oa#")
# What the W3C's context says of the terms that we use: a test does not fetch it.
CONTEXT = {
    "oa": str(OA),
    "as": "http://www.w3.org/ns/activitystreams#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "type": "@type",
    "AnnotationCollection": "as:OrderedCollection",
    "AnnotationPage": "as:OrderedCollectionPage",
    **{
        name: f"oa:{name}"
        for name in ("Annotation", "TextualBody", "TextPositionSelector", "TextQuoteSelector")
    },
    **{name: {"@id": f"oa:{name}", "@type": "xsd:integer"} for name in ("start", "end")},
    **{name: f"oa:{name}" for name in ("exact", "prefix", "suffix")},
    **{f"{n}ing": f"oa:{n}ing" for n in ("tagg", "classify", "identify", "highlight", "describ")},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "first": {"@id": "as:first", "@type": "@id"},
    "total": {"@id": "as:totalItems", "@type": "xsd:nonNegativeInteger"},
    "value": "rdf:value",
    "label": "rdfs:label",
}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # within rdflib itself
def test_annotations_are_linked_data(notes: Annotations, write: Callable[[str], Path]) -> None:
    """rdflib finds each span by its position, and the same text by its quotation."""
    document = json.loads(write("webannotation").read_text("utf-8"))
    assert document["@context"] == "http://www.w3.org/ns/anno.jsonld"
    document["@context"] = CONTEXT
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    texts = {}
    for row in notes.corpus.articles.itertuples(index=False):
        digest = base64.urlsafe_b64encode(bytes.fromhex(row.sha256)).decode().rstrip("=")
        texts[f"ni:///sha-256;{digest}"] = (row.article_id, notes.corpus.texts[row.article_id])
    found: Counter[tuple[Any, ...]] = Counter()
    for annotation in graph.subjects(RDF.type, OA.Annotation):
        target = graph.value(annotation, OA.hasTarget)
        article_id, text = texts[str(graph.value(target, OA.hasSource))]
        position, quote = None, None
        for selector in graph.objects(target, OA.hasSelector):
            if graph.value(selector, RDF.type) == OA.TextPositionSelector:
                position = [graph.value(selector, OA[k]).toPython() for k in ("start", "end")]
            else:
                quote = [str(graph.value(selector, OA[k])) for k in ("prefix", "exact", "suffix")]
        start, end = position
        assert quote == [text[max(start - 32, 0) : start], text[start:end], text[end : end + 32]]
        layers = [
            str(graph.value(body, RDF.value))
            for body in graph.objects(annotation, OA.hasBody)
            if graph.value(body, OA.hasPurpose) == OA.tagging
        ]
        (layer,) = set(layers) & set(SPANS)
        found[layer, article_id, start, end, quote[1]] += 1
    assert found == expected(notes)


def test_annotations_carry_the_whole_row(notes: Annotations, write: Callable[[str], Path]) -> None:
    """What is no tag stands in a body of JSON; ids are urns and occur once."""
    items = json.loads(write("webannotation").read_text("utf-8"))["first"]["items"]
    ids = [item["id"] for item in items]
    assert len(ids) == len(set(ids)) == sum(expected(notes).values())
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", name) for name in ids)
    rows = [json.loads(item["body"][-1]["value"]) for item in items]
    events = [row for row in rows if "quad_class" in row]
    assert [row.get("edtf", "") for row in events] == notes.events["edtf"].tolist()
    assert [row.get("speaker_id", "") for row in events] == notes.events["speaker_id"].tolist()


# REFI-QDA


def read_qdpx(path: Path) -> tuple[Project, dict[str, bytes]]:
    """Read a project with models made from the standard's schema."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    return XmlParser().from_bytes(files.pop("project.qde"), Project), files


def test_a_project_is_read_by_the_standard(
    notes: Annotations, write: Callable[[str], Path]
) -> None:
    """Every selection covers its characters of the source, which is the text byte for byte."""
    project, files = read_qdpx(write("qdpx"))
    codes = {}
    waiting = list(project.code_book.codes.code)
    while waiting:
        code = waiting.pop()
        codes[code.guid] = code
        waiting += code.code
    found: Counter[tuple[Any, ...]] = Counter()
    for source in project.sources.text_source:
        raw = files["sources/" + source.plain_text_path.removeprefix("internal://")]
        text = raw.decode("utf-8")
        assert text == notes.corpus.texts[source.name]
        for selection in source.plain_text_selection:
            start, end = selection.start_position, selection.end_position
            for coding in selection.coding:
                code = codes[coding.code_ref.target_guid]
                assert code.is_codable
                layer = code.name.split("/")[0]
                found[layer, source.name, start, end, text[start:end]] += 1
    assert found == expected(notes)


# Children of each element, in the order the standard asks for, and attributes it cannot lack.
ORDER = {
    "Project": ("Users", "CodeBook", "Sources", "Notes", "Description"),
    "Users": ("User",),
    "CodeBook": ("Codes",),
    "Codes": ("Code",),
    "Code": ("Description", "NoteRef", "Code"),
    "Sources": ("TextSource",),
    "TextSource": ("Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef"),
    "PlainTextSelection": ("Description", "Coding", "NoteRef"),
    "Coding": ("CodeRef", "NoteRef"),
    "Notes": ("Note",),
    "Note": ("Description", "PlainTextContent"),
}
NEEDED = {
    "Project": {"name"},
    "Code": {"guid", "name", "isCodable"},
    "PlainTextSelection": {"guid", "startPosition", "endPosition"},
    "CodeRef": {"targetGUID"},
    "NoteRef": {"targetGUID"},
    **{name: {"guid"} for name in ("User", "TextSource", "Coding", "Note")},
}


def test_a_project_has_its_parts_in_order(write: Callable[[str], Path]) -> None:
    """Strict programs ask for the order of the schema, for ids that are unique and lead on."""
    from xml.etree import ElementTree as ET

    with zipfile.ZipFile(write("qdpx")) as archive:
        root = ET.fromstring(archive.read("project.qde"))
    guids, targets = [], []
    for element in root.iter():
        namespace, _, name = element.tag.rpartition("}")
        assert namespace == "{urn:QDA-XML:project:1.0"
        assert set(element.attrib) >= NEEDED.get(name, set())
        order = ORDER.get(name, ())
        places = [order.index(child.tag.rpartition("}")[2]) for child in element]
        assert places == sorted(places)
        if "guid" in element.attrib:
            guids.append(element.get("guid"))
        targets += [v for k, v in element.items() if k in ("targetGUID", "creatingUser")]
        if "color" in element.attrib:
            assert re.fullmatch("#[0-9A-F]{6}", element.get("color", ""))
    assert len(guids) == len(set(guids))
    assert set(targets) <= set(guids)


def test_code_names_are_unique_and_nested(write: Callable[[str], Path]) -> None:
    """Programs that take a name once only must not lose a theme to an entity."""
    project, _ = read_qdpx(write("qdpx"))
    (themes,) = [c for c in project.code_book.codes.code if c.name == "themes"]
    assert not themes.is_codable
    (arms,) = [c for c in themes.code if c.name == "themes/arms_sales"]
    assert arms.is_codable
    assert arms.description.startswith("Arms sales\ndefinition: ")
    names, waiting = [], list(project.code_book.codes.code)
    while waiting:
        code = waiting.pop()
        names.append(code.name)
        waiting += code.code
    assert len(names) == len(set(names))


def test_what_is_no_code_stands_in_a_note(notes: Annotations, write: Callable[[str], Path]) -> None:
    """Speaker, date and modality of an event are read beside it."""
    project, _ = read_qdpx(write("qdpx"))
    remarks = [note.plain_text_content for note in project.notes.note]
    event = notes.events[notes.events["edtf"] != ""].iloc[0]
    assert any(
        f"modality: {event.modality}\nedtf: {event.edtf}\nearliest: {event.earliest}" in remark
        for remark in remarks
    )


def test_what_xml_cannot_hold_is_counted(notes: Annotations, tmp_path: Path) -> None:
    """In a name it is replaced; the text of the source keeps it."""
    with pytest.warns(UserWarning, match=r"replaced \d+ character\(s\) that XML cannot hold"):
        export_annotations(notes, tmp_path / "all.qdpx", format="qdpx")
    _, files = read_qdpx(tmp_path / "all.qdpx")
    assert HOSTILE.encode("utf-8") in files.values()


@pytest.mark.parametrize("format", ["qdpx", "csv"])
def test_an_export_is_imported_as_it_was(
    notes: Annotations, write: Callable[[str], Path], format: str
) -> None:
    """All columns of all layers, in the frames of a coding."""
    ((_, coding),) = import_codings(write(format), notes, format=format).items()
    frames = notes.frames()
    for layer in SPANS:
        order = ["article_id", "start", "end", *code_columns(layer), *note_columns(layer)]
        wanted = frames[layer]
        if layer == "mentions":
            # A date has no name of its own; in a coding by reading, the text is the name.
            wanted = wanted.assign(name=wanted["name"].mask(wanted["name"] == "", wanted["text"]))
        read = coding[layer].sort_values(order, ignore_index=True)
        pd.testing.assert_frame_equal(read, wanted.sort_values(order, ignore_index=True))


def code_columns(layer: str) -> list[str]:
    """List the columns that make a code, by the code of a row that has only these."""
    names = [column for column in FRAMES[layer] if column not in note_columns(layer)]
    row = {column: column for column in names}
    return list(code_path(layer, row)[1:])


# Events, parses, Docs


def test_event_records_are_of_plover(notes: Annotations, write: Callable[[str], Path]) -> None:
    """One record an event, with its type, both sides, and its words within the sentence."""
    lines = write("plover").read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    records = [json.loads(line) for line in lines]
    assert len({record["id"] for record in records}) == len(notes.events)
    for record, event in zip(records, notes.events.itertuples(index=False), strict=True):
        info = record["textInfo"]
        article, _, span = info["span"].rpartition(":")
        start, end = map(int, span.split("-"))
        assert (article, start, end) == (event.article_id, event.start, event.end)
        assert notes.corpus.texts[article][start:end] == event.text == record["eventText"]
        assert record["text"][info["start"] : info["end"]] == event.text
        assert PLOVER[record["event"]] == record["quadClass"] == event.quad_class
        assert record["source"] == [{"actor": event.source_id, "code": event.source_country}]
        assert record["target"] == [{"actor": event.target_id, "code": event.target_country}]
        assert (record["date"], record["modality"]) == (event.edtf, event.modality)


def test_sentences_are_parsed_as_conllu(notes: Annotations, write: Callable[[str], Path]) -> None:
    """Words stand at their offsets, heads are words, names are those of the mentions."""
    written = write("conllu").read_bytes().decode("utf-8")
    assert "\r" not in written
    sentences = conllu.parse(written)
    rows = {row.sentence_id: row for row in notes.sentences.itertuples(index=False)}
    assert [s.metadata["sent_id"] for s in sentences] == list(rows)
    documents = [s.metadata["newdoc id"] for s in sentences if "newdoc id" in s.metadata]
    assert documents == notes.sentences["article_id"].unique().tolist()
    names = []
    for sentence in sentences:
        row = rows[sentence.metadata["sent_id"]]
        text = notes.corpus.texts[row.article_id]
        place = [int(sentence.metadata[key]) for key in ("start_char", "end_char")]
        assert text[slice(*place)] == row.text
        assert sentence.metadata["text"] == " ".join(row.text.split())
        assert [token["id"] for token in sentence] == list(range(1, len(sentence) + 1))
        assert [token["deprel"] == "root" for token in sentence].count(True) == 1
        assert [token["head"] for token in sentence].count(0) == 1
        at = row.start
        for token in sentence:
            start, end = int(token["misc"]["start"]), int(token["misc"]["end"])
            assert text[start:end] == token["form"]
            assert text[at:start].strip() == ""
            assert 0 <= token["head"] <= len(sentence)
            at = end
            label = (token["misc"].get("NER") or "O").partition("-")
            if label[0] == "B":
                names.append([row.article_id, start, end, label[2]])
            elif label[0] == "I":
                assert names[-1][3] == label[2]
                names[-1][2] = end
        assert text[at : row.end].strip() == ""
    columns = ["article_id", "start", "end", "label"]
    assert names == notes.mentions[columns].to_numpy().tolist()


SPAN_GROUPS = {
    "sentences": "body",
    "mentions": "mentions",
    "themes": "themes",
    "dates": "dates",
}


def test_spacy_reads_its_docs(notes: Annotations, write: Callable[[str], Path]) -> None:
    """With an empty vocabulary: the texts, the parse, the spans and the rows."""
    import spacy
    from spacy.tokens import DocBin

    docs = list(DocBin().from_disk(write("docbin")).get_docs(spacy.blank("en").vocab))
    found: Counter[tuple[Any, ...]] = Counter()
    for doc in docs:
        article_id = doc.user_data["article_id"]
        assert doc.text == notes.corpus.texts[article_id]
        assert doc.has_annotation("DEP")
        for layer, name in SPAN_GROUPS.items():
            for span in doc.spans[name]:
                found[layer, article_id, span.start_char, span.end_char, span.text] += 1
        for span in doc.spans["mentions"]:
            assert span.label_
        for layer in ("quotes", "events"):
            for row in doc.user_data[layer]:
                start, end = row["start"], row["end"]
                found[layer, article_id, start, end, doc.text[start:end]] += 1
    # In a Doc, dates are no mentions; zones are of the corpus, not of its Docs.
    named = notes.mentions[notes.mentions["label"] != "DATE"]
    wanted = expected(replace(notes, mentions=named))
    assert found == Counter({key: n for key, n in wanted.items() if key[0] != "zones"})


def test_conllu_needs_a_parse(notes: Annotations, tmp_path: Path) -> None:
    """Without a model there is nothing to write."""
    with pytest.raises(ValueError, match="without a model there is none"):
        export_annotations(notes, tmp_path / "a.conllu", format="conllu", model=None)


# What holds for every format


def contents(path: Path) -> dict[str, str]:
    """Hash every file under a path."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()}


@pytest.mark.filterwarnings("ignore:replaced")
@pytest.mark.parametrize("format", [f for f in EXPORTS if f not in ("conllu", "docbin")])
def test_the_same_annotations_give_the_same_bytes(
    notes: Annotations, write: Callable[[str], Path], tmp_path: Path, format: str
) -> None:
    """At any time of day, and over what was there before."""
    again = tmp_path / "again"
    for _ in range(2):
        paths = export_annotations(notes, again, format=format)
    assert list(contents(again).values()) == list(contents(write(format)).values())
    assert all(path.is_file() for path in paths)
    assert len(paths) == len(set(paths)) == len(contents(again))


def test_parses_are_the_same_bytes_too(tmp_path: Path) -> None:
    """For the formats that read the texts again, in a corpus of one sentence."""
    (tmp_path / "a.txt").write_text("Russia met Pakistan in Moscow.\n", "utf-8")
    small = annotate(load_corpus(tmp_path / "a.txt"), cache=False, model=None)
    digests = set()
    for name in ("one", "two"):
        (path,) = export_annotations(small, tmp_path / name, format="docbin", model=None)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_an_export_that_fails_leaves_what_was_there(
    notes: Annotations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither half a file nor a scratch one stays behind."""
    (tmp_path / "a.json").write_text("before", "utf-8")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(KeyboardInterrupt):
        export_annotations(notes, tmp_path / "a.json", format="webannotation")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_text("utf-8") == "before"


def test_nothing_is_changed_by_an_export(notes: Annotations, tmp_path: Path) -> None:
    """The frames are as they were."""
    before = {name: frame.copy() for name, frame in notes.frames().items()}
    for format in ("csv", "webannotation", "plover"):
        export_annotations(notes, tmp_path / format, format=format)
    for name, frame in notes.frames().items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_a_wrong_format_or_place_is_named(notes: Annotations, tmp_path: Path) -> None:
    """With what is allowed."""
    with pytest.raises(ValueError, match=r"unknown format 'qdp'; .*did you mean 'qdpx'"):
        export_annotations(notes, tmp_path / "a", format="qdp")
    with pytest.raises(ValueError, match="is a folder; qdpx is one file"):
        export_annotations(notes, tmp_path, format="qdpx")
    (tmp_path / "a").write_text("", "utf-8")
    with pytest.raises(ValueError, match="is a file; csv needs a folder"):
        export_annotations(notes, tmp_path / "a", format="csv")


def test_the_command_exports_and_imports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints what it wrote, and what it wrote comes back."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Russia met Pakistan in Moscow in 2016.\n", "utf-8")
    common = ["--corpus", str(corpus), "--model", "none"]
    project = tmp_path / "a.qdpx"
    assert main(["export", "--format", "qdpx", "--out", str(project), *common]) == 0
    assert capsys.readouterr().out == f"{project}\n"
    assert main(["import", str(project), "--out", str(tmp_path / "coded"), *common]) == 0
    written = capsys.readouterr().out.split()
    assert [Path(line).name for line in written] == [f"{layer}.csv" for layer in SPANS]
    back = tmp_path / "again"
    arguments = ["import", str(tmp_path / "coded"), "--format", "csv", "--out", str(back)]
    assert main([*arguments, *common]) == 0
    assert contents(back) == contents(tmp_path / "coded")


def test_the_command_offers_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    """What the library writes, the command line names."""
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    shown = capsys.readouterr().out
    assert f"{{{','.join(EXPORTS)}}}" in re.sub(r"\s", "", shown)


def test_an_empty_corpus_of_findings_is_exported(tmp_path: Path) -> None:
    """An article in which nothing is found still is a package, a project and a collection."""
    (tmp_path / "a.txt").write_text("?\n", "utf-8")
    found = annotate(load_corpus(tmp_path / "a.txt"), cache=False, model=None)
    empty = Annotations(
        found.corpus, **{name: build_frame(name, []) for name in SPANS if name != "zones"}
    )
    for format in ("csv", "jsonl", "parquet", "qdpx", "webannotation", "plover"):
        assert export_annotations(empty, tmp_path / "out" / format, format=format)
    report = frictionless.Package(str(tmp_path / "out" / "csv" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])
