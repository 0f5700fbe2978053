"""What every port that acts in Zoom, and every one that reads, must keep when Zoom fails.

`acts` is one good write, `reads` are good reads; `sent` counts the writes that came in;
`secrets` are what no message may hold; `breaks` makes the outside fail in the way it is told.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import Scopes
from agent.errors import ConnectorError, NotThere, TryAgain
from tests.connectors.zoom.contract import Breaks
from tests.connectors.zoom.live_contract import FAULTS

Acts = Callable[[], object]
Reads = Sequence[Callable[[], Fact[Any]]]


class RemoteActs:
    """Holds for every write over a network."""

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_is_told_and_nothing_is_sent_twice(
        self,
        acts: Acts,
        sent: Callable[[], int],
        secrets: Sequence[str],
        breaks: Breaks,
        fault: str,
    ) -> None:
        before = sent()
        breaks(fault)
        with pytest.raises(FAULTS[fault]) as told:
            acts()
        assert not isinstance(told.value, NotThere)
        _tells_no_secret(told.value, secrets)
        # A refused token proves that nothing was done: then alone it goes out again.
        assert sent() == before + (2 if fault == "login" else 1)

    def test_what_was_broken_may_be_well_again(self, acts: Acts, breaks: Breaks) -> None:
        breaks("busy")
        for _ in range(9):  # whether it is tried again is for the ledger alone
            with pytest.raises(TryAgain):
                acts()
        breaks("")
        acts()

    def test_the_acting_app_has_all_that_it_needs(self, scopes: Fact[Scopes]) -> None:
        assert isinstance(scopes, Known)
        assert scopes.value.missing == frozenset()


class RemoteReads:
    """Holds for every read over a network."""

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_makes_unknown_what_is_read(
        self, reads: Reads, secrets: Sequence[str], breaks: Breaks, fault: str
    ) -> None:
        breaks(fault)
        for read in reads:
            fact = read()
            gap = fact.value.gap if isinstance(fact, Known) and _seen(fact) else fact
            assert isinstance(gap, Unknown), fault
            assert gap.reason == "not-read"
            assert not [one for one in secrets if one.lower() in gap.why.lower()]

    def test_what_is_well_is_known(self, reads: Reads) -> None:
        for read in reads:
            fact = read()
            assert isinstance(fact, Known)
            assert not _seen(fact) or fact.value.gap is None

    def test_the_reading_app_has_all_that_it_needs(self, scopes: Fact[Scopes]) -> None:
        assert isinstance(scopes, Known)
        assert scopes.value == Scopes(frozenset(), frozenset())


def _seen(fact: Known[Any]) -> bool:
    return isinstance(fact.value, Seen)


def _tells_no_secret(err: BaseException | None, secrets: Sequence[str]) -> None:
    """Neither it nor what of ours it came of."""
    while isinstance(err, ConnectorError):
        told = f"{err} {err.hint}".lower()
        assert not [one for one in secrets if one.lower() in told]
        assert err.__cause__ is not err
        err = err.__cause__
