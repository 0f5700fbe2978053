"""What machines told of an iPad: what may stop it, and what only leaves a debt (DESIGN 6).

What failed before makes it doubtful; only what fails again when it is read again stops it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from agent.domain.asset import Asset
from agent.domain.authorisation import in_force, mismatches
from agent.domain.call import Call, State
from agent.domain.call_gates import DECIDER
from agent.domain.call_rules import CallRules, Stop
from agent.domain.check import Finding, Verdict
from agent.domain.second_look import SecondLook
from agent.domain.steps import Gap
from agent.domain.uk_time import LONDON, uk_day
from agent.services.call_office import Office
from agent.store.authorisations import Authorisations
from agent.store.calls import Calls, c
from agent.store.device_reports import DeviceReports
from agent.store.engine import Transaction
from agent.store.findings import Findings
from agent.store.register import Register
from agent.store.sweeps import Sweep, Sweeps

OLD = timedelta(hours=36)  # a night was missed


@dataclass(frozen=True, slots=True)
class Seen:
    stops: tuple[Gap, ...] = ()
    debts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """An iPad that a machine's word may stop, and the checks that must be read again."""

    asset: Asset
    checks: tuple[str, ...]


def doubted(office: Office, call_id: str) -> Doubt | None:
    """What must be read again before this call starts; None: nothing. Raises BadInput."""
    with office.store.read() as tx:
        call = Calls(tx).get(call_id)
        asset = Register(tx).get(call.device)
        checks = tuple(stop.check for stop in doubts(tx, call.device, office.rules))
    return Doubt(asset, checks) if asset is not None and checks else None


def doubts(tx: Transaction, tag: str, rules: CallRules) -> list[Stop]:
    """What of the short list failed in the last sweep, or failed before and was not cleared."""
    verdicts = Sweeps(tx).verdicts(Sweeps(tx).last() or "")
    failed = {v.check for v in verdicts if v.subject == tag and v.verdict is Verdict.FAIL}
    failed |= {finding.type for finding in Findings(tx).open({tag})}
    return [stop for stop in rules.stops if stop.check in failed]


def look(tx: Transaction, call: Call, rules: CallRules, again: SecondLook | None) -> Seen:
    """Of the call's iPad, now. `again`: what was read of it just before."""
    last = Sweeps(tx).last()
    sweep = Sweeps(tx).get(last) if last else None
    verdicts = [one for one in Sweeps(tx).verdicts(last or "") if one.subject == call.device]
    stops, notes = _read_again(tx, call, rules, again)
    debts = (*_sweep(tx, sweep), *_verdicts(verdicts), *notes, *_around(tx, call))
    return Seen((*_lost(tx, call.device), *stops), debts)


def others(tx: Transaction, call: Call, rules: CallRules) -> list[str]:
    """The local IDs of the establishment's other iPads that nothing stops."""
    found = []
    for asset in Register(tx).all():
        beside = asset.establishment == call.establishment and asset.tag != call.device
        if beside and not _lost(tx, asset.tag) and not doubts(tx, asset.tag, rules):
            found.append(asset.local_id)
    return found


def _lost(tx: Transaction, tag: str) -> tuple[Gap, ...]:
    since = DeviceReports(tx).lost_since(tag)
    if since is None:
        return ()
    when = f"{since.astimezone(LONDON):%d %b %H:%M}"
    return (Gap("E5", f"this iPad was reported lost on {when}", DECIDER),)


def _read_again(
    tx: Transaction, call: Call, rules: CallRules, again: SecondLook | None
) -> tuple[list[Gap], list[str]]:
    """What fails again stops it; what does not, or has no answer, is a debt."""
    stops, notes = [], []
    for stop in doubts(tx, call.device, rules):
        told = again or SecondLook("", tx.now, {})
        match told.of(call.device, stop.check, tx.now, rules.machine_fresh):
            case Verdict.FAIL:
                stops.append(Gap(stop.requirement, stop.says, DECIDER))
            case Verdict.PASS:
                notes.append(f"{stop.check} failed before, and not when it was read again")
            case Verdict.UNKNOWN:
                notes.append(f"{stop.check} failed before, and could not be read again")
    return stops, notes


def _sweep(tx: Transaction, sweep: Sweep | None) -> Iterable[str]:
    if sweep is None:
        yield "no sweep has ended: nothing is known of this iPad"
    else:
        if tx.now - sweep.started_at > OLD:
            yield f"the last sweep began on {uk_day(sweep.started_at)}"
        if sweep.gaps:
            yield "the last sweep could not read everything"


def _verdicts(verdicts: list[Finding]) -> Iterable[str]:
    for one in verdicts:
        if one.verdict is Verdict.FAIL:
            yield f"{one.check}: {one.reason}"
    unknown = sum(one.verdict is Verdict.UNKNOWN for one in verdicts)
    if unknown:
        yield f"{unknown} checks of this iPad have no answer"


def _around(tx: Transaction, call: Call) -> Iterable[str]:
    """The letter, the register, and another call on the same iPad."""
    assets = [one for one in Register(tx).all() if one.establishment == call.establishment]
    if call.device not in {one.tag for one in assets}:
        yield "the register has this iPad at another establishment (A8)"
    today = uk_day(tx.now)
    letter = in_force(Authorisations(tx).all(call.establishment), today)
    for says in mismatches(letter, assets, today):
        yield f"authorisation: {says}"
    running = (State.IN_CALL.value, State.INTERRUPTED.value)
    for other in Calls(tx).select(c.device == call.device, c.state.in_(running)):
        if other.id != call.id:
            yield f"{other.id} was not ended on this iPad"
