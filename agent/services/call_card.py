"""What a card may say that we know already: a place's inboxes, and how a call stands."""

from agent.domain.call import Call, debts
from agent.domain.uk_time import LONDON
from agent.services.call_day import missing, show
from agent.services.call_office import Office
from agent.store.engine import Store
from agent.store.people import People


def inboxes(store: Store, establishment: str) -> tuple[str, ...]:
    """Who is told of a security issue at this place, and where they read it."""
    with store.read() as tx:
        people = People(tx)
        wanted = {
            "Security": people.address("establishment", establishment, "security"),
            "SPOC": people.address("establishment", establishment, "spoc"),
            "Infosec": people.address("national", "", "infosec"),
            "provider": people.address("establishment", establishment, "provider-management")
            or people.address("national", "", "provider-management"),
        }
        region = people.region_of(establishment)
        if region:
            wanted["Regional Silver"] = people.address("region", region, "regional-silver")
    told = ", ".join(f"{who} {address}" for who, address in wanted.items() if address)
    return (f"Inboxes: {told}.",) if told else ()


def of_call(office: Office, call_id: str) -> tuple[Call, tuple[str, ...]]:
    """How it stands; nothing personal. Raises BadInput."""
    call, asset, _ = show(office, call_id)
    begin, end = (when.astimezone(LONDON) for when in (call.at, call.until))
    done = ", ".join(dict.fromkeys(one.step for one in call.entries))
    lines = [
        f"Call {call.id}, {call.state.value}: {asset.local_id} {asset.tag},"
        f" {begin:%d %b %Y %H:%M} to {end:%H:%M}, {call.room}, {call.language}.",
        f"Recorded already: {done}.",
    ]
    gaps = missing(office, call)
    lines += [f"Missing before it starts: {'; '.join(gaps)}."] if gaps else []
    owed = debts(call)
    lines += [f"Debts: {'; '.join(owed)}."] if owed else []
    return call, tuple(lines)
