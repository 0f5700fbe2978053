"""A purge proof of a real window: the same knowledge is the same proof; any byte is seen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.application import Cancelled, Moved
from agent.domain.check import Verdict
from agent.domain.contact_words import Invite
from agent.domain.proof_file import looked_at
from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_events import Sign
from agent.errors import BadInput, Misconfigured
from agent.schemes import config_folder, pack_version
from agent.services.call_case import How
from agent.services.call_erasure import erase
from agent.services.proofs import Notary, Proof, make, new_key
from agent.store.hosts import Hosts
from agent.store.noticing import notice
from agent.store.signing import ProofKey, holds
from tests.support import calls as said
from tests.support.calls import PERSONAL, audited, by, finding, swept
from tests.support.families import Family, a_family


@pytest.fixture
def moorland(tmp_path: Path) -> Family:
    return a_family(tmp_path)


def notary(family: Family, folder: Path) -> Notary:
    return Notary(family.office, ProofKey(folder / "proof.key"), pack_version())


def gone(family: Family) -> str:
    """A call whose contact is gone and was read to be; its id."""
    call = family.started()
    family.ends(call)
    family.later(seconds=30)
    family.attested(call)
    family.later(seconds=5)
    return call


def surface(proof: Proof, name: str) -> dict[str, Any]:
    [found] = [one for one in proof.told["surfaces"] if one["surface"] == name]
    return dict(found)


def good(proof: Proof) -> bool:
    return all(line.ok for line in looked_at(proof.content, holds))


def made_rows(family: Family) -> list[dict[str, Any]]:
    return [row for row in audited(family.store) if row["what"] == "PURGE_PROOF_MADE"]


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    folder = tmp_path_factory.mktemp("proven")
    family = a_family(folder)
    yield make(notary(family, folder), gone(family), by("SPOC"))
    family.store.close()


def test_a_contact_that_is_gone_is_proven_on_every_surface(proven: Proof) -> None:
    states = {one["surface"]: one["state"] for one in proven.told["surfaces"]}
    assert states == {
        "allow-list for adding": "gone", "allow-list for chatting": "gone",
        "invitation": "not withdrawn", "external contact": "gone", "chat session": "attested",
        "call history on the iPad": "attested", "mailbox on the iPad": "attested",
        "scheduled meeting": "not used", "recordings": "not asked yet",
    }  # fmt: skip
    assert proven.told["result"] == "proven"
    assert proven.told["asked"]["by"] == "S-MDI-SUP"
    assert surface(proven, "external contact")["attested"]["by"] == ["S-MDI-CHAP", "S-MDI-SUP"]
    requests = [row["request"] for row in surface(proven, "allow-list for adding")["done"]]
    assert [bool(one) for one in requests] == [True, False, True, False]
    assert good(proven)


def test_no_byte_of_it_can_be_changed(proven: Proof) -> None:
    """Every byte, each of three ways: the lowest bit, upper and lower case, no ASCII."""
    content, accepted = proven.content, []
    for place in range(len(content)):
        for bit in (0x01, 0x20, 0x80):
            changed = bytearray(content)
            changed[place] ^= bit
            try:
                lines = looked_at(bytes(changed), holds)
            except BadInput:
                continue
            accepted += [place] if all(line.ok for line in lines) else []
    assert accepted == []


def test_nothing_can_be_cut_off_or_put_in(proven: Proof) -> None:
    content = proven.content
    for place in range(0, len(content), 7):
        for changed in (content[:place], content[:place] + b" " + content[place:]):
            try:
                lines = looked_at(changed, holds)
            except BadInput:
                continue
            # a space within a text is another text; between two words it is another form
            assert not all(line.ok for line in lines)


def test_nobody_of_the_family_is_in_it(proven: Proof) -> None:
    for word in PERSONAL:
        assert word.encode() not in proven.content
    assert b"dying" not in proven.content
    assert b"@" not in proven.content


def test_the_same_knowledge_is_the_same_proof(moorland: Family, tmp_path: Path) -> None:
    office = notary(moorland, tmp_path)
    call = gone(moorland)
    first = make(office, call, by("SPOC"))
    moorland.clock.now += timedelta(minutes=5)
    assert make(office, call, by("GOV")).content == first.content
    new = moorland.ask()  # the chain grows
    again = make(office, call, by("SPOC"))
    assert again.told == first.told
    assert again.content != first.content
    assert good(again)
    assert len(made_rows(moorland)) == 1
    assert new != call


def test_both_databases_prove_the_same(url: str, tmp_path: Path) -> None:
    family = a_family(tmp_path, where=url)
    office, call = notary(family, tmp_path), gone(family)
    first, again = make(office, call, by("SPOC")), make(office, call, by("SPOC"))
    assert first.content == again.content
    assert good(first)
    assert first.told["result"] == "proven"
    assert family.audited()
    family.store.close()


def test_what_is_learned_later_is_another_proof(moorland: Family, tmp_path: Path) -> None:
    office, call = notary(moorland, tmp_path), moorland.started()
    results = [make(office, call, by("SPOC")).told]
    moorland.ends(call)
    moorland.later(seconds=30)
    results.append(make(office, call, by("SPOC")).told)
    moorland.attested(call)
    moorland.later(seconds=5)
    results.append(make(office, call, by("SPOC")).told)
    assert [one["result"] for one in results] == ["not yet", "not yet", "proven"]
    assert [one["id"][-3:] for one in results] == ["-P1", "-P2", "-P3"]
    assert [row["subjectId"] for row in made_rows(moorland)] == [one["id"] for one in results]
    assert moorland.audited()


def test_without_a_consent_it_is_attested_and_never_proven(tmp_path: Path) -> None:
    family = a_family(tmp_path, consents=False)
    call = family.invited()
    family.say(call, said.PRECALL, "SUP")
    family.say(call, said.STARTED, "SUP")
    family.ends(call)
    family.later(seconds=30)
    family.attested(call)
    family.later(seconds=5)
    found = make(notary(family, tmp_path), call, by("SPOC"))
    assert found.told["state"] == "not verified"
    assert found.told["result"] == "partly attested"
    assert surface(found, "external contact")["state"] == "attested"
    assert found.told["recheck"]["state"] == "due"


def test_a_contact_that_comes_back_fails_and_the_next_night_is_told(
    moorland: Family, tmp_path: Path
) -> None:
    office, call = notary(moorland, tmp_path), gone(moorland)
    assert make(office, call, by("SPOC")).told["recheck"]["state"] == "due"
    moorland.zoom.contacts.come_back(moorland.user(), said.EMAIL, moorland.clock.now)
    moorland.later(days=1)
    found = make(office, call, by("SPOC"))
    assert found.told["result"] == "failed"
    assert surface(found, "external contact")["state"] == "still there"
    assert surface(found, "chat session")["state"] == "not yet"


def test_after_the_night_the_contacts_were_read_again(moorland: Family, tmp_path: Path) -> None:
    call = gone(moorland)
    moorland.later(days=1)
    found = make(notary(moorland, tmp_path), call, by("SPOC")).told
    assert (found["result"], found["recheck"]["state"]) == ("proven", "done")


KEPT = ("zoom.no-recordings", "zoom.no-summaries", "zoom.no-transcripts")


def test_the_first_sweep_a_day_later_tells_of_recordings(
    moorland: Family, tmp_path: Path
) -> None:
    office, call = notary(moorland, tmp_path), gone(moorland)
    clean = [replace(finding(name), verdict=Verdict.PASS) for name in KEPT]
    for hours, state in ((1, "not asked yet"), (24, "none found"), (24, "none found")):
        moorland.clock.now += timedelta(hours=hours)
        swept(moorland.store, *clean)
        found = make(office, call, by("SPOC"))
        assert surface(found, "recordings")["state"] == state
    assert found.told["id"].endswith("-P2")
    moorland.clock.now += timedelta(hours=24)
    swept(moorland.store, finding(KEPT[0], reason="recording-found"), *clean[1:])
    found = make(office, call, by("SPOC"))
    assert found.told["result"] == "failed"
    assert surface(found, "recordings")["checks"][KEPT[0]] == "recording-found"


def test_a_recording_that_zoom_told_of_during_the_call_is_found(
    moorland: Family, tmp_path: Path
) -> None:
    office, call = notary(moorland, tmp_path), gone(moorland)
    held = LiveMeeting("123456789", "u==")
    with moorland.store.begin() as tx:
        Hosts(tx).learn({"host-1": "K10003", "host-2": "K10004"})
        notice(tx, said.POLICY, Sign.RECORDING, replace(held, uuid="x=="), "host-2", runs=True)
    assert make(office, call, by("SPOC")).told["result"] == "proven"
    with moorland.store.begin() as tx:
        notice(tx, said.POLICY, Sign.RECORDING, held, "host-1", runs=True)
    found = make(office, call, by("SPOC"))
    assert found.told["result"] == "failed"
    assert [one["sign"] for one in surface(found, "recordings")["noticed"]] == ["recording"]
    assert good(found)


def test_a_sweep_that_does_not_look_back_so_far_tells_nothing(
    moorland: Family, tmp_path: Path
) -> None:
    call = gone(moorland)
    moorland.clock.now += timedelta(days=moorland.office.policy.zoom.search_days)
    swept(moorland.store, *(replace(finding(n), verdict=Verdict.PASS) for n in KEPT))
    found = make(notary(moorland, tmp_path), call, by("SPOC"))
    assert surface(found, "recordings")["state"] == "not asked yet"


def test_a_call_with_two_windows_asks_which_one(moorland: Family, tmp_path: Path) -> None:
    office, call = notary(moorland, tmp_path), moorland.invited()
    at = moorland.clock.now + timedelta(hours=3)
    until = at + timedelta(hours=1)
    moved = Moved(
        device="K10004", at=at.isoformat(), until=until.isoformat(), room="Chapel office"
    )
    moorland.say(call, moved)
    moorland.say(call, Invite())
    moorland.settle()
    with pytest.raises(BadInput, match=f"{call}-W1, {call}-W2"):
        make(office, call, by("SPOC"))
    found = make(office, f"{call.lower()}-w1", by("SPOC")).told
    assert (found["device"]["tag"], found["asked"]["why"]) == ("K10003", "moved")


def test_what_has_no_window_has_no_proof(moorland: Family, tmp_path: Path) -> None:
    office = notary(moorland, tmp_path)
    with pytest.raises(BadInput, match="nobody was invited"):
        make(office, moorland.ask(), by("SPOC"))
    with pytest.raises(BadInput, match="no call with this id"):
        make(office, "C-1999-00001", by("SPOC"))
    with pytest.raises(BadInput, match="no member of staff"):
        make(office, gone(moorland), by("NOBODY"))
    assert made_rows(moorland) == []


def test_a_proof_outlives_the_erasure_of_its_call(moorland: Family, tmp_path: Path) -> None:
    office, call = notary(moorland, tmp_path), moorland.invited()
    moorland.say(call, Cancelled(reason="not-needed"))
    moorland.settle()
    moorland.attested(call)
    moorland.later(days=1)
    before = make(office, call, by("SPOC"))
    erase(moorland.office, call, by("SPOC"), by("CHAP"))
    after = make(office, call, by("SPOC"))
    assert after.told == before.told
    assert good(after)


def test_a_lost_key_is_replaced_on_purpose_only(moorland: Family, tmp_path: Path) -> None:
    office, call = notary(moorland, tmp_path), gone(moorland)
    old = make(office, call, by("SPOC"))
    with pytest.raises(BadInput, match="there is a key"):
        new_key(office, by("SPOC"))
    office.key.path.unlink()
    with pytest.raises(Misconfigured, match="missing"):
        make(office, call, by("SPOC"))
    signer = new_key(office, by("SPOC"))
    again = make(office, call, by("SPOC"))
    assert again.told == old.told | {"id": again.told["id"]}
    assert again.told["id"] != old.told["id"]
    assert signer.public.encode() in again.content
    assert good(again)
    assert good(old)
    rows = [row for row in audited(moorland.store) if row["what"] == "PROOF_KEY_MADE"]
    assert [row["details"]["key"] for row in rows] == [signer.public]


def test_the_version_of_the_policy_changes_with_any_word_of_the_pack(tmp_path: Path) -> None:
    pack = tmp_path / "schemes" / "ipad"
    pack.mkdir(parents=True)
    for path in (config_folder() / "schemes" / "ipad").glob("*.toml"):
        (pack / path.name).write_text(path.read_text())
    assert pack_version(folder=tmp_path) == pack_version()
    with (pack / "legal.toml").open("a") as file:
        file.write("\n")
    assert pack_version(folder=tmp_path) != pack_version()


def test_a_proof_of_what_was_entered_from_paper_names_when_it_was_done(
    moorland: Family, tmp_path: Path
) -> None:
    call = moorland.started()
    moorland.clock.now += timedelta(minutes=30)
    moorland.hang_up()
    ended = moorland.clock.now - timedelta(minutes=10)
    moorland.say(call, said.ENDED, "SUP", How(at=ended, paper_by="S-MDI-SUP"))
    moorland.later(seconds=30)
    found = make(notary(moorland, tmp_path), call, by("SPOC")).told
    assert found["asked"]["at"] == ended.isoformat(timespec="seconds")
