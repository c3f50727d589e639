"""What a person sees of the demo: a line for each verdict as it comes, figures below, a summary at the end."""

import sys
from time import monotonic

from rich import box
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from streams.demo.exchange import Answer, Exchange, Tally, Times
from streams.demo.traffic import asked
from streams.wording import basis_of, shorten

STYLES = {"allow": "green", "flag": "yellow", "hold": "magenta", "deny": "bold red", "reject": "red"}
# More lines a second than anyone can read are counted and not shown; what was stopped goes first.
LINES_A_SECOND = 30.0
FIGURES_EVERY = 5.0
PLAIN_WIDTH = 160
WIDE = 100


class Screen:
    """Writes to standard output; on a terminal the figures stay at its foot, elsewhere they come every five seconds."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._console = Console(highlight=False, width=None if self._terminal else PLAIN_WIDTH)
        self._live = Live(console=self._console, refresh_per_second=5, transient=True) if self._terminal else None
        self._began = monotonic()
        self._figures_due = self._began + FIGURES_EVERY
        self._budget, self._budget_at = LINES_A_SECOND, self._began
        self.hidden = 0

    def start(self) -> None:
        if self._live:
            self._live.start()

    def stop(self) -> None:
        if self._live:
            self._live.stop()

    def say(self, line: str = "", style: str = "") -> None:
        self._console.print(Text(line, style))

    def status(self, line: str) -> None:
        """Something that holds for the moment: at the foot of a terminal, nowhere else."""
        if self._live:
            self._live.update(Text(line, "dim"))

    def verdict(self, answer: Answer) -> None:
        """A line for a verdict; where a clause is cited, what it is about and what it rests on below."""
        if not self._affordable(answer):
            self.hidden += 1
            return
        leading, *others = (answer.decision or {}).get("reasons") or [None]
        clause = leading["clause"]["id"] if leading else shorten(answer.reject.partition(":")[0], 20)
        line = Text.assemble(
            (f"{answer.outcome:<7}", STYLES[answer.outcome]),
            (f"{clause:<18}", "bold" if leading else ""),
            (f"{shorten(self._sender(answer), 18):<19}" if self._console.width >= WIDE else "", "dim"),
            (f"{shown_time(answer.judged_seconds) if answer.decision else '':>7}  ", "dim"),
        )
        line.append(shorten(asked(answer.sent.data), max(20, self._console.width - len(line) - 1)))
        self._console.print(line, no_wrap=True, overflow="ellipsis")
        if leading:
            self._below(leading["clause"]["title"])
            also = ", ".join(dict.fromkeys(reason["clause"]["id"] for reason in others))
            self._below(f"rests on {basis_of(leading, answer.sent.data)}" + (f"; also {also}" if also else ""))
        elif answer.reject:
            self._below(answer.reject.partition(": ")[2])

    @staticmethod
    def _sender(answer: Answer) -> str:
        return str(answer.sent.data.get("tenant") or f"request {answer.sent.number}")

    def _below(self, line: str) -> None:
        self._console.print(Text(" " * 7 + shorten(line, self._console.width - 8), "dim"), no_wrap=True)

    def _affordable(self, answer: Answer) -> bool:
        now = monotonic()
        self._budget = min(LINES_A_SECOND, self._budget + (now - self._budget_at) * LINES_A_SECOND)
        self._budget_at = now
        least = LINES_A_SECOND / 3 if answer.outcome == "allow" else 1.0
        if self._budget < least:
            return False
        self._budget -= 1.0
        return True

    def figures(self, exchange: Exchange, progress: float) -> None:
        """Rate, latency and outcomes so far. `progress`: how much of the demo is over, from 0 to 1."""
        line = figures_of(exchange.tally)
        if self._live:
            done = int(max(0.0, min(1.0, progress)) * 20)
            bar = Text("━" * done, "green") + Text("━" * (20 - done), "dim")
            self._live.update(Text.assemble("\n", bar, "  ", line))
        elif monotonic() >= self._figures_due:
            self._figures_due = monotonic() + FIGURES_EVERY
            self._console.print(Text(f"-- {line}"))

    def summary(self, tally: Tally, seconds: float) -> None:
        """By clause, then in total."""
        self.say()
        table = Table("clause", "what it is about", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for name in ("deny", "hold", "flag"):
            table.add_column(name, justify="right", style=STYLES[name])
        for (clause, title), outcomes in sorted(tally.clauses.items(), key=lambda entry: -entry[1].total()):
            cells = (str(outcomes[name]) if outcomes[name] else "" for name in ("deny", "hold", "flag"))
            table.add_row(clause, escape(title), *cells)
        if tally.clauses:
            self._console.print(table)
            self.say()
        counted = ", ".join(f"{count} {name}" for name, count in tally.outcomes.most_common())
        self.say(f"{tally.total} requests in {seconds:.0f} s: {counted or 'none'}.")
        self.say(f"Judged: half within {below(tally.judging, 0.5)}, 99 of 100 within {below(tally.judging, 0.99)}.")
        self.say(
            f"From sending to having the decision: half within {below(tally.round_trip, 0.5)}, 99 of 100 within "
            f"{below(tally.round_trip, 0.99)}; the embedded broker, unlike a real one, lets idle readers wait."
        )
        if self.hidden:
            self.say(f"{self.hidden} verdicts came faster than they could be shown; they are counted.")


def figures_of(tally: Tally) -> str:
    outcomes = "  ".join(f"{name} {tally.outcomes[name]}" for name in STYLES if tally.outcomes[name])
    judged = f"judged in p50 {below(tally.judging, 0.5)} p99 {below(tally.judging, 0.99)}"
    there = f"there and back p50 {below(tally.round_trip, 0.5)} p99 {below(tally.round_trip, 0.99)}"
    return f"{tally.rate():.0f}/s  {outcomes}  {judged}  {there}"


def below(times: Times, share: float) -> str:
    return shown_time(times.below(share))


def shown_time(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.001 else f"{seconds * 1000:.0f} ms"
