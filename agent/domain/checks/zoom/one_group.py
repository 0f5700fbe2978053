"""Is its user in the one group of ours that the register names?"""

from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import account
from agent.domain.facts import Fact, Known
from agent.domain.zoom_evidence import NO_GROUP


def _reads(facts: AssetFacts) -> Fact[frozenset[str]]:
    """In none or in several is wrong whatever the register says; of one group it has to say
    whether that is the one."""
    groups = account(lambda user: user.groups)(facts)
    one = isinstance(groups, Known) and len(groups.value) == 1
    return NO_GROUP if one and not facts.asset.zoom_group else groups


def _wrong(groups: frozenset[str], case: Case) -> Wrong | None:
    if not groups:
        return Wrong("zoom-no-group", "it is in no group: nothing is locked for it")
    if len(groups) > 1:
        return Wrong("zoom-several-groups", f"it is in {len(groups)} groups")
    if groups != {case.asset.zoom_group}:
        return Wrong("zoom-wrong-group", "it is in another group than the register's")
    return None


one_group = Check(
    name="zoom.one-group",
    says="it is in its own Zoom group and no other",
    requirement="K3",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Ask the Zoom administrator to put the account into the group of the register, and"
    " into no other.",
    reads=_reads,
    wrong=_wrong,
)
