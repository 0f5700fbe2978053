"""Does its management certificate last?"""

from datetime import datetime, timedelta

from agent.domain.check import Case, Category, Check, Severity, Wrong
from agent.domain.facts import follow


def _wrong(expires: datetime, case: Case) -> Wrong | None:
    left, limits = expires - case.now, case.baseline.certificate
    if left <= timedelta(0):
        because = f"its management certificate ended on {expires:%d %b %Y}"
        return Wrong("certificate-expired", because, f"{expires:%Y-%m-%d}", Severity.HIGH)
    if left > timedelta(days=limits.low):
        return None
    severity = Severity.LOW
    if left <= timedelta(days=limits.medium):
        severity = Severity.HIGH if left <= timedelta(days=limits.high) else Severity.MEDIUM
    because = f"its management certificate ends on {expires:%d %b %Y}"
    return Wrong("certificate-expiring", because, f"{expires:%Y-%m-%d}", severity)


certificate = Check(
    name="certificate.management",
    says="its management certificate lasts",
    requirement="A7",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.LOW,
    remedy="Switch the iPad on and let it check in, so that the certificate is renewed; if it"
    " has ended, the iPad must be enrolled again.",
    reads=lambda facts: follow(facts.device, lambda device: device.certificate_expires),
    wrong=_wrong,
)
