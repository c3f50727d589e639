"""YAML as packs use it: plain data with the line of every field, read safely.

No tags, no anchors or aliases (an alias can unfold without end), no duplicate keys, one document, bounded size.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

MAX_BYTES = 1 << 20
_MAX_DEPTH = 40

Where = tuple[str | int, ...]


class Fault(NamedTuple):
    """What is wrong in a pack, and where. `line` counts from 1; 0 where the file as a whole is meant."""

    file: str
    line: int
    field: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.problem}" if self.field else f"{place}: {self.problem}"


class Source(NamedTuple):
    """A YAML file as data; `lines` says on which line each field stands."""

    name: str
    data: Any
    lines: Mapping[Where, int]

    def fault(self, where: Where, problem: str) -> Fault:
        """A fault at a field, placed on the nearest line that is known."""
        place = where
        while place and place not in self.lines:
            place = place[:-1]
        return Fault(self.name, self.lines.get(place, 0), field_name(where), problem)


class _RefusedError(Exception):
    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_source(path: Path, name: str) -> Source | Fault:
    """Read one file of a pack; `name` is how faults call it."""
    try:
        text = path.read_bytes()
    except OSError as error:
        return Fault(name, 0, "", f"cannot be read: {error.strerror}")
    return parse_source(text, name)


def parse_source(text: bytes, name: str) -> Source | Fault:
    """Parse the bytes of a pack's file."""
    if len(text) > MAX_BYTES:
        return Fault(name, 0, "", f"larger than {MAX_BYTES} bytes")
    loader = None
    try:
        loader = _Loader(text)
        node = _Composer(loader).document()
        lines: dict[Where, int] = {}
        return Source(name, _construct(loader, node, (), lines) if node is not None else None, lines)
    except _RefusedError as refused:
        return Fault(name, refused.line, "", refused.problem)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return Fault(name, line, "", f"not YAML: {error.problem}")
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        return Fault(name, 0, "", "not YAML in UTF-8")
    finally:
        if loader is not None:
            loader.dispose()


class _Composer:
    """Builds the node tree from parser events, refusing what a pack has no use for before it can cost anything."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def document(self) -> yaml.Node | None:
        self._loader.get_event()  # stream start
        if self._loader.check_event(yaml.StreamEndEvent):
            return None
        self._loader.get_event()  # document start
        node = self._node(0)
        self._loader.get_event()  # document end
        if not self._loader.check_event(yaml.StreamEndEvent):
            raise _RefusedError(self._line(self._loader.peek_event()), "more than one document")
        return node

    @staticmethod
    def _line(event: Any) -> int:
        return int(event.start_mark.line) + 1

    def _node(self, depth: int) -> yaml.Node:
        event = self._loader.get_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _RefusedError(self._line(event), "anchors and aliases are not allowed in a pack")
        if getattr(event, "tag", None) is not None and event.tag != "!":
            raise _RefusedError(self._line(event), "tags are not allowed in a pack")
        if depth > _MAX_DEPTH:
            raise _RefusedError(self._line(event), f"nested deeper than {_MAX_DEPTH}")
        mark: Any = event.start_mark
        if isinstance(event, yaml.ScalarEvent):
            tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
            return yaml.ScalarNode(tag, event.value, mark)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not self._loader.check_event(yaml.SequenceEndEvent):
                items.append(self._node(depth + 1))
            self._loader.get_event()
            return yaml.SequenceNode("tag:yaml.org,2002:seq", items, mark)
        pairs = []
        while not self._loader.check_event(yaml.MappingEndEvent):
            pairs.append((self._node(depth + 1), self._node(depth + 1)))
        self._loader.get_event()
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, mark)


def _construct(loader: Any, node: yaml.Node, where: Where, lines: dict[Where, int]) -> Any:
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_object(node)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(loader, item, (*where, index), lines) for index, item in enumerate(node.value)]
    data = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            raise _RefusedError(key_node.start_mark.line + 1, "a key is not a word")
        if key in data:
            raise _RefusedError(key_node.start_mark.line + 1, f"{key}: stands here twice")
        lines[(*where, key)] = key_node.start_mark.line + 1
        data[key] = _construct(loader, value_node, (*where, key), lines)
    return data


def field_name(where: Where) -> str:
    """A place in a file for a person: rule.when.all[0].act."""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
