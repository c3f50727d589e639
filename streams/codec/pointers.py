"""JSON Pointers (RFC 6901) into the data of a request."""

from typing import Any


def value_at(data: Any, pointer: str) -> Any:
    """The value that a JSON Pointer (RFC 6901) names, or None where it leads nowhere."""
    for token in pointer.split("/")[1:]:
        if isinstance(data, dict):
            data = data.get(token.replace("~1", "/").replace("~0", "~"))
        elif isinstance(data, list) and len(token) < 10 and token.isdecimal() and int(token) < len(data):
            data = data[int(token)]
        else:
            return None
    return data
