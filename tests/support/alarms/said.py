"""Commands in which people say all that is personal, each answered by a real process."""

import csv
import io
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from agent.domain.contacts import COLUMNS as CONTACTS
from agent.domain.staff import COLUMNS as STAFF
from connectors.http import utc_now
from tests.support.alarms.words import DUTY_PHONE, INBOX, STAFF_NAME, WORDS
from tests.support.killed.installation import Installation
from tests.support.killed.victims import COMMAND
from tests.support.outside import ROOT, SECONDS, clean_environment
from tests.support.registers import as_file

DEPARTMENTS = (("chaplaincy", "CHAP"), ("security", "SEC"), ("offender-management", "OMU"))
INFOSEC = "S-INFOSEC"


@dataclass
class Said:
    """`errors` is what all these processes wrote to stderr; `answers` is what they printed."""

    home: Installation
    site: str
    device: str  # local ID
    errors: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def run(self, *words: str, say: Iterable[str] = (), code: int = 0) -> str:
        """What it printed. Raises ChildProcessError where it ends in another way."""
        done = subprocess.run(
            [*COMMAND, *words],
            env=clean_environment() | {"PYTHONPATH": str(ROOT)} | dict(self.home.settings),
            input="".join(f"{line}\n" for line in say),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.errors.append(done.stderr)
        self.answers.append(done.stdout)
        if done.returncode != code:
            raise ChildProcessError(f"{' '.join(words[:3])}: {done.stderr}")
        return done.stdout

    def staff(self, word: str) -> str:
        return f"S-{self.site}-{word}"

    def people(self) -> None:
        """Staff and inboxes, with markers in each name, address and number."""
        self._import("staff", STAFF, name=STAFF_NAME)
        rows = self._rows("contacts")
        for row in rows:
            for column, value in row.items():
                if "@" in value:
                    row[column] = f"{INBOX}.{value}"
            row["duty_phone"] = row["duty_phone"] and DUTY_PHONE
        self._write("contacts", as_file(rows, CONTACTS))

    def call(self) -> None:
        """An application up to the contact's name, and a decision otherwise than usual."""
        at = (utc_now() + timedelta(hours=3)).isoformat()
        spoc = ("--by", self.staff("SPOC"))
        new = ("call", "new", "--device", self.device, "--at", at, "--room", "Chapel office")
        needs = (WORDS["number of the resident"], WORDS["the need in other words"])
        self.run(*new, "--reason", "other", *spoc, say=needs)
        call = f"C-{utc_now().year}-00001"
        for department, word in DEPARTMENTS:
            given = ("--given-by", self.staff(word))
            self._comment(call, department, *given, *spoc)
        self._comment(call, "police-liaison", *spoc, say=[WORDS["who gave a comment"]])
        governor = self.staff("GOV")
        decide = ("call", "decide", call, "--approve", "--decided-by", governor)
        self.run(*decide, "--by", governor)
        compact = ("call", "compact", call, "--explained-by", self.staff("CHAP"))
        self.run(*compact, *spoc)
        inform = ("call", "inform", call, "--informed-by", self.staff("CHAP"))
        told = ("--told-of-call", "--told-to-install", *spoc)
        contact = [WORDS[f"{what} of the contact"] for what in ("name", "address", "telephone")]
        name, email, phone = contact
        self.run(*inform, *told, say=(name, email, f"x{email}", phone), code=2)
        self.run(*inform, *told, say=(name, email, email, phone))
        confirm = ("contact", "confirm", call, "--confirmed-by", self.staff("OMU"))
        self.run(*confirm, "--not-non-contact", "--read-back", *spoc)
        self.run("contact", "invite", call, *spoc)

    def incidents(self) -> str:
        """One life with words in each place that takes some. The id of the incident."""
        by, told = ("--by", INFOSEC), ("incident", "report", "compromise")
        seen = [WORDS["what was seen"]]
        self.run(*told, "--device", self.device, "--words", *by, say=seen)
        [row] = self.home.victims.tables.rows(
            "select id from incident where type = 'reported.compromise'"
        )
        self.run("incident", "acknowledge", row.id, *by)
        self.run("incident", "note", row.id, *by, say=[WORDS["note"]])
        self.run("incident", "note", row.id, *by, say=[WORDS["note"] * 90], code=2)
        close = ("incident", "close", row.id, "--cause", "mended", "--words")
        answers = [WORDS["why an override"], WORDS["lesson"]]
        self.run(*close, "--override-by", INFOSEC, *by, say=answers)
        governor = ("--by", self.staff("GOV"))
        self.run("incident", "close", row.id, "--confirm", *governor)
        again = [WORDS["why opened again"]]
        self.run("incident", "reopen", row.id, "--words", *by, say=again)
        self.run(*told, "--device", WORDS["what was refused"], *by, code=2)
        self.run("device", "report-lost", self.device, *by)
        return str(row.id)

    def quiet(self) -> None:
        until = (utc_now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")
        common = ("--until", until, "--by", INFOSEC)
        silence = ("silence", "add", "--type", "device.checked-in")
        self.run(*silence, "--reason", WORDS["reason of a silence"], *common)
        works = ("maintenance", "declare", "--type", "os.minimum", "--site", self.site)
        self.run(*works, "--reason", WORDS["reason of maintenance"], *common)
        confirm = ("maintenance", "confirm", f"MNT-{utc_now().year}-0001")
        self.run(*confirm, "--by", self.staff("SEC"))

    def _comment(self, call: str, department: str, *more: str, say: Iterable[str] = ()) -> None:
        words = ("call", "comment", call, "--department", department)
        self.run(*words, "--outcome", "no-concern", *more, say=say)

    def _rows(self, what: str) -> list[dict[str, str]]:
        text = self.run(what, "export")
        return list(csv.DictReader(io.StringIO(text)))

    def _import(self, what: str, columns: tuple[str, ...], **changes: str) -> None:
        rows = [row | changes for row in self._rows(what)]
        self._write(what, as_file(rows, columns))

    def _write(self, what: str, content: bytes) -> None:
        path = Path(self.home.folder).parent / f"{what}-file.csv"
        path.write_bytes(content)
        self.run(what, "import", str(path), "--yes", "--by", INFOSEC)
