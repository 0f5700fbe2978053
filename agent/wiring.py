"""The only file that knows services, effects and connectors: who gets what."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TypeVar

from agent.call_wiring import effects_of_calls
from agent.channel_wiring import carrier_of, channels_of, sends_texts
from agent.clock_wiring import clock_effects
from agent.contact_wiring import call_keys_of, contact_effects, proof_key_of
from agent.domain.policy import Policy
from agent.effects.base import Effect
from agent.effects.call_erase import EraseCall
from agent.effects.consent_refresh import RefreshConsent
from agent.effects.mail import SendMail
from agent.effects.sweep import RunSweep, unwatched
from agent.errors import Misconfigured
from agent.looks.again import LookAgain
from agent.policies import load_policy
from agent.ports.mdm import Mdm
from agent.ports.together import Together, in_turn
from agent.schemes import load_calls, load_incidents, load_noise, load_scheme, pack_version
from agent.services.call_office import Office
from agent.services.incident_desk import Desk
from agent.services.proofs import Notary
from agent.settings import Settings, load, read_file
from agent.store.engine import Store
from agent.store.integrity import BRIEFLY
from agent.store.opening import open_store
from agent.tick import Worker
from agent.trial_wiring import trial_effects
from agent.zoom_wiring import acting_app, reach_of, zoom_of
from connectors.http import utc_now
from connectors.mdm.intune import IntuneMdm

AGENT_SLOTS: Mapping[str, int] = {"closing": 4, "alarm": 4, "watch": 4, "routine": 6}
MAIL_SLOTS: Mapping[str, int] = {"alarm": 4}  # a command that only sends what it caused
CONSENT_LEASE = timedelta(minutes=3)  # a token's call and one of the contacts, with patience
MARGIN = timedelta(seconds=2)  # of a lease over the total deadline
QUICK = {"deadline_seconds": 4, "retry_seconds": 3}
PACE = timedelta(seconds=60)  # the longest that the shared timetable makes a call wait

T = TypeVar("T")
Watch = Callable[[str, int, int], None]


@contextmanager
def open_configured_store() -> Iterator[Store]:
    """The store of the settings in force, closed at the end."""
    with open_store_of(load()) as store:
        yield store


@contextmanager
def open_store_of(settings: Settings, check_for: timedelta = BRIEFLY) -> Iterator[Store]:
    """The store of these settings, closed at the end."""
    password = settings.database_password()
    store = open_store(settings.database, password=password, check_for=check_for)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_call_office() -> Iterator[Office]:
    """The store, the calls' keys and the scheme's rules, as the settings have them."""
    settings = load()
    with open_store_of(settings) as store:
        yield Office(
            store,
            call_keys_of(settings),
            load_calls(),
            load_policy(routes_file=settings.routes_file),
            invites=acting_app(settings) is not None and settings.zoom_account_id is not None,
            keep=timedelta(days=settings.call_keep_days),
        )


@contextmanager
def open_incident_desk() -> Iterator[Desk]:
    """The store, and what the scheme says of incidents."""
    settings = load()
    policy = load_policy(routes_file=settings.routes_file)
    with open_store_of(settings) as store:
        places = frozenset(load_scheme().establishments)
        yield Desk(store, policy, load_incidents(), places)


def look_again_of(settings: Settings, store: Store) -> LookAgain:
    """What reads one iPad again, with little patience: somebody waits for it.

    What is not configured, or not wholly, cannot be read; it never stops a call.
    """
    quick = settings.model_copy(update=QUICK)
    mdm, zoom = None, None
    with suppress(Misconfigured):
        mdm = mdm_of(quick)
    with suppress(Misconfigured):
        zoom = zoom_of(quick, store, in_turn)
    return LookAgain(mdm=mdm, zoom=zoom, policy=load_policy(), clock=store.clock)


@contextmanager
def open_notary() -> Iterator[Notary]:
    """The same, and what makes and signs purge proofs."""
    with open_call_office() as office:
        yield Notary(office, proof_key_of(load()), pack_version())


def mdm_of(settings: Settings) -> Mdm:
    """The configured MDM. Raises Misconfigured where there is none: nothing is assumed."""
    if settings.mdm is None:
        raise Misconfigured(
            "no MDM is configured, so no iPad can be checked",
            "Set CALLSTEWARD_MDM=intune and the CALLSTEWARD_INTUNE_* settings; to look round"
            " without any of them, run: callsteward demo",
        )
    certificate = needed(settings, "intune_certificate_file", settings.intune_certificate_file)
    key = needed(settings, "intune_private_key_file", settings.intune_private_key_file)
    if settings.http_ca_file is not None:
        read_file("http_ca_file", settings.http_ca_file)  # or every call would fail by itself
    return IntuneMdm(
        tenant=needed(settings, "intune_tenant_id", settings.intune_tenant_id),
        client_id=needed(settings, "intune_client_id", settings.intune_client_id),
        certificate=read_file("intune_certificate_file", certificate).encode(),
        key=read_file("intune_private_key_file", key).encode(),
        base_url=settings.graph_url,
        authority=settings.login_url,
        enrolment_profiles=frozenset(settings.intune_enrolment_profiles),
        reach=reach_of(settings),
        now=utc_now,
    )


def needed(settings: Settings, name: str, value: T | None) -> T:
    """A setting that the MDM in use cannot do without."""
    if value is None:
        raise Misconfigured(
            f"CALLSTEWARD_{name.upper()} is not set; the MDM {settings.mdm} needs it",
            "See `callsteward settings`.",
        )
    return value


def send_mail_of(settings: Settings, store: Store, policy: Policy) -> SendMail:
    """What hands letters over."""
    return SendMail(
        store=store,
        channels=channels_of(settings, policy.phone),
        lease=timedelta(seconds=settings.deadline_seconds) + MARGIN,
        fallback=policy.fallback,
        texts=sends_texts(settings),
        noise=load_noise(),
    )


def mail_worker_of(settings: Settings, store: Store) -> Worker:
    """A worker that only sends letters."""
    policy = load_policy(routes_file=settings.routes_file)
    return Worker(store, {"mail": send_mail_of(settings, store, policy)}, MAIL_SLOTS)


def sweep_lease(settings: Settings) -> timedelta:
    """Longer than one answer can take: patience, a last call, its token's, and the pace."""
    asked = timedelta(seconds=settings.retry_seconds + 2 * settings.deadline_seconds)
    return asked + MARGIN + (timedelta(0) if settings.zoom_account_id is None else PACE)


