"""The baseline and the routes: a wrong file is named with its key, at the start."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.errors import Misconfigured
from agent.policies import load_policy
from agent.schemes import config_folder

ROUTES, BASELINE = "schemes/ipad/routes.toml", "baselines/ipad.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(config_folder(), tmp_path / "config"))


def test_the_shipped_files_say_what_the_protocol_says() -> None:
    policy = load_policy()
    assert policy.phone == "0203 334 0324"
    told = {}
    for route in policy.routes:
        if set(route.when.words()) == {"category"}:
            told["".join(route.when.category)] = set(route.tell)
    assert told["security"] == {"local-security", "infosec", "provider-management"}
    assert told["loss"] == told["security"] | {"regional-silver"}
    assert (policy.limits.same_value, policy.limits.share) == (5, 0.2)
    assert policy.baseline.fresh == timedelta(days=30)


def _replacing(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        (ROUTES, _replacing('"spoc"', '"the cook"'), "the cook, which is nobody"),
        (ROUTES, _replacing('category = "loss"', 'category = "lost"'), "lost"),
        (ROUTES, _replacing('severity = "MEDIUM"', 'severity = "BIG"'), "BIG"),
        (ROUTES, _replacing("[phone]", "[telephone]"), "phone"),
        (ROUTES, lambda text: text + "[", "routes.toml"),
        (BASELINE, _replacing('minimum_os = "17.7"', 'minimum_os = "new"'), "minimum_os"),
        (BASELINE, _replacing('"6.4.0"', '"six"'), "zoom.minimum_version"),
        (BASELINE, _replacing("low_days = 7", "low_days = true"), "low_days"),
        (BASELINE, _replacing("low_days = 7", "low_dayz = 7"), "low_day"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong_in_it(
    folder: Path, file: str, change: Callable[[str], str], says: str
) -> None:
    path = folder / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(Misconfigured) as refused:
        load_policy(folder=folder)
    assert says in str(refused.value)
    assert path.name in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize("file", [ROUTES, BASELINE])
def test_a_file_that_is_not_there_or_no_text_is_named(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured, match=Path(file).name):
        load_policy(folder=folder)
    (folder / file).unlink()
    with pytest.raises(Misconfigured, match="No such file"):
        load_policy(folder=folder)


OWN = """
[[route]]
name = "our governor hears of a loss"
when = { category = "loss", establishment = "MDI" }
tell = ["governor"]
"""


def test_routes_of_the_operators_own_are_added_after_the_schemes(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    scheme, both = load_policy().routes, load_policy(routes_file=own).routes
    assert both[: len(scheme)] == scheme
    [added] = both[len(scheme) :]
    assert (added.origin, added.tell) == ("own.toml", ("governor",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OWN.replace('"loss"', '"lost"').replace("MDI", "XXX"), ["line 4: when.cat", "line 4"]),
        (OWN + "[phone]\ninfosec = '999'\n", ["line 6: phone: only [[route]] may be here"]),
        (OWN + "[fallback]\nregion = 'infosec'\n", ["line 6: fallback: only [[route]]"]),
        (OWN.replace("our governor hears of a loss", "security issue (Annex E: X9)"),
         ["line 3: name: another route has the name"]),
        (OWN + "[[route", ["line 6, the last"]),
    ],
)  # fmt: skip
def test_a_fault_of_the_operators_file_names_file_line_and_key(
    tmp_path: Path, text: str, says: list[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as refused:
        load_policy(routes_file=own)
    told = str(refused.value)
    assert str(own) in told
    assert "\n" not in told
    for one in says:
        assert one in told
    with pytest.raises(Misconfigured, match="No such file"):
        load_policy(routes_file=tmp_path / "nowhere.toml")
