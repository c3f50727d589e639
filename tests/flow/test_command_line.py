"""What all commands have in common, and `streamward config`."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from streams.cli import COMMANDS
from streams.settings import CATALOGUE
from tests.flow.commands import ROOT, streamward
from tests.workers import surroundings

CALLS = [[name] for name in COMMANDS] + [["topics", name] for name in ("create", "check", "lag")]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_each_command_has_help_with_an_example_that_names_it(call: list[str]) -> None:
    run = streamward(*call, "--help")
    assert (run.code, run.err) == (0, "")
    example = run.out.partition("Example:")[2]
    assert f"streamward {' '.join(call)}" in example


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_an_unknown_option_is_refused_by_each(call: list[str]) -> None:
    run = streamward(*call, "--no-such-option")
    assert (run.code, run.out) == (2, "")
    assert "No such option" in run.err


@pytest.mark.parametrize(
    "call", [["config"], ["check"], ["worker"], ["topics", "lag"], ["tail", "decisions"], ["demo"]]
)
def test_a_fault_in_the_settings_stops_each_with_the_name_and_the_fix(call: list[str]) -> None:
    run = streamward(*call, environ={"max_dept": "3", "http_port": "ninety"})
    assert run.refused()
    assert "did you mean STREAMWARD_MAX_DEPTH?" in run.err
    assert "STREAMWARD_HTTP_PORT: 'ninety' is not a whole number" in run.err


def test_the_list_names_every_command() -> None:
    run = streamward("--help")
    assert run.code == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", run.out, re.MULTILINE)


def test_a_command_that_is_none_is_refused() -> None:
    run = streamward("chekc")
    assert (run.code, run.out) == (2, "")
    assert "No such command 'chekc'" in run.err


def test_config_tells_each_setting_with_its_origin_and_masks_the_secret() -> None:
    given = {
        "app_id": "gateway-eu",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "PLAIN",
        "sasl_username": "judge",
        "sasl_password": "s3cret",
    }
    run = streamward("config", "--json", "--max-depth", "9", environ=given)
    told = json.loads(run.out)
    assert list(told) == list(CATALOGUE)
    assert told["app_id"] == {"value": "gateway-eu", "origin": "STREAMWARD_APP_ID"}
    assert told["max_depth"] == {"value": 9, "origin": "--max-depth"}
    assert told["brokers"]["origin"] == "default"
    assert told["sasl_password"]["value"] == "********"
    for shown in (run, streamward("config", environ=given)):
        assert "s3cret" not in shown.out + shown.err
        assert "gateway-eu" in shown.out


def test_every_setting_is_a_flag_of_the_worker() -> None:
    told = streamward("worker", "--help").out
    for setting in CATALOGUE.values():
        assert re.search(rf"{setting.flag}\b", told)


def on_a_terminal(*arguments: str, **environ: str) -> str:
    """What a command writes when its output and errors go to a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "streams", *arguments],
        cwd=ROOT,
        env=surroundings() | {"TERM": "xterm", "COLUMNS": "120"} | environ,
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        written = b""
        while block := read(master):
            written += block
        process.wait(30)
    os.close(master)
    return written.decode()


def read(terminal: int) -> bytes:
    """A terminal whose other end is closed ends in an error on Linux."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


@pytest.mark.parametrize("call", [["config"], ["check", "/no/such/file"]], ids=" ".join)
def test_colours_are_for_terminals_and_only_where_nobody_said_no(call: list[str]) -> None:
    colour = re.compile(r"\x1b\[[0-9;]*[1-9][0-9;]*m")
    assert colour.search(on_a_terminal(*call))
    without = on_a_terminal(*call, NO_COLOR="1")
    assert without.strip()
    assert not re.search(r"\x1b\[[0-9;]*3[0-9][0-9;]*m", without)
    run = streamward(*call)
    assert "\x1b" not in run.out + run.err
