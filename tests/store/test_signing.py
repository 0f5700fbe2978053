"""The key of the proofs: made once, on the disk first, for its owner's eyes only."""

import os
import subprocess
from pathlib import Path

import pytest

from agent.errors import Misconfigured
from agent.store.signing import ProofKey, holds

CONTENT = "Büro".encode()


def test_it_is_made_at_first_use_and_is_the_same_ever_after(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "proof.key"
    signer = ProofKey(file).signer(in_use=False)
    assert file.stat().st_mode & 0o777 == 0o600
    assert ProofKey(file).signer(in_use=True).public == signer.public
    assert ProofKey(file).signer(in_use=False).public == signer.public
    assert ProofKey(tmp_path / "other").signer(in_use=False).public != signer.public


def test_what_it_signs_holds_and_nothing_else_does(tmp_path: Path) -> None:
    signer = ProofKey(tmp_path / "proof.key").signer(in_use=False)
    other = ProofKey(tmp_path / "other.key").signer(in_use=False)
    signature = signer.sign(CONTENT)
    assert holds(signer.public, CONTENT, signature)
    assert not holds(signer.public, CONTENT + b"x", signature)
    assert not holds(other.public, CONTENT, signature)
    assert not holds(signer.public, CONTENT, other.sign(CONTENT))
    assert not holds("00" * 31, CONTENT, signature)
    assert not holds("no number", CONTENT, signature)


def test_a_key_that_was_used_is_never_made_anew_by_itself(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="missing, and purge proofs") as refused:
        ProofKey(tmp_path / "proof.key").signer(in_use=True)
    assert "contact proof-key --new" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_may_read_signs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "proof.key"
    ProofKey(file).signer(in_use=False)
    file.chmod(0o640)
    with pytest.raises(Misconfigured, match="open to others"):
        ProofKey(file).signer(in_use=True)


def test_nothing_shows_the_private_half(tmp_path: Path) -> None:
    file = tmp_path / "proof.key"
    signer = ProofKey(file).signer(in_use=False)
    private = signer.private.private_bytes_raw()
    told = f"{signer!r} {signer.public} {signer.pem}"
    assert private.hex() not in told
    assert file.read_text().strip().rpartition(":")[2] not in told


def test_openssl_proves_it_too(tmp_path: Path) -> None:
    """An auditor needs nothing of ours."""
    signer = ProofKey(tmp_path / "proof.key").signer(in_use=False)
    files = {
        "key.pem": signer.pem.encode(),
        "content": CONTENT,
        "signature": bytes.fromhex(signer.sign(CONTENT)),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = (
        "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in content -sigfile signature"
    )
    environment = {"PATH": os.environ["PATH"]}

    def proves() -> bool:
        ran = subprocess.run(
            command.split(), cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        return ran.returncode == 0

    assert proves()
    (tmp_path / "content").write_bytes(CONTENT + b"x")
    assert not proves()
