"""Judged once all is at rest, by what Zoom, the mail server and the people themselves know."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from agent.services.audit import verify_chain
from connectors.sandbox.zoom.healthy import MEETINGS
from tests.simulation.calls.bench import CANARIES
from tests.simulation.calls.people import People
from tests.simulation.calls.truth import Change
from tests.simulation.calls.watch import Span
from tests.simulation.calls.world import CallsWorld
from tests.simulation.judge_mail import mail

AT_REST = ("closed", "attested", "verified", "not verified")
ENTRIES = 'select "call", number, step from call_entry'
LOST = "select tag, what from device_report order by number"


def judge(world: CallsWorld, people: People) -> list[str]:
    """Every sentence says what is wrong."""
    judges = (
        _chain(world),
        _kept(world, people),
        _windows(world),
        _lists(world),
        _changes(world),
        _meetings(world),
        _invitations(world),
        _private(world),
        mail(world.mailer, world.watch),
    )
    return [*world.truth.wrong, *(sentence for told in judges for sentence in told)]


def _chain(world: CallsWorld) -> Iterator[str]:
    chain = verify_chain(world.store())
    if not chain.ok:
        yield f"the audit chain does not hold: {chain.broken}"


def _kept(world: CallsWorld, people: People) -> Iterator[str]:
    """What returned is there."""
    kept = {(call, number): step for call, number, step in world.watch.ask(ENTRIES)}
    for one in people.acknowledged:
        if kept.get((one.call, one.number)) != one.step:
            yield f"{one.step} of {one.call} was acknowledged, and is lost"
    lost = dict(world.watch.ask(LOST))
    for tag in people.lost:
        if lost.get(tag) != "lost":
            yield f"{tag} was reported lost, and that is lost"


def _windows(world: CallsWorld) -> Iterator[str]:
    """Each was closed; who is called not verified could not be read."""
    for one in world.watch.windows():
        if one.state not in AT_REST:
            yield f"{one.id} was never closed: it is {one.state}"
        if one.state == "not verified" and _can_read(world, one.account):
            yield f"{one.id} is not verified, and its iPad's consent works"


def _can_read(world: CallsWorld, account: str) -> bool:
    held = world.core.zoom.tokens.refresh
    kept = world.sealed(world.store()).load(account)
    return any(token in held and held[token].ends > world.scheduler.now for token in kept)


def _lists(world: CallsWorld) -> Iterator[str]:
    """No window is open, so no list has anybody."""
    for ipad in world.bench.estate:
        if world.truth.listed(ipad.zoom_group):
            yield f"the lists of {ipad.local_id} have an address of no open window"


def _changes(world: CallsWorld) -> Iterator[str]:
    """A list got only who was wanted on it, and lost nobody who was wanted all the while."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for span in world.watch.spans.values():
        spans[world.watch.address_of(span.seen)].append(span)
    for change in world.truth.changes:
        began = change.by.began if change.by and change.by.began else change.at
        for email in sorted(change.added):
            own = [one for one in spans[email] if one.seen.group == change.group]
            if not any(_wanted_since(one, began, change) for one in own):
                yield f"{change.by} put an address on a list that no window wanted"
        for email in sorted(change.removed):
            own = [one for one in spans[email] if one.seen.group == change.group]
            if any(_open_throughout(one, began, change) for one in own):
                yield f"{change.by} took an address off a list whose window was open"


def _wanted_since(span: Span, began: datetime, change: Change) -> bool:
    """At some time in the attempt it was wanted, or was not known to be closed."""
    return span.since <= change.at and (span.until is None or span.until >= began)


def _open_throughout(span: Span, began: datetime, change: Change) -> bool:
    return span.since <= began and (span.closing is None or span.closing > change.at)


def _meetings(world: CallsWorld) -> Iterator[str]:
    """None that we arranged is left."""
    records = world.core.zoom.records
    ids = {one.id for one in world.watch.windows()}
    for key in records.touched(MEETINGS):
        topic = (records.one(MEETINGS, key) or {}).get("topic")
        if topic in ids:
            yield f"the meeting of {topic} is still arranged"


def _invitations(world: CallsWorld) -> Iterator[str]:
    """One mail for each time that people asked, and one more for each that was cut off."""
    sent = Counter[str]()
    calls = {world.watch.address_of(o.seen): o.seen.call for o in world.watch.spans.values()}
    for one in world.truth.invited:
        explained = one.by is None or one.by.life.dead or not one.heard
        if not (explained or one.by in world.watch.overtaken):
            sent[calls.get(one.email, "nobody's")] += 1
    asked = Counter(call for call, _, step in world.watch.ask(ENTRIES) if step == "invite")
    for call, count in sent.items():
        if count > asked[call]:
            yield f"{call}: {count} invitations were sent, {asked[call]} were asked for"


def _private(world: CallsWorld) -> Iterator[str]:
    """Nothing personal is in the database outside of what is sealed, nor in a letter."""
    files = [world.bench.file, world.bench.file.with_name(f"{world.bench.file.name}-wal")]
    held = b"".join(file.read_bytes() for file in files if file.exists())
    letters = b"".join(one.content for one in world.mailer.accepted)
    traced = "\n".join(world.scheduler.trace).encode()
    for number, canary in enumerate(CANARIES):
        for where, text in (("database", held), ("letters", letters), ("trace", traced)):
            if canary.encode() in text:
                yield f"the personal datum {number} is in the {where}"
