"""Are only the apps of this purpose on it?"""

from agent.domain.check import Case, Category, Check, Severity, Wrong
from agent.domain.checks.inventory import inventory
from agent.domain.device import App


def _wrong(apps: tuple[App, ...], case: Case) -> Wrong | None:
    baseline = case.baseline
    extra = sorted(
        {
            app.name
            for app in apps
            if baseline.bundle_of(app.name, app.bundle) is None
            and app.name.lower() not in baseline.allowed_apps
        }
    )
    if not extra:
        return None
    return Wrong("extra-app", f"apps that do not belong: {', '.join(extra)}", ", ".join(extra))


only_ours = Check(
    name="apps.only-ours",
    says="only the apps of this purpose are on it",
    requirement="A7",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Ask how the app came there. Remove it through the MDM and check the restrictions"
    " on installing apps.",
    reads=inventory,
    wrong=_wrong,
    goes_stale=True,
)
