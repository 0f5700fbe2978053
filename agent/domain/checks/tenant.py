"""Does the MDM itself call nothing compliant that it never judged?"""

from agent.domain.check import Category, Finding, Rule, Severity, Verdict
from agent.domain.device import Tenant
from agent.domain.facts import Known, Unknown

TENANT = "mdm"  # the subject of what is wrong with the MDM as a whole

strict_tenant = Rule(
    name="mdm.strict",
    says="the MDM calls a device compliant only by a policy",
    requirement="A7",
    question=6,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="In the MDM's compliance settings, mark devices without a policy as not compliant,"
    " and assign at least one policy.",
)


def of_the_tenant(tenant: Tenant) -> list[Finding]:
    """One finding about the MDM as a whole, whatever it is."""
    return [_finding(*_verdict(tenant))]


def _verdict(tenant: Tenant) -> tuple[Verdict, str, str]:
    """What is known to be wrong is wrong, whatever else was not told."""
    policies, lax = tenant.policies, tenant.unjudged_is_compliant
    if isinstance(policies, Known) and policies.value == 0:
        return Verdict.FAIL, "no-policy-at-all", "the MDM has no compliance policy"
    if isinstance(lax, Known) and lax.value:
        because = "the MDM calls devices compliant that have no policy"
        return Verdict.FAIL, "unjudged-is-compliant", because
    if isinstance(policies, Unknown):
        return Verdict.UNKNOWN, policies.reason, policies.why
    if isinstance(lax, Unknown):
        return Verdict.UNKNOWN, lax.reason, lax.why
    return Verdict.PASS, "", policies.source


def _finding(verdict: Verdict, reason: str, because: str) -> Finding:
    rule = strict_tenant
    return Finding(TENANT, "", rule.name, verdict, reason, because, "", rule.severity)
