"""Text inside text: marks that only stand between the reader and the letters, and stretches that decode to text.

Two ways, both linear in the text. A *view* is the text with its marks of another layer taken away (entities, escapes,
tags, emphasis), each character knowing where it came from. A *stretch* is a piece that is written in another alphabet
(base64, hexadecimal, tag characters, text set from right to left): what it decodes to is read as a text of its own, and
its evidence is the whole stretch.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

DEPTH: Final = 2
"""Layers that are taken away one under another."""

MOST_STRETCHES: Final = 64
"""Stretches of one text that are read; a text of more is none that anyone reads."""

_KINDS: Final = {"x": "?", "d": "0123456789@$!|*", "m": "&<%\\"}
_SHAPE: Final = (
    bytes(
        ord(next((kind for kind, chars in _KINDS.items() if char in chars), "x" if char.isalpha() else " "))
        for char in map(chr, range(128))
    )
    * 2
)
"""Letters are x, what may stand for a letter d, what may hide some m, all else a blank."""

_SIGN_IN_WORD: Final = re.compile(rb"d(?:(?<=xd)d?x|xd|x x x|(?<=x x xd)|[dx] d[dx] [dx]{2} |d{7} d{8}|d{23})")
_BROKEN: Final = re.compile(rb"\n(?<=[A-Za-z?\-\r]\n)[ \t]*[a-z?]")
_MARKED: Final = re.compile(rb"&(?:#|[a-z]{2,8};)|<[/!?a-zA-Z]|%[2-7][0-9A-Fa-f]|\\[unrtx\"/]")

_SYMBOL: Final = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff\u202e\U000e0020-\U000e007e]")

_INLINE: Final = "a|abbr|b|big|bdi|bdo|code|del|em|font|i|ins|kbd|mark|s|small|span|strike|strong|sub|sup|tt|u|wbr"
_VEIL: Final = re.compile(
    r"&#x[0-9a-f]{1,6};|&#[0-9]{1,7};|&[a-z]{2,8};"
    r"|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[nrt\"/]"
    r"|(?:%[0-9a-f]{2})+"
    r"|<!--\s*+-->|<!--|-->"
    rf"|</?(?:{_INLINE})(?:\s[^<>]{{0,200}})?/?>"
    r"|</?[a-z][^<>]{0,200}>",
    re.IGNORECASE,
)
_WITHOUT_WIDTH: Final = re.compile(rf"</?(?:{_INLINE})[\s/>]|<!--\s*-->", re.IGNORECASE)

_BASE64: Final = re.compile(
    r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{16,}+={0,2}"
    r"(?:\r?\n[ \t]*+[A-Za-z0-9+/_-]{4,}+={0,2}(?=[ \t]*+(?:\r?\n|$)))*+"
)
_HEX: Final = re.compile(r"(?<![A-Za-z0-9])(?:0x)?[0-9A-Fa-f]{2}(?:[ :]?[0-9A-Fa-f]{2}){5,}+(?![A-Za-z0-9])")
_BITS: Final = re.compile(r"(?<![0-9])[01]{8}(?: ?[01]{8}){3,}+(?![0-9])")
_TAGS: Final = re.compile("[\U000e0020-\U000e007e]{3,}+")
_REVERSED: Final = re.compile("\u202e([^\u202c\u202e\n]{2,}+)")


class View(NamedTuple):
    """A text without its marks, and where each character stood: from `starts[i]` up to `ends[i]`."""

    text: str
    starts: list[int]
    ends: list[int]


class Stretch(NamedTuple):
    """What the characters `start` to `end` decode to."""

    start: int
    end: int
    text: str


def may_be_veiled(text: str, raw: bytes) -> bool:
    """Whether a text may hold something to be read through; `raw` is its ASCII form, "?" for every other letter.

    Runs over every text of every request, so that it looks first for single bytes that most texts do not have at all.
    """
    shape = raw.translate(_SHAPE)
    if b"x x x" in shape and (b" x x x " in shape or shape.startswith(b"x x x") or shape.endswith(b"x x x")):
        return True
    if b"d" in shape and _SIGN_IN_WORD.search(shape):
        return True
    if b"m" in shape and _MARKED.search(raw):
        return True
    if b"\n" in raw and _BROKEN.search(raw):
        return True
    return not text.isascii() and _SYMBOL.search(text) is not None


def viewed(text: str) -> View | None:
    """The text with up to DEPTH layers of marks taken away; None where it has none."""
    view = _one_layer(text)
    if view is None:
        return None
    for _ in range(DEPTH - 1):
        under = _one_layer(view.text)
        if under is None:
            break
        starts = [view.starts[place] for place in under.starts]
        view = View(under.text, starts, [view.ends[place - 1] for place in under.ends])
    return view


def _one_layer(text: str) -> View | None:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for start, end, meant in _marks(text):
        pieces.append(text[last:start])
        starts.extend(range(last, start))
        ends.extend(range(last + 1, start + 1))
        pieces.append(meant)
        starts.extend([start] * len(meant))
        ends.extend([end] * len(meant))
        last = end
    if last == 0:
        return None
    pieces.append(text[last:])
    starts.extend(range(last, len(text)))
    ends.extend(range(last + 1, len(text) + 1))
    return View("".join(pieces), starts, ends)


def _marks(text: str) -> Iterator[tuple[int, int, str]]:
    """Each mark with what it stands for."""
    if "&" in text or "<" in text or "\\" in text or "%" in text:
        for match in _VEIL.finditer(text):
            yield match.start(), match.end(), _meant(match.group())


def _meant(mark: str) -> str:
    first = mark[0]
    if first == "&":
        return html.unescape(mark)
    if first == "%":
        return bytes.fromhex(mark.replace("%", "")).decode("utf-8", "replace")
    if first == "\\":
        kind = mark[1].lower()
        digits = mark[2:]
        return chr(int(digits, 16)) if kind in "ux" else "\n" if kind in "nr" else " " if kind == "t" else kind
    return "" if _WITHOUT_WIDTH.match(mark) else " "


def stretches(text: str) -> list[Stretch]:
    """The pieces of a text that decode to readable text, at most MOST_STRETCHES."""
    found: list[Stretch] = []
    for start, end, decoded in _decoded(text):
        if decoded is not None and is_readable(decoded):
            found.append(Stretch(start, end, decoded))
            if len(found) == MOST_STRETCHES:
                break
    return found


def _decoded(text: str) -> Iterator[tuple[int, int, str | None]]:
    for match in _HEX.finditer(text):
        digits = re.sub(r"0x|[ :]", "", match.group())
        yield match.start(), match.end(), _as_text(bytes.fromhex(digits))
    for match in _BITS.finditer(text):
        bits = match.group().replace(" ", "")
        yield match.start(), match.end(), _as_text(int(bits, 2).to_bytes(len(bits) // 8, "big"))
    for match in _BASE64.finditer(text):
        yield match.start(), match.end(), _from_base64(match.group())
    if not text.isascii():
        for match in _TAGS.finditer(text):
            yield match.start(), match.end(), "".join(chr(ord(char) - 0xE0000) for char in match.group())
        for match in _REVERSED.finditer(text):
            yield match.start(), match.end(), match.group(1)[::-1]


def _from_base64(written: str) -> str | None:
    letters = "".join(written.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _as_text(base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + "==="))
    except binascii.Error:
        return None


def _as_text(raw: bytes) -> str | None:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    if raw[1::2].count(0) * 3 > len(raw):
        return raw.decode("utf-16-le", "replace")
    return raw.decode("utf-8", "replace")


def is_readable(text: str) -> bool:
    """Whether it is text: at least nine tenths characters that can be written, and half of them letters or blanks."""
    sample = text[:512]
    written = sum((char.isprintable() and char != "\ufffd") or char in "\n\r\t" for char in sample)
    letters = sum(char.isalpha() or char == " " for char in sample)
    return len(sample) >= 4 and written * 10 >= len(sample) * 9 and letters * 2 >= len(sample)
