"""`python -m connectors.sandbox`: the sandbox on its own."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from connectors.sandbox.faults.catalogue import Halves
from connectors.sandbox.run import Options, serve
from connectors.sandbox.zoom.limits import Plan


def moment(text: str) -> datetime:
    """ISO 8601; without an offset it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def options(words: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="connectors.sandbox", description=__doc__)
    add = parser.add_argument
    add("--establishments-file", type=Path, required=True, help="the list of establishments")
    add("--establishments", type=int, help="only the first N of the list")
    add("--seed", type=int, default=1)
    add("--devices", type=int, help="iPads in all; two for each establishment by default")
    add("--host", default="127.0.0.1")
    add(
        "--port",
        type=int,
        default=0,
        help="of Graph; Zoom, the control API and Notify have the next three; 0: any",
    )
    add("--tls", action="store_true", help="Graph and Zoom speak HTTPS")
    add("--latency-ms", type=float, default=0)
    add("--limit-scale", type=float, default=1.0, help="0.01: a hundredth of the rate limits")
    add("--now", type=moment, help="the moment that the estate's times are counted from")
    add("--data", type=Path, help="where the files go")
    add("--faults", type=int, default=0, help="how many to plant at start")
    add("--halves", type=Halves, default=Halves.MDM, help="of the faults: mdm, zoom or both")
    add("--zoom-plan", type=Plan, default=Plan.BUSINESS, help="free, pro or business")
    add("--until-stdin-closes", action="store_true", help="end with whoever started this")
    return Options(**vars(parser.parse_args(words)))


if __name__ == "__main__":
    serve(options(sys.argv[1:]), sys.stdout)
