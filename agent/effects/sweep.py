"""One sweep: every iPad of the register against the MDM, every check, every establishment.

Reading comes first and is kept in memory; what it means is decided once for the whole estate;
then each establishment is one transaction. A sweep that was cut off reads again and skips the
establishments that are done.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from agent.domain.asset import Asset
from agent.domain.authorisation import in_force
from agent.domain.check import Finding
from agent.domain.checks import all_checks, all_rules
from agent.domain.checks.letter import of_the_letter
from agent.domain.device import Device, current
from agent.domain.facts import NEVER, Fact, Known, Reading, gap_of
from agent.domain.judgement import Evidence, judge, unread
from agent.domain.policy import Policy
from agent.domain.problems import Problem, partial, platforms, problems
from agent.domain.routes import Place
from agent.domain.uk_time import uk_day
from agent.domain.zoom import User
from agent.domain.zoom_baseline import ZoomBaseline
from agent.domain.zoom_evidence import Consent, ZoomEvidence
from agent.effects.base import Answered, Later, Look
from agent.effects.contact_book import either, invited
from agent.effects.verdicts import Book
from agent.effects.zoom_reading import read_zoom, span_of
from agent.errors import Superseded
from agent.ports.mdm import Beat, Mdm
from agent.ports.together import Together, in_turn
from agent.ports.zoom import Zoom
from agent.store.audit import Audit
from agent.store.authorisations import Authorisations
from agent.store.call_keys import CallKeys
from agent.store.calls import Calls
from agent.store.consents import Consents
from agent.store.engine import Store, Transaction
from agent.store.hosts import Hosts
from agent.store.ledger import Claim, Ledger
from agent.store.people import People
from agent.store.register import Register
from agent.store.sweeps import Sweeps

LEASE = timedelta(minutes=4)
"""Longer than one answer can take with any settings: a minute of patience, a call and a token's
call of at most a minute each, and the pacer's wait. Wiring reckons it for those in force."""
TURN = timedelta(seconds=15)  # how long a sweep waits for another before it looks again
WAITING = "another sweep is running"
LAPSED = "consent-lapsed"
NATIONAL = ""  # the part of what belongs to no establishment


