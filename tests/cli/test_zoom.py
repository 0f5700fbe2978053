"""`callsteward zoom`: consents collected by a person with a browser, listed and destroyed."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener, urlopen

import pytest
from typer.testing import CliRunner, Result

from agent.cli import zoom
from agent.cli.consent_answer import is_here, listen, read
from agent.errors import AgentError, BadInput, Misconfigured, NotAllowed, Refused, TryAgain
from agent.store.engine import Store
from tests.support.consents import everything_in, tokens_in, told
from tests.support.estates import BY
from tests.support.outside import ROOT, Outside, clean_environment

WHO = ("--by", BY.id)
TAG, OTHER = "K10001", "K10002"


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Person:
    """Signs in to Zoom as one iPad's user, in a browser."""

    def __init__(self, outside: Outside) -> None:
        self.app = outside.said["zoom"]["user_app"]
        self.base = str(outside.said["zoom"]["api_url"]).removesuffix("/v2")

    def allows(self, address: str, login: str) -> str:
        """Where the browser ends."""
        try:
            build_opener(NoRedirects).open(f"{address}&{urlencode({'login': login})}")
        except HTTPError as answer:
            with answer:
                return str(answer.headers["Location"])
        raise AssertionError("no redirect")

    def code(self, login: str) -> str:
        """Of an answer to a request that nobody here made."""
        query = {
            "response_type": "code",
            "client_id": self.app["client_id"],
            "redirect_uri": self.app["redirect_uri"],
        }
        end = self.allows(f"{self.base}/oauth/authorize?{urlencode(query)}", login)
        return parse_qs(urlsplit(end).query)["code"][0]


@pytest.fixture
def person(outside: Outside) -> Person:
    return Person(outside)


@pytest.fixture
def store(outside: Outside, home: Path) -> Iterator[Store]:
    opened = outside.filled_store(home)
    yield opened
    opened.close()


@pytest.fixture
def logins(store: Store) -> dict[str, str]:
    """The accounts of the iPads, by asset tag."""
    with store.read() as tx:
        rows = tx.sql.exec_driver_sql("select tag, m365_user_id from asset")
        return {row[0]: row[1].lower() for row in rows}


@pytest.fixture
def env(person: Person, outside: Outside, home: Path) -> dict[str, str]:
    secret = home / "user-app-secret"
    secret.write_text(person.app["client_secret"] + "\n", encoding="utf-8")
    told = {
        "data_dir": home,
        "zoom_account_id": outside.said["zoom"]["account_id"],
        "zoom_user_app_client_id": person.app["client_id"],
        "zoom_user_app_client_secret_file": secret,
        "zoom_redirect_uri": person.app["redirect_uri"],
        "zoom_api_url": person.base,
        "zoom_oauth_url": person.base,
    }
    return {f"CALLSTEWARD_{name.upper()}": str(value) for name, value in told.items()}


@pytest.fixture
def run(store: Store, env: dict[str, str]) -> Callable[..., Result]:
    def call(*words: str, **more: str) -> Result:
        cleared = dict.fromkeys(set(os.environ) - set(clean_environment()))
        return CliRunner().invoke(zoom.app, list(words), env={**cleared, **env, **more})

    return call


Run = Callable[..., Result]


def _refusal(result: Result) -> AgentError:
    assert isinstance(result.exception, AgentError), result.output
    assert result.exception.hint
    return result.exception


def test_a_consent_is_collected_with_a_code(
    run: Run, person: Person, store: Store, logins: dict[str, str], home: Path
) -> None:
    done = run("consent", "--device", TAG, *WHO, "--code", person.code(logins[TAG]))
    assert done.exit_code == 0, done.output
    assert "has consented" in done.stdout
    [token] = tokens_in(store, home).load(logins[TAG])
    assert token not in done.output
    assert token.encode() not in everything_in(home)
    assert told(store) == [("CONSENT_GIVEN", TAG)]


def test_somebody_elses_account_is_refused_and_nothing_is_kept(
    run: Run, person: Person, store: Store, logins: dict[str, str], home: Path
) -> None:
    refused = run("consent", "--device", TAG, *WHO, "--code", person.code(logins[OTHER]))
    assert isinstance(_refusal(refused), NotAllowed)
    for login in logins.values():
        assert tokens_in(store, home).load(login) == ()
    assert told(store) == []


def test_a_code_is_good_once(run: Run, person: Person, logins: dict[str, str]) -> None:
    code = person.code(logins[TAG])
    assert run("consent", "--device", TAG, *WHO, "--code", code).exit_code == 0
    again = _refusal(run("consent", "--device", TAG, *WHO, "--code", code))
    assert isinstance(again, Refused)
    assert code not in f"{again} {again.hint}"
    assert "callsteward zoom consent again" in again.hint


