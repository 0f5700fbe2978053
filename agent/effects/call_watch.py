"""Whether a call runs in Zoom, looked at again and again until it is over.

Events make it look sooner; what it reads is the truth. What could not be read leaves everything
as it was, and is counted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import Call
from agent.domain.call_watch import BEFORE, next_look, settled, too_early
from agent.domain.facts import Fact, Known, Seen, Unknown, gap_of
from agent.domain.policy import Policy
from agent.domain.whose_leg import whose
from agent.domain.zoom import NOT_TOLD, LiveMeeting, User
from agent.domain.zoom_events import Sign
from agent.domain.zoom_legs import Leg
from agent.effects.base import Answered, Later, Look
from agent.ports.zoom import UserList
from agent.ports.zoom_live import LiveMeetings
from agent.store.calls import Calls, c
from agent.store.consents import Consents
from agent.store.engine import Store, Transaction
from agent.store.hosts import Hosts
from agent.store.ledger import Claim, Ledger
from agent.store.legs import FACTS, WATCH, Legs
from agent.store.notices import Notices
from agent.store.noticing import notice

NO_ZOOM = "Zoom is not configured"
NO_ACCOUNT = Unknown("zoom-no-account", "Zoom has no user of this iPad")
READY = timedelta(minutes=3)  # until Zoom tells of a call that is over


@dataclass(frozen=True, slots=True)
class Reading:
    """The ports of the reading app."""

    users: UserList
    live: LiveMeetings


@dataclass(frozen=True, slots=True)
class WatchCall:
    """The call is over, and no meeting of it runs."""

    store: Store
    zoom: Reading | None
    policy: Policy
    lease: timedelta
    kind = WATCH
    lane = "watch"

    def look(self, claim: Claim) -> Look:
        """A watch only reads: it goes on where it was."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """One look."""
        if self.zoom is None:
            return Answered(NO_ZOOM)
        with self.store.read() as tx:
            call, legs = Calls(tx).get(claim.subject), Legs(tx).of(claim.subject)
        if too_early(call, legs, now):
            return Later(call.at - BEFORE, "its time has not come")
        user = self._user(self.zoom, call)
        told = user if isinstance(user, Unknown) else self.zoom.live.live(user.value)
        host = "" if isinstance(user, Unknown) else user.value.id
        call, legs = self._remember(call, host, told)
        for leg in legs:
            if leg.running:
                self._recorded(self.zoom, leg)
        why = settled(call, legs, told, now)
        if why is not None:
            return Answered(why, {"legs": str(len(legs))})
        return Later(next_look(call, legs, now), _says(told))

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """What Zoom tells of its legs afterwards is owed now."""
        if any(leg.told_at is None for leg in Legs(tx).of(claim.subject)):
            Ledger(tx).owe(FACTS, claim.subject, tx.now + READY)

    def _user(self, zoom: Reading, call: Call) -> Fact[User]:
        """The user of the iPad; its id is learned once."""
        with self.store.read() as tx:
            account, known = Consents(tx).account_of(call.device), Hosts(tx).of(call.device)
        if account is None:
            return NO_ACCOUNT
        if known:
            return Known(_named(known, account), "our own memory", call.made_at)
        match zoom.users.one(account):
            case Known(User() as user, source, at) if user.id:
                with self.store.begin() as tx:
                    Hosts(tx).learn({user.id: call.device})
                return Known(user, source, at)
            case Unknown() as gap:
                return gap
        return NO_ACCOUNT

    def _remember(
        self, call: Call, host: str, told: Fact[Seen[LiveMeeting]]
    ) -> tuple[Call, list[Leg]]:
        """Its legs as they are known now, and the call as it is now."""
        gap = gap_of(told)
        with self.store.begin() as tx:
            legs = Legs(tx)
            seen = told.value.rows if isinstance(told, Known) else ()
            legs.looked(call.id, gap.why if gap and not seen else None)
            if isinstance(told, Known):
                beside = Calls(tx).select(c.device == call.device)
                mine = [one for one in seen if _is(tx, call, beside, one, told.at)]
                for meeting in mine:
                    legs.saw(call.id, meeting, host, told.at)
                for leg in legs.of(call.id) if gap is None else ():
                    if leg.running and not any(map(leg.is_of, mine)):
                        legs.ended(leg, told.at)
            return Calls(tx).get(call.id), legs.of(call.id)

    def _recorded(self, zoom: Reading, leg: Leg) -> None:
        """What was noticed before is not asked again."""
        meeting = LiveMeeting(leg.number, leg.uuid)
        with self.store.read() as tx:
            known = Notices(tx).get(meeting, Sign.RECORDING)
        if known is not None:
            return
        match zoom.live.recorded(meeting):
            case Known(True):
                with self.store.begin() as tx:
                    if Notices(tx).get(meeting, Sign.RECORDING) is None:
                        notice(tx, self.policy, Sign.RECORDING, meeting, leg.host, runs=True)


def _is(
    tx: Transaction, call: Call, beside: list[Call], meeting: LiveMeeting, at: datetime
) -> bool:
    """A leg stays with its call; a new one is the call's that staff started."""
    held = Legs(tx).holding(meeting.uuid)
    mine = whose(beside, at)
    return held[0].call == call.id if held else mine is not None and mine.id == call.id


def _named(id_: str, account: str) -> User:
    return User(
        id=id_, email=account, status=NOT_TOLD, licensed=NOT_TOLD, display_name=NOT_TOLD,
        groups=NOT_TOLD, client_version=NOT_TOLD,
    )  # fmt: skip


def _says(told: Fact[Seen[LiveMeeting]]) -> str:
    if isinstance(told, Unknown):
        return f"not known: {told.why}"
    return "a meeting runs" if told.value.rows else "no meeting runs yet"