def unwatched(what: str, done: int, of: int) -> None:
    """For a sweep that nobody looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSweep:
    """Every asset has been judged by every check."""

    store: Store
    mdm: Mdm
    policy: Policy
    zoom: Zoom | None = None  # None: Zoom is not configured, and no part of the sweep
    keys: CallKeys | None = None  # of the calls, whose contacts are no finding
    watch: Callable[[str, int, int], None] = unwatched
    together: Together = in_turn  # the MDM and Zoom are read at once where this allows it
    lease: timedelta = LEASE
    kind = "sweep"
    lane = "routine"

    def look(self, claim: Claim) -> Look:
        """A sweep goes on where it was cut off, so there is nothing to find out first."""
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        """Read, judge, and commit establishment by establishment; one sweep at a time."""
        beat = self._beat(claim)
        assets = self._start(claim)
        if assets is None:
            return Later(now + TURN, WAITING)
        asked = self._calls()
        evidence = self._read(assets, beat, _night(claim.subject), now)
        checks = all_checks(self.baseline)
        findings = judge(assets, evidence, checks, self.policy.baseline, now)
        findings += self._letters(assets)
        found = problems(findings, all_rules(self.baseline))
        many = platforms(found, len(assets), self.policy.limits)
        calls = self._calls()
        calls.subtract(asked)
        self._remember(claim, evidence.zoom)
        shared, gaps = self._decide(claim, many, unread(evidence, findings), calls)
        found += [partial(gaps)] if gaps else []
        self._commit(claim, _Outcome(assets, findings, found, shared, not evidence.listed.gap))
        return Answered("partial" if gaps else "complete")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        """The sweep is over."""
        Sweeps(tx).end(claim.subject)
        counts = {kind.value: n for kind, n in Sweeps(tx).counts(claim.subject).items()}
        audit = Audit(tx)
        audit.add("SWEEP_ENDED", "SWEEP", claim.subject, because=claim.subject, details=counts)

    def _beat(self, claim: Claim) -> Beat:
        held = self.store.clock()

        def beat(what: str, done: int, of: int) -> None:
            nonlocal held
            if self.store.clock() - held >= self.lease / 20:
                held = self.store.clock()
                with self.store.begin() as tx:  # alone: nobody sees it as over meanwhile
                    self._hold(tx, claim)
            self.watch(what, done, of)

        return beat

    @property
    def baseline(self) -> ZoomBaseline | None:
        """What must hold in Zoom, where Zoom is part of the sweep."""
        return None if self.zoom is None else self.policy.zoom

    def _calls(self) -> Counter[str]:
        """By the label that each vendor counts under."""
        told = Counter({self.mdm.source: self.mdm.calls()})
        if self.zoom is not None:
            told.update({f"Zoom {label}": n for label, n in self.zoom.calls().items()})
        return told

    def _hold(self, tx: Transaction, claim: Claim) -> None:
        if not Ledger(tx).renew(claim, self.lease):
            raise Superseded("this sweep was taken over, or its lease is over")

    def _start(self, claim: Claim) -> list[Asset] | None:
        """What this sweep is about; None while another one is being carried out.

        Two at once would let the older reading of one clear what the other has just found.
        Who gives way says so at once, so that two that were cut off do not wait for each other.
        """
        with self.store.begin() as tx:
            self._hold(tx, claim)
            held = Ledger(tx).held("sweep")
            if any(f"sweep/{other}" in held - {claim.key} for other in Sweeps(tx).running()):
                Ledger(tx).postpone(claim, tx.now + TURN, WAITING)
                return None
            assets = Sweeps(tx).start(claim.subject, Register(tx).all())
            details = {"assets": len(assets), "attempt": claim.fence}
            Audit(tx).add(
                "SWEEP_STARTED", "SWEEP", claim.subject, because=claim.subject, details=details
            )
        return assets

    def _read(
        self, assets: list[Asset], beat: Beat, night: date | None, now: datetime
    ) -> Evidence:
        """Both halves. Neither waits for the other, whose limits are others."""
        of_mdm: list[Evidence] = []
        of_zoom: list[ZoomEvidence | None] = []
        halves: tuple[Callable[[], None], ...] = (
            lambda: of_mdm.append(self._read_mdm(assets, beat)),
            lambda: of_zoom.append(self._read_zoom(assets, beat, night, now)),
        )
        for _ in self.together(halves):
            pass
        return replace(of_mdm[0], zoom=of_zoom[0])

    def _read_mdm(self, assets: list[Asset], beat: Beat) -> Evidence:
        """The list; each serial that it lacks, asked directly; then the costly fields."""
        listed = self.mdm.devices(beat)
        absent = [a.serial for a in assets if listed.gap or a.serial not in listed.rows]
        found = self.mdm.find(absent, beat) if absent else {}
        ours = [row for a in assets if (row := _current(a, listed.rows, found)) is not None]
        detailed = {device.id: device for device in self.mdm.detailed(ours, beat)}
        tenant = self.mdm.tenant(beat)
        return Evidence(listed=listed, found=found, detailed=detailed, tenant=tenant)

    def _read_zoom(
        self, assets: list[Asset], beat: Beat, night: date | None, now: datetime
    ) -> ZoomEvidence | None:
        if self.zoom is None:
            return None
        with self.store.read() as tx:
            kept = Consents(tx).all()
        consents = {
            account: Consent.LAPSED if one.lapsed(now) else Consent.GIVEN
            for account, one in kept.items()
        }
        span = span_of(assets, self.policy.zoom, night, now)
        before = invited(self.store, self.keys)
        read = read_zoom(self.zoom, assets, consents, span, beat)
        return replace(read, invited=either(before, invited(self.store, self.keys)))

    def _letters(self, assets: list[Asset]) -> list[Finding]:
        """The authorisation of each place that has one or that ever asked for a call."""
        with self.store.read() as tx:
            letters, today = Authorisations(tx).all(), uk_day(tx.now)
            used = Calls(tx).places() | {one.letter.establishment for one in letters}
        found: list[Finding] = []
        for code in sorted(used & {one.establishment for one in assets}):
            now = in_force([one for one in letters if one.letter.establishment == code], today)
            here = [one for one in assets if one.establishment == code]
            found += of_the_letter(code, now, here, today)
        return found

    def _remember(self, claim: Claim, zoom: ZoomEvidence | None) -> None:
        """A consent that Zoom took no more is known as lapsed from now on."""
        accounts = {} if zoom is None else zoom.accounts
        gaps = {account: gap_of(found.contacts) for account, found in accounts.items()}
        lapsed = [account for account, gap in gaps.items() if gap and gap.reason == LAPSED]
        if lapsed:
            with self.store.begin() as tx:
                self._hold(tx, claim)
                for account in sorted(lapsed):
                    Consents(tx).lapse(account)
        if zoom is not None:
            self._learn_hosts(claim, zoom.users)

    def _learn_hosts(self, claim: Claim, users: Reading[User]) -> None:
        """Zoom's events name a host by nothing but its id."""
        accounts = {user.id: user.email for rows in users.rows.values() for user in rows}
        with self.store.read() as tx:
            news = Hosts(tx).news(accounts)
        if news:
            with self.store.begin() as tx:
                self._hold(tx, claim)
                Hosts(tx).learn(news)

    def _decide(
        self,
        claim: Claim,
        shared: Mapping[str, Problem],
        gaps: tuple[str, ...],
        calls: Mapping[str, int],
    ) -> tuple[Mapping[str, Problem], tuple[str, ...]]:
        """Which problems are the platform's, and all that was not read.

        A resumed sweep keeps to what it decided, and to what an earlier attempt missed.
        """
        with self.store.begin() as tx:
            self._hold(tx, claim)
            missed = Sweeps(tx).missed(claim.subject, gaps)
            Sweeps(tx).count_calls(claim.subject, calls)
            return Sweeps(tx).decide(claim.subject, shared), missed

    def _commit(self, claim: Claim, outcome: "_Outcome") -> None:
        places = [*sorted({a.establishment for a in outcome.assets}), NATIONAL]
        with self.store.read() as tx:
            done = Sweeps(tx).done(claim.subject)
            regions, own = People(tx).regions(), People(tx).own_roles()
        for number, code in enumerate(places, 1):
            if code not in done:
                place = Place(
                    code=code, region=regions.get(code, ""), own=own.get(code, frozenset())
                )
                self._commit_one(claim, outcome, place)
            self.watch("judging establishments", number, len(places))

    def _commit_one(self, claim: Claim, outcome: "_Outcome", place: Place) -> None:
        findings = outcome.findings_of[place.code]
        with self.store.begin() as tx:
            self._hold(tx, claim)
            Sweeps(tx).add_part(claim.subject, place.code, findings)
            Book(
                tx=tx,
                sweep=claim.subject,
                rules=all_rules(self.baseline),
                routes=self.policy.routes,
                phone=self.policy.phone,
                platforms=outcome.shared,
                list_complete=outcome.list_complete,
                local_ids=outcome.local_ids(),
            ).write(place, findings, outcome.problems_of[place.code])


