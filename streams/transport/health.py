"""Why the worker is not ready, if it is not: one reason per place, for the readiness door and the log."""

import logging

log = logging.getLogger(__name__)


class Health:
    """The open reasons by place (`broker`, `topics`, `group`, `outcomes`, ...). Any thread may write."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    @property
    def ready(self) -> bool:
        return not self._reasons

    def reasons(self) -> dict[str, str]:
        """The reasons by place, causes before what follows from them."""
        return dict(sorted(self._reasons.items(), key=lambda reason: reason[0] == "group"))

    def trouble(self, place: str, reason: str) -> None:
        """Notes a reason; logs it where it is new, so that a lasting fault is said once and not over and over."""
        if self._reasons.get(place) != reason:
            self._reasons[place] = reason
            log.warning("not ready: %s", reason, extra={"place": place})

    def well(self, place: str) -> None:
        """Takes the reason of a place back."""
        if self._reasons.pop(place, None) is not None:
            log.info("well again: %s", place, extra={"place": place, "ready": not self._reasons})
