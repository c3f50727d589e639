"""What a person sees of the demo: a line for each verdict as it comes, figures below, a summary at the end."""

import sys
from time import monotonic

from rich import box
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from streams.demo.exchange import Answer, Exchange, Tally
from streams.demo.traffic import asked
from streams.wording import basis_of, shorten

STYLES = {"allow": "green", "flag": "yellow", "hold": "magenta", "deny": "bold red", "reject": "red"}
# More lines a second than anyone can read are counted and not shown; what was stopped goes first.
LINES_A_SECOND = 30.0
FIGURES_EVERY = 5.0
PLAIN_WIDTH = 160


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
        """A line for a verdict; for one that stops a request, another with the clause and what it rests on."""
        if not self._affordable(answer):
            self.hidden += 1
            return
        leading, *others = (answer.decision or {}).get("reasons") or [None]
        clause = leading["clause"]["id"] if leading else shorten(answer.reject.partition(":")[0], 20)
        line = Text.assemble(
            (f"{answer.outcome:<7}", STYLES[answer.outcome]),
            (f"{clause:<18}", "bold" if leading else ""),
            (f"{shorten(str(answer.sent.data.get('tenant') or ''), 17):<18}", "dim"),
            (f"{answer.seconds * 1000:>5.0f} ms  ", "dim"),
        )
        line.append(shorten(asked(answer.sent.data), max(20, self._console.width - len(line) - 1)))
        self._console.print(line, no_wrap=True, overflow="ellipsis")
        if leading:
            also = f"; also {', '.join(dict.fromkeys(reason['clause']['id'] for reason in others))}" if others else ""
            said = f"{leading['clause']['title']}: {basis_of(leading, answer.sent.data)}{also}"
            self._console.print(Text(" " * 7 + shorten(said, self._console.width - 8), "dim"), no_wrap=True)
        elif answer.reject:
            self._console.print(Text(" " * 7 + shorten(answer.reject, self._console.width - 8), "dim"), no_wrap=True)

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
        table = Table("clause", "what it is about", box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
        for name in ("deny", "hold", "flag"):
            table.add_column(name, justify="right", style=STYLES[name])
        for (clause, title), outcomes in sorted(tally.clauses.items(), key=lambda entry: -entry[1].total()):
            cells = (str(outcomes[name]) if outcomes[name] else "" for name in ("deny", "hold", "flag"))
            table.add_row(clause, escape(title), *cells)
        if tally.clauses:
            self._console.print(table)
        counted = ", ".join(f"{count} {name}" for name, count in tally.outcomes.most_common())
        self.say(f"{tally.total} requests in {seconds:.0f} s: {counted or 'none'}.")
        p50, p99 = tally.latency_ms(0.5), tally.latency_ms(0.99)
        self.say(f"From sending to having the decision: half within {p50:.0f} ms, 99 of 100 within {p99:.0f} ms.")
        if self.hidden:
            self.say(f"{self.hidden} verdicts came faster than they could be shown; they are counted.")


def figures_of(tally: Tally) -> str:
    outcomes = "  ".join(f"{name} {tally.outcomes[name]}" for name in STYLES if tally.outcomes[name])
    latency = f"p50 {tally.latency_ms(0.5):.0f} ms  p99 {tally.latency_ms(0.99):.0f} ms"
    return f"{tally.total} verdicts  {tally.rate():.0f}/s  {latency}  {outcomes}"
