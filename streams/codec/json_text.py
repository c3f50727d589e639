"""JSON text to values as RFC 8259 has it, with what the contract adds: a lone surrogate escape is read as U+FFFD."""

import re
from typing import Any

import orjson

# A pair of surrogates, a lone one (the group), or any other escape. Backslashes stand only inside strings.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def parse_json(text: bytes) -> Any:
    """The value of a JSON text. The last of equal keys counts.

    Raises orjson.JSONDecodeError (a ValueError) for what is no JSON in UTF-8, for a byte order mark and for a number
    beyond the range of a double.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        mended = _ESCAPE.sub(_mend, text)
        if mended == text:
            raise
    return orjson.loads(mended)


def _mend(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if escape[1] else escape[0]
