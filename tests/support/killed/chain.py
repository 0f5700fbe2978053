"""The audit chain, exported by the command and verified by the stand-alone verifier."""

import subprocess
import sys

from tests.support.killed.installation import Installation
from tests.support.outside import ROOT, SECONDS

VERIFIER = ROOT / "deploy" / "verify_audit.py"


def chain_broken(home: Installation) -> list[str]:
    """What the verifier finds wrong with the exported chain."""
    chain = home.folder / "audit.jsonl"
    command(home, "audit", "export", "--out", str(chain))
    verifier = [sys.executable, str(VERIFIER), str(chain)]
    told = subprocess.run(verifier, capture_output=True, text=True, check=False)
    return [] if told.returncode == 0 else [(told.stdout + told.stderr).strip()]


def command(home: Installation, *words: str) -> None:
    if home.victims.start(*words).process.wait(SECONDS) != 0:
        raise ChildProcessError(f"callsteward {' '.join(words[:2])} failed: see the log")
