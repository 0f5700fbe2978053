"""The outside: each host and its clock, the MDM, Zoom, the mail server, the monitor."""

from collections.abc import Callable, Iterator
from functools import partial

from agent.domain.diagnosing import certificate_end, clock_skew, permissions, plan
from agent.domain.diagnosis import Diagnosis, ok, sentence, warning, wrong
from agent.domain.trial import trial_note
from agent.domain.trial_mail import ROUTE
from agent.errors import AgentError, Misconfigured, StoreFailed
from agent.looks.base import Installation, Look
from agent.ports.alerts import Route
from agent.ports.outside import Reachable
from agent.services.doctor import read_by_infosec

NO_MDM = "Set CALLSTEWARD_MDM=intune and the CALLSTEWARD_INTUNE_* settings."
NO_ZOOM = "Set CALLSTEWARD_ZOOM_ACCOUNT_ID and the other CALLSTEWARD_ZOOM_* settings."
NO_MAIL = "Set CALLSTEWARD_SMTP_HOST, CALLSTEWARD_MAIL_FROM and the login."
NO_MONITOR = "Set CALLSTEWARD_HEARTBEAT_URL_FILE to a file with the URL of an outside monitor."
CERTIFICATE = "Make a new one, register it with the app in Entra ID, then set its files."
ROLES = "In Entra ID: app registrations, API permissions, Microsoft Graph, admin consent."
SCOPES = "In Zoom's marketplace: the server-to-server app, scopes. New tokens get them later."
USER_APP = ("zoom_user_app_client_id", "zoom_user_app_client_secret_file", "zoom_redirect_uri")
NO_MAIL_OF_OURS = "<none@callsteward.invalid>"
MONITOR = "See whether the monitor still expects us there."


def host_looks(it: Installation) -> tuple[Look, ...]:
    """One for each host that is called."""
    hosts = it.outside.hosts().items()
    return tuple(Look(about(name), partial(_reached, name, make)) for name, make in hosts)


def about(host: str) -> str:
    """host.zoom-s-api"""
    return "host." + "-".join(host.lower().replace("'", " ").replace(".", " ").split())


def _reached(name: str, make: Callable[[], Reachable], it: Installation) -> Iterator[Diagnosis]:
    try:
        found = make().reach()
    except AgentError as err:
        yield wrong(about(name), sentence(str(err)), err.hint)
        return
    yield ok(about(name), f"{name} is reached.")
    yield clock_skew(f"{about(name)}.clock", name, found.ours, found.theirs)


def mdm(it: Installation) -> Iterator[Diagnosis]:
    """The certificate, the token and what it may do, one read of each kind."""
    if it.settings.mdm is None:
        yield wrong("mdm", "No MDM is configured: no iPad is checked.", NO_MDM)
        return
    try:
        access = it.outside.mdm()
    except AgentError as err:
        yield wrong("mdm", sentence(str(err)), err.hint)
        return
    which = "The certificate that we sign in to the MDM with"
    ends = access.certificate_ends
    yield certificate_end("mdm.certificate", which, ends, it.now(), CERTIFICATE)
    yield from permissions("mdm.permissions", "our app in the MDM", access.permissions(), ROLES)
    yield _done("mdm.read", access.read_one, "The MDM answers what the sweep asks.")


def zoom(it: Installation) -> Iterator[Diagnosis]:
    """The reading app, the plan, the app that users consent to."""
    try:
        access = it.outside.zoom()
    except AgentError as err:
        yield wrong("zoom", sentence(str(err)), err.hint)
        return
    if access is None:
        yield warning("zoom", "Zoom is not configured: nothing of it is checked.", NO_ZOOM)
        return
    yield from permissions("zoom.scopes", "our reading app in Zoom", access.scopes(), SCOPES)
    try:
        rate = access.read_one()
    except AgentError as err:
        yield wrong("zoom.read", sentence(str(err)), err.hint)
        return
    yield ok("zoom.read", "Zoom answers what the sweep asks.")
    yield plan("zoom.plan", it.settings.zoom_plan, rate.kept, rate.told)


