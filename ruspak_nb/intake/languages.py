"""Tell the language of a text."""

from ruspak_nb.intake.record import Reading

# Of fewer words, what the page says of itself is the better guess.
_LEAST_WORDS = 20
_SAMPLE = 20_000


def tell_language(reading: Reading) -> tuple[str, str]:
    """Give the ISO 639-1 code of a reading's language, and how it was found."""
    said, where = reading.fields.get("language", ""), reading.found.get("language", "")
    if len(reading.text.split()) < _LEAST_WORDS and said:
        return said, where
    from py3langid import classify

    found = str(classify(reading.text[:_SAMPLE])[0])
    if said and said != found:
        return found, f"py3langid ({where}: {said})"
    return found, "py3langid"
