"""What people report of an iPad, as it is kept."""

import pytest
from sqlalchemy.exc import IntegrityError

from agent.domain.register_plan import Diff
from agent.store.device_reports import DeviceReports, device_not_in_use
from agent.store.register import Register
from tests.support.cases import an_asset
from tests.support.stores import NOON, a_store

TAG = "K10001"


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_the_database_itself_wants_two_people_and_a_report(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """That a lost iPad is not in use: DESIGN 6.5."""
    store = a_store(request.getfixturevalue(f"{engine}_url"))
    with store.begin() as tx:
        Register(tx).apply(Diff(added=(an_asset(),)), "S-1")
        DeviceReports(tx).add(TAG, "lost", "S-1")
    for report, seen_by in ((1, "S-1"), (2, "S-2")):
        row = {"tag": TAG, "report": report, "at": NOON, "by": "S-1", "seen_by": seen_by}
        with pytest.raises(IntegrityError), store.begin() as tx:
            tx.sql.execute(device_not_in_use.insert().values(row))
    with store.begin() as tx:
        assert DeviceReports(tx).confirm_not_in_use(TAG, "S-1", "S-2")
        assert DeviceReports(tx).not_in_use_since(TAG) == NOON
        DeviceReports(tx).add(TAG, "found", "S-1")
        assert DeviceReports(tx).not_in_use_since(TAG) is None
    store.close()
