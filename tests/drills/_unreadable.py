"""One night of a small estate with many faults, and one source that cannot be read."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.domain.check import Finding
from agent.domain.checks import all_checks
from agent.domain.incident import Incident
from agent.policies import load_policy
from agent.schemes import config_folder
from agent.store.register import Register
from agent.store.sweeps import Sweep
from connectors.sandbox import run as sandbox
from tests.drills._source import NOT_READ, Answer, Source
from tests.support.agents import Agent, agent
from tests.support.outside import Outside

NIGHT = "2026-11-21"  # a Saturday: any that does not look back to the first enrolment
PASS: Answer = ("pass", "")
Key = tuple[str, str]  # subject, check


@dataclass(frozen=True, slots=True)
class Found:
    """What one such night came to. `wrong` names what is not as it must be."""

    source: Source
    faults: int  # that were planted
    hidden: int  # answers
    kept: int  # failures that the source does not hide
    pass_on_unknown: int
    wrong: tuple[str, ...]


@contextmanager
def estate(establishments: int, devices: int) -> Iterator[Outside]:
    """A sandbox without rate limits: each night has a timetable of its own."""
    with tempfile.TemporaryDirectory(prefix="callsteward-drill-") as name:
        options = sandbox.Options(
            establishments_file=config_folder() / "establishments.csv",
            establishments=establishments,
            devices=devices,
            limit_scale=1000,
            data=Path(name),
        )
        with sandbox.running(options) as said:
            yield Outside(said)


def look(outside: Outside, source: Source, faults: int, seed: int) -> Found:
    """The faults of this seed and the source's witness; the source fails from the night on."""
    outside.control("PUT", "failures", {"failures": []})
    outside.control("POST", "clear", {})
    outside.control("POST", "plant", {"name": source.witness})
    outside.control("POST", "plant", {"count": faults, "seed": seed, "halves": "both"})
    with (
        tempfile.TemporaryDirectory(prefix="callsteward-drill-") as name,
        agent(outside, Path(name)) as one,
    ):
        outside.control("PUT", "failures", {"failures": [source.failure()]})
        outside.control("DELETE", "counters")
        return _judged(one, source, one.night(NIGHT))


def _judged(one: Agent, source: Source, swept: Sweep) -> Found:
    truth = one.outside.control("GET", "truth")
    expected = _expected(one, source, truth)
    told = dict(map(_plain, one.verdicts(NIGHT)))
    hidden = [key for key, answer in expected.items() if answer == NOT_READ]
    wrong = [*_differences(expected, told), *_telling(source, swept, one.incidents())]
    if source.status == 503 and _asked(one.outside, source) < 2:
        wrong.append("it was not tried again")
    return Found(
        source=source,
        faults=len(truth["faults"]),
        hidden=len(hidden),
        kept=sum(answer[0] == "fail" for answer in expected.values()),
        pass_on_unknown=sum(
            told.get(key) == PASS for key, answer in expected.items() if answer[0] == "unknown"
        ),
        wrong=tuple(f"{source.name}: {line}" for line in wrong),
    )


def _expected(one: Agent, source: Source, truth: Mapping[str, Any]) -> dict[Key, Answer]:
    """Every answer: the truth while all can be read, with what the source hides NOT READ."""
    rows = {(r["subject"], r["check"]): (r["verdict"], r["reason"]) for r in truth["rows"]}
    with one.store.read() as tx:
        tags = [asset.tag for asset in Register(tx).all()]
    names = [check.name for check in all_checks(load_policy().zoom)]
    found: dict[Key, Answer] = {}
    for tag in tags:
        answers = {name: rows.pop((tag, name), PASS) for name in names}
        held = bool(one.outside.control("GET", f"records/zoomPastMeetings/{tag}"))
        for name, answer in answers.items():
            hides = source.hides_from(answers, name, held=held)
            found[tag, name] = NOT_READ if hides else answer
    found["mdm", "mdm.strict"] = NOT_READ if source.hides_all("mdm.strict") else PASS
    return found | ({} if source.hides_all("register.listed") else rows)


def _plain(finding: Finding) -> tuple[Key, Answer]:
    return (finding.subject, finding.check), (finding.verdict.value, finding.reason)


def _differences(expected: Mapping[Key, Answer], told: Mapping[Key, Answer]) -> Iterator[str]:
    for key in sorted({*expected, *told}):
        if expected.get(key) != told.get(key):
            wanted, got = expected.get(key, ("nothing",)), told.get(key, ("nothing",))
            yield f"{' '.join(key)} is {' '.join(got)}, not {' '.join(wanted)}"


def _telling(source: Source, swept: Sweep, incidents: list[Incident]) -> Iterator[str]:
    """PARTIAL, and one operational incident of it that names the source."""
    if swept.state != "PARTIAL":
        yield f"the sweep is {swept.state}"
    partial = [i for i in incidents if i.type == "sweep.partial"]
    if [i.category.value for i in partial] != ["operational"]:
        yield f"{len(partial)} incidents of the sweep"
    if not all(source.names in i.because for i in partial):
        yield f"the incident does not name it: {[i.because for i in partial]}"
    operational = [i for i in incidents if i.category.value == "operational"]
    if len(operational) > len(partial):
        yield f"{len(operational)} operational incidents"


def _asked(outside: Outside, source: Source) -> int:
    """How often the source was asked."""
    told = outside.control("GET", "counters")
    calls = {**told["calls"], **told["zoom"]["calls"]}
    return int(calls.get(source.endpoint, {}).get(str(source.status), 0))
