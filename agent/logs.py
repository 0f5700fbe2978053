"""The agent's log: JSON lines on stderr, ids only."""

import json
import logging
from datetime import UTC, datetime

USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Lines(logging.Formatter):
    """One object a line: time (UTC), level, logger, message and what `extra` held.

    Of an exception only its kind and place are written: its text may hold personal data.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in USUAL}
        if record.exc_info and record.exc_info[1]:
            line["error"] = place(record.exc_info[1])
        return json.dumps(line, default=str)


def place(err: BaseException) -> str:
    """The kind of an error and the line it came from, without its text."""
    trace = err.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(err).__name__
    return f"{type(err).__name__} at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


def to_stderr() -> None:
    """Start logging, from WARNING on: at DEBUG some libraries print what they send."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def tell_progress() -> None:
    """Log what the agent itself does, too: for a process that nobody watches."""
    logging.getLogger("agent").setLevel(logging.INFO)
