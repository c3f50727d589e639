"""Three-valued truth: Kleene's tables, evidence and missing facts."""

import itertools

import pytest

from streams.events import Evidence
from streams.policy.truth import Truth, conjunction, disjunction, negation, when_known

VALUES = (True, False, None)
SEEN = Evidence("use.camera", "dash", "declared", "/use/camera")


def truth(holds: bool | None) -> Truth:
    return Truth(None, (), ("use.consent",)) if holds is None else Truth(holds, (SEEN,))


@pytest.mark.parametrize(("left", "right"), list(itertools.product(VALUES, VALUES)))
def test_conjunction_and_disjunction_follow_kleene(left: bool | None, right: bool | None) -> None:
    both = {left, right}
    expected_all = False if False in both else None if None in both else True
    expected_any = True if True in both else None if None in both else False
    assert conjunction([truth(left), truth(right)]).holds is expected_all
    assert disjunction([truth(left), truth(right)]).holds is expected_any


@pytest.mark.parametrize(("value", "turned"), [(True, False), (False, True), (None, None)])
def test_what_is_not_known_stays_so_when_turned_round(value: bool | None, turned: bool | None) -> None:
    assert negation(truth(value)).holds is turned


def test_proof_that_is_not_known_is_no_proof() -> None:
    assert when_known(truth(None)).holds is False
    assert when_known(truth(True)).holds is True


def test_missing_facts_are_named_only_where_they_matter() -> None:
    assert conjunction([truth(None), truth(False)]).missing == ()
    assert conjunction([truth(True), truth(None)]).missing == ("use.consent",)
    assert disjunction([truth(True), truth(None)]).missing == ()


def test_a_true_disjunction_rests_on_its_true_parts_only() -> None:
    other = Truth(False, (SEEN._replace(value="fixed"),))
    assert disjunction([truth(True), other]).evidence == (SEEN,)
