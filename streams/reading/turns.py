"""Which turn asks (conduct.md, "Which turn"), and where a text is only handed over to be worked on."""

import re
from typing import Final

from streams.reading.findings import ActFound
from streams.reading.lexicon import Bits
from streams.reading.scene import Scene
from streams.reading.sentences import Sentence

_OPENS: Final = re.compile(r"[:\n\"“«「『]")
_IDLE_LENGTH: Final = 60
"""An ask no longer than this without a concept of its own ("go on", "please process the next one") asks for nothing."""


def quoted_from(scene: Scene, text_task: Bits) -> dict[int, int]:
    """Per passage, from where on it is a text to be summarised, translated or the like, and no request itself."""
    found: dict[int, int] = {}
    for sentence in scene.sentences:
        if sentence.bits & text_task and sentence.passage not in found:
            end = next(end for _, end, concepts in sentence.hits if concepts & text_task)
            plain = scene.folded[sentence.passage].plain
            opening = _OPENS.search(plain, end)
            if opening:
                found[sentence.passage] = opening.end()
    return found


def tools_that_count(scene: Scene, acts: list[tuple[ActFound, Sentence]]) -> list[ActFound]:
    """Drops what tools could do where the user asks for something else and harmless tools are there to do it."""
    doubtful = [sentence for _, sentence in acts if scene.passages[sentence.passage].role == "tool"]
    if not doubtful or _tools_alone_speak(scene, {scene.passages[one.passage].unit for one in doubtful}):
        return [act for act, _ in acts]
    return [act for act, sentence in acts if scene.passages[sentence.passage].role != "tool"]


def _tools_alone_speak(scene: Scene, forbidden: set[str]) -> bool:
    tools = {passage.unit for passage in scene.passages if passage.role == "tool"}
    if tools <= forbidden or any("tool_choice" in unit or "function_call" in unit for unit in forbidden):
        return True
    asks = [index for index, passage in enumerate(scene.passages) if passage.role == "ask"]
    length = sum(len(scene.passages[index].text) for index in asks)
    return length <= _IDLE_LENGTH
