"""The tools that judge what deploy/ holds, where this machine has them."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
BIN = Path(sys.executable).parent


def tool(name: str, cure: str) -> str:
    """Where it is. Skips the test where it is nowhere, with the cure."""
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not here; {cure}")
    return found


def said(command: Sequence[str | Path]) -> tuple[int, str]:
    """Exit code, and all that it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
