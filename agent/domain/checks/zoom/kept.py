"""Was anything kept of a call: a recording, a transcript, a summary (D4, E2)?"""

from collections.abc import Callable

from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import zoom
from agent.domain.facts import Fact, follow
from agent.domain.zoom import Kind, Search

WORDS = {
    Kind.RECORDING: ("recording-found", "a recording is there"),
    Kind.TRASH: ("recording-in-trash", "a recording is in the trash"),
    Kind.TRANSCRIPT: ("transcript-found", "a transcript is there"),
    Kind.SUMMARY: ("summary-found", "a summary is there"),
}
Reads = Callable[[AssetFacts], Fact[Search]]
REMEDY = (
    "Delete nothing: it is evidence. Infosec decides who may look at it and when it is deleted."
)


def _proven(fact: Fact[Search]) -> Fact[Search]:
    """What was found counts at once; that nothing was found needs the whole search."""
    return follow(fact, lambda search: search.gap if search.gap and not search.found else fact)


def _wrong(search: Search, case: Case) -> Wrong | None:
    for kind, (reason, because) in WORDS.items():
        count = sum(kept.kind is kind for kept in search.found)
        if count:
            return Wrong(reason, f"{because} ({count})")
    return None


def _check(name: str, says: str, reads: Reads) -> Check[Search]:
    return Check(
        name=name,
        says=says,
        requirement="D4",
        question=2,
        category=Category.SECURITY,
        severity=Severity.HIGH,
        remedy=REMEDY,
        reads=reads,
        wrong=_wrong,
    )


no_recordings = _check(
    "zoom.no-recordings",
    "no recording, not in the trash either",
    zoom(lambda facts: _proven(facts.recordings)),
)
no_transcripts = _check(
    "zoom.no-transcripts", "no transcript", zoom(lambda facts: _proven(facts.transcripts))
)
no_summaries = _check(
    "zoom.no-summaries", "no summary", zoom(lambda facts: _proven(facts.summaries))
)
