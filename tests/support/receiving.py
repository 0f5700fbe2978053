"""The agent and the receiver as real processes beside a sandbox, and a call that runs."""

import os
import re
import select
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from agent.domain.application import (
    Asked,
    Comment,
    Compact,
    ContactConfirmed,
    Decision,
    Informed,
)
from agent.domain.authorisation import Letter
from agent.domain.in_call import Precall, Started
from agent.domain.people import Actor, at_the_command_line
from agent.domain.uk_time import uk_day
from agent.policies import load_policy
from agent.schemes import load_calls
from agent.services import authorisations
from agent.services.call_book import Booking, ask
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.consents import device_named
from agent.store.call_keys import CallKeys
from agent.store.engine import Store
from tests.support.outside import PREFIX, SECONDS, Outside, start

RULES = load_calls()
WHERE = re.compile(r"receives Zoom's events at (http://\S+)")


def with_zoom(outside: Outside, folder: Path) -> dict[str, str]:
    """The variables of an agent in this folder that reads Zoom, acts in it, and hears it."""
    zoom = outside.said["zoom"]
    told = {
        "zoom_account_id": zoom["account_id"],
        "zoom_reader_client_id": zoom["reader"]["client_id"],
        "zoom_reader_client_secret_file": _file(folder, "reader", zoom["reader"]),
        "zoom_actor_client_id": zoom["actor"]["client_id"],
        "zoom_actor_client_secret_file": _file(folder, "actor", zoom["actor"]),
        "zoom_user_app_client_id": zoom["user_app"]["client_id"],
        "zoom_user_app_client_secret_file": _file(folder, "user-app", zoom["user_app"]),
        "zoom_redirect_uri": zoom["user_app"]["redirect_uri"],
        "zoom_plan": zoom["plan"],
        "zoom_api_url": zoom["api_url"].removesuffix("/v2"),
        "zoom_oauth_url": zoom["oauth_url"].removesuffix("/oauth"),
        "zoom_events_secret_file": events_secret(folder, zoom["webhook_secret"]),
    }
    own = {PREFIX + name.upper(): str(value) for name, value in told.items()}
    return outside.environment(folder) | own


def events_secret(folder: Path, secret: str) -> Path:
    return _file(folder, "events", {"client_secret": secret})


def _file(folder: Path, name: str, app: Mapping[str, str]) -> Path:
    path = folder / f"zoom-{name}-secret"
    path.write_text(app["client_secret"] + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@contextmanager
def process(*words: str, settings: Mapping[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """Ended with SIGTERM, as systemd does; it must end well."""
    with start(*words, settings=settings) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=SECONDS)
            assert (child.returncode, "Traceback" in err) == (0, False), err


@contextmanager
def receiving(settings: Mapping[str, str]) -> Iterator[str]:
    """The receiver; the address that Zoom is given."""
    with process("receive", "--port", "0", settings=settings) as child:
        yield address_of(child)


def address_of(child: "subprocess.Popen[str]") -> str:
    """As it says it at its start."""
    assert child.stdout is not None
    ready, _, _ = select.select([child.stdout], [], [], SECONDS)
    assert ready, "it said nothing"
    line = child.stdout.readline()
    found = WHERE.search(line)
    assert found is not None, (line, child.stderr.read() if child.stderr else "")
    return found[1]


def office(store: Store, folder: Path) -> Office:
    return Office(store, CallKeys(folder / "call-keys"), RULES, load_policy())


def running_call(there: Office, device: str) -> str:
    """A call on this iPad that staff have just started; two departments were unreachable."""
    asset = device_named(there.store, device)
    code = asset.establishment
    with there.store.read() as tx:
        now = tx.now
    spoc, governor = _by(code, "SPOC"), _by(code, "GOV")
    letter = Letter(
        establishment=code, grantor="governor", granted_by=governor.id, to_whom="generally",
        dated=uk_day(now) - timedelta(days=9), review_on=uk_day(now) + timedelta(days=90),
        reference="40E/1", tags=(asset.tag,),
    )  # fmt: skip
    authorisations.record(there.store, RULES, letter, spoc)
    booking = Booking(
        device=asset, at=now, until=now + timedelta(hours=1), room="Chapel office"
    )
    said = Asked(reason="dying-relative", resident="A1234BC")
    call = ask(there, booking, said, spoc).call.id
    for department in RULES.departments:
        comment = Comment(
            department=department, outcome="unreachable", asked_by=spoc.id, governor_told=True
        )
        record(there, call, comment, spoc)
    record(there, call, Decision(granted=True, decided_by=governor.id), governor)
    for step in _prepared(code, RULES.text("section-170", uk_day(now)).version):
        record(there, call, step, spoc)
    return call


def _prepared(
    code: str, text: str
) -> tuple[Compact, Informed, ContactConfirmed, Precall, Started]:
    chaplain, supervisor = f"S-{code}-CHAP", f"S-{code}-SUP"
    return (
        Compact(explained_by=chaplain),
        Informed(
            informed_by=chaplain, told_of_call=True, told_to_install=True,
            name_of_contact="Jo Blogginsworth", email="jo@family.example", phone="07700 900123",
        ),
        ContactConfirmed(confirmed_by=f"S-{code}-SEC", non_contact=False, read_back=True),
        Precall(
            phoned_by=chaplain, told_no_recording=True, told_language=True,
            told_no_filming=True, absence_confirmed=True, signed_in=True, camera=True,
            microphone=True, text=text, read_by=supervisor, read_to_acceptor=True,
        ),
        Started(
            supervisor=supervisor, chaplaincy=chaplain, not_residential=True, no_rec=True,
            admitted_by=supervisor, name_matches=True,
        ),
    )  # fmt: skip


def _by(code: str, word: str) -> Actor:
    return at_the_command_line(f"S-{code}-{word}", str(os.getpid()))
