"""The reader: from the data of a request to its findings. Built once; reading never raises and keeps no state."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from streams.reading.findings import NOTHING, ActFound, FactFound, Findings, Manner, PartyFound, Span
from streams.reading.lexicon import Bits, Hit, Lexicon, all_patterns, data_file, languages
from streams.reading.passages import content_of, within_bound
from streams.reading.patterns import Pattern, all_met, close_together, compile_patterns, named, satisfied
from streams.reading.scene import UNITS, Scene, cut_up, folded_all, hits_by_passage, request_bits, sentences_in
from streams.reading.sentences import Negation, Sentence
from streams.reading.turns import quoted_from, tools_that_count

MOST_PER_PATTERN: Final = 4
"""Places at which one pattern is reported; more would only repeat it."""

_ORDINARY: Final = frozenset(("generate", "chat", "other", "translate", "summarise", "transcribe"))


class Reader:
    """Lexicon and patterns, compiled. `max_text_bytes`: how much text of one request is read."""

    def __init__(self, max_text_bytes: int = 1_000_000) -> None:
        concepts_file, patterns_file = data_file("concepts.yaml"), all_patterns()
        self._max_text_bytes = max_text_bytes
        implied, hiding, showing = (concepts_file[part] for part in ("implies", "hiding", "showing"))
        self._lexicon = Lexicon(languages(), implied, hiding, showing)
        concepts = self._lexicon.concepts
        bit = concepts.bit
        self._bit = bit
        self._patterns = compile_patterns(patterns_file, concepts)
        self._by_trigger = _by_trigger(self._patterns)
        self._triggers = concepts.any_of(()) | _union(pattern.trigger for pattern in self._patterns)
        self._lexicon.look_first_for(_union(pattern.trigger for pattern in self._patterns if not pattern.quiet))
        self._negation = Negation(bit["NOT"], bit["TURN"] | bit["NEUTRAL"], bit["OR"], bit["UNDONE"])
        self._mention = named(patterns_file, "MENTION", concepts)
        self._people = concepts.any_of(("PERSON",))
        self._needed = bit["TEXT_TASK"]
        self._build = bit["BUILD"]
        self._many = bit["MANY"]
        self._restrict = bit["RESTRICT"]
        self._declared = [(bit[name], concepts.any_of(then)) for name, then in concepts_file["declared"].items()]
        self._traits = [(bit[name], trait) for name, trait in concepts_file["traits"].items()]
        self._media_traits = [(bit[name], trait) for name, trait in concepts_file["media_traits"].items()]
        self._attributes = [(bit[name], attribute) for name, attribute in concepts_file["attributes"].items()]
        self._sensitive = named(patterns_file, "SENSITIVE", concepts)
        self._countries = [(bit[name], country) for name, country in concepts_file["countries"].items()]
        self._places = [(bit[name], country) for name, country in concepts_file["places"].items()]
        self._levels = [(bit[name], level) for name, level in concepts_file["levels"].items()]

    def read(self, data: Mapping[str, Any]) -> Findings:
        """What the content of `data` (a request's data, schema-valid) asks for, by whom, about whom."""
        content = content_of(data)
        passages, unread = within_bound(content.passages, self._max_text_bytes)
        media = frozenset(content.media & {"image", "audio", "video"})
        if not passages:
            return NOTHING if not media else Findings(media=media)
        joined, folded = folded_all(passages)
        declared = _declares_people(data)
        if not declared and not self._lexicon.is_telling(joined):
            return Findings(unread=unread, media=media) if media or unread else NOTHING
        start_bits = request_bits(data, content.media, self._bit)
        hits = self._lexicon.hits(joined)
        bits = self._all_bits(hits, start_bits)
        live = [number for number in self._candidates(bits) if all_met(self._patterns[number], bits)]
        if not declared and all(self._patterns[number].quiet for number in live):
            return Findings(unread=unread, media=media)
        folded = folded or cut_up(joined, passages)
        by_passage = hits_by_passage(folded, joined, hits, self._lexicon, self._people)
        mask = _union(self._patterns[number].trigger for number in live) | self._needed
        scene = Scene(passages, folded, sentences_in(passages, folded, by_passage, self._negation, mask), bits)
        return self._judged(scene, set(live), unread, media, bool(start_bits))

    def _all_bits(self, hits: list[Hit], bits: Bits) -> Bits:
        """The concepts of the whole request, as if all of it were a description of a use."""
        for _, _, concepts in hits:
            bits |= concepts
        for past, then in self._declared:
            if bits & past:
                bits |= then
        return bits

    def _judged(
        self, scene: Scene, live: set[int], unread: tuple[str, int] | None, media: frozenset[str], has_media: bool
    ) -> Findings:
        acts: list[tuple[ActFound, Sentence]] = []
        facts: list[FactFound] = []
        parties: list[PartyFound] = []
        counts: dict[int, int] = {}
        quotes = quoted_from(scene, self._bit["TEXT_TASK"]) if not has_media else {}
        for sentence in scene.sentences:
            if sentence.start >= quotes.get(sentence.passage, 1 << 60):
                continue
            role = scene.passages[sentence.passage].role
            bits = self._bits_in_role(sentence.bits, role)
            for number in self._candidates(bits):
                if number not in live:
                    continue
                pattern = self._patterns[number]
                spans = self._matched(pattern, sentence, bits, scene, role)
                if spans is None:
                    continue
                counts[number] = counts.get(number, 0) + 1
                if counts[number] >= MOST_PER_PATTERN:
                    live.discard(number)
                if pattern.kind == "act":
                    acts.append((self._act(pattern, bits, scene, role, spans), sentence))
                elif pattern.kind == "fact":
                    facts.extend(self._facts(pattern, bits, spans))
                else:
                    parties.append(self._party(pattern, bits, spans))
        counted = tools_that_count(scene, acts)
        return Findings(_merged(counted), _merged_facts(facts), _merged_parties(parties), unread, media)

    def _bits_in_role(self, bits: Bits, role: str) -> Bits:
        if role in ("ask", "earlier"):
            return bits
        for past, then in self._declared:
            if bits & past:
                bits |= then
        return bits

    def _candidates(self, bits: Bits) -> list[int]:
        """The patterns whose trigger stands in the sentence, in the order of the file."""
        found: set[int] = set()
        left = bits & self._triggers
        while left:
            low = left & -left
            found.update(self._by_trigger[low])
            left ^= low
        return sorted(found)

    def _matched(
        self, pattern: Pattern, sentence: Sentence, bits: Bits, scene: Scene, role: str
    ) -> tuple[Span, ...] | None:
        if role not in pattern.roles or sentence.end - sentence.start > pattern.short:
            return None
        if not satisfied(pattern, bits, scene.bits):
            return None
        if role in UNITS:
            reach = pattern._replace(near=1 << 30)
        else:
            if pattern.mention != "ignore" and bits & self._mention:
                return None
            if role in ("instruction", "purpose") and pattern.kind == "act" and bits & self._restrict:
                return None
            reach = pattern
        hits = close_together(reach, sentence.hits, bits)
        return None if hits is None else scene.spans(sentence, hits)

    def _act(self, pattern: Pattern, bits: Bits, scene: Scene, role: str, spans: tuple[Span, ...]) -> ActFound:
        built: Manner = "built" if role in UNITS or bits & self._build else "asked"
        traits = pattern.traits or self._traits_of(bits, scene.bits)
        return ActFound(
            pattern.name, traits, self._attributes_of(pattern, bits), built, spans, pattern.many or bool(bits & self._many)
        )

    def _traits_of(self, bits: Bits, request: Bits) -> frozenset[str]:
        named_traits = frozenset(trait for bit, trait in self._traits if bits & bit)
        if named_traits:
            return named_traits
        near = frozenset(trait for bit, trait in self._media_traits if bits & bit)
        return near or frozenset(trait for bit, trait in self._media_traits if request & bit)

    def _attributes_of(self, pattern: Pattern, bits: Bits) -> frozenset[str]:
        if not isinstance(pattern.attributes, str):
            return pattern.attributes
        if pattern.name not in ("infer_attribute", "categorise_sensitive"):
            return frozenset()
        wanted = {"sensitive": self._sensitive, "mild": ~self._sensitive}.get(pattern.attributes, -1)
        found = frozenset(attribute for bit, attribute in self._attributes if bits & bit & wanted)
        if "exact_age" in found and "age_range" in frozenset(name for bit, name in self._attributes if bits & bit):
            found = found - {"exact_age"} | {"age_range"}
        return found

    def _facts(self, pattern: Pattern, bits: Bits, spans: tuple[Span, ...]) -> list[FactFound]:
        if pattern.value != "found":
            return [FactFound(pattern.name, pattern.value, spans)]
        return [FactFound(pattern.name, country, spans) for bit, country in self._places if bits & bit]

    def _party(self, pattern: Pattern, bits: Bits, spans: tuple[Span, ...]) -> PartyFound:
        country = pattern.country or next((code for bit, code in self._countries + self._places if bits & bit), None)
        level = pattern.level or next((name for bit, name in self._levels if bits & bit), None)
        return PartyFound(pattern.name, country, level, spans)


@cache
def reader_for(max_text_bytes: int) -> Reader:
    """The reader under this bound: it takes a second to build and keeps no state, so all moderators share it."""
    return Reader(max_text_bytes)


def _by_trigger(patterns: list[Pattern]) -> dict[Bits, list[int]]:
    index: dict[Bits, list[int]] = {}
    for number, pattern in enumerate(patterns):
        left = pattern.trigger
        while left:
            low = left & -left
            index.setdefault(low, []).append(number)
            left ^= low
    return index


def _union(sets: Any) -> Bits:
    bits = 0
    for one in sets:
        bits |= one
    return bits


def _declares_people(data: Mapping[str, Any]) -> bool:
    """Whether the declared use alone may be judged, so that facts in the content matter without a telling word."""
    use = data.get("use") or {}
    service = data.get("service") or {}
    if str(service.get("operation")).startswith("face."):
        return True
    return any(capability not in _ORDINARY for capability in use.get("capabilities") or ())


def _merged(acts: list[ActFound]) -> tuple[ActFound, ...]:
    """One finding for each act, manner and set of traits and attributes, with all its places."""
    merged: dict[tuple[Any, ...], ActFound] = {}
    for act in acts:
        key = (act.act, act.traits, act.attributes, act.manner)
        known = merged.get(key)
        if known is not None:
            spans = tuple(dict.fromkeys(known.spans + act.spans))
            act = known._replace(spans=spans, many=known.many or act.many)
        merged[key] = act
    return tuple(merged.values())


def _merged_facts(facts: list[FactFound]) -> tuple[FactFound, ...]:
    merged: dict[tuple[str, str | bool], FactFound] = {}
    for fact in facts:
        key = (fact.fact, fact.value)
        known = merged.get(key)
        if known is not None:
            fact = known._replace(spans=tuple(dict.fromkeys(known.spans + fact.spans)))
        merged[key] = fact
    return tuple(merged.values())


def _merged_parties(parties: list[PartyFound]) -> tuple[PartyFound, ...]:
    merged: dict[tuple[str, str | None, str | None], PartyFound] = {}
    for party in parties:
        key = (party.type, party.country, party.level)
        known = merged.get(key)
        spans = party.spans if known is None else tuple(dict.fromkeys(known.spans + party.spans))
        merged[key] = party._replace(spans=spans)
    return tuple(merged.values())
