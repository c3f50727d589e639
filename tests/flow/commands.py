"""The command line as a user runs it: a process of its own, with no settings but those given."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.workers import surroundings

ROOT = Path(__file__).resolve().parents[2]
VIOLATION = (
    '{"tenant": "t-1", "service": {"provider": "azure-openai", "operation": "chat.completions"}, '
    '"use": {"capabilities": ["identify"], "traits": ["face"]}}'
)
ORDINARY = (
    '{"tenant": "t-2", "service": {"provider": "azure-openai", "operation": "chat.completions"}, '
    '"body": {"messages": [{"role": "user", "content": "Plan three dinners with leeks."}]}}'
)


def streamward(*arguments: str, stdin: str | bytes = b"", environ: Mapping[str, str] | None = None) -> "Ended":
    """Runs `streamward` to its end; names in lower case in `environ` are settings."""
    named = {name if name.isupper() else f"STREAMWARD_{name.upper()}": text for name, text in (environ or {}).items()}
    run = subprocess.run(
        [sys.executable, "-m", "streams", *arguments],
        cwd=ROOT,
        env=surroundings() | named,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ended(run.returncode, run.stdout.decode(), run.stderr.decode())


class Ended:
    """How a command ended. It never ends in a traceback: that is checked here, for all tests."""

    def __init__(self, code: int, out: str, err: str) -> None:
        assert "Traceback" not in err, err
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    def refused(self) -> bool:
        """Whether it said what is wrong and what to do about it, and nothing else."""
        return self.code == 2 and self.out == "" and "error: " in self.err and "fix: " in self.err


def event(identity: str, data: str = ORDINARY, time: str = "2026-06-01T00:00:00Z") -> str:
    """A request event on one line."""
    return (
        f'{{"specversion": "1.0", "id": "{identity}", "source": "/tests", "type": "moderation.request.v1", '
        f'"time": "{time}", "data": {data}}}'
    )
