"""An event, its host and what was noticed, on both databases."""

from datetime import timedelta

from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_events import Sign, ZoomEvent
from agent.store.hosts import Host, Hosts
from agent.store.ledger import Ledger
from agent.store.notices import Notices
from agent.store.noticing import notice
from agent.store.zoom_events import ZoomEvents
from tests.support.calls import POLICY, staffed
from tests.support.stores import NOON

MEETING = LiveMeeting("81234567890", "u==")
EVENT = ZoomEvent(name="recording.started", at=NOON, meeting=MEETING, host="h1")


def test_an_event_is_kept_once_and_a_recording_is_one_incident_of_its_ipad(url: str) -> None:
    store = staffed(url, lambda: NOON)
    with store.begin() as tx:
        assert ZoomEvents(tx).add("sha256/1", EVENT)
        assert not ZoomEvents(tx).add("sha256/1", EVENT)
        accounts = {"h1": "MDIBT001@ipads.example", "h2": "staff@ipads.example", "": "x"}
        news = Hosts(tx).news(accounts)
        assert news == {"h1": "K10003", "h2": None}
        Hosts(tx).learn(news)
        assert Hosts(tx).news(accounts) == {}
        assert (Hosts(tx).get("h2"), Hosts(tx).get("h3")) == (Host("h2", None), None)
        assert Hosts(tx).of("K10003") == "h1"
        first = notice(tx, POLICY, Sign.RECORDING, MEETING, "h1", runs=True)
        assert first is not None
        assert notice(tx, POLICY, Sign.RECORDING, MEETING, "h1", runs=False) is None
        second = notice(tx, POLICY, Sign.COMPANION, MEETING, "h1", runs=True)
        assert second is not None
        assert (second.id, second.revision) == (first.id, 2)
    with store.read() as tx:
        hour = timedelta(hours=1)
        found = Notices(tx).of_device("K10003", NOON - hour, NOON + hour)
        assert {one.sign for one in found} == set(Sign)
        assert Notices(tx).of_device("K10003", NOON + hour, NOON + 2 * hour) == []
        assert [owed.subject for owed in Ledger(tx).open("zoom.stop")] == ["u=="]
    store.close()
