"""A picture of each board for docs/pictures, of some minutes of the stage: `python -m tests.boards.pictures`.

Our own rendering by `deploy.dashboards.page`, made into a PNG by a headless Chromium; no screenshots of Grafana.
"""

import argparse
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from time import monotonic

from deploy.dashboards.page import Source, page
from tests.boards.boards import BOARDS, ROOT
from tests.boards.faults import Traffic
from tests.boards.prometheus import needed
from tests.boards.stage import stage
from tests.waiting import until

RATES = (90.0, 160.0, 260.0, 340.0, 280.0, 180.0)
RATE_SECONDS = 15.0


def main() -> None:
    words = argparse.ArgumentParser(description="Draws the boards.")
    words.add_argument("--browser", default="chromium", help="the program that makes the PNG [chromium]")
    words.add_argument("--to", type=Path, default=ROOT / "docs" / "pictures", help="the folder for the pictures")
    given = words.parse_args()
    if not shutil.which(given.browser):
        words.error(f"no {given.browser} on the PATH: Debian has it as `chromium`")
    needed()
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, stage(Path(scratch)) as made:
        began = monotonic()
        pass_time(made.traffic, RATES)
        made.make_faults()
        pass_time(made.traffic, reversed(RATES))
        source = Source(made.prometheus.url, (monotonic() - began) / 60, "15s")
        for name, board in BOARDS.items():
            file = Path(scratch) / f"{name}.html"
            file.write_text(page(board, source))
            photograph(given.browser, file, given.to / f"{name}.png")


def pass_time(traffic: Traffic, rates: Iterable[float]) -> None:
    """Lets the gateway send at one rate after another."""
    for rate in rates:
        traffic.rate, enough = rate, traffic.sent + rate * RATE_SECONDS
        until(partial(traffic.has_sent, enough), "the next rate", RATE_SECONDS * 4, every=0.5)


def photograph(browser: str, file: Path, to: Path) -> None:
    [height] = re.findall(r"<main style=\"height:(\d+)px", file.read_text())
    size = f"--window-size=1440,{int(height) + 50}"
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            size,
            f"--screenshot={to}",
            str(file),
        ],
        check=True,
        capture_output=True,
        timeout=120.0,
    )
    print(f"{to.name}: {to.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
