"""The README, followed on a bare Debian by a user who has nothing but a clone."""

import json
import subprocess
from pathlib import Path

from tests.deploy import debian
from tests.deploy.proof import Proof, must

HOME = "/home/reader"
SHORT = ("tests/domain", "tests/checks")


def follow(base: Path, work: Path, *, whole: bool) -> list[Proof]:
    """./run demo and ./run test, as the README says them; only a part of the tests if short."""
    root = debian.copy(base, work / "readme")
    must(debian.inside(root, "useradd", "--create-home", "reader"))
    debian.clone(root, f"{HOME}/callsteward")
    must(debian.inside(root, "chown", "-R", "reader:reader", HOME))
    demo, out = _as_reader(root, "./run demo --json --establishments 10")
    told = json.loads(out.splitlines()[-1]) if demo == 0 else {}
    tests, said = _as_reader(root, "./run test -q " + ("" if whole else " ".join(SHORT)))
    return [
        Proof("./run demo runs", demo == 0, out),
        Proof(
            "it finds each planted fault, and no other",
            (told.get("devices"), told.get("missed"), told.get("unexpected")) == (20, 0, 0),
            out,
        ),
        Proof("./run test passes", tests == 0, said),
    ]


def _as_reader(root: Path, line: str) -> tuple[int, str]:
    """The line in a login shell of the reader, in the clone; exit code and what it said."""
    words = ("su", "-", "reader", "-c", f"cd callsteward && {line}")
    command = debian.inside(root, *words)
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return said.returncode, said.stderr + said.stdout
