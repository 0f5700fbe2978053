"""Several agents on one PostgreSQL, each a real process: what one of them does is done."""

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import select

from agent.domain.routes import PHONE
from agent.store.audit import Audit
from agent.store.engine import Store
from agent.store.incident_table import incident
from agent.store.incidents import mail
from agent.store.ledger import Ledger, obligation
from tests.support.outside import SECONDS, Outside, run, start, until

PLACES = 3  # and what belongs to no establishment


@contextmanager
def _serving(settings: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    with start("serve", settings=settings) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=SECONDS)
            assert (child.returncode, "Traceback" in err) == (0, False), err


def _swept(store: Store) -> int:
    o = obligation.c
    with store.read() as tx:
        return len(
            tx.sql.execute(select(o.key).where(o.kind == "sweep", o.state == "done")).all()
        )


def _letters(store: Store) -> list[str]:
    """The Message-ID of each letter about the iPads that was taken, but for telephones."""
    of_day = mail.c.role != PHONE
    accepted = select(mail.c.message_id).where(mail.c.accepted_at.is_not(None), of_day)
    about = accepted.join(incident).where(incident.c.type == "device.supervised")
    with store.read() as tx:
        return list(tx.sql.scalars(about))


def _audited(store: Store) -> list[dict[str, str]]:
    with store.read() as tx:
        assert Audit(tx).broken() is None
        return [json.loads(text) for _, text, _ in Audit(tx).rows()]


def test_three_agents_sweep_the_night_once_and_send_each_letter_once(
    outside: Outside, home: Path, postgres_url: str
) -> None:
    store = outside.filled_store(postgres_url)
    for tag in ("K10001", "K10003", "K10005"):
        outside.edit(tag, isSupervised=False)
    settings, before = outside.environment(home, postgres_url), len(outside.mails())
    with ExitStack() as agents:
        children = [agents.enter_context(_serving(settings)) for _ in range(3)]
        until(lambda: len(_letters(store)) == 7 or any(c.poll() for c in children))
        with store.begin() as tx:
            for number in range(3):
                Ledger(tx).owe("sweep", f"more-{number}", tx.now)
            rows_before = Audit(tx).head()[0]
        until(lambda: _swept(store) >= 2 or any(c.poll() for c in children))
        code, out, _ = run("audit", "verify", settings=settings)
        assert (code, "holds" in out) == (0, True)
    told = Counter(one["Message-ID"] for one in outside.mails()[before:])
    assert set(told.values()) == {1}
    letters = _letters(store)  # one incident: three Securities, three managers, Infosec
    assert len(letters) == len(set(letters)) == 7
    assert set(letters) <= set(told)
    rows = _audited(store)
    assert len(rows) > rows_before
    ended = {row["subjectId"] for row in rows if row["what"] == "SWEEP_ENDED"}
    for sweep in ended:
        mine = Counter(row["what"] for row in rows if row["correlationId"] == sweep)
        assert (mine["SWEEP_STARTED"], mine["SWEPT"]) == (1, PLACES + 1)
    order = [row["what"] for row in rows if row["what"].startswith("SWEEP_")]
    pairs = zip(order[::2], order[1::2], strict=False)
    assert set(pairs) == {("SWEEP_STARTED", "SWEEP_ENDED")}  # one at a time
    store.close()
