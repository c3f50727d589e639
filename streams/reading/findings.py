"""What reading finds, as values. Facts and acts have the names of the event contract."""

from typing import Literal, NamedTuple

Manner = Literal["asked", "built"]


class Span(NamedTuple):
    """A place in the request: code points `start` to `end` of the original string at `path` (a JSON Pointer into data).

    Where the words are the name of a member (a property of a schema), `path` ends in that name and both offsets are 0.
    """

    path: str
    start: int
    end: int


class ActFound(NamedTuple):
    """Something asked of the model, or asked to be built.

    `act` is a capability of the contract or one of `stalk`, `film_intimate_place`, `disable_filters`,
    `evade_policy`. Empty `traits` or `attributes` are not known. `many`: several people are meant.
    """

    act: str
    traits: frozenset[str]
    attributes: frozenset[str]
    manner: Manner
    spans: tuple[Span, ...]
    many: bool = False


class FactFound(NamedTuple):
    """A declared fact's name (`use.camera`) and the value that the content gives it."""

    fact: str
    value: str | bool
    spans: tuple[Span, ...]


class PartyFound(NamedTuple):
    """Someone the content shows to be the caller or to be served."""

    type: str
    country: str | None
    level: str | None
    spans: tuple[Span, ...]


class Findings(NamedTuple):
    """All that was found. `unread`: path and offset of the first place beyond the text bound."""

    acts: tuple[ActFound, ...] = ()
    facts: tuple[FactFound, ...] = ()
    parties: tuple[PartyFound, ...] = ()
    unread: tuple[str, int] | None = None
    media: frozenset[str] = frozenset()


NOTHING = Findings()
