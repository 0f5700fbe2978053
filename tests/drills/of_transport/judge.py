"""Whether a sweep through a fault is what it must be."""

import json
import re
from collections.abc import Iterator

from tests.drills.of_transport.bench import Swept
from tests.drills.of_transport.cases import Case

PARTIAL = ("sweep.partial", "sweep")
UNKNOWN = "unknown"


def wrong(case: Case, usual: Swept, found: Swept) -> list[str]:
    """What is not as it must be; nothing: all is."""
    if found.exit_code is None:
        return ["it hung"]
    odd = [line for line in found.errors.splitlines() if not _logged(line)]
    if odd or not found.told:
        return [f"exit {found.exit_code}, and on stderr: {' '.join(odd)[:300]}"]
    return [
        *(_passed(usual, found) if case.passes else _partial(case, usual, found)),
        *_answers(case, usual, found),
    ]


def _logged(line: str) -> bool:
    """A warning of ours; whatever else is there is a fault of ours."""
    return line.startswith("{") and json.loads(line).get("level") == "WARNING"


def _passed(usual: Swept, found: Swept) -> Iterator[str]:
    if found.exit_code != usual.exit_code or found.told["sweep"]["gaps"]:
        yield f"exit {found.exit_code}, gaps {found.told['sweep']['gaps']}"
    if set(found.incidents) != set(usual.incidents):
        yield f"other incidents: {sorted(set(found.incidents) ^ set(usual.incidents))}"


def _partial(case: Case, usual: Swept, found: Swept) -> Iterator[str]:
    gaps = found.told["sweep"]["gaps"]
    if found.exit_code != 2 or not gaps:
        yield f"exit {found.exit_code}, {len(gaps)} gaps"
    because = found.incidents.get(PARTIAL, "")
    if not re.search(case.place.source, because) or case.words not in because:
        yield f"the incident does not say {case.words!r} of {case.place.source}: {because}"
    new = {type_ for type_, _ in found.incidents} - {type_ for type_, _ in usual.incidents}
    if new - {PARTIAL[0]}:
        yield f"incidents of its own: {sorted(new)}"


def _answers(case: Case, usual: Swept, found: Swept) -> Iterator[str]:
    """What is not hidden is as ever; what is hidden is not known, and never a PASS."""
    if found.subjects != usual.subjects:
        yield f"{len(found.subjects)} iPads in place of {len(usual.subjects)}"
    before, now = usual.verdicts(), found.verdicts()
    for key in sorted(before.keys() | now.keys()):
        if now.get(key) == before.get(key):
            continue
        if not case.may_hide(key[1]) and not _stranger(case, key):
            yield f"{key} was {before.get(key)}, is {now.get(key)}"
        elif now.get(key, ("PASS", ""))[0] != UNKNOWN and not _stranger(case, key):
            yield f"{key} was {before.get(key)}, is {now.get(key)}, and should be not known"
    for check in {check for check in case.place.hides if case.must_hide(check)}:
        subjects = ["mdm"] if check == "mdm.strict" else found.subjects
        passed = [subject for subject in subjects if (subject, check) not in now]
        if passed:
            yield f"PASS of {check} on {sorted(passed)}, though nobody could know"


def _stranger(case: Case, key: tuple[str, str]) -> bool:
    """An iPad of no register is seen in the list alone."""
    return key[1] == "register.listed" and case.place.endpoint in ("token", "managedDevices")
