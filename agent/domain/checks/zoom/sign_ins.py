"""Did anybody sign in with its account elsewhere (X5)?"""

from agent.domain.check import Case, Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import zoom
from agent.domain.facts import Fact, Unknown, follow
from agent.domain.zoom import SignIn
from agent.domain.zoom_evidence import ZoomFacts

OURS = ("ipad", "ios", "ipados")
NO_CLIENT = Unknown("not-told", "Zoom does not tell with what somebody signed in")


def _reads(facts: ZoomFacts) -> Fact[tuple[SignIn, ...]]:
    """Without its client a sign-in proves nothing, but hides no other."""
    return follow(
        facts.sign_ins,
        lambda found: (
            facts.sign_ins if _others(found) or all(map(_client, found)) else NO_CLIENT
        ),
    )


def _client(sign_in: SignIn) -> str:
    return sign_in.client_type.lower()


def _others(found: tuple[SignIn, ...]) -> list[SignIn]:
    return [one for one in found if _client(one) and _client(one) not in OURS]


def _wrong(found: tuple[SignIn, ...], case: Case) -> Wrong | None:
    others = _others(found)
    if not others:
        return None
    last = max(sign_in.at for sign_in in others)
    because = f"sign-ins without an iPad: {len(others)}, last on {last:%d %b %Y %H:%M} UTC"
    return Wrong("unknown-sign-in", because)


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
