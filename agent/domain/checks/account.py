"""Is it used by its own account and no other?"""

from hashlib import sha256

from agent.domain.check import Case, Category, Check, Severity, Wrong
from agent.domain.facts import follow


def _wrong(found: str, case: Case) -> Wrong | None:
    if not found:
        return Wrong("no-account", "no account is assigned to it")
    if found != case.asset.m365_user_id.lower():
        because = "another account than the register's is assigned to it"
        return Wrong("wrong-account", because, sha256(found.encode()).hexdigest()[:12])
    return None


account = Check(
    name="account.assigned",
    says="its own Microsoft 365 account is assigned to it",
    requirement="A5",
    question=5,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Ask who signed in. Assign the account of the register, and change its password if"
    " anybody else has used it.",
    reads=lambda facts: follow(facts.device, lambda device: device.account),
    wrong=_wrong,
)
