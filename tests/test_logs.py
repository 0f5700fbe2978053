"""The log: one JSON object a line, ids and places, never the text of an error."""

import json
import logging
import sys
from io import StringIO

from agent.logs import Lines, place


def _logged(**more: object) -> dict[str, object]:
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Lines())
    record = logging.makeLogRecord({"name": "agent.x", "levelname": "ERROR", **more})
    handler.emit(record)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def test_a_line_has_time_level_logger_message_and_ids() -> None:
    line = _logged(msg="a night is %s", args=("owed",), created=0.0, night="2026-11-21")
    assert line == {
        "at": "1970-01-01T00:00:00+00:00", "level": "ERROR", "logger": "agent.x",
        "message": "a night is owed", "night": "2026-11-21",
    }  # fmt: skip


def test_of_an_error_only_its_kind_and_place_are_written() -> None:
    try:
        raise KeyError("asha.abara@justice.example")
    except KeyError:
        line = _logged(msg="failed", exc_info=sys.exc_info())
    assert str(line["error"]).startswith("KeyError at test_of_an_error")
    assert "asha" not in json.dumps(line)


def test_an_error_that_was_never_raised_has_only_its_kind() -> None:
    assert place(ValueError("asha")) == "ValueError"