class _Outcome:
    """What a sweep found, by establishment."""

    def __init__(
        self,
        assets: list[Asset],
        findings: Iterable[Finding],
        found: Iterable[Problem],
        shared: Mapping[str, Problem],
        list_complete: bool,  # noqa: FBT001
    ) -> None:
        self.assets, self.shared, self.list_complete = assets, shared, list_complete
        self.findings_of: dict[str, list[Finding]] = defaultdict(list)
        self.problems_of: dict[str, list[Problem]] = defaultdict(list)
        for finding in findings:
            self.findings_of[finding.establishment].append(finding)
        for problem in found:
            self.problems_of[problem.establishment].append(problem)

    def local_ids(self) -> dict[str, str]:
        return {asset.tag: asset.local_id for asset in self.assets}


def _night(sweep_id: str) -> date | None:
    """The date of a night's sweep; None for one by hand."""
    try:
        return date.fromisoformat(sweep_id)
    except ValueError:
        return None


def _current(
    asset: Asset,
    rows: Mapping[str, tuple[Device, ...]],
    found: Mapping[str, Fact[tuple[Device, ...]]],
) -> Device | None:
    asked = found.get(asset.serial)
    records = asked.value if isinstance(asked, Known) else rows.get(asset.serial, ())
    device = current(records, "", NEVER)
    return device.value if isinstance(device, Known) else None
