"""What machines told of an iPad: what may stop it, and what only leaves a debt (DESIGN 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from agent.domain.authorisation import in_force, mismatches
from agent.domain.call import Call, State
from agent.domain.call_gates import DECIDER
from agent.domain.call_rules import CallRules
from agent.domain.check import Finding, Verdict
from agent.domain.steps import Gap
from agent.domain.uk_time import LONDON, uk_day
from agent.store.authorisations import Authorisations
from agent.store.calls import Calls, c
from agent.store.device_reports import DeviceReports
from agent.store.engine import Transaction
from agent.store.register import Register
from agent.store.sweeps import Sweep, Sweeps

OLD = timedelta(hours=36)  # a night was missed


@dataclass(frozen=True, slots=True)
class Seen:
    stops: tuple[Gap, ...] = ()
    debts: tuple[str, ...] = ()


def look(tx: Transaction, call: Call, rules: CallRules) -> Seen:
    """Of the call's iPad, now."""
    last = Sweeps(tx).last()
    sweep = Sweeps(tx).get(last) if last else None
    verdicts = [one for one in Sweeps(tx).verdicts(last or "") if one.subject == call.device]
    fresh = sweep is not None and tx.now - sweep.started_at <= rules.machine_fresh
    proven = _proven(verdicts, rules) if fresh else ()
    debts = (*_sweep(tx, sweep), *_verdicts(verdicts), *_around(tx, call))
    return Seen((*_lost(tx, call.device), *proven), debts)


def others(tx: Transaction, call: Call, rules: CallRules) -> list[str]:
    """The local IDs of the establishment's other iPads that nothing stops."""
    found = []
    for asset in Register(tx).all():
        if asset.establishment == call.establishment and asset.tag != call.device:
            last = Sweeps(tx).last() or ""
            verdicts = [v for v in Sweeps(tx).verdicts(last) if v.subject == asset.tag]
            if not _lost(tx, asset.tag) and not _proven(verdicts, rules):
                found.append(asset.local_id)
    return found


def _lost(tx: Transaction, tag: str) -> tuple[Gap, ...]:
    since = DeviceReports(tx).lost_since(tag)
    if since is None:
        return ()
    when = f"{since.astimezone(LONDON):%d %b %H:%M}"
    return (Gap("E5", f"this iPad was reported lost on {when}", DECIDER),)


def _proven(verdicts: Iterable[Finding], rules: CallRules) -> tuple[Gap, ...]:
    """A positive FAIL of the scheme's short list."""
    failed = {one.check for one in verdicts if one.verdict is Verdict.FAIL}
    return tuple(
        Gap(stop.requirement, stop.says, DECIDER)
        for stop in rules.stops
        if stop.check in failed
    )


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
