"""Letters as lines of JSON in a file that a SIEM collects. One line a letter, on the disk
before it counts as told. Whoever rotates the file renames it: it is opened anew each time."""

import errno
import os
import stat
from pathlib import Path

import msgspec

from agent.domain.note import Note
from agent.errors import ConnectorError, Refused, TryAgain
from agent.ports.alerts import Tried

MODE = 0o640  # nothing personal is in it, and who collects it is often of its group
PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EINTR, errno.EAGAIN, errno.EMFILE)
CURE = (
    "CALLSTEWARD_SIEM_FILE must be a file that our user may write, in a folder that is there."
)


class SiemFile:
    """The port `Channel`. Thread-safe, and safe beside other processes: lines are appended."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, note: Note, *, to: str) -> str:
        content = line(note)
        try:
            file = self._open(os.O_CREAT)
            try:
                _append(file, content)
            finally:
                os.close(file)
        except OSError as err:
            raise _fault(err) from err
        return f"appended {len(content)} bytes"

    def earlier(self, note: Note, *, to: str) -> str | None:
        """Not looked for: a line too many has the same message_id."""
        return None

    def try_out(self, *, to: str) -> Tried:
        """Whether it can be written. A file that is not there yet is not made."""
        try:
            if not self._path.exists():
                os.close(os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY))
                if not os.access(self._path.parent, os.W_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            else:
                os.close(self._open(0))
        except OSError as err:
            raise _fault(err) from err
        return Tried("The file for a SIEM can be written.")

    def _open(self, more: int) -> int:
        return os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_NONBLOCK | more, MODE)


def line(note: Note) -> bytes:
    """The same for the same letter, whenever it is written. Nothing personal, no free text."""
    told = {
        "source": "callsteward",
        "message_id": note.message_id.strip("<>"),
        "incident": note.incident,
        "revision": note.revision,
        "type": note.type,
        "category": note.category,
        "severity": note.severity,
        "establishment": note.establishment,
        "tag": note.tag,
        "to": note.to,
        "opened_at": note.opened_at.isoformat(),
        "written_at": note.written_at.isoformat(),
    }
    return msgspec.json.encode(told) + b"\n"


def _append(file: int, content: bytes) -> None:
    """In one write, so that lines of several processes do not mix; then onto the disk."""
    about = os.fstat(file)
    if about.st_size and os.pread(file, 1, about.st_size - 1) != b"\n":
        content = b"\n" + content  # after a line that was cut off by a full disk
    if os.write(file, content) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if stat.S_ISREG(about.st_mode):
        os.fsync(file)


def _fault(err: OSError) -> ConnectorError:
    what = f"the file for a SIEM: {os.strerror(err.errno or errno.EIO)}"
    return TryAgain(what) if err.errno in PASSING else Refused(what, CURE)