def worker_of(
    settings: Settings,
    store: Store,
    mdm: Mdm,
    slots: Mapping[str, int],
    watch: Watch = unwatched,
    together: Together = in_turn,
) -> Worker:
    """A worker that can meet every kind of obligation there is.

    `together` is how the caller lets many reads go on at once.
    """
    zoom = zoom_of(settings, store, together)
    policy = load_policy(routes_file=settings.routes_file)
    effects: tuple[Effect, ...] = (
        RunSweep(
            store=store,
            mdm=mdm,
            zoom=zoom,
            keys=call_keys_of(settings),
            policy=policy,
            watch=watch,
            lease=sweep_lease(settings),
            together=together,
        ),
        send_mail_of(settings, store, policy),
        *trial_effects(
            settings,
            store,
            carrier_of(settings),
            timedelta(seconds=settings.deadline_seconds) + MARGIN,
        ),
        *clock_effects(store),
        EraseCall(store, call_keys_of(settings), timedelta(days=settings.call_keep_days)),
        *effects_of_calls(settings, store, policy, call_keys_of(settings)),
    )
    if zoom is not None:
        effects += (RefreshConsent(store, zoom, CONSENT_LEASE),)
    effects += contact_effects(settings, store)
    worker = Worker(store, {effect.kind: effect for effect in effects}, slots)
    worker.prove_complete()
    return worker
