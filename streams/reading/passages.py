"""From the data of a request to its strings: where each stands, and which part it plays in the conversation."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from streams.reading.shapes import (
    BINARY_KEYS,
    MEDIA_OF_PART,
    ROLE_OF_KEY,
    SCHEMA_WORDS,
    STRUCTURAL,
    STRUCTURAL_IN_SCHEMA,
    TURN_LISTS,
    Role,
    looks_binary,
    media_of_url,
    speaker_role,
)


class Passage(NamedTuple):
    """One string of the request. `unit` names the tool or schema it belongs to; `is_key`: it is a member's name.

    `stretch`: the text was decoded from these characters of the string.
    """

    path: str
    role: Role
    text: str
    unit: str = ""
    is_key: bool = False
    stretch: tuple[int, int] | None = None


class Content(NamedTuple):
    """The passages in document order, and the media that the request holds or refers to."""

    passages: list[Passage]
    media: set[str]


class Place(NamedTuple):
    """A value still to be visited."""

    value: Any
    path: str
    role: Role
    key: str
    unit: str


_HOLDS_TEXT: Final[frozenset[type]] = frozenset({str, dict, list})
_STAY: Final = frozenset({"tool", "schema"})
_PAST: Final = frozenset({"earlier", "answer", "result"})
_NAME_HOLDERS: Final = frozenset({"properties", "$defs", "definitions"})
_SETTINGS: Final = STRUCTURAL - {"type", "role"}
_FIRST_READ: Final = {"purpose": 0, "instruction": 0, "tool": 1, "schema": 1, "name": 1, "ask": 2}


def content_of(data: Mapping[str, Any]) -> Content:
    """Every string of `purpose`, party names and body; never raises, whatever JSON the body holds."""
    content = Content([], set())
    use = data.get("use")
    if use:
        _declared_text(use.get("purpose"), "/use/purpose", "purpose", content)
    actor = data.get("actor")
    if actor:
        _declared_text(actor.get("name"), "/actor/name", "name", content)
    for index, party in enumerate(data.get("on_behalf_of") or ()):
        _declared_text(party.get("name"), f"/on_behalf_of/{index}/name", "name", content)
    for index, attachment in enumerate(data.get("attachments") or ()):
        content.media.add(attachment.get("kind"))
        _declared_text(attachment.get("uri"), f"/attachments/{index}/uri", "file", content)
    body = data.get("body")
    if body:
        _visit(body, content)
    return content


def plain_talk(data: Mapping[str, Any]) -> str | None:
    """All the text of a request that is nothing but turns of a speaker and a text; None for any other request.

    The text has blanks at both ends and between the turns.
    """
    actor, use = data.get("actor"), data.get("use")
    if (
        data.get("attachments")
        or data.get("on_behalf_of")
        or (actor and actor.get("name"))
        or (use and use.get("purpose"))
    ):
        return None
    body = data.get("body")
    if body.__class__ is not dict or body.get("messages").__class__ is not list:
        return None
    texts = []
    for turn in body["messages"]:
        if not _is_plain(turn):
            return None
        texts.append(turn["content"])
    for key, member in body.items():
        if member.__class__ in _HOLDS_TEXT and key != "messages" and not _is_setting(key, member):
            return None
    return f" {' '.join(texts)} " if texts else None


def _is_setting(key: str, member: Any) -> bool:
    """Whether a member of the body is a name out of a closed list, which says nothing about the others."""
    return key in _SETTINGS and member.__class__ is str and _is_structural(member)


def _is_structural(text: str) -> bool:
    return len(text) < 80 and " " not in text


def _declared_text(text: Any, path: str, role: Role, content: Content) -> None:
    if text and isinstance(text, str):
        content.passages.append(Passage(path, role, text))


def _visit(body: Any, content: Content) -> None:
    stack = [Place(body, "/body", "ask", "", "")]
    while stack:
        place = stack.pop()
        value = place.value
        if isinstance(value, str):
            _string(place, content)
        elif isinstance(value, dict):
            stack.extend(reversed(_members(place, content)))
        elif isinstance(value, list):
            stack.extend(reversed(_elements(place, content)))


def _string(place: Place, content: Content) -> None:
    text, key = place.value, place.key
    if not text:
        return
    if key in (STRUCTURAL_IN_SCHEMA if place.role in _STAY else STRUCTURAL) and _is_structural(text):
        return
    if key in BINARY_KEYS and looks_binary(text):
        return
    if ":" in text[:16] or place.role == "file":
        medium = media_of_url(text)
        if medium:
            content.media.add(medium)
        if text.startswith("data:") or (text.startswith("attachment://") and len(text) < 24):
            return
    content.passages.append(Passage(place.path, place.role, text, place.unit))


def _members(place: Place, content: Content) -> list[Place]:
    value: dict[str, Any] = place.value
    role, path, unit = place.role, place.path, place.unit
    kind = value.get("type")
    if isinstance(kind, str) and kind in MEDIA_OF_PART:
        content.media.add(MEDIA_OF_PART[kind])
    if role == "ask" and "role" in value:
        role = speaker_role(value) or role
    found = []
    names = place.key in _NAME_HOLDERS
    for key, member in value.items():
        if member.__class__ not in _HOLDS_TEXT and role not in _STAY:
            continue
        at = f"{path}/{key}" if "/" not in key and "~" not in key else f"{path}/{_escape(key)}"
        if role in _STAY:
            if key and (names or key not in SCHEMA_WORDS):
                content.passages.append(Passage(at, role, key, unit, True))
            found.append(Place(member, at, role, "" if names else key, unit))
            continue
        part = _part(key, member, role)
        if part in _STAY:
            found.append(Place(member, at, part, key, at))
            if key == "returnFaceAttributes":
                content.passages.append(Passage(at, part, key, at, True))
        else:
            found.append(Place(member, at, part, key, unit))
    return found


def _part(key: str, member: Any, role: Role) -> Role:
    """The part that a member of an object plays beside others of part `role`."""
    part = ROLE_OF_KEY.get(key)
    if part is None:
        return "schema" if key == "text" and isinstance(member, dict) and "format" in member else role
    if part == "file":
        return part
    if role in _PAST or role == "instruction":
        return role
    if part in _STAY and not isinstance(member, (dict, list)):
        return part if key == "returnFaceAttributes" else role
    return part


def _elements(place: Place, content: Content) -> list[Place]:
    value: list[Any] = place.value
    role, path = place.role, place.path
    if role in _STAY:
        own_unit = place.key in ("tools", "functions") and place.unit == path
        return [
            Place(element, f"{path}/{index}", role, place.key, f"{path}/{index}" if own_unit else place.unit)
            for index, element in enumerate(value)
        ]
    if role == "ask" and place.key in TURN_LISTS:
        return _turns(value, path, content)
    return [Place(element, f"{path}/{index}", role, place.key, place.unit) for index, element in enumerate(value)]


def _turns(turns: list[Any], path: str, content: Content) -> list[Place]:
    """The turns with their parts; user turns before the last ones are `earlier`."""
    roles = [_role_of_turn(turn) for turn in turns]
    _mark_earlier(roles)
    places = []
    passages = content.passages
    for index, (turn, role) in enumerate(zip(turns, roles, strict=True)):
        at = f"{path}/{index}"
        if _is_plain(turn):
            passages.append(Passage(f"{at}/content", role, turn["content"]))
        elif role == "ask" or not isinstance(turn, dict):
            places.append(Place(turn, at, role, "", ""))
        else:
            places.extend(_members(Place(turn, at, role, "", ""), content))
    return places


def _is_plain(turn: Any) -> bool:
    """Whether a turn is no more than a speaker and a text, as most are."""
    if turn.__class__ is not dict or len(turn) != 2:
        return False
    text = turn.get("content")
    if not isinstance(text, str) or not text or "role" not in turn:
        return False
    return not text.startswith(("data:", "attachment:"))


def _role_of_turn(turn: Any) -> Role:
    if not isinstance(turn, dict):
        return "ask"
    role = speaker_role(turn)
    if role is None and isinstance(turn.get("item"), dict):
        role = speaker_role(turn["item"])
    return role or "ask"


def _mark_earlier(roles: list[Role]) -> None:
    """The last user turn is the last run of user turns with no answer between them."""
    answered = False
    asked = False
    for index in range(len(roles) - 1, -1, -1):
        role = roles[index]
        if role == "ask":
            if answered:
                roles[index] = "earlier"
            asked = True
        elif role == "answer" and asked:
            answered = True


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def within_bound(passages: list[Passage], max_bytes: int) -> tuple[list[Passage], tuple[str, int] | None]:
    """The passages to read under the text bound (UTF-8 bytes), and the first unread place if it is passed.

    Instructions, tools, schemas and the last user turn are read first.
    """
    characters = sum(len(passage.text) for passage in passages)
    if characters * 4 <= max_bytes:
        return passages, None
    left = max_bytes
    ordered = sorted(passages, key=lambda passage: _FIRST_READ.get(passage.role, 3))
    for index, passage in enumerate(ordered):
        size = len(passage.text.encode("utf-8", "surrogatepass"))
        if size > left:
            kept = _prefix(passage.text, left)
            return [*ordered[:index], passage._replace(text=passage.text[:kept])], (passage.path, kept)
        left -= size
    return passages, None


def _prefix(text: str, max_bytes: int) -> int:
    """How many code points of `text` fit into `max_bytes` bytes."""
    raw = text.encode("utf-8", "surrogatepass")[:max_bytes]
    return len(raw.decode("utf-8", "ignore"))
