"""Is anything personal, or anything that somebody typed, where it must not be?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.alarms.said import Said
from tests.support.alarms.words import WORDS, readable
from tests.support.canaries import found
from tests.support.killed.installation import Installation, until
from tests.support.outside import SECONDS
from tests.support.visits.house import House

REST_SECONDS = 120
FAULTS = ("unsupervised", "old-os")


@dataclass(frozen=True, slots=True)
class Leaks:
    """`markers` is how many there were; lists say what leaked, and what never came about."""

    markers: int
    leaked: list[str]
    unsaid: list[str]


def leaks(folder: Path, url: str, seed: int) -> Leaks:
    """A whole run with real commands and a real agent, and every surface of it."""
    with House.of(folder, url, seed) as house:
        home = house.home
        asset = next(iter(house.assets.values()))
        said = Said(home, asset.establishment, asset.local_id)
        said.people()
        agent = home.victims.start("serve")
        try:
            _live(said, [one for one in house.assets if one != asset.tag])
            until(lambda: _is_told(home), REST_SECONDS)
            incident = said.incidents()
            until(lambda: _is_told(home), REST_SECONDS)
        finally:
            agent.process.terminate()
            agent.process.wait(SECONDS)
        shown = said.run("incident", "show", incident)
        said.run("audit", "export", "--out", str(folder.parent / "audit.jsonl"))
        surfaces = dict(_surfaces(said, folder.parent / "audit.jsonl"))
    return Leaks(len(WORDS), list(leaked(surfaces)), _unsaid(home, shown))


def leaked(surfaces: Mapping[str, bytes]) -> Iterator[str]:
    """Each marker in each surface, by what it is of: never the marker itself."""
    names = {word: what for what, word in WORDS.items()}
    for surface, content in surfaces.items():
        for word in found(content, WORDS.values()):
            yield f"{names[word]} is in the {surface}"


def _live(said: Said, others: list[str]) -> None:
    said.call()
    said.quiet()
    for tag, name in zip(others, FAULTS, strict=False):
        said.home.outside.control("POST", "plant", {"name": name, "subject": tag})
    said.run("sweep", "--json", "--by", "S-INFOSEC", code=1)


def _is_told(home: Installation) -> bool:
    """Every letter that is due has gone out."""
    return not [key for key in home.victims.tables.unmet() if key.startswith("mail/")]


def _surfaces(said: Said, chain: Path) -> Iterator[tuple[str, bytes]]:
    home = said.home
    yield "mails", b"\0".join(readable(mail) for mail in home.mailbox.read())
    yield "log of the agent", (home.folder / "log").read_bytes()
    yield "errors of the commands", "\0".join(said.errors).encode()
    yield "audit chain", chain.read_bytes()
    yield "addresses asked for", "\n".join(home.outside.control("GET", "asked")).encode()
    names = (str(path.relative_to(home.folder)) for path in home.folder.rglob("*"))
    yield "file names", "\n".join(names).encode()


def _unsaid(home: Installation, shown: str) -> list[str]:
    """A marker that was never kept proves nothing: those of the inboxes came to somebody."""
    found = []
    if not all(WORDS[what] in shown for what in ("note", "lesson", "what was seen")):
        found.append("what people wrote of an incident is not shown to people")
    to = [str(mail["To"]) for mail in home.mailbox.mails]
    if not any(WORDS["inbox"] in one for one in to):
        found.append("no letter went to an inbox with a marker")
    return found
