"""`callsteward serve` calls an outside monitor, and does not wait for its answer."""

import signal
import socket
import threading
from pathlib import Path

from agent.store.ledger import Ledger
from tests.support.outside import SECONDS, Outside, start, until
from tests.support.sockets import serving

SECRET = "/ping/canary-3b7e"


def test_the_monitor_hears_of_a_tick_and_of_each_sweep_and_delays_nothing(
    outside: Outside, home: Path
) -> None:
    heard: list[bytes] = []

    def talk(peer: socket.socket, over: threading.Event) -> None:
        """Answers the first call, and never another one."""
        heard.append(peer.recv(65536))
        if len(heard) > 1:
            over.wait(SECONDS)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    store = outside.filled_store(home)

    def owed() -> int:
        with store.read() as tx:
            return len([one for one in Ledger(tx).open("sweep") if one.due <= tx.now])

    with serving(talk) as port:
        file = home / "heartbeat"
        file.write_text(f"http://127.0.0.1:{port}{SECRET}\n", encoding="utf-8")
        more = {"CALLSTEWARD_HEARTBEAT_URL_FILE": str(file)}
        with start("serve", settings=outside.environment(home) | more) as child:
            until(lambda: len(heard) > 1)  # the second is a sweep's: a minute is not over
            with store.begin() as tx:
                Ledger(tx).owe("sweep", "of-another-process", tx.now)
            until(lambda: not owed())  # while nobody answers the heartbeat
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=SECONDS)
    assert child.returncode == 0
    assert "canary" not in err
    assert all(told.startswith(f"GET {SECRET} ".encode()) for told in heard)
    store.close()
