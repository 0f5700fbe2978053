"""The units in a machine that really boots: systemd itself, its hardening, its credentials."""

import shutil
import subprocess
from collections.abc import Mapping
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

from tests.deploy import debian
from tests.deploy.installation import configure
from tests.deploy.proof import Broken, Proof, must

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
SECONDS = 600
CLONE = "/root/callsteward"
TRIAL = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /trial/trial.sh
[Install]
WantedBy=graphical.target
"""


def install(base: Path, work: Path, said: Mapping[str, Any]) -> Path:
    """A machine with systemd, installed by the very words of docs/deploy.md."""
    machine = debian.copy(base, work / "machine")
    (machine / "etc/apt/apt.conf.d/yes").write_text('APT::Get::Assume-Yes "true";\n')
    debian.clone(machine, CLONE)
    words = "\n".join(
        ["apt-get update", "apt-get install systemd-sysv sqlite3", *_documented()]
    )
    must(debian.inside(machine, "sh", "-ec", f"cd {CLONE}\n{words}"), env=debian.QUIET)
    configure(machine / "etc/callsteward", said, 0)
    return machine


def _documented() -> list[str]:
    """The commands of the page that configure and install, as they stand there."""
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    parts = {part.partition("\n")[0]: part for part in page.split("\n## ")}
    blocks = [_first_block(parts[name]) for name in ("Settings and secrets", "systemd")]
    if not all(blocks):
        raise Broken("docs/deploy.md does not say how to install")
    return [line for block in blocks for line in block]


def _first_block(part: str) -> list[str]:
    lines = dropwhile(lambda line: not line.startswith("    "), part.splitlines())
    return list(takewhile(lambda line: line.startswith("    "), lines))


def boot(machine: Path) -> tuple[Mapping[str, str], str]:
    """Boot it, let the trial run, and read what it saw. Raises Broken if it never ended."""
    trial = machine / "trial"
    trial.mkdir()
    shutil.copyfile(HERE / "trial.sh", trial / "trial.sh")
    (machine / "etc/systemd/system/trial.service").write_text(TRIAL, encoding="utf-8")
    must(["systemctl", f"--root={machine}", "enable", "trial.service"])
    command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot"]
    try:
        said = subprocess.run(
            [*command, "-D", machine, "--machine=callsteward-drill", "--link-journal=no"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        last = said.stdout + said.stderr
    except subprocess.TimeoutExpired as err:
        last = err.stdout or b""
    files = {name: _text(trial / name) for name in ("said", "log", "journal")}
    facts = dict(line.split("=", 1) for line in files["said"].splitlines() if "=" in line)
    if "ended" not in facts:
        raise Broken(f"the machine's trial did not end: {files['log'] or last.decode()}")
    return facts, files["log"] + files["journal"]


def proofs(facts: Mapping[str, str], log: str) -> list[Proof]:
    """What the trial's facts come to."""

    def holds(what: str, **wanted: str) -> Proof:
        other = {name: facts.get(name) for name in wanted if facts.get(name) != wanted[name]}
        return Proof(what, not other, f"{log}\n{other}")

    none = "0" * 16
    return [
        holds("systemd-analyze verify says nothing", verified=""),
        holds("the lists are imported by hand",
              import_staff="0", import_contacts="0", import_register="0"),
        holds("a sweep that finds something (exit 1) is a success of its unit",
              sweep_start="0", sweep_result="success", by_hand="1"),
        holds("a sweep by hand gets the secrets by systemd-run", by_hand="1"),
        holds("one that cannot run (exit 2) is a failure", misconfigured="exit-code"),
        holds("the timer runs, and ends where the agent starts",
              timer="active", timer_beside_agent="inactive"),
        holds("the agent starts and does the night", serve_start="0", night="1"),
        holds("without any capability, new right or free system call",
              CapEff=none, CapBnd=none, NoNewPrivs="1", Seccomp="2"),
        holds("it stops with success", serve_result="success"),
        holds("a backup taken beside the running agent proves itself", backup="0", proved="0"),
        holds("the backup is restored and holds", upgraded="0", restored="0"),
        holds("the state is the agent's alone", state_mode="700 callsteward"),
    ]  # fmt: skip


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
