"""Where a letter goes today: to its own inbox, or to the first fallback that has one."""

from agent.domain.fallback import Fallback, Reached, instead_of, why_unreached
from agent.domain.routes import COPIES, PHONE, REGION_OF, Place, Recipient
from agent.store.people import People


def reach(
    people: People, to: Recipient, fallback: Fallback, *, texts: bool = False
) -> Reached | None:
    """The address of this recipient or of who stands in; None where neither has one.

    `texts`: something here sends texts, so that a telephone number is an address.
    """
    if to.role in COPIES:
        return Reached(to, "")
    own = address_of(people, to)
    if own and usable(to, texts=texts):
        return Reached(to, own)
    why = why_unreached(to, known=own is not None)
    for other in instead_of(to, _place_of(people, to), fallback):
        address = address_of(people, other)
        if address:
            return Reached(other, address, why)
    return None


def usable(to: Recipient, *, texts: bool) -> bool:
    """Whether something here can send to such an address at all."""
    return texts or to.role != PHONE


def address_of(people: People, to: Recipient) -> str | None:
    """As contacts.csv has it now."""
    if to.scope != REGION_OF:
        return people.address(to.scope, to.code, to.role)
    region = people.region_of(to.code)
    return None if region is None else people.address("region", region, to.role)


def _place_of(people: People, to: Recipient) -> Place:
    if to.scope == "region":
        return Place(region=to.code)
    return Place(code=to.code, region=people.region_of(to.code) or "")
