"""How deep a JSON text nests, found without parsing it, so that the bound holds before a parser is asked."""

import re
from array import array
from itertools import accumulate

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")


def nests_deeper(text: bytes, bound: int) -> bool:
    """Whether `text` nests deeper than `bound`; the outermost value is depth 1.

    The text need not be valid JSON: brackets outside strings are counted, whichever kind closes which.
    """
    if text.count(b"[") + text.count(b"{") <= bound:
        return False
    return _depth(text) > bound


def _depth(text: bytes) -> int:
    brackets = _STRING.sub(b"", text).translate(_STEPS, _NOT_BRACKETS)
    return max(accumulate(array("b", brackets)), default=0)
