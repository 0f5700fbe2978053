"""The image: built by buildah from the Dockerfile, and run with no rights at all."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy import debian
from tests.deploy.installation import ETC, LISTS, configure
from tests.deploy.proof import Broken, Proof, must

ROOT = Path(__file__).resolve().parents[2]
UID = 2000
DATA = "/var/lib/callsteward"
SECONDS = 180.0
BASE, NAME = "localhost/base:drill", "localhost/callsteward:drill"


Words = list[str | Path]


def build(base: Path, work: Path) -> tuple[Path, Mapping[str, Any]]:
    """The image's files in a folder, and its configuration."""
    buildah: Words = ["buildah", "--root", work / "storage", "--runroot", work / "storage-run"]
    buildah += ["--storage-driver", "vfs"]
    scratch = must([*buildah, "from", "scratch"]).strip()
    must([*buildah, "copy", "--quiet", scratch, base, "/"])
    must([*buildah, "commit", "--quiet", "--rm", scratch, BASE])
    must([*buildah, "bud", "--quiet", *_options(work), ROOT])
    told = json.loads(must([*buildah, "inspect", "--type", "image", NAME]))
    container = must([*buildah, "from", NAME]).strip()
    place = must([*buildah, "mount", container]).strip()
    must(["cp", "-a", place, work / "image"])
    must([*buildah, "umount", container])
    must([*buildah, "rm", container])
    must([*buildah, "rmi", "--all", "--force"])
    return work / "image", told["OCIv1"]["config"]


def _options(work: Path) -> Words:
    """As docs/deploy.md says; without a container runtime, and with this machine's pip."""
    (work / "pip.conf").write_text(debian.pip_conf(), encoding="utf-8")
    options: Words = ["--isolation", "chroot", "--build-arg", f"BASE={BASE}", "--tag", NAME]
    options += ["--secret", f"id=pip,src={work / 'pip.conf'}"]
    if debian.AUTHORITIES.exists():
        options += ["--secret", f"id=ca,src={debian.AUTHORITIES}"]
    options += ["--file", ROOT / "deploy/Dockerfile"]
    return [*options, "--ignorefile", ROOT / "deploy/Dockerfile.dockerignore"]


@dataclass(frozen=True)
class Container:
    """The image's files, read only but for its volume, as uid 2000 without capabilities."""

    root: Path
    config: Mapping[str, Any]
    data: Path

    def command(self, *words: str) -> list[str]:
        settings = f"CALLSTEWARD_SETTINGS_FILE={ETC}/callsteward.toml"
        root = self.root
        mounts = (
            f"mount --bind {root} {root}; mount -t proc proc {root}/proc;"
            f" mount --rbind /dev {root}/dev; mount --bind {self.data} {root}{DATA};"
            f' mount -o remount,bind,ro {root}; exec chroot {root} "$@"'
        )
        return [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
            *("sh", "-ec", mounts, "container"),
            *("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"),
            *("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"),
            *("env", "-i", f"--chdir={self.config['WorkingDir']}", *self.config["Env"]),
            *(settings, *words),
        ]

    def run(self, *words: str) -> tuple[int, str]:
        """Exit code, and all that was said, of the entry point with these words."""
        return self.shell(*self.config["Entrypoint"], *words)

    def shell(self, *words: str) -> tuple[int, str]:
        said = subprocess.run(self.command(*words), capture_output=True, text=True, check=False)
        return said.returncode, said.stdout + said.stderr

    @contextmanager
    def serving(self, log: Path) -> "Iterator[subprocess.Popen[bytes]]":
        """What it runs where no word is given."""
        with log.open("wb") as file:
            command = self.command(*self.config["Entrypoint"], *self.config["Cmd"])
            child = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            yield child
        finally:
            child.kill()  # its namespace ends with it
            child.wait()


def proofs(
    root: Path, config: Mapping[str, Any], work: Path, said: Mapping[str, Any]
) -> list[Proof]:
    """What holds of the image, and of the agent that runs from it beside the sandbox."""
    configure(root / "etc/callsteward", said, UID)
    data = work / "volume"
    data.mkdir(mode=0o700)
    shutil.chown(data, UID, UID)
    one = Container(root, config, data)
    return [
        *_of_the_image(root, config),
        *_of_its_limits(one),
        *_of_a_sweep(one),
        *_of_serving(one, work),
    ]


def _of_the_image(root: Path, config: Mapping[str, Any]) -> list[Proof]:
    found = [
        str(path.relative_to(root))
        for pattern in ("pip", "pip-*", "ensurepip", "setuptools", "hatchling")
        for path in root.rglob(pattern)
    ]
    left = [*found, *(["secrets"] if (root / "etc/pip.conf").exists() else [])]
    wanted = {"User": f"{UID}:{UID}", "StopSignal": "SIGTERM", "Volumes": {DATA: {}}}
    other = {name: config.get(name) for name in wanted if config.get(name) != wanted[name]}
    return [
        Proof("the image holds nothing that installs packages", not left, " ".join(left)),
        Proof("the image names its user, its volume and its signal", not other, str(other)),
    ]


def _of_its_limits(one: Container) -> list[Proof]:
    writes = [one.shell("touch", f"{place}/x")[0] for place in ("", "/tmp", "/opt/callsteward")]
    code, status = one.shell("cat", "/proc/self/status")
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    rights = {name: lines.get(name) for name in ("CapEff", "CapBnd", "NoNewPrivs", "Uid")}
    none = [code == 0, int(lines["CapBnd"], 16) == 0, lines["NoNewPrivs"] == "1"]
    return [
        Proof("nothing can be written beside the volume", 0 not in writes, str(writes)),
        Proof("it runs without any capability", all(none), str(rights)),
    ]


def _of_a_sweep(one: Container) -> list[Proof]:
    version, settings = one.run("--version"), one.run("settings")
    by = ("--by", "S-ACI-SPOC", "--yes")
    imports = [one.run(name, "import", f"{ETC}/{name}.csv", *by) for name in LISTS]
    swept, chain = one.run("sweep"), one.run("audit", "verify")
    demo = one.run("demo", "--data", DATA + "/demo")
    return [
        Proof("--version and settings answer", (version[0], settings[0]) == (0, 0), version[1]),
        Proof("the lists are imported", not any(c for c, _ in imports), str(imports)),
        Proof("a sweep is whole (exit 0 or 1)", swept[0] in (0, 1), f"{swept[0]}: {swept[1]}"),
        Proof("the audit chain holds", chain[0] == 0, chain[1]),
        Proof(
            "the demo, which it does not hold, is refused with the cure",
            demo[0] == 2 and "'.[sandbox]'" in demo[1],
            f"{demo[0]}: {demo[1]}",
        ),
    ]


def _of_serving(one: Container, work: Path) -> list[Proof]:
    log = work / "serve.log"
    with one.serving(log) as child:
        swept = _until(lambda: '"done", "key": "sweep/' in log.read_text(), child)
        _first_process(child.pid, signal.SIGTERM)
        ended = child.wait(timeout=SECONDS)
    said = log.read_text()
    return [
        Proof("serve does the night that was missed", swept, said),
        Proof("serve ends at SIGTERM as process 1, exit 0", ended == 0, f"{ended}: {said}"),
    ]


def _until(holds: Any, child: "subprocess.Popen[bytes]") -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and child.poll() is None:
        if holds():
            return True
        time.sleep(0.2)
    return False


def _first_process(parent: int, number: signal.Signals) -> None:
    """Signal the first process of the namespace that `parent` made."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    if len(children) != 1:
        raise Broken("the container has ended by itself")
    must(["kill", f"-{number.value}", children[0]])
