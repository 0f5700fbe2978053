"""Annex A: the receipt that is owed for every iPad that was distributed (A9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agent.domain.asset import Asset
from agent.domain.scheme import RegisterRules
from agent.domain.working_days import working_days_after


@dataclass(frozen=True, slots=True)
class OverdueReceipt:
    asset: Asset
    due: date


def overdue(
    assets: Iterable[Asset], rules: RegisterRules, today: date
) -> tuple[OverdueReceipt, ...]:
    """Distributed, not received, and the day it was due has passed; the longest first."""
    found = [
        OverdueReceipt(asset, due)
        for asset in assets
        if asset.distributed_on is not None and asset.received_on is None
        for due in [working_days_after(asset.distributed_on, rules.receipt_due_working_days)]
        if due < today
    ]
    return tuple(sorted(found, key=lambda late: (late.due, late.asset.tag)))
