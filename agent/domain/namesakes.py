"""Which devices of the MDM have the name or the account of an iPad, but not its serial."""

from collections import defaultdict

from agent.domain.asset import Asset
from agent.domain.device import Device
from agent.domain.facts import Known, Reading, Seen, Unknown


class Namesakes:
    """Every device of one reading, by its name and by its account."""

    def __init__(self, listed: Reading[Device]) -> None:
        self._listed = listed
        self._found: dict[str, list[Device]] = defaultdict(list)
        for device in (row for rows in listed.rows.values() for row in rows if row.serial):
            self._found[plate(device.name)].append(device)
            if isinstance(device.account, Known) and device.account.value:
                self._found[device.account.value].append(device)

    def of(self, asset: Asset) -> Known[Seen[Device]]:
        """Those of another serial. What has no serial at all is no other device for sure."""
        keys = plate(asset.local_id), asset.m365_user_id.lower()
        found = {one.id: one for key in keys for one in self._found.get(key, ())}
        rows = tuple(one for one in found.values() if one.serial != asset.serial)
        whole = self._listed.all_of(asset.serial)
        gap = whole if isinstance(whole, Unknown) else None
        return Known(Seen(rows, gap), self._listed.source, self._listed.at)


def plate(name: str) -> str:
    """MDIBT1 for `MDI BT001` and for `mdi-bt1`: how people type one local ID (Q1)."""
    told = "".join(one for one in name.upper() if one.isalnum())
    letters = told.rstrip("0123456789")
    return letters + told[len(letters) :].lstrip("0")
