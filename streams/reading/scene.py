"""A request as reading sees it: its passages folded, its sentences with their concepts, and what holds for all of it."""

from collections.abc import Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from streams.reading.fold import Folded, fold, fold_name
from streams.reading.findings import Span
from streams.reading.lexicon import Bits, Hit, Lexicon
from streams.reading.passages import Passage
from streams.reading.sentences import Negation, Sentence, sentences_of

SPEAKING: Final = frozenset(("ask", "instruction", "purpose", "tool", "schema", "earlier", "name", "file"))
"""Parts whose words count; answers and tool results are only context that the model already has."""

UNITS: Final = frozenset(("tool", "schema"))


class Scene(NamedTuple):
    """`bits`: the concepts of the whole request, attached media among them."""

    passages: list[Passage]
    folded: list[Folded]
    sentences: list[Sentence]
    bits: Bits

    def spans(self, sentence: Sentence, hits: list[Hit]) -> tuple[Span, ...]:
        """Where the words of these hits stand in the original strings."""
        return tuple(dict.fromkeys(self._span(sentence, hit) for hit in hits))

    def _span(self, sentence: Sentence, hit: Hit) -> Span:
        index, offset = sentence.passage, 0
        if sentence.hits and self.passages[index].role in UNITS:
            while hit.start - offset > len(self.folded[index].words):
                offset += len(self.folded[index].words) + 1
                index += 1
        passage = self.passages[index]
        if passage.is_key:
            return Span(passage.path, 0, 0)
        start, end = self.folded[index].origin(hit.start - offset, hit.end - offset)
        return Span(passage.path, start, end)


def folded_passage(passage: Passage) -> Folded:
    """Names of tools, parameters and files are split at their capitals; prose is not."""
    return fold_name(passage.text) if passage.role in UNITS or passage.role == "file" else fold(passage.text)


def hits_by_passage(folded: list[Folded], lexicon: Lexicon, people: Bits, owner: Bits) -> list[list[Hit]]:
    """One scan over all passages; each hit in the offsets of its own passage."""
    joined = joined_words(folded)
    found: list[list[Hit]] = [[] for _ in folded]
    index, base = 0, 1
    size = len(folded[0].words)
    for start, end, bits in lexicon.hits(joined):
        while start >= base + size:
            base += size + 1
            index += 1
            size = len(folded[index].words)
        if bits & people and joined.startswith(lexicon.possessives, end) and _apostrophe(folded[index], end - base):
            bits |= owner
        if end <= base + size:
            found[index].append(Hit(start - base, end - base, bits))
    return found


def joined_words(folded: list[Folded]) -> str:
    """All passages as one text for one scan, with a blank at both ends and between."""
    return " " + " ".join([one.words for one in folded]) + " "


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
            for hit in hits[index]:
                run.append(Hit(hit.start + offset, hit.end + offset, hit.bits))
                bits |= hit.bits
            offset += len(folded[index].words) + 1
            index += 1
        if run:
            found.append(Sentence(first, 0, offset, bits, run[:96]))
    return found


def scene_of(
    passages: list[Passage], folded: list[Folded], lexicon: Lexicon, negation: Negation, start_bits: Bits, people: Bits
) -> Scene:
    """The scene of a request that holds telling words. `start_bits`: what its media and operation say."""
    owner = lexicon.concepts.bit["OWNER"]
    hits = hits_by_passage(folded, lexicon, people, owner)
    prose = [
        sentences_of(index, folded[index].plain, hits[index], negation)
        for index, passage in enumerate(passages)
        if hits[index] and passage.role not in UNITS and passage.role in SPEAKING
    ]
    sentences = [*chain.from_iterable(prose), *units_of(passages, hits, folded)]
    bits = start_bits
    for sentence in sentences:
        bits |= sentence.bits
    return Scene(passages, folded, sentences, bits)


def request_bits(data: Mapping[str, Any], media: set[str], bit: Mapping[str, Bits]) -> Bits:
    """What attached media and the operation say about the whole request."""
    bits = 0
    if media & {"image", "video"}:
        bits |= bit["MEDIA_IMAGE"] | bit["IMAGE"]
    if media & {"audio", "video"}:
        bits |= bit["MEDIA_AUDIO"] | bit["AUDIO"]
    service = data.get("service") or {}
    operation = service.get("operation") or ""
    if operation.startswith("images.") or operation == "audio.speech":
        bits |= bit["GENERATION"]
    if operation.startswith("audio.tran"):
        bits |= bit["MEDIA_AUDIO"] | bit["AUDIO"]
    if operation.startswith("face."):
        bits |= bit["MEDIA_IMAGE"] | bit["IMAGE"] | bit["FACE"]
    return bits
