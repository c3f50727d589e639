"""Errors that a person can mend, each said together with its fix."""


class StreamwardError(Exception):
    """A fault of usage, settings or surroundings: what is wrong, and what to do about it.

    Never holds user content: the text reaches terminals and logs.
    """

    def __init__(self, problem: str, fix: str = "") -> None:
        super().__init__(f"{problem}\n{fix}" if fix else problem)
        self.problem = problem
        self.fix = fix


class FaultList(StreamwardError):
    """Several faults of one kind (a pack, a settings file), all reported at once."""

    def __init__(self, problem: str, faults: list[str], fix: str = "") -> None:
        listed = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"{problem}\n{listed}", fix)
        self.faults = faults
