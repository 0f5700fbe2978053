"""Does what deploy/ holds work: in a container, under systemd, for a reader of the README?

    ./run drill deploy [--only image,units,readme] [--whole] [--base DIR] [--json]

A bare Debian is made by debootstrap. The image is built on it by buildah and run read only,
as uid 2000 and without capabilities: imports, a sweep, the agent until SIGTERM. The units are
installed as docs/deploy.md says, in a machine that boots systemd in systemd-nspawn. The
README is followed by a user with nothing but a clone and the distribution's Python (with
--whole, all tests). The outside is the sandbox. The exit code is 0 if everything holds, 1 if
not, 2 where it could not be tried.
Root is needed, and the Debian packages debootstrap, buildah and systemd-container.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.schemes import config_folder
from connectors.sandbox import run as sandbox
from tests.deploy import booted, clone, debian, image
from tests.deploy.proof import Broken, Proof, must

PARTS = ("image", "units", "readme")
TOOLS = {
    "debootstrap": "debootstrap",
    "buildah": "buildah",
    "systemd-nspawn": "systemd-container",
    "systemctl": "systemd",
    "git": "git",
}


def missing() -> str:
    """What to do first, or nothing."""
    absent = sorted(package for tool, package in TOOLS.items() if shutil.which(tool) is None)
    if os.geteuid() != 0:
        return "run it as root, in a machine that may be thrown away"
    return f"apt-get install {' '.join(absent)}" if absent else ""


def play(
    work: Path, base: Path, parts: Sequence[str], asked: argparse.Namespace
) -> list[Proof]:
    """Each part, told as it comes; a part that breaks is a proof that fails."""
    found: list[Proof] = []
    debian.bare(base, asked.mirror)
    options = sandbox.Options(
        establishments_file=config_folder() / "establishments.csv",
        establishments=3,
        faults=4,
        data=work / "sandbox",
    )
    with sandbox.running(options) as said:
        for part in parts:
            began = time.monotonic()
            try:
                proofs = prove(part, work, base, said, asked)
            except Broken as err:
                proofs = [Proof(f"{part} can be tried", False, str(err))]
            print(f"{part}: {time.monotonic() - began:.0f} s", file=sys.stderr)
            for proof in proofs:
                print(proof.line(), file=sys.stderr)
            found += proofs
    return found


def prove(
    part: str, work: Path, base: Path, said: Mapping[str, Any], asked: argparse.Namespace
) -> list[Proof]:
    """One part."""
    match part:
        case "image":
            root, config = image.build(base, work)
            return image.proofs(root, config, work, said)
        case "units":
            return booted.proofs(*booted.boot(booted.install(base, work, said)))
        case _:
            return clone.follow(base, work, whole=asked.whole)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(PARTS), help="some of image,units,readme")
    parser.add_argument("--whole", action="store_true", help="run all tests as the reader")
    parser.add_argument("--base", type=Path, help="keep the bare Debian here, for the next run")
    parser.add_argument("--mirror", help="of Debian; debootstrap's own where unset")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    asked = parser.parse_args()
    parts = [part for part in PARTS if part in asked.only.split(",")]
    if cure := missing():
        print(f"deploy: it cannot be tried here: {cure}", file=sys.stderr)
        return 2
    began = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix="callsteward-deploy-"))
    try:
        found = play(work, asked.base or work / "base", parts, asked)
    finally:
        must(["rm", "-rf", "--one-file-system", work])
    failed = [proof.what for proof in found if not proof.holds]
    if asked.json:
        figures = {"held": len(found) - len(failed), "failed": failed}
        print(json.dumps(figures | {"seconds": round(time.monotonic() - began)}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