def test_a_secret_that_is_wrong_is_no_fault_of_the_code(
    run: Run, person: Person, logins: dict[str, str], home: Path
) -> None:
    code = person.code(logins[TAG])
    (home / "user-app-secret").write_text("another\n", encoding="utf-8")
    refused = _refusal(run("consent", "--device", TAG, *WHO, "--code", code))
    assert "CALLSTEWARD_ZOOM_USER_APP_CLIENT_ID" in refused.hint


def test_a_code_alone_is_refused_where_it_is_bound_to_the_command(run: Run) -> None:
    here = {"CALLSTEWARD_ZOOM_REDIRECT_URI": "http://127.0.0.1:8765/zoom"}
    refused = _refusal(run("consent", "--device", TAG, *WHO, "--code", "x", **here))
    assert isinstance(refused, BadInput)
    assert "--paste" in refused.hint


def test_what_is_wrong_is_told_before_anybody_signs_in(
    run: Run, person: Person, logins: dict[str, str], home: Path
) -> None:
    code = person.code(logins[TAG])
    asked = ("consent", "--device", TAG, "--code", code)
    assert "nobody said who" in str(_refusal(run(*asked)))
    assert "S-NOBODY" in str(_refusal(run(*asked, "--by", "S-NOBODY")))
    assert "register" in str(_refusal(run("consent", "--device", "XXXBT001", *WHO)))
    assert "which device" in str(_refusal(run("consent", *WHO)))
    (home / "zoom.key").write_text("no key")
    (home / "zoom.key").chmod(0o600)
    assert "zoom.key" in str(_refusal(run(*asked, *WHO)))
    (home / "zoom.key").unlink()
    assert run(*asked, *WHO).exit_code == 0


@pytest.mark.parametrize(
    "name", ["ACCOUNT_ID", "USER_APP_CLIENT_ID", "USER_APP_CLIENT_SECRET_FILE", "REDIRECT_URI"]
)
def test_a_setting_that_is_missing_is_named(run: Run, env: dict[str, str], name: str) -> None:
    del env[f"CALLSTEWARD_ZOOM_{name}"]
    refused = _refusal(run("consent", "--device", TAG, *WHO, "--code", "x"))
    assert isinstance(refused, Misconfigured)
    assert f"CALLSTEWARD_ZOOM_{name} is not set" in str(refused)


COMMAND = "from agent.cli.zoom import app; app()"


def _pasting(
    words: Sequence[str], env: dict[str, str], answer: Callable[[str], str]
) -> tuple[int, str, str]:
    """A real process; a person opens the address that it prints and pastes the answer."""
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words],
        env=clean_environment() | {"PYTHONPATH": str(ROOT)} | env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline(), child.stdout.readline()]
        out, err = child.communicate(f"{answer(lines[1].strip())}\n", timeout=60)
    return child.returncode, "".join(lines) + out, err


def test_a_person_opens_the_address_and_pastes_where_the_browser_ends(
    store: Store, env: dict[str, str], person: Person, logins: dict[str, str], home: Path
) -> None:
    words = ["consent", "--device", "ACIBT001", *WHO, "--paste"]
    code, out, _ = _pasting(words, env, lambda address: person.allows(address, logins[TAG]))
    assert (code, "ACIBT001 has consented" in out) == (0, True)
    assert len(tokens_in(store, home).load(logins[TAG])) == 1


def test_an_answer_to_another_request_is_refused(
    store: Store, env: dict[str, str], person: Person, logins: dict[str, str], home: Path
) -> None:
    def other(address: str) -> str:
        state = parse_qs(urlsplit(address).query)["state"][0]
        return person.allows(address.replace(state, "A" * len(state)), logins[TAG])

    code, out, err = _pasting(["consent", "--device", TAG, *WHO], env, other)
    assert code != 0
    assert "its state differs" in err
    assert "has consented" not in out
    assert tokens_in(store, home).load(logins[TAG]) == ()


def test_consents_are_listed_and_exit_1_while_any_is_missing(
    run: Run, person: Person, logins: dict[str, str]
) -> None:
    empty = run("consents")
    assert empty.exit_code == 1
    assert "ACIBT001 K10001: missing\n" in empty.stdout
    assert f"0 of {len(logins)} iPads' users have consented." in empty.stdout
    for tag, login in logins.items():
        run("consent", "--device", tag, *WHO, "--code", person.code(login))
    full = run("consents")
    assert full.exit_code == 0
    assert "ACIBT001 K10001: given, until 20" in full.stdout
    rows = json.loads(run("consents", "--json").stdout)
    assert [row["tag"] for row in rows] == sorted(logins)
    assert {row["consent"] for row in rows} == {"given"}
    assert rows[0]["collected_by"] == BY.id


