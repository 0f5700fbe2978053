"""The process in which Apprise tells one address: asked on its input, it answers on its output.

Apprise's plugins open connections as they like. In a process of its own their time, their
proxy and whom they trust are the caller's, and no secret is here but the one address. It is
run by its path, in isolation, and imports nothing of ours.
"""

import json
import logging
import os
import re
import sys
from typing import Any

ERROR = re.compile(r"\berror=(\d{3})\b")


def main() -> int:
    """In: url, title, body. Out: valid, and what `told` gives."""
    asked = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a plugin prints is no answer
    json.dump(told(asked["url"], asked["title"], asked["body"]), out)
    out.close()
    return 0


def told(url: str, title: str, body: str) -> dict[str, Any]:
    """What came of it; without a body, only whether Apprise knows such an address.

    `status` is the HTTP status that a plugin complained of; None: it told none.
    """
    import apprise

    way = apprise.Apprise()
    if not way.add(url):
        return {"valid": False}
    found = {"valid": True, "service": str(way[0].service_name)}
    if not body:
        return found
    with apprise.LogCapture(level=logging.INFO) as log:
        taken = way.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
        codes = ERROR.findall(log.getvalue())
    return {**found, "taken": bool(taken), "status": int(codes[-1]) if codes else None}


if __name__ == "__main__":
    sys.exit(main())
