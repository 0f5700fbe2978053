"""The requests adapter whose every wait is cut by the deadline of the block it runs in.

Name look-up apart, this covers connecting, a proxy's CONNECT, the TLS handshake, sending, and
headers and bodies that arrive a byte at a time.
"""

import http.client
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HeaderParsingError, NewConnectionError
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.util.response import assert_header_parsing

from connectors import deadline


class _Response(http.client.HTTPResponse):
    """Reads the socket with the time that is left."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = deadline.reader(sock)

    def begin(self) -> None:
        """Headers that end too soon are an error here; urllib3 would log the whole URL."""
        super().begin()
        try:
            assert_header_parsing(self.msg)
        except HeaderParsingError as err:
            raise http.client.HTTPException("the headers are broken") from err


class _Timed(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        try:
            return deadline.connected(self._dns_host, self.port)
        except TimeoutError as err:
            raise ConnectTimeoutError(self, "connecting took too long") from err
        except OSError as err:
            raise NewConnectionError(self, "no connection") from err

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        deadline.send(self.sock, data)


class _TimedTls(_Timed, HTTPSConnection): ...


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTls


class TimedAdapter(HTTPAdapter):
    """Use within `deadline.within` only."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _time(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        _time(manager)
        return manager


def _time(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
