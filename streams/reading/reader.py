"""The reader: from the data of a request to its findings. Built once; reading never raises and keeps no state."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from streams.reading.evasion import Evasion
from streams.reading.findings import NOTHING, ActFound, FactFound, Findings, Manner, PartyFound
from streams.reading.fold import fold_plain
from streams.reading.lexicon import Bits, Lexicon, data_file, languages
from streams.reading.matching import Matching
from streams.reading.naming import Naming, merged_acts, merged_facts, merged_parties
from streams.reading.passages import content_of, plain_talk, within_bound
from streams.reading.patterns import named
from streams.reading.scene import (
    UNITS,
    Scene,
    cut_up,
    folded_all,
    hits_by_passage,
    joined_words,
    media_bits,
    operation_bits,
    sentences_in,
)
from streams.reading.sentences import Negation, Sentence
from streams.reading.turns import not_quoted, tools_that_count, without_parts

_ORDINARY: Final = frozenset(("generate", "chat", "other", "translate", "summarise", "transcribe"))
_MEDIA: Final = frozenset(("image", "audio", "video"))


class Reader:
    """Lexicon and patterns, compiled. `max_text_bytes`: how much text of one request is read, in bytes of UTF-8."""

    def __init__(self, max_text_bytes: int = 1_000_000) -> None:
        concepts_file, patterns_file = data_file("concepts.yaml"), data_file("patterns.yaml")
        self._max_text_bytes = max_text_bytes
        self._lexicon = Lexicon(languages(), concepts_file["implies"], concepts_file["hiding"])
        concepts = self._lexicon.concepts
        bit = self._bit = concepts.bit
        self._matching = Matching(patterns_file, concepts, concepts_file["declared"])
        self._naming = Naming(concepts_file, concepts, named(patterns_file, "SENSITIVE", concepts))
        self._evasion = Evasion(self._lexicon.tokens(), self._lexicon.stems(), data_file("misspelt.yaml"))
        self._subject = concepts.any_of(concepts_file["subject"])
        self._first_look = self._lexicon.first_look(
            self._matching.asked_for(), concepts.any_of(patterns_file["common"]), self._worth_reading
        )
        self._asking = concepts.any_of(("WHO", "WHO_IN", "WHO_THIS"))
        self._negation = Negation(bit["NOT"], bit["TURN"] | bit["NEUTRAL"], bit["OR"])

    def read(self, data: Mapping[str, Any]) -> Findings:
        """What the content of `data` (a request's data, valid by its schema) asks for, by whom, about whom."""
        operation = data["service"].get("operation")
        declared = _declares_people(data, operation)
        if not declared and self._is_idle_talk(data, operation):
            return NOTHING
        content = content_of(data)
        passages, unread = within_bound(content.passages, self._max_text_bytes)
        media = frozenset(content.media & _MEDIA)
        nothing = Findings(unread=unread, media=media) if unread or media else NOTHING
        if not passages:
            return nothing
        joined, passages, folded = folded_all(passages, self._evasion)
        bits = media_bits(content.media, self._bit) | operation_bits(operation, self._bit)
        if not declared and not self._first_look.is_telling(joined, bits):
            return nothing
        has_media = bool(bits)
        hits = self._lexicon.hits(joined)
        for _, _, concepts in hits:
            bits |= concepts
        if bits & self._subject:
            mended = self._evasion.respelled(joined, folded or cut_up(joined, passages))
            if mended:
                folded = mended
                joined = joined_words(folded)
                hits = self._lexicon.hits(joined)
                for _, _, concepts in hits:
                    bits |= concepts
        possible = self._matching.possible(bits)
        if not possible or (not declared and self._matching.only_quiet(possible)):
            return nothing
        folded = folded or cut_up(joined, passages)
        by_passage = hits_by_passage(folded, joined, hits, self._lexicon, self._asking)
        mask = self._matching.live(possible) | self._bit["TEXT_TASK"]
        scene = Scene(passages, folded, sentences_in(passages, folded, by_passage, self._negation, mask), bits)
        sentences = scene.sentences if has_media else not_quoted(scene, self._bit["TEXT_TASK"])
        return self._found(scene, sentences, possible)._replace(unread=unread, media=media)

    def _worth_reading(self, bits: Bits) -> bool:
        return bool(bits & self._subject) or self._matching.worth_reading(bits)

    def _is_idle_talk(self, data: Mapping[str, Any], operation: str | None) -> bool:
        """Whether a request is plain turns of ASCII text in which nothing can be found, as most are.

        Taking its strings as passages, each with its place, would take longer than everything else that reading does.
        """
        text = plain_talk(data)
        if text is None or len(text) * 4 > self._max_text_bytes or not text.isascii():
            return False
        words = fold_plain(text)
        return words is not None and not self._first_look.is_telling(words, operation_bits(operation, self._bit))

    def _found(self, scene: Scene, sentences: list[Sentence], possible: list[int]) -> Findings:
        acts: list[tuple[ActFound, Sentence]] = []
        facts: list[FactFound] = []
        parties: list[PartyFound] = []
        for sentence, matches in self._matching.in_scene(scene, sentences, possible):
            for pattern, spans in matches:
                if pattern.kind == "act":
                    manner = self._manner(scene, sentence)
                    acts.append((self._naming.act(pattern, sentence.bits, scene.bits, manner, spans), sentence))
                elif pattern.kind == "fact":
                    facts.extend(self._naming.facts(pattern, sentence.bits, spans))
                else:
                    parties.append(self._naming.party(pattern, sentence.bits, spans))
        counted = tools_that_count(scene, without_parts(acts))
        return Findings(merged_acts(counted), merged_facts(facts), merged_parties(parties))

    def _manner(self, scene: Scene, sentence: Sentence) -> Manner:
        in_unit = scene.passages[sentence.passage].role in UNITS
        return "built" if in_unit or sentence.bits & self._bit["BUILD"] else "asked"


@cache
def reader_for(max_text_bytes: int) -> Reader:
    """The reader under this bound: it takes a while to build and keeps no state, so all moderators share it."""
    return Reader(max_text_bytes)


def _declares_people(data: Mapping[str, Any], operation: str | None) -> bool:
    """Whether what is declared may be judged by itself, so that facts in the content matter without a telling word."""
    if operation and operation.startswith("face."):
        return True
    use = data.get("use")
    return use is not None and any(capability not in _ORDINARY for capability in use.get("capabilities") or ())