def zoom_actor(it: Installation) -> Iterator[Diagnosis]:
    """The app that acts: its token, and what it may do."""
    try:
        access = it.outside.zoom_actor()
    except AgentError as err:
        yield wrong("zoom.actor", sentence(str(err)), err.hint)
        return
    if access is None:
        yield ok("zoom.actor", "No app acts in Zoom.")
    else:
        yield from permissions("zoom.actor", "our acting app in Zoom", access.scopes(), SCOPES)


def zoom_user_app(it: Installation) -> Iterator[Diagnosis]:
    """The app of our own that the iPads' users consent to."""
    if it.settings.zoom_account_id is None:
        return
    unset = [name for name in USER_APP if getattr(it.settings, name) is None]
    if unset:
        names = ", ".join(f"CALLSTEWARD_{name.upper()}" for name in unset)
        says = f"The app that users consent to is not whole: {names} is not set."
        yield wrong("zoom.user-app", says, "See `callsteward settings`.")
    else:
        yield ok("zoom.user-app", "The app that users consent to is configured.")


def mail(it: Installation) -> Iterator[Diagnosis]:
    """The whole way of a mail; with an address a real one, else all but the mail."""
    try:
        route = it.outside.mail()
    except AgentError as err:
        yield wrong("mail", sentence(str(err)), err.hint)
        return
    if route is None:
        yield wrong("mail", "No mail server is configured: nobody is told.", NO_MAIL)
        return
    to = it.mail_to or _infosec(it) or it.settings.mail_from or ""
    try:
        tried = route.try_out(to=to)
    except AgentError as err:
        yield wrong("mail", sentence(str(err)), err.hint)
        return
    yield ok("mail", tried.says)
    if tried.ends is not None:
        about, cure = "mail.certificate", "Renew it, or ask who runs the mail server."
        yield certificate_end(about, tried.certificate, tried.ends, it.now(), cure)
    if it.mail_to is not None:
        yield _sent(it, route, it.mail_to)


def _infosec(it: Installation) -> str | None:
    """The inbox that every security mail goes to, where our memory tells it."""
    try:
        return read_by_infosec(it.memory)
    except (Misconfigured, StoreFailed):
        return None


def _sent(it: Installation, route: Route, to: str) -> Diagnosis:
    says = "A test mail was accepted. See whether it came, and not as spam."
    return _done("mail.test", lambda: route.send(trial_note(it.now()), to=to), says)


def mailbox(it: Installation) -> Iterator[Diagnosis]:
    """Where the nightly test mail is read back."""
    try:
        found = it.outside.mailbox()
    except AgentError as err:
        yield wrong("mail.mailbox", sentence(str(err)), err.hint)
        return
    if found is not None:
        says = "The mailbox of the nightly test mail can be read."
        yield _done("mail.mailbox", lambda: found.holds(NO_MAIL_OF_OURS, ROUTE), says)


def monitor(it: Installation) -> Iterator[Diagnosis]:
    """A dead machine cannot report itself: somebody outside must miss it."""
    try:
        found = it.outside.monitor()
    except AgentError as err:
        yield wrong("heartbeat", sentence(str(err)), err.hint)
        return
    if found is None and it.settings.heartbeat_mail is not None:
        yield ok("heartbeat", "A monitor is sent a mail each hour and after each sweep.")
        return
    if found is None:
        says = "No heartbeat is configured: nobody notices if this machine is off."
        yield warning("heartbeat", says, NO_MONITOR)
        return
    yield _done("heartbeat", found.beat, "The outside monitor takes our heartbeat.", MONITOR)


def _done(what: str, do: Callable[[], object], says: str, cure: str = "") -> Diagnosis:
    try:
        do()
    except AgentError as err:
        return wrong(what, sentence(str(err)), cure or err.hint)
    return ok(what, says)


LOOKS = (
    Look("mdm", mdm),
    Look("zoom", zoom),
    Look("zoom.actor", zoom_actor),
    Look("zoom.user-app", zoom_user_app),
    Look("mail", mail),
    Look("mail.mailbox", mailbox),
    Look("heartbeat", monitor),
)
