"""What a drill with kills stands on: a real sandbox, a database, settings of an agent."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent.schemes import config_folder
from agent.store.engine import Store
from connectors.sandbox import run as sandbox
from tests.support.killed.look import Mailbox, Tables, message_id
from tests.support.killed.victims import Victims
from tests.support.outside import SECONDS, Outside

LATENCY_MS = 60


@dataclass
class Installation:
    """`excused` counts, by Message-ID, the kills after which a letter may come once more."""

    folder: Path
    url: str
    outside: Outside
    store: Store
    settings: Mapping[str, str]
    victims: Victims
    mailbox: Mailbox
    excused: Counter[str] = field(default_factory=Counter)

    @staticmethod
    @contextmanager
    def of(
        folder: Path, url: str, seed: int, establishments: int, quick: Mapping[str, str]
    ) -> Iterator["Installation"]:
        """A sandbox and a database with its estate imported. `quick`: settings of the agent."""
        options = sandbox.Options(
            establishments_file=config_folder() / "establishments.csv",
            establishments=establishments,
            seed=seed,
            latency_ms=LATENCY_MS,
            data=folder / "sandbox",
        )
        with ExitStack() as stack:
            outside = Outside(stack.enter_context(sandbox.running(options)))
            store = outside.filled_store(url)
            stack.callback(store.close)
            settings = (
                outside.environment(folder) | dict(quick) | {"CALLSTEWARD_DATABASE_URL": url}
            )
            log = stack.enter_context((folder / "log").open("wb"))
            victims = Victims(settings, Tables(store.reader), log)
            imap = outside.said["imap"]
            box = Mailbox(imap["host"], imap["port"], imap["username"], imap["password"])
            yield Installation(folder, url, outside, store, settings, victims, box)

    def note_unproven(self, held: frozenset[str]) -> None:
        """Letters that the mail server has, and of which the dead cannot have told us."""
        keys = [key for key in held if key.startswith("mail/")]
        if keys:
            there = {message_id(mail) for mail in self.mailbox.read()}
            rows = self.victims.tables.rows('select "key", message_id from mail')
            self.excused.update(
                row.message_id for row in rows if row.key in keys and row.message_id in there
            )


def until(holds: Callable[[], object], seconds: float = SECONDS) -> bool:
    """Wait for it; False if it does not come about."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
