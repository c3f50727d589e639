"""The command `streamward`. A command's module is imported only when that command is called, so each starts fast.

Exit codes: 0 done, 1 the command's own "no" (see its help), 2 bad usage, settings or surroundings, 130 ended by Ctrl-C,
141 the reader of the output went away.
"""

import importlib
import os
import sys
from typing import Any, NamedTuple, NoReturn, TextIO

import click

from streams.errors import StreamwardError

REFUSED = 2
INTERRUPTED = 130
READER_GONE = 141


class Lazy(NamedTuple):
    """Where a command lives (`module.command`), and its sentence for the list of commands."""

    module: str
    sentence: str


COMMANDS = {
    "demo": Lazy("streams.cli.demo", "See it work: broker, worker, traffic and verdicts, nothing else installed."),
    "check": Lazy("streams.cli.check", "Judge requests from files or standard input, without a broker."),
    "worker": Lazy("streams.cli.worker", "Consume requests, judge them, produce decisions, until SIGTERM."),
    "explain": Lazy("streams.cli.explain", "Explain the decision of one request: what fired, what did not, and why."),
    "rules": Lazy("streams.cli.rules", "List, show, check and try the rules."),
    "eval": Lazy("streams.cli.eval", "Measure judgement on labelled texts: recall and false alarms."),
    "topics": Lazy("streams.cli.topics", "Create and check the topics, and see how far behind the workers are."),
    "send": Lazy("streams.cli.send", "Put requests from a file onto the requests topic."),
    "tail": Lazy("streams.cli.tail", "Watch requests, decisions or rejects go by."),
    "config": Lazy("streams.cli.config", "Show the settings in force and where each came from."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports one when it is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        lazy = COMMANDS.get(cmd_name)
        return importlib.import_module(lazy.module).command if lazy else None

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.sentence) for name, lazy in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Turns a broken pipe into its exit code before click prints anything about it."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise click.exceptions.Exit(READER_GONE) from None
        return result


def print_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        metadata = importlib.import_module("importlib.metadata")
        try:
            click.echo(f"streamward {metadata.version('streamward')}")
        except metadata.PackageNotFoundError:
            click.echo("streamward, not installed as a package")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=print_version, help="The version.")
def streamward() -> None:
    """Judges requests to AI services against conduct rules, and cites the clause.

    \b
    Example:
      streamward demo
      streamward check requests.jsonl
    """


def main() -> NoReturn:
    """Runs the command line and ends the process with its exit code."""
    try:
        code = streamward.main(prog_name="streamward", standalone_mode=False)
    except StreamwardError as error:
        complain(error.problem, error.fix)
        code = REFUSED
    except click.Abort:
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    end(code if isinstance(code, int) else 0)


def complain(problem: str, fix: str) -> None:
    """Says on standard error what is wrong and what to do about it."""
    print(f"{coloured('error:', '31;1', sys.stderr)} {problem}", file=sys.stderr)
    if fix:
        print(f"{coloured('fix:', '32;1', sys.stderr)} {fix}", file=sys.stderr)


def coloured(text: str, code: str, stream: TextIO) -> str:
    """The text in a colour where the stream is a terminal that shows colours and nobody said NO_COLOR."""
    plain = not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{code}m{text}\x1b[0m"


def end(code: int) -> NoReturn:
    """Ends the process; a reader of our output that went away is no reason for a message at the very end."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = code or READER_GONE
    sys.exit(code)
