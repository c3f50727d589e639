"""The log is for machines and holds places, never values."""

import json
import logging
import sys

from streams.logs import JsonLines, PlainLines, SeldomRepeats


def record(message: str, *arguments: object, name: str = "streams.test", **extra: object) -> logging.LogRecord:
    made = logging.getLogger(name).makeRecord(name, logging.WARNING, "here.py", 1, message, arguments, None)
    vars(made).update(extra)
    return made


def failed(content: str) -> logging.LogRecord:
    try:
        raise ValueError(content)
    except ValueError:
        made = record("it failed")
        made.exc_info = sys.exc_info()
        return made


def test_a_line_is_one_json_object_with_its_extras() -> None:
    line = json.loads(JsonLines().format(record("%d partitions\nmoved", 3, held=["a/0"])))
    assert (line["level"], line["message"], line["held"]) == ("warning", "3 partitions\nmoved", ["a/0"])
    assert line["time"].endswith("+00:00")


def test_a_fault_is_told_by_its_kind_and_place_without_its_text() -> None:
    for form in (JsonLines(), PlainLines()):
        line = form.format(failed("what the user wrote"))
        assert "ValueError" in line
        assert "test_logs.py" in line
        assert "user" not in line


def test_what_repeats_is_said_once() -> None:
    seldom = SeldomRepeats()
    assert seldom.filter(record("broker 1 refused after 3 ms"))
    assert not seldom.filter(record("broker 1 refused after 9 ms"))
    assert seldom.filter(record("another matter"))
