"""Does the MDM call it compliant, and by a policy?"""

from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.device import Compliance, Device, Profile, ProfileState
from agent.domain.facts import Fact, Known, Unknown, follow

WORDS = {
    Compliance.NONCOMPLIANT: ("noncompliant", Severity.HIGH),
    Compliance.IN_GRACE_PERIOD: ("in-grace-period", Severity.MEDIUM),
    Compliance.ERROR: ("compliance-error", Severity.MEDIUM),
    Compliance.CONFLICT: ("compliance-conflict", Severity.MEDIUM),
}


def _reads(facts: AssetFacts) -> Fact[tuple[Compliance, tuple[Profile, ...]]]:
    return follow(facts.device, _state_and_policies)


def _state_and_policies(device: Device) -> Fact[tuple[Compliance, tuple[Profile, ...]]]:
    """What is not compliant needs no policy to be wrong."""
    state, policies = device.compliance, device.policies
    if isinstance(state, Unknown):
        return state
    if isinstance(policies, Known):
        return Known((state.value, policies.value), state.source, state.at)
    if state.value is Compliance.COMPLIANT:
        return policies
    return Known((state.value, ()), state.source, state.at)


def _wrong(found: tuple[Compliance, tuple[Profile, ...]], case: Case) -> Wrong | None:
    state, policies = found
    if state in WORDS:
        reason, severity = WORDS[state]
        return Wrong(reason, f"the MDM says: {state.value}", "", severity)
    if all(_is_not_applied(policy) for policy in policies):
        return Wrong("no-policy", "called compliant, but no policy is assigned to it")
    return None


def _is_not_applied(policy: Profile) -> bool:
    """Listed for the device, but not assigned or not for its kind: it judges nothing."""
    state = policy.state
    return isinstance(state, Known) and state.value is ProfileState.NOT_APPLIED


compliant = Check(
    name="policy.compliant",
    says="compliant with a policy that is assigned",
    requirement="A7",
    question=5,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Open the iPad in the MDM and see which rule it breaks; assign the scheme's"
    " compliance policy where none is.",
    reads=_reads,
    wrong=_wrong,
    goes_stale=True,
)
