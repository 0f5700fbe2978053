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
    """What is not compliant needs no policy to be wrong; what is needs one that holds."""
    state, policies = device.compliance, device.policies
    if isinstance(state, Unknown):
        return state
    if state.value is not Compliance.COMPLIANT:
        return Known((state.value, ()), state.source, state.at)
    if isinstance(policies, Unknown):
        return policies
    return _hidden(policies.value) or Known(
        (state.value, policies.value), state.source, state.at
    )


def _hidden(policies: tuple[Profile, ...]) -> Unknown | None:
    """Why nobody knows whether the policies hold: one does not say, and none is in error."""
    gaps = [policy.state for policy in policies if isinstance(policy.state, Unknown)]
    told = {policy.state.value for policy in policies if isinstance(policy.state, Known)}
    return gaps[0] if gaps and ProfileState.FAILED not in told else None


def _wrong(found: tuple[Compliance, tuple[Profile, ...]], case: Case) -> Wrong | None:
    state, policies = found
    if state in WORDS:
        reason, severity = WORDS[state]
        return Wrong(reason, f"the MDM says: {state.value}", "", severity)
    told = {policy.state.value for policy in policies if isinstance(policy.state, Known)}
    if ProfileState.FAILED in told:
        return Wrong("policy-failed", "called compliant, but a policy of it is in error")
    if ProfileState.IN_FORCE not in told:
        return Wrong("no-policy", "called compliant, but no policy is assigned to it")
    return None


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