def test_a_consent_is_destroyed_when_told_so(
    run: Run, person: Person, store: Store, logins: dict[str, str], home: Path
) -> None:
    run("consent", "--device", TAG, *WHO, "--code", person.code(logins[TAG]))
    assert "whose consent" in str(_refusal(run("forget", *WHO, "--yes")))
    assert "whose consent" in str(_refusal(run("forget", *WHO, "--all", "--device", TAG)))
    assert "no terminal" in str(_refusal(run("forget", *WHO, "--all")))
    assert "Consents destroyed: 1" in run("forget", *WHO, "--device", TAG, "--yes").stdout
    assert tokens_in(store, home).load(logins[TAG]) == ()
    assert "Consents destroyed: 0" in run("forget", *WHO, "--all", "--yes").stdout


# The answer itself.


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8765/zoom", True),
        ("https://127.0.0.1:8765/zoom", False),
        ("http://localhost:8765/zoom", False),
        ("https://callsteward.example/zoom", False),
        ("", False),
    ],
)
def test_only_plain_loopback_is_listened_on(address: str, here: bool) -> None:
    assert is_here(address) is here


def test_a_pasted_answer_gives_its_code() -> None:
    assert read(" https://callsteward.example/x?code=abc&state=s1 \n", "s1") == "abc"


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ("https://x.example/?code=abc&state=s2", NotAllowed, "state differs"),
        ("https://x.example/?code=abc", NotAllowed, "state differs"),
        ("abc", NotAllowed, "state differs"),
        ("https://x.example/?code=abc&state=é", NotAllowed, "state differs"),
        ("https://x.example/?error=access_denied&state=s1", NotAllowed, "did not consent"),
        ("https://x.example/?state=s1", BadInput, "no code"),
    ],
)
def test_a_pasted_answer_that_is_not_ours_is_refused(
    answer: str, error: type[AgentError], says: str
) -> None:
    with pytest.raises(error, match=says) as refused:
        read(answer, "s1")
    assert refused.value.hint
    assert "abc" not in f"{refused.value} {refused.value.hint}"


@pytest.fixture
def address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/zoom"


@pytest.fixture
def waiting(address: str) -> Iterator["Future[str]"]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(listen, address, "s1", 10)


def _browse(address: str) -> int:
    """The status that the browser gets, once somebody listens."""
    for _ in range(200):
        try:
            with urlopen(address, timeout=5) as answer:
                return int(answer.status)
        except HTTPError as err:
            with err:
                return err.code
        except OSError:
            waits = socket.socket()
            waits.settimeout(0.01)
            waits.close()
    raise AssertionError("nobody listened")


def test_on_loopback_the_browsers_answer_is_caught_and_strangers_are_not(
    address: str, waiting: "Future[str]"
) -> None:
    root = address.removesuffix("/zoom")
    assert _browse(f"{root}/favicon.ico") == 404
    assert _browse(f"{address}?code=evil&state=s2") == 404
    assert _browse(f"{root}/other?code=evil&state=s1") == 404
    assert not waiting.done()
    assert _browse(f"{address}?code=abc&state=s1") == 200
    assert waiting.result(10) == "abc"


def test_on_loopback_a_refusal_is_told(address: str, waiting: "Future[str]") -> None:
    _browse(f"{address}?error=access_denied&state=s1")
    with pytest.raises(NotAllowed, match="did not consent"):
        waiting.result(10)


def test_nothing_of_the_answer_is_logged(
    address: str, waiting: "Future[str]", capfd: pytest.CaptureFixture[str]
) -> None:
    _browse(f"{address}?code=abc&state=s1")
    waiting.result(10)
    assert capfd.readouterr() == ("", "")


def test_nobody_is_waited_for_for_ever(address: str) -> None:
    with pytest.raises(TryAgain, match="in time"):
        listen(address, "s1", 0.05)


def test_a_port_that_is_taken_is_told(address: str) -> None:
    place = ("127.0.0.1", urlsplit(address).port or 0)
    with (
        socket.create_server(place),
        pytest.raises(Misconfigured, match="ZOOM_REDIRECT_URI") as refused,
    ):
        listen(address, "s1", 0.05)
    assert "--paste" in refused.value.hint


def test_a_consent_is_caught_on_loopback(
    env: dict[str, str], person: Person, store: Store, logins: dict[str, str]
) -> None:
    """The whole way: our listener, Zoom's proof of the code (PKCE), the token."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        redirect = f"http://127.0.0.1:{free.getsockname()[1]}/zoom"
    command = "from agent.cli.main import main; main()"
    words = [sys.executable, "-c", command, "zoom", "consent", "--device", TAG, *WHO]
    settings = clean_environment() | env | {"CALLSTEWARD_ZOOM_REDIRECT_URI": redirect}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=settings) as asking:
        assert asking.stdout is not None
        lines = iter(asking.stdout.readline, "")
        address = next(line for line in lines if line.startswith("http")).strip()
        end = person.allows(address, logins[TAG])
        assert end.startswith(redirect)
        build_opener().open(end).close()
        assert asking.wait(30) == 0
    assert told(store) == [("CONSENT_GIVEN", TAG)]
