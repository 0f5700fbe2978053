"""The sandbox as a process, over real sockets."""

import contextlib
import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.sandbox import paperwork
from connectors.sandbox.__main__ import options
from connectors.sandbox.run import Options, running
from tests.connectors.sandbox.support import DEVICES, ESTABLISHMENTS, NOW, estate, real_token

COMMAND = [sys.executable, "-m", "connectors.sandbox"]
SMALL = ["--establishments-file", str(ESTABLISHMENTS), "--establishments", "2"]


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.fixture(scope="module")
def graph(sandbox: Any) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {real_token(sandbox['graph'])}"
    return session


def test_it_says_where_everything_is(sandbox: Any) -> None:
    assert set(sandbox) == {
        "graph",
        "zoom",
        "notify",
        "control_url",
        "smtp",
        "imap",
        "mail_web",
        "files",
        "seed",
        "devices",
        "pid",
    }
    assert sandbox["devices"] == 20
    assert requests.get(sandbox["mail_web"], timeout=10).status_code == 200


def test_the_files_are_those_of_the_estate(sandbox: Any) -> None:
    texts = {name: Path(path).read_text() for name, path in sandbox["files"].items()}
    assert texts == {
        "register": paperwork.register(estate()),
        "contacts": paperwork.contacts(estate()),
        "staff": paperwork.staff(estate()),
    }
    assert Path(sandbox["graph"]["private_key_file"]).stat().st_mode & 0o077 == 0


def test_graph_answers_over_http_and_its_links_lead_on(
    sandbox: Any, graph: requests.Session
) -> None:
    with Path(sandbox["files"]["register"]).open() as lines:
        register = [row["serial"] for row in csv.DictReader(lines)]
    url = f"{sandbox['graph']['base_url']}{DEVICES}?$top=6&$select=id,serialNumber"
    seen = []
    while url:
        answer = graph.get(url, timeout=10)
        assert answer.headers["Content-Type"].startswith("application/json;odata.metadata")
        seen += [row["serialNumber"] for row in answer.json()["value"]]
        url = answer.json().get("@odata.nextLink", "")
    assert seen == register


def test_errors_go_over_the_wire_with_status_header_and_body(sandbox: Any) -> None:
    answer = requests.get(f"{sandbox['graph']['base_url']}{DEVICES}", timeout=10)
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers
    assert answer.json()["error"]["innerError"]["request-id"] == answer.headers["request-id"]


def test_faults_are_planted_and_cleared_over_http(
    sandbox: Any, graph: requests.Session
) -> None:
    control = sandbox["control_url"]
    body = {"name": "unsupervised", "subject": "K10003"}
    [planted] = requests.post(f"{control}/plant", json=body, timeout=10).json()
    url = f"{sandbox['graph']['base_url']}{DEVICES}"
    query = {"$filter": f"serialNumber eq '{planted['serial']}'"}
    assert graph.get(url, params=query, timeout=10).json()["value"][0]["isSupervised"] is False
    assert requests.get(f"{control}/truth", timeout=10).json()["rows"][0]["subject"] == "K10003"
    assert requests.post(f"{control}/clear", json=body, timeout=10).json() == {"cleared": 1}


def test_answers_take_the_time_that_was_asked_for(
    sandbox: Any, graph: requests.Session
) -> None:
    control, url = sandbox["control_url"], f"{sandbox['graph']['base_url']}{DEVICES}?$top=1"
    requests.put(f"{control}/latency", json={"ms": 120}, timeout=10)
    slow = graph.get(url, timeout=10).elapsed.total_seconds()
    requests.put(f"{control}/latency", json={"ms": 0}, timeout=10)
    assert slow >= 0.12


def test_a_page_of_any_text_and_an_empty_answer_go_over_the_wire(
    sandbox: Any, graph: requests.Session
) -> None:
    control, url = sandbox["control_url"], f"{sandbox['graph']['base_url']}{DEVICES}?$top=1"
    odd = {"endpoint": "managedDevices", "status": 502, "body": "<html>", "times": 1}
    requests.put(f"{control}/failures", json={"failures": [odd]}, timeout=10)
    assert graph.get(url, timeout=10).text == "<html>"
    assert graph.get(url, timeout=10).status_code == 200


def test_the_command_line_is_read_into_options(tmp_path: Path) -> None:
    words = [*SMALL, "--seed", "3", "--faults", "4", "--now", "2026-11-22T02:00:00"]
    found = options([*words, "--data", str(tmp_path), "--limit-scale", "0.5"])
    assert found == Options(
        establishments_file=ESTABLISHMENTS,
        establishments=2,
        seed=3,
        faults=4,
        now=NOW,
        data=tmp_path,
        limit_scale=0.5,
    )


def test_it_ends_with_its_block_and_faults_can_be_there_from_the_start() -> None:
    few = Options(establishments_file=ESTABLISHMENTS, establishments=5, faults=6)
    with running(few) as said:
        truth = requests.get(f"{said['control_url']}/truth", timeout=10).json()
        assert len(truth["faults"]) == 6
    assert not alive(said["pid"])


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "stdin"])
def test_it_stops_cleanly_when_told_or_when_its_parent_is_gone(how: str) -> None:
    flag = ["--until-stdin-closes"] if how == "stdin" else []
    with subprocess.Popen(
        [*COMMAND, *SMALL, *flag],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin
        assert child.stdout
        assert child.stderr
        said = json.loads(child.stdout.readline())
        if how == "stdin":
            child.stdin.close()
        else:
            os.kill(said["pid"], {"SIGTERM": 15, "SIGINT": 2}[how])
        assert child.wait(timeout=10) == 0
        assert child.stderr.read() == ""


def test_a_sandbox_that_cannot_start_says_so(tmp_path: Path) -> None:
    missing = Options(establishments_file=tmp_path / "missing.csv")
    with pytest.raises(ChildProcessError), running(missing):
        pass
