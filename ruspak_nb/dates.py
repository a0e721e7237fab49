"""Read the explicit dates of a text as EDTF."""

import re
from collections.abc import Iterator, Mapping

from spacy.language import Language
from spacy.tokens import Doc

from ruspak_nb.codebook import Codebook, DateRule, load_codebook
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.patterns import CodebookError
from ruspak_nb.spans import token_span


@Language.factory("ruspak_dates", default_config={"codebook": None})
def build_dates(nlp: Language, name: str, codebook: str | None) -> "DateFinder":
    """Build the component for the codebook in the folder `codebook`."""
    return DateFinder(load_codebook(codebook))


class DateFinder:
    """spaCy component: `doc.spans["dates"]`, with the EDTF value of each as `id_`."""

    def __init__(self, codebook: Codebook) -> None:
        self._rules = codebook.dates
        self._months = codebook.months

    def __call__(self, doc: Doc) -> Doc:
        """Add the dates to `doc`."""
        doc.spans["dates"] = [
            token_span(doc, offset + start, offset + end, label="DATE", span_id=edtf)
            for sentence in doc.spans["body"]
            for offset in [sentence.start_char]
            for start, end, edtf in match_dates(sentence.text, self._rules, self._months)
        ]
        return doc


def match_dates(
    sentence: str, rules: tuple[DateRule, ...], months: Mapping[str, int]
) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and EDTF value of each explicit date, longest reading first.

    A reading that is no date of the calendar ("31 June 2016") gives way to a shorter one.
    """
    readings = [
        (match.start(), match.end(), rule, match)
        for rule in rules
        for match in rule.pattern.finditer(sentence)
    ]
    readings.sort(key=lambda reading: (reading[0] - reading[1], reading[0]))
    taken: list[tuple[int, int, str]] = []
    for start, end, rule, match in readings:
        if any(start < b and a < end for a, b, _ in taken):
            continue
        try:
            edtf = _value(rule, match, months)
        except KeyError as error:
            raise CodebookError(
                f"dates.toml, rule {rule.id!r}: {match[0]!r} gives no {error}; name it in "
                "[months] or in the pattern"
            ) from None
        if edtf:
            taken.append((start, end, edtf))
    yield from sorted(taken)


def _full_year(year: int, short: str) -> str:
    """Complete the second year of "1999-00" or "2016-17"."""
    full = year - year % 100 + int(short)
    return str(full if full > year else full + 100)


def _value(rule: DateRule, match: re.Match[str], months: Mapping[str, int]) -> str:
    fields: dict[str, str] = {}
    for name, said in match.groupdict().items():
        if said is None:
            continue
        if name.startswith("month"):
            fields[name] = f"{months[said[:3].casefold()]:02}"
        elif name.startswith("day"):
            fields[name] = f"{int(re.sub(r'[^0-9]', '', said)):02}"
        elif name == "short":
            fields[name] = _full_year(int(match["year"]), said)
        elif name == "ordinal":
            # The 21st century is 20XX.
            fields["century"] = str(int(said) - 1)
        else:
            fields[name] = said
    edtf = rule.edtf.format(**fields)
    try:
        earliest, latest = edtf_bounds(edtf)
    except ValueError:
        return ""
    return edtf if not latest or earliest <= latest else ""
