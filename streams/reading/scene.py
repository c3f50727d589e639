"""A request as reading sees it: passages folded, sentences with their concepts, and what holds for all of it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from streams.reading.evasion import SPLIT, Evasion, folded_passage
from streams.reading.findings import Span
from streams.reading.fold import Folded, fold_plain
from streams.reading.lexicon import Bits, Hit, Lexicon
from streams.reading.passages import Passage
from streams.reading.sentences import Negation, Sentence, sentences_of
from streams.reading.veils import may_be_veiled

SPEAKING: Final = frozenset(("ask", "instruction", "purpose", "earlier", "name", "file"))
"""Parts read sentence by sentence. Answers and tool results are only context; tools and schemas are read as units."""

UNITS: Final = frozenset(("tool", "schema"))


class Scene(NamedTuple):
    """`bits`: the concepts of the whole request, of its attached media and of its operation."""

    passages: list[Passage]
    folded: list[Folded]
    sentences: list[Sentence]
    bits: Bits

    def spans(self, sentence: Sentence, hits: list[Hit]) -> tuple[Span, ...]:
        """Where the words of these hits stand in the original strings."""
        return tuple(dict.fromkeys([self._span(sentence, hit) for hit in hits]))

    def _span(self, sentence: Sentence, hit: Hit) -> Span:
        start, end, _ = hit
        index, offset = sentence.passage, 0
        if self.passages[index].role in UNITS:
            while start - offset > len(self.folded[index].words):
                offset += len(self.folded[index].words) + 1
                index += 1
        passage = self.passages[index]
        if passage.is_key:
            return Span(passage.path, 0, 0)
        if passage.stretch:
            return Span(passage.path, *passage.stretch)
        return Span(passage.path, *self.folded[index].origin(start - offset, end - offset))


def folded_all(passages: list[Passage], evasion: Evasion) -> tuple[str, list[Passage], list[Folded]]:
    """The passages with those found inside them, all folded, and their words as one text for one scan.

    That has blanks at both ends and between. Plain ASCII prose, which most requests are, is folded in one go and cut
    up only if it turns out to matter: then the list of folded ones is empty, and `cut_up` makes it.
    """
    texts = [passage.text for passage in passages]
    whole = f" {' '.join(texts)} "
    if whole.isascii() and not any(passage.role in SPLIT for passage in passages):
        words = fold_plain(whole)
        if words is not None:
            return words, passages, []
    if may_be_veiled(whole, whole.encode("ascii", "replace")):
        passages, folded = evasion.seen_through(passages)
    else:
        folded = [folded_passage(passage) for passage in passages]
    return joined_words(folded), passages, folded


def joined_words(folded: list[Folded]) -> str:
    """The words of all passages as one text."""
    return f" {' '.join([one.words for one in folded])} "


def cut_up(words: str, passages: list[Passage]) -> list[Folded]:
    """The passages of a text that was folded in one go."""
    folded = []
    start = 1
    for passage in passages:
        end = start + len(passage.text)
        folded.append(Folded(words[start:end], passage.text))
        start = end + 1
    return folded


def hits_by_passage(
    folded: list[Folded], joined: str, all_hits: list[Hit], lexicon: Lexicon, asking: Bits
) -> list[list[Hit]]:
    """The hits of one scan over all passages, each in the offsets of its own passage.

    "The man who is in the photo" asks nothing: a word of asking right behind a person is dropped. "The caller's"
    gets the concept OWNER: what is sought is something of the caller's.
    """
    found: list[list[Hit]] = [[] for _ in folded]
    owner, people = lexicon.concepts.bit["OWNER"], lexicon.concepts.bit["PERSON"]
    index, base = 0, 1
    size = len(folded[0].words)
    behind_person = -1
    for start, end, concepts in all_hits:
        while start >= base + size:
            base += size + 1
            index += 1
            size = len(folded[index].words)
        if end > base + size:
            continue
        if concepts & people:
            behind_person = end + 1
            if joined.startswith(lexicon.possessives, end) and _apostrophe(folded[index], end - base):
                concepts |= owner
        elif concepts & asking and start == behind_person:
            concepts &= ~asking
        found[index].append((start - base, end - base, concepts))
    return found


def _apostrophe(folded: Folded, place: int) -> bool:
    return folded.plain[place : place + 1] in ("'", "’")


def units_of(passages: list[Passage], hits: list[list[Hit]], folded: list[Folded]) -> list[Sentence]:
    """Tools and schemas: all passages of one unit are one sentence. Offsets run on from passage to passage."""
    found: list[Sentence] = []
    index = 0
    while index < len(passages):
        if passages[index].role not in UNITS:
            index += 1
            continue
        first, unit = index, passages[index].unit
        run: list[Hit] = []
        offset = bits = 0
        while index < len(passages) and passages[index].unit == unit and passages[index].role in UNITS:
            for start, end, concepts in hits[index]:
                run.append((start + offset, end + offset, concepts))
                bits |= concepts
            offset += len(folded[index].words) + 1
            index += 1
        if run:
            found.append(Sentence(first, 0, offset, bits, run[:96]))
    return found


def sentences_in(
    passages: list[Passage], folded: list[Folded], hits: list[list[Hit]], negation: Negation, live: Bits
) -> list[Sentence]:
    """The sentences, and the units of tools and schemas, that hold a concept of `live`."""
    found: list[Sentence] = []
    for index, passage in enumerate(passages):
        if passage.role in SPEAKING and hits[index]:
            found.extend(sentences_of(index, folded[index].plain, hits[index], negation, live))
    found.extend(unit for unit in units_of(passages, hits, folded) if unit.bits & live)
    return found


def media_bits(media: set[str], bit: Mapping[str, Bits]) -> Bits:
    """What attached media say about the whole request."""
    bits = 0
    if media & {"image", "video"}:
        bits |= bit["MEDIA_IMAGE"] | bit["IMAGE"]
    if media & {"audio", "video"}:
        bits |= bit["MEDIA_AUDIO"] | bit["AUDIO"]
    return bits


def operation_bits(operation: str | None, bit: Mapping[str, Bits]) -> Bits:
    """What the operation says about the whole request."""
    if not operation or operation == "chat.completions":
        return 0
    bits = 0
    if operation.startswith("images.") or operation == "audio.speech":
        bits |= bit["GENERATION"]
    if operation.startswith("audio.tran"):
        bits |= bit["MEDIA_AUDIO"] | bit["AUDIO"]
    if operation.startswith("face."):
        bits |= bit["MEDIA_IMAGE"] | bit["IMAGE"] | bit["FACE"]
    return bits
