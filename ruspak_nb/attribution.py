"""Tell whose words stand in quotation marks: from the verb beside them, or the clause around."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from spacy.tokens import Doc, Span, Token

from ruspak_nb.cues import CueWords, cue_words, word_list
from ruspak_nb.dependencies import dependents, head, is_passive, relation
from ruspak_nb.frames import Frame
from ruspak_nb.marks import Marked
from ruspak_nb.spans import whole_text
from ruspak_nb.speakers import SUBJECTS, find_agent, find_subject

# How many tokens may part a mark from the verb that says whose words they are.
_REACH = 25
_NAMES = frozenset({"ORG", "EVENT", "PROJECT"})
_NOMINAL = ("NOUN", "PROPN", "PRON")
_ENDS = ".,;:?!…—–-"
# What may stand before a mark where a sentence begins.
_BEGINS = re.compile(r"(?:^|[.?!…:]|[.?!…,][\"'”’»]{1,2}|\n)\s*$")


class Said(NamedTuple):
    """Who says something, and the range of the tokens that say so; both may be unknown."""

    speaker: Token | None
    words: tuple[int, int] | None


NOBODY = Said(None, None)


class Attribution:
    """Reads the marks of one Doc, in order; each may go on with the words of the one before."""

    def __init__(
        self,
        doc: Doc,
        cues: CueWords,
        frames: Sequence[Frame],
        marked: Sequence[Marked],
        paragraphs: Sequence[tuple[int, int]],
    ) -> None:
        self._doc, self._text = doc, whole_text(doc)
        self._cues = cues
        self._frames: dict[int, list[Frame]] = defaultdict(list)
        for frame in frames:
            for place in range(frame.first, frame.last + 1) if frame.holds else ():
                self._frames[place].append(frame)
        self._marked = marked
        self._opens = [mark.opens for mark in marked]
        self._closes = sorted(mark.closes for mark in marked)
        # How far the marks reach that open up to each.
        self._reach = list(accumulate((mark.closes for mark in marked), max))
        self._begins = [start for start, _ in paragraphs]
        self._parsed = doc.has_annotation("DEP")
        self._sentences = list(doc.spans["body"])
        self._starts = [sentence.start for sentence in self._sentences]
        self._mentions = {token.i: span for span in doc.spans["mentions"] for token in span}

    def read(self) -> list[tuple[Marked, Said]]:
        """Give each pair of marks with whose words they hold; names and titles are left out."""
        found: list[tuple[Marked, Said]] = []
        reach = -1
        for mark in self._marked:
            if mark.opens < reach or not self._words(mark):
                continue
            said = self._said(mark, found)
            if said is None:
                continue
            found.append((mark, said))
            reach = mark.closes
        return found

    def _said(self, mark: Marked, found: list[tuple[Marked, Said]]) -> Said | None:
        before = found[-1] if found else None
        if before is not None and before[0].goes_on:
            if before[1] != NOBODY:
                return before[1]
            last = self._beside(mark) or NOBODY
            # Only the last paragraph of a long quotation may tell whose it is.
            for n in range(len(found) - 1, -1, -1):
                if not found[n][0].goes_on or found[n][1] != NOBODY:
                    break
                found[n] = (found[n][0], last)
            return last
        said = self._beside(mark) or self._goes_on(mark, before) or self._around(mark)
        begins = _BEGINS.search(self._text[max(0, mark.opens - 8) : mark.opens])
        if said is None and begins and self._is_whole(mark):
            said = self._sentence_before(mark) or self._same_as_before(mark, found)
        return said or (None if self._is_name(mark) else NOBODY)

    def _beside(self, mark: Marked) -> Said | None:
        return self._after(mark) or self._before(mark)

    def _after(self, mark: Marked) -> Said | None:
        """Read “…,” she said and “…,” said the minister."""
        rest = self._text[mark.closes : mark.closes + 2]
        tokens = self._until_mark(mark)
        while tokens and not tokens[0].text[0].isalnum():
            if tokens[0].text not in (",", "–", "—", "-"):
                return None
            tokens = tokens[1:]
        last = self._text[mark.end - 1]
        may_follow = last in ",?!—–-…" or rest[:1] in (",", "–", "—")
        if not tokens or "\n" in self._text[mark.closes : tokens[0].idx]:
            return None
        if not may_follow and not (self._is_whole(mark) and tokens[0].is_lower):
            return None
        for n, verb in enumerate(tokens):
            if verb.text in (".", ";", ":", "?", "!"):
                return None
            if self._cues.says(verb) and self._leads_to(tokens[:n], verb):
                speaker = self._speaker(verb, tokens[:n], tokens[n + 1 : n + 7])
                return Said(speaker, self._cue_words(verb)) if speaker is not None else None
        return None

    def _leads_to(self, tokens: Sequence[Token], verb: Token) -> bool:
        """Tell whether nothing but its subject and adverbs stands before a verb."""
        if not self._parsed:
            return len(tokens) < 10
        allowed = {
            token.i
            for name, word in dependents(verb)
            if name.startswith(("nsubj", "aux", "advmod", "advcl", "obl", "discourse"))
            for token in word.subtree
        }
        if len(tokens) < 4 or all(token.i in allowed or token.is_punct for token in tokens):
            return True
        # “…,” Fatima Diallo, a mother of three, remembered.
        span = self._mentions.get(tokens[0].i)
        is_person = span is not None and span.label_ == "PERSON"
        return is_person and tokens[-1].text == "," and not any(t.pos_ == "AUX" for t in tokens)

    def _before(self, mark: Marked) -> Said | None:
        """Read: she said, “…”; she told the council: “…”; she said that “…”."""
        tokens = self._since_mark(mark)
        if not tokens:
            return None
        last = tokens[-1]
        is_joined = last.text == ":" or self._cues.says(last)
        if not is_joined and not self._is_whole(mark):
            return None if self._parsed else self._called(tokens)
        for n in range(len(tokens) - 1, -1, -1):
            verb = tokens[n]
            if self._cues.says(verb):
                beside = last in (verb, *verb.subtree) if self._parsed else len(tokens) - n < 7
                if not (beside or last.text in (":", ",")):
                    return None
                speaker = self._speaker(verb, tokens[max(0, n - 8) : n], ())
                return Said(speaker, self._cue_words(verb)) if speaker is not None else None
        if last.text == ":" and self._parsed:
            subject = find_subject(last.sent.root)
            return Said(subject, None) if subject is not None and subject.i < last.i else None
        return None

    def _called(self, tokens: Sequence[Token]) -> Said | None:
        """Read, without a parse, "described it as “…”" and "calls it “…”"."""
        for n in range(len(tokens) - 1, max(-1, len(tokens) - 10), -1):
            if self._cues.calls(tokens[n]):
                speaker = self._speaker(tokens[n], tokens[max(0, n - 4) : n], ())
                return Said(speaker, (tokens[n].i, tokens[n].i + 1)) if speaker else None
        return None

    def _goes_on(self, mark: Marked, before: tuple[Marked, Said] | None) -> Said | None:
        """Read the second part of “…,” she said, rising, “…”."""
        if before is None or before[1].words is None:
            return None
        tokens = self._since_mark(mark)
        inside = [token.i for token in tokens]
        if tokens and tokens[-1].text == "," and before[1].words[0] in inside:
            return before[1]
        return None

    def _around(self, mark: Marked) -> Said | None:
        """Read words in marks that are part of what a cue governs; a name only if it is given."""
        words = self._words(mark)
        first, last = words[0].i, words[-1].i
        name = self._is_name(mark)
        frames = [
            frame
            for frame in self._frames.get(first, ())
            if last <= frame.last
            and not first <= frame.words[0] <= last
            and (not name or (-1 < frame.core <= first))
        ]
        if not frames:
            return None
        frame = min(frames, key=lambda frame: frame.last - frame.first)
        return Said(frame.speaker, frame.words)

    def _sentence_before(self, mark: Marked) -> Said | None:
        """Read: she disagreed. “…”"""
        start = self._paragraph(mark.opens)
        span = self._doc.char_span(start, mark.opens, alignment_mode="contract")
        tokens = [token for token in span or () if not token.is_space]
        if not tokens or self._in_marks(tokens[-1]):
            return None
        n = bisect_right(self._starts, tokens[-1].i) - 1
        if n < 0 or tokens[-1].i >= self._sentences[n].end:
            return None
        sentence = self._sentences[n]
        verbs = [sentence.root, *(w for x, w in dependents(sentence.root) if x == "conj")]
        for verb in reversed(verbs) if self._parsed else sentence:
            if self._cues.says(verb) and not self._in_marks(verb):
                begin = max(sentence.start, verb.i - 6)
                after = self._doc[verb.i + 1 : min(verb.i + 7, sentence.end)]
                speaker = self._speaker(verb, self._doc[begin : verb.i], after)
                return Said(speaker, self._cue_words(verb)) if speaker is not None else None
        return None

    def _same_as_before(self, mark: Marked, found: list[tuple[Marked, Said]]) -> Said | None:
        """Keep the speaker of the quotation before, in this paragraph or the one before."""
        whole = (pair for pair in reversed(found) if self._is_whole(pair[0]))
        other, said = next(whole, (mark, NOBODY))
        if said == NOBODY:
            return None
        here, there = self._paragraph(mark.opens), self._paragraph(other.opens)
        if here == there or (here == mark.opens and there == self._paragraph(here - 1)):
            return said
        return None

    def _speaker(
        self, verb: Token, before: Sequence[Token] | Span, after: Sequence[Token] | Span
    ) -> Token | None:
        """Give the subject of a verb, or for want of one the noun that stands beside it."""
        if self._parsed:
            subject = find_agent(verb) if is_passive(verb) else find_subject(verb)
            if subject is not None and not self._in_marks(subject):
                return subject
            window = {token.i for token in (*before, *after) if not self._in_marks(token)}
            named = [token for token in before if token.pos_ in _NOMINAL and token.i in window]
            named = [token for token in named if relation(token) in SUBJECTS][-1:] or named[-1:]
            named = named or [token for token in after if token.pos_ in _NOMINAL][:1]
            while named and head(named[0]).i in window and head(named[0]).pos_ in _NOMINAL:
                named = [head(named[0])]
            return named[0] if named else None
        near = [t for t in (*reversed(list(before)), *after) if not self._in_marks(t)]
        titled = [
            t for t in near if t.is_title and (not t.is_stop or t.lower_ in word_list("personal"))
        ]
        named = [
            t
            for t in near
            if t.i in self._mentions or t in titled or t.lower_ in word_list("personal")
        ]
        beside = [t for t in (*before[-1:], *after[-1:]) if t.is_alpha and t in near]
        return next(iter([*named, *beside]), None)

    def _cue_words(self, verb: Token) -> tuple[int, int]:
        return cue_words(verb) if self._parsed else (verb.i, verb.i + 1)

    def _words(self, mark: Marked) -> list[Token]:
        span = self._doc.char_span(mark.start, mark.end, alignment_mode="expand")
        return [token for token in span or () if not token.is_space]

    def _until_mark(self, mark: Marked) -> list[Token]:
        """Give the tokens after a mark, to the next mark or the end of the paragraph."""
        later = bisect_left(self._opens, mark.closes)
        after = self._number(mark.opens) + 1
        ends = (*self._opens[later : later + 1], *self._begins[after : after + 1], len(self._text))
        end = min(ends)
        return self._tokens(mark.closes, end)[:_REACH]

    def _since_mark(self, mark: Marked) -> list[Token]:
        """Give the tokens of a sentence before a mark, outside other marks."""
        earlier = bisect_right(self._closes, mark.opens)
        start = max([*self._closes[max(earlier - 1, 0) : earlier], self._paragraph(mark.opens)])
        tokens = self._tokens(start, mark.opens)[-_REACH:]
        stops = [n for n, token in enumerate(tokens) if token.text in (".", "?", "!")]
        return tokens[stops[-1] + 1 :] if stops else tokens

    def _tokens(self, start: int, end: int) -> list[Token]:
        span = self._doc.char_span(start, end, alignment_mode="contract") if start < end else None
        return [token for token in span or () if not token.is_space]

    def _paragraph(self, place: int) -> int:
        return self._begins[self._number(place)]

    def _number(self, place: int) -> int:
        return max(bisect_right(self._begins, place) - 1, 0)

    def _in_marks(self, token: Token) -> bool:
        before = bisect_right(self._opens, token.idx)
        return before > 0 and token.idx < self._reach[before - 1]

    def _is_whole(self, mark: Marked) -> bool:
        """Tell whether words in marks are a sentence, or its beginning, rather than a phrase."""
        begins = self._text[mark.start].isupper() or self._text[mark.start].isdigit()
        follows = self._text[mark.closes : mark.closes + 1]
        return begins and (self._text[mark.end - 1] in _ENDS or (follows != "" and follows in ",."))

    def _is_name(self, mark: Marked) -> bool:
        """Tell whether marks hold a name or title: “Dawn”, Operation “Desert Wind”."""
        words = self._words(mark)
        bare = [
            t for t in words if t.text[0].isalnum() and t.lower_ not in word_list("small_in_titles")
        ]
        span = self._mentions.get(bare[0].i) if bare else None
        if span is not None and span.label_ in _NAMES and span.end > bare[-1].i:
            return True
        return bool(bare) and all(not t.text[0].islower() for t in bare) and not bare[0].is_digit
