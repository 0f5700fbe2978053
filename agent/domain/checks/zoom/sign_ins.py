"""Did anybody sign in with its account elsewhere (X5)?"""

from agent.domain.check import Case, Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import zoom
from agent.domain.facts import Fact, Seen, Unknown, follow
from agent.domain.zoom import SignIn
from agent.domain.zoom_evidence import ZoomFacts

OURS = ("ipad", "ios", "ipados")
NO_CLIENT = Unknown("not-told", "Zoom does not tell with what somebody signed in")


def _reads(facts: ZoomFacts) -> Fact[Seen[SignIn]]:
    """A sign-in elsewhere that was seen is bad news, whatever was not read. Without its client
    a sign-in proves nothing, but hides no other."""
    return follow(facts.sign_ins, lambda seen: _proven(seen, facts.sign_ins))


def _proven(seen: Seen[SignIn], fact: Fact[Seen[SignIn]]) -> Fact[Seen[SignIn]]:
    if _others(seen.rows):
        return fact
    if seen.gap is not None:
        return seen.gap
    return fact if all(map(_client, seen.rows)) else NO_CLIENT


def _client(sign_in: SignIn) -> str:
    return sign_in.client_type.lower()


def _others(found: tuple[SignIn, ...]) -> list[SignIn]:
    return [one for one in found if _client(one) and _client(one) not in OURS]


def _wrong(seen: Seen[SignIn], case: Case) -> Wrong | None:
    others = _others(seen.rows)
    if not others:
        return None
    last = max((one.at for one in others if one.at is not None), default=None)
    when = "" if last is None else f", last on {last:%d %b %Y %H:%M} UTC"
    return Wrong("unknown-sign-in", f"sign-ins without an iPad: {len(others)}{when}")


sign_ins = Check(
    name="zoom.sign-ins",
    says="nobody signed in with its account elsewhere",
    requirement="X5",
    question=5,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Ask who signed in. Change the account's password and sign its sessions out, outside"
    " of calls.",
    reads=zoom(_reads),
    wrong=_wrong,
)
