"""One iPad read again, for what failed of it: its record in the MDM, its settings in Zoom.

A check that needs more than that has no answer here, and what has no answer stops nothing.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from agent.domain.asset import Asset
from agent.domain.check import AssetFacts, Case
from agent.domain.checks import all_checks
from agent.domain.checks.serial import serial
from agent.domain.device import Device, Tenant
from agent.domain.facts import NOT_ASKED, Known, Reading
from agent.domain.judgement import Evidence, facts_of
from agent.domain.namesakes import Namesakes
from agent.domain.policy import Policy
from agent.domain.second_look import SecondLook
from agent.domain.zoom import Search
from agent.domain.zoom_evidence import NOT_READ, ZoomEvidence, ZoomFacts
from agent.ports.mdm import Mdm
from agent.ports.zoom import Users

UNREAD = "it was not asked"


def unwatched(what: str, done: int, of: int) -> None:
    """Nobody looks at so few answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """`mdm` and `zoom` None: not configured, so nothing of it can be read."""

    mdm: Mdm | None
    zoom: Users | None
    policy: Policy
    clock: Callable[[], datetime]

    def at(self, asset: Asset, wanted: Collection[str]) -> SecondLook:
        """These checks on this iPad. A fault outside never raises: it leaves no answer."""
        now = self.clock()
        facts = self._facts(asset, wanted, now)
        case = Case(asset, self.policy.baseline, now)
        found = (check for check in all_checks(self.policy.zoom) if check.name in wanted)
        told = {check.name: check.judge(facts, case).verdict for check in found}
        return SecondLook(asset.tag, now, told)

    def _facts(self, asset: Asset, wanted: Collection[str], now: datetime) -> AssetFacts:
        of_zoom = {name for name in wanted if name.startswith("zoom.")}
        facts = AssetFacts(
            asset=asset, baseline=self.policy.baseline, seen=NOT_ASKED, records=NOT_ASKED,
            device=NOT_ASKED,
        )  # fmt: skip
        if self.mdm is not None and set(wanted) - of_zoom:
            evidence = _of_mdm(self.mdm, asset, wanted, now)
            named = Namesakes(evidence.listed)
            facts = facts_of(asset, evidence, self.policy.baseline, named)
        if self.zoom is not None and of_zoom:
            facts = replace(facts, zoom=_of_zoom(self.zoom, asset, now))
        return facts


def _of_mdm(mdm: Mdm, asset: Asset, wanted: Collection[str], now: datetime) -> Evidence:
    """By its serial; the whole list only where another device is looked for."""
    unread: Reading[Device] = Reading(mdm.source, now, {}, UNREAD)
    return Evidence(
        listed=mdm.devices(unwatched) if serial.name in wanted else unread,
        found=mdm.find([asset.serial], unwatched),
        detailed={},
        tenant=Tenant(NOT_ASKED, NOT_ASKED),
    )


def _of_zoom(zoom: Users, asset: Asset, now: datetime) -> ZoomFacts:
    """Its account, and the settings of that."""
    email = asset.m365_user_id
    evidence = ZoomEvidence(
        users=Reading("Zoom", now, {}, UNREAD),
        asked={email: zoom.one(email)},
        accounts={},
        groups={},
        summaries=Search((), (), NOT_READ),
        sign_ins=Reading("Zoom", now, {}, UNREAD),
        consents={},
    )
    facts = evidence.of(asset)
    account = facts.account
    if not isinstance(account, Known):
        return facts
    settings = Known(zoom.settings(account.value.id), account.source, account.at)
    return replace(facts, settings=settings)
