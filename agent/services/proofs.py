"""Purge proofs: made of what we know, named in the audit, signed.

The same knowledge is the same proof, under the same row of the audit; only the rows after it
grow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agent.domain.contact import Window
from agent.domain.people import Actor
from agent.domain.proof import Known, begun, proof_id, purge_proof
from agent.domain.proof_file import MADE, canonical, details, signed, written
from agent.domain.proof_surfaces import CHECKS, Look, Noticed
from agent.errors import BadInput
from agent.services.call_office import Office
from agent.services.call_zoom import noticed_of
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.calls import Calls
from agent.store.engine import Transaction
from agent.store.ledger import Ledger
from agent.store.proofs import Made, Proofs
from agent.store.register import Register
from agent.store.signing import ProofKey, Signer
from agent.store.sweeps import Sweeps
from agent.store.windows import VERIFY, Windows, w


@dataclass(frozen=True, slots=True)
class Notary:
    """What proofs are made with. `pack` is the version of the scheme's files."""

    office: Office
    key: ProofKey
    pack: str

    def signer(self) -> Signer:
        """Raises Misconfigured where proofs were signed and the key is gone."""
        with self.office.store.read() as tx:
            in_use = Proofs(tx).any()
        return self.key.signer(in_use=in_use)


@dataclass(frozen=True, slots=True)
class Proof:
    """What it says, and the file."""

    told: dict[str, Any]
    content: bytes


def make(notary: Notary, wanted: str, by: Actor) -> Proof:
    """The proof of a window, or of a call's only one. Raises BadInput."""
    signer, store = notary.signer(), notary.office.store
    with store.begin() as tx:
        must_work_here(tx, by)
        known = _known(tx, notary, _window(tx, wanted))
        told, row = _kept(tx, known, signer.public, by)
    with store.read() as tx:
        rows = [text for _, text, _ in Audit(tx).rows(row)]
        body = written(told, rows, Audit(tx).head(), signer.public)
    return Proof(told, signed(body, signer.sign(canonical(body))))


def new_key(notary: Notary, by: Actor) -> Signer:
    """In place of one that was lost for good. Raises BadInput where there is one."""
    if notary.key.path.exists():
        raise BadInput("there is a key for proofs", "Show it by: callsteward contact proof-key")
    with notary.office.store.begin() as tx:
        must_work_here(tx, by)
        signer = notary.key.signer(in_use=False)
        Audit(tx).add("PROOF_KEY_MADE", "KEY", "proof", by=by, details={"key": signer.public})
    return signer


def _window(tx: Transaction, wanted: str) -> Window:
    found = Windows(tx).select(w.id == wanted.strip().upper())
    found = found or Windows(tx).of(Calls(tx).get(wanted).id)
    if not found:
        raise BadInput("nobody was invited for this call", "So there is nothing to prove.")
    if len(found) > 1:
        names = ", ".join(one.id for one in found)
        raise BadInput(f"this call had several contact windows: {names}", "Name one of them.")
    return found[0]


def _known(tx: Transaction, notary: Notary, window: Window) -> Known:
    call, asset = Calls(tx).get(window.call), Register(tx).get(window.device)
    days = timedelta(days=notary.office.policy.zoom.search_days - 1)
    looks: Iterable[Look] = (
        Look(*found) for found in Sweeps(tx).since(begun(call), window.device, CHECKS)
    )
    nightly = f"{VERIFY}/{window.id}/"
    owed = [one.due for one in Ledger(tx).open(VERIFY) if one.key.startswith(nightly)]
    return Known(
        window=window,
        call=call,
        local_id=asset.local_id if asset else "",
        looks=[one for one in looks if (one.at - days).date() <= begun(call).date()],
        noticed=[
            Noticed(one.noticed_at, one.sign.value, one.incident)
            for one in noticed_of(tx, call)
        ],
        night=owed[0] if owed else None,
        policy=notary.pack,
    )


def _kept(tx: Transaction, known: Known, key: str, by: Actor) -> tuple[dict[str, Any], int]:
    """The proof and the number of its row: the last one, where it says the same."""
    last = Proofs(tx).last(known.window.id)
    if last is not None:
        told = purge_proof(known, last.number)
        if (last.sha256, last.key) == (details(told, key)["sha256"], key):
            return told, last.row
    number = last.number + 1 if last else 1
    told, name = purge_proof(known, number), proof_id(known.window.id, number)
    kept = details(told, key)
    Audit(tx).add(MADE, "PROOF", name, by=by, because=known.window.id, details=kept)
    row, _ = Audit(tx).head()
    Proofs(tx).add(Made(name, known.window.id, number, kept["sha256"], key, row))
    return told, row
