"""Each letter was accepted; one that was accepted twice has an excuse, and is the same."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from tests.simulation.postbox import Accepted, SeamedMailer
from tests.simulation.watch import Watch

ROWS = (
    "select mail.key, message_id, accepted_at, answer, state from mail"
    " join obligation on obligation.key = mail.key"
)


def mail(mailer: SeamedMailer, watch: Watch) -> Iterator[str]:
    """What the mail server's journal and our own memory say of each letter."""
    copies: dict[str, list[Accepted]] = defaultdict(list)
    for one in mailer.accepted:
        copies[one.message_id].append(one)
    told = Counter(
        str(entry["details"].get("answer"))
        for entry in watch.audited
        if entry["what"] == "MAIL_ACCEPTED"
    )
    rows = watch.ask(ROWS)
    for key, message_id, accepted_at, answer, state in rows:
        if accepted_at is None or state != "done":
            yield f"{key} is {state} and was not accepted"
        elif told[answer] != 1 or answer not in {one.answer for one in copies[message_id]}:
            yield f"{key} was accepted as {answer}, told {told[answer]} times"
        else:
            yield from _doubled(key, copies[message_id], answer, watch)
    ids = Counter(row[1] for row in rows)
    yield from (
        f"{one} is the id of {count} letters" for one, count in ids.items() if count > 1
    )
    yield from (f"nobody owed the mail {one}" for one in copies.keys() - ids.keys())
    if told.total() != len(rows):
        yield f"{told.total()} letters were told as accepted, {len(rows)} were written"


def _doubled(key: str, copies: Iterable[Accepted], answer: str, watch: Watch) -> Iterator[str]:
    """All but the copy whose answer we wrote down must be excused."""
    copies = list(copies)
    for one in copies:
        excused = one.unheard or one.by is None or one.by.life.dead
        if one.answer != answer and not (excused or one.by in watch.overtaken):
            yield f"{key} was sent twice, and nothing had gone wrong"
    if len({_without_address(one.content) for one in copies}) > 1:
        yield f"{key} was sent in two different texts"
    if len({(one.to, one.content) for one in copies}) > len({one.to for one in copies}):
        yield f"{key} was sent to one inbox in different bytes"


def _without_address(content: bytes) -> bytes:
    """The address is today's: people may have corrected it in between."""
    return b"\n".join(line for line in content.splitlines() if not line.startswith(b"To:"))
