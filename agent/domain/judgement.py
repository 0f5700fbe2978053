"""From what was read to a verdict of every check on every iPad."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.domain.asset import Asset
from agent.domain.baseline import Baseline
from agent.domain.check import AssetFacts, Case, Check, Finding
from agent.domain.checks.listed import strangers
from agent.domain.checks.tenant import of_the_tenant
from agent.domain.device import Device, Tenant, current
from agent.domain.facts import Fact, Known, Reading, Unknown
from agent.domain.namesakes import Namesakes
from agent.domain.zoom_evidence import ZoomEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that one sweep read of the MDM. `found` are direct look-ups by serial."""

    listed: Reading[Device]
    found: Mapping[str, Fact[tuple[Device, ...]]]
    detailed: Mapping[str, Device]  # by the MDM's id
    tenant: Tenant
    zoom: ZoomEvidence | None = None  # None: Zoom is not part of this sweep

    def records(self, serial: str) -> Fact[tuple[Device, ...]]:
        """Every record of this serial, proven by the whole list or by a direct look-up."""
        return self._with_details(self.found.get(serial) or self.listed.all_of(serial))

    def seen(self, serial: str) -> Fact[tuple[Device, ...]]:
        """Its records as far as they were seen; none at all only where that is proven."""
        records = self.records(serial)
        rows = self.listed.rows.get(serial, ())
        if isinstance(records, Unknown) and rows:
            return self._with_details(Known(rows, self.listed.source, self.listed.at))
        return records

    def _with_details(self, fact: Fact[tuple[Device, ...]]) -> Fact[tuple[Device, ...]]:
        if isinstance(fact, Unknown):
            return fact
        full = tuple(self.detailed.get(row.id, row) for row in fact.value)
        return Known(full, fact.source, fact.at)


def judge(
    assets: Iterable[Asset],
    evidence: Evidence,
    checks: Iterable[Check[Any]],
    baseline: Baseline,
    now: datetime,
) -> list[Finding]:
    """Every check on every iPad, then what is in the MDM and on no register."""
    checks = tuple(checks)
    findings: list[Finding] = []
    serials: set[str] = set()
    named = Namesakes(evidence.listed)
    for asset in assets:
        serials.add(asset.serial)
        facts = facts_of(asset, evidence, baseline, named)
        case = Case(asset, baseline, now)
        findings += (check.judge(facts, case) for check in checks)
    everything = (device for rows in evidence.listed.rows.values() for device in rows)
    return findings + strangers(everything, serials) + of_the_tenant(evidence.tenant)


def facts_of(
    asset: Asset, evidence: Evidence, baseline: Baseline, named: Namesakes
) -> AssetFacts:
    """All that was read of this iPad."""
    records = evidence.records(asset.serial)
    if isinstance(records, Known):
        device: Fact[Device] = current(records.value, records.source, records.at)
    else:
        device = records  # a record that was seen may be one that a newer one replaced
    return AssetFacts(
        asset=asset,
        baseline=baseline,
        seen=evidence.seen(asset.serial),
        records=records,
        device=device,
        namesakes=named.of(asset),
        zoom=None if evidence.zoom is None else evidence.zoom.of(asset),
    )


def unread(evidence: Evidence, findings: Iterable[Finding]) -> tuple[str, ...]:
    """What the sweep could not read, each gap once; empty: it read everything."""
    gaps = {f.because for f in findings if f.reason == "not-read"}
    lists: list[Reading[Any]] = [evidence.listed]
    if evidence.zoom is not None:
        lists += [evidence.zoom.users, evidence.zoom.sign_ins]
    gaps |= {f"{listed.source}: {listed.gap}" for listed in lists if listed.gap}
    return tuple(sorted(gaps))
