"""Is it held in Zoom alone?"""

from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.device import Device, ProfileState
from agent.domain.facts import Fact, Known, Unknown, follow


def _reads(facts: AssetFacts) -> Fact[frozenset[ProfileState]]:
    name = facts.baseline.single_app_profile
    return follow(facts.device, lambda device: _states(device, name))


def _states(device: Device, name: str) -> Fact[frozenset[ProfileState]]:
    """How the records of this profile stand; a bad state is known whatever the others say."""
    if isinstance(device.profiles, Unknown):
        return device.profiles
    states = [profile.state for profile in device.profiles.value if profile.name == name]
    known = frozenset(state.value for state in states if isinstance(state, Known))
    for state in states:
        if isinstance(state, Unknown) and ProfileState.FAILED not in known:
            return state
    return Known(known, device.profiles.source, device.profiles.at)


def _wrong(states: frozenset[ProfileState], case: Case) -> Wrong | None:
    name = case.baseline.single_app_profile
    if ProfileState.FAILED in states:
        return Wrong("profile-error", f"the profile {name} is in error")
    if ProfileState.IN_FORCE not in states:
        return Wrong("profile-missing", f"the profile {name} is not on it")
    return None


single_app = Check(
    name="device.single-app",
    says="held in Zoom alone by the single-app profile",
    requirement="A7",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Assign the single-app profile in the MDM, or clear its error, and let the iPad"
    " check in.",
    reads=_reads,
    wrong=_wrong,
    goes_stale=True,
)
