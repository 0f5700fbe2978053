"""A store with four iPads of two establishments, and the tokens of their users."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from agent.domain.asset import Asset
from agent.domain.people import at_the_command_line
from agent.schemes import load_scheme
from agent.services.consents import device_named, give_consent
from agent.services.people import import_staff
from agent.services.register import import_register
from agent.store.audit import Audit
from agent.store.engine import Store
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from tests.support.registers import as_file, register_rows, staff_file
from tests.support.stores import a_store

CODES = ("LEI", "MDI")
BY = at_the_command_line("INFOSEC-1", "alex")
LEI1, MDI1 = "leibt001@ipads.example", "mdibt001@ipads.example"


def registered(where: Path | str, clock: Callable[[], datetime]) -> Store:
    """Staff and register are in it."""
    store = a_store(where, clock)
    import_staff(store, load_scheme(), staff_file(CODES), BY)
    import_register(store, load_scheme(), as_file(register_rows(CODES)), BY)
    return store


def tokens_in(store: Store, folder: Path) -> SealedTokens:
    """Sealed under the key in this folder."""
    return SealedTokens(store, KeyFile(folder / "zoom.key"))


def device(store: Store, name: str = "MDIBT001") -> Asset:
    return device_named(store, name)


def consented(tokens: SealedTokens, token: str, name: str = "MDIBT001") -> None:
    """This iPad's user has given this token."""
    asset = device(tokens.store, name)
    give_consent(tokens, asset, asset.m365_user_id, token, BY)


def told(store: Store) -> list[tuple[str, str]]:
    """What the audit says of consents: what, of which iPad."""
    import json

    with store.read() as tx:
        rows = [json.loads(text) for _, text, _ in Audit(tx).rows()]
    return [
        (row["what"], row["subjectId"]) for row in rows if row["what"].startswith("CONSENT_")
    ]


def everything_in(folder: Path) -> bytes:
    """All that lies on the disk there."""
    return b"".join(
        Path(root, name).read_bytes() for root, _, names in os.walk(folder) for name in names
    )
