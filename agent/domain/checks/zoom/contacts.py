"""Is anybody from outside left behind, or could somebody be added (E2, K4)?"""

from dataclasses import replace

from agent.domain.check import Case, Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import zoom
from agent.domain.facts import Fact, Known, Seen, Unknown, follow, gap_of
from agent.domain.zoom import AllowList, AllowLists, ExternalContact
from agent.domain.zoom_evidence import NO_ACCOUNT, PENDING, Consent, ZoomFacts

LISTED_ADDRESSES = 4
NO_LONGER = {"consent-lapsed": Consent.LAPSED, "consent-missing": Consent.MISSING}
"""Why the contacts could not be read -> how the consent really stands."""


def _consent(facts: ZoomFacts) -> Fact[Consent]:
    """Our own memory says it, unless using it showed that it is gone.

    That it is in force needs a use that Zoom answered, for it may have lapsed meanwhile. Where
    there is no account there is nothing to use it on.
    """
    gap = gap_of(facts.contacts)
    if gap is None or gap in (NO_ACCOUNT, PENDING):
        return facts.consent
    unused = isinstance(facts.contacts, Unknown) and gap.reason not in NO_LONGER
    if unused and facts.consent.value is Consent.GIVEN:
        return gap
    return replace(facts.consent, value=NO_LONGER.get(gap.reason, facts.consent.value))


consent = Check(
    name="zoom.consent",
    says="its user's consent to read its contacts is in force",
    requirement="E2",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.MEDIUM,
    remedy="Run `callsteward zoom consent --device` with the iPad's local ID, and sign in with"
    " the iPad's account.",
    reads=zoom(_consent),
    wrong=lambda state, case: (
        None
        if state is Consent.GIVEN
        else Wrong(f"consent-{state.value}", f"the consent of its user is {state.value}")
    ),
)


def _left(facts: ZoomFacts) -> Fact[Seen[ExternalContact]]:
    """A contact that was seen is there; that none is left needs the whole list. Who is invited
    for a call that is not over belongs there."""
    fact = facts.contacts
    if isinstance(fact, Unknown):
        return fact
    rows = tuple(row for row in fact.value.rows if row.email not in facts.invited)
    gap = fact.value.gap
    return gap if gap and not rows else replace(fact, value=Seen(rows, gap))


no_contacts = Check(
    name="zoom.no-contacts",
    says="no external contact is left of a call that is over",
    requirement="E2",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Remove the contact on the iPad (Contacts, External contacts, Remove contact): two"
    " people see it done.",
    reads=zoom(_left),
    wrong=lambda found, case: (
        Wrong("contact-left", f"external contacts that are left: {len(found.rows)}")
        if found.rows
        else None
    ),
)


def _both(lists: AllowLists, invited: frozenset[str]) -> Fact[tuple[AllowList, AllowList]]:
    """An open list is bad news, whatever the other one is. Who is invited for a call that is
    not over belongs on both."""
    adding, chatting = (_beside(told, invited) for told in (lists.adding, lists.chatting))
    for told in (adding, chatting):
        if isinstance(told, Known) and _is_open(told.value):
            return Known((told.value, told.value), told.source, told.at)
    if isinstance(adding, Unknown):
        return adding
    if isinstance(chatting, Unknown):
        return chatting
    return Known((adding.value, chatting.value), adding.source, adding.at)


def _beside(told: Fact[AllowList], invited: frozenset[str]) -> Fact[AllowList]:
    if isinstance(told, Unknown):
        return told
    return replace(told, value=replace(told.value, addresses=told.value.addresses - invited))


def _is_open(found: AllowList) -> bool:
    return found.enabled and (found.option != LISTED_ADDRESSES or bool(found.addresses))


def _wrong(found: tuple[AllowList, AllowList], case: Case) -> Wrong | None:
    if any(map(_is_open, found)):
        return Wrong("allow-list-open", "somebody outside may be added or written to")
    return None


allow_lists = Check(
    name="zoom.allow-lists",
    says="nobody outside may be added or written to but for a call",
    requirement="K3",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Ask the Zoom administrator to empty the lists of whom the iPad's group may add and"
    " chat with.",
    reads=zoom(
        lambda facts: follow(facts.allow_lists, lambda told: _both(told, facts.invited))
    ),
    wrong=_wrong,
)
