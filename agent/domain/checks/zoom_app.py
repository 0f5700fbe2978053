"""Is the right Zoom app on it, and new enough?"""

from agent.domain.baseline import Baseline, version
from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.checks.inventory import inventory
from agent.domain.device import App
from agent.domain.facts import Fact, Known, Unknown


def _ours(apps: tuple[App, ...], baseline: Baseline) -> list[App]:
    bundle = baseline.zoom_bundle
    return [app for app in apps if baseline.bundle_of(app.name, app.bundle) == bundle]


def _too_old(apps: tuple[App, ...], baseline: Baseline) -> list[App]:
    needed = version(baseline.zoom_minimum) or ()
    told = [(version(app.version), app) for app in _ours(apps, baseline)]
    return [app for number, app in told if number is not None and number < needed]


def _reads(facts: AssetFacts) -> Fact[tuple[App, ...]]:
    """A version that cannot be read hides the answer, unless another one is too old anyway."""
    fact = inventory(facts)
    if isinstance(fact, Known) and not _too_old(fact.value, facts.baseline):
        for app in _ours(fact.value, facts.baseline):
            if version(app.version) is None:
                return Unknown("unknown-value", f"the version of {app.name} cannot be read")
    return fact


def _wrong(apps: tuple[App, ...], case: Case) -> Wrong | None:
    for app in _too_old(apps, case.baseline):
        because = f"{app.name} {app.version}, at least {case.baseline.zoom_minimum} is needed"
        return Wrong("app-too-old", because, app.version)
    if _ours(apps, case.baseline):
        return None
    for app in apps:
        if case.baseline.bundle_of(app.name, app.bundle):
            return Wrong("app-wrong-bundle", f"{app.name} is another app", app.name)
    return Wrong("app-missing", "Zoom is not on it")


zoom_app = Check(
    name="app.zoom",
    says="the right Zoom app is on it and new enough",
    requirement="A3",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.MEDIUM,
    remedy="Let the MDM install or update Zoom; single-app mode must be lifted for the time of"
    " the update.",
    reads=_reads,
    wrong=_wrong,
    goes_stale=True,
)
