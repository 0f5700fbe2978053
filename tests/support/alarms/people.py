"""What people do next, as the seed says: they report, and handle what is open."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.killed.look import Tables

KINDS = ("loss", "damage", "compromise", "unexpected")
WIDER = "S-INFOSEC"
NEXT = {
    "open": ("acknowledge",),
    "acknowledged": ("take", "phone", "close"),
    "in-hand": ("phone", "close"),
    "closed": ("reopen",),
}
"""The steps that fit a state; what is refused is refused, and nobody counts on it."""


@dataclass
class People:
    """`register` has the rows of register.csv. `ours` are the iPads that people lose."""

    random: random.Random
    register: Sequence[Mapping[str, str]]
    ours: frozenset[str]  # asset tags
    marks: int = 0

    def deed(self, tables: Tables) -> dict[str, str]:
        """A report, or a step of an incident that there is."""
        if self.random.random() < 0.6:
            return self.report()
        return self.step(tables) or self.report()

    def report(self) -> dict[str, str]:
        """Mostly of a device that nobody registered: each is an incident of its own."""
        row = self.random.choice(self.register)
        site, kind = row["establishment"], self.random.choice(KINDS)
        device = row["local_id"]
        if row["asset_tag"] not in self.ours or self.random.random() < 0.7:
            self.marks += 1
            device = f"D{self.marks}"
        by = self.random.choice((WIDER, f"S-{site}-SPOC", f"S-{site}-GOV"))
        return {"verb": "report", "kind": kind, "site": site, "device": device, "by": by}

    def step(self, tables: Tables) -> dict[str, str] | None:
        rows = tables.rows("select id, state, establishment, closing_by, phone from incident")
        if not rows:
            return None
        row = self.random.choice(rows)
        by = self.random.choice((WIDER, f"S-{row.establishment}-GOV"))
        return {"verb": self._verb(row), "incident": row.id, "by": by}

    def _verb(self, row: Any) -> str:
        if row.state in ("acknowledged", "in-hand"):
            if row.phone is None:
                return self.random.choice(("take", "phone", "phone"))
            if row.closing_by:
                return "confirm"
        return self.random.choice(NEXT[row.state])


def command(asked: Mapping[str, str]) -> list[str]:
    """The same as a command of ours."""
    by = ["--by", asked["by"], "--json"]
    match asked["verb"]:
        case "report":
            return [
                "incident", "report", asked["kind"], "--site", asked["site"],
                "--device", asked["device"], *by,
            ]  # fmt: skip
        case "phone":
            return ["incident", "phone", asked["incident"], "INF-77", *by]
        case "close":
            return ["incident", "close", asked["incident"], "--cause", "mended", *by]
        case "confirm":
            return ["incident", "close", asked["incident"], "--confirm", *by]
        case verb:
            return ["incident", verb, asked["incident"], *by]
