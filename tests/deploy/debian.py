"""A bare Debian in a folder, as debootstrap makes it, with the README's two packages."""

import configparser
import io
import os
import shutil
from pathlib import Path

from tests.deploy.proof import must

SUITE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "SYSTEMD_OFFLINE": "1",  # systemctl works on files: nothing has booted yet
}
ROOT = Path(__file__).resolve().parents[2]


def bare(folder: Path, mirror: str | None) -> Path:
    """Debian, once: a folder that holds it already is taken as it is."""
    if not (folder / "usr/bin/python3").exists():
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE]
        must([*command, folder, *([mirror] if mirror else [])])
    return folder


def copy(base: Path, folder: Path) -> Path:
    """Another one like it, that reaches the package index as this machine does.

    Debian's installer writes the name of localhost; debootstrap leaves that to others.
    """
    must(["cp", "-a", base, folder])
    (folder / "etc/hosts").write_text("127.0.0.1 localhost\n", encoding="utf-8")
    shutil.copyfile("/etc/resolv.conf", folder / "etc/resolv.conf")
    if AUTHORITIES.exists():
        shutil.copyfile(AUTHORITIES, folder / AUTHORITIES.relative_to("/"))
    (folder / "etc/pip.conf").write_text(pip_conf(), encoding="utf-8")
    return folder


def clone(root: Path, place: str) -> None:
    """What is committed here, as a clone in that root."""
    command = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-local"]
    must([*command, ROOT, f"{root}{place}"])


def inside(root: Path, *command: str) -> list[str]:
    """A command in that root, in namespaces of its own: its mounts and children end with it."""
    mounts = (
        f"mount -t proc proc {root}/proc; mount --rbind /dev {root}/dev;"
        f' exec chroot {root} "$@"'
    )
    return [
        *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
        *("sh", "-ec", mounts, "inside", *command),
    ]


def pip_conf() -> str:
    """How this machine's pip finds its index: its files and PIP_* variables, as one file."""
    files = (
        Path("/etc/pip.conf"),
        Path.home() / ".pip/pip.conf",
        Path.home() / ".config/pip/pip.conf",
        Path(os.environ.get("PIP_CONFIG_FILE") or os.devnull),
    )
    found = configparser.RawConfigParser()
    found.read(file for file in files if file.is_file())
    wanted = ("index-url", "extra-index-url", "cert", "trusted-host", "proxy", "timeout")
    options = dict(found["global"]) if found.has_section("global") else {}
    for name in wanted:
        value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
        options |= {name: value} if value else {}
    told = configparser.RawConfigParser()
    told["global"] = {name: options[name] for name in wanted if name in options}
    text = io.StringIO()
    told.write(text)
    return text.getvalue()
