"""What a drill of the deployment says of each thing that it tried."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAST = 800  # characters of a failed command that are shown


@dataclass(frozen=True, slots=True)
class Proof:
    """One sentence, whether it holds, and what was seen where it does not."""

    what: str
    holds: bool
    seen: str = ""

    def line(self) -> str:
        return f"  {'holds' if self.holds else 'FAILS'}: {self.what}" + (
            "" if self.holds else f"\n    seen: {self.seen.strip()[-LAST:]}"
        )


class Broken(Exception):
    """A step that all that follows stands on did not end well."""


def must(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    text: str | None = None,
) -> str:
    """What a command that has to succeed printed. Raises Broken with its last words."""
    said = subprocess.run(
        command, cwd=cwd, env=env, input=text, capture_output=True, text=True, check=False
    )
    if said.returncode != 0:
        words = (said.stderr or said.stdout).strip()[-LAST:]
        raise Broken(f"{' '.join(map(str, command))[:200]}: exit {said.returncode}: {words}")
    return said.stdout
