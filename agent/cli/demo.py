"""`callsteward demo`: the main job on a fresh machine, with the sandbox as the outside."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.request import ProxyHandler, build_opener

import typer

from agent.cli.sandbox import NO_EXTRA, establishments_file
from agent.domain.people import Actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.cli.score import Score
    from agent.services.report import Report
    from agent.settings import Settings
    from agent.store.engine import Store

SENDER = "callsteward@justice.example"


@dataclass(frozen=True, slots=True)
class Done:
    """What a demo leaves behind."""

    report: "Report"
    score: "Score"
    mails: int
    audit_rows: int
    audit_broken: str | None
    files: Mapping[str, Path]
    data: Path


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed plants the same faults.")] = 1,
    faults: Annotated[
        int, typer.Option(min=0, max=1000, help="How many faults are planted.")
    ] = 50,
    establishments: Annotated[
        int | None, typer.Option(min=1, max=124, help="Only the first N of the real list.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder to use; unset: a new empty one.")
    ] = None,
) -> None:
    """Import the register of all establishments, sweep every iPad, tell the inboxes."""
    from agent.cli import show

    folder = (data or Path(tempfile.mkdtemp(prefix="callsteward-demo-"))).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise BadInput(
            f"{folder} cannot be used: {err.strerror}", "Name a folder with --data."
        ) from err
    done = play(folder, seed, faults, establishments, quiet=as_json)
    if not as_json:
        show.summary(done.report, done.files)
        _say(done)
    else:
        typer.echo(json.dumps(plain(done)))
    if done.report.sweep.state != "COMPLETE" or done.audit_broken:
        raise typer.Exit(2)


def play(
    folder: Path, seed: int, faults: int, establishments: int | None, *, quiet: bool
) -> Done:
    """Start the sandbox, import, sweep, deliver, and compare with the sandbox's truth."""
    try:
        from connectors.sandbox import run as sandbox
        from connectors.sandbox.faults.catalogue import Halves
    except ModuleNotFoundError as err:
        raise NO_EXTRA from err
    options = sandbox.Options(
        establishments_file=establishments_file(),
        establishments=establishments,
        seed=seed,
        data=folder / "sandbox",
        faults=faults,
        halves=Halves.BOTH,
    )
    _same_estate(folder, seed, establishments)
    with sandbox.running(options) as said:
        return _main_job(folder, said, quiet=quiet)


def _same_estate(folder: Path, seed: int, establishments: int | None) -> None:
    """A folder that holds another estate would be compared with the wrong truth."""
    note = folder / "demo.json"
    wanted = json.dumps({"seed": seed, "establishments": establishments})
    if note.is_file() and note.read_text(encoding="utf-8") != wanted:
        raise BadInput(
            f"{folder} holds the demo of another estate",
            "Name another folder, or the same --seed and --establishments as before.",
        )
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(wanted, encoding="utf-8")


def _main_job(folder: Path, said: Mapping[str, Any], *, quiet: bool) -> Done:
    from agent.cli import report_files, sweep
    from agent.cli.score import score
    from agent.services.audit import verify_chain
    from agent.store.sweeps import Sweeps
    from agent.wiring import mdm_of, open_store_of

    settings = settings_for(folder, said)
    with open_store_of(settings) as store:
        by = _import(store, said["files"])
        _consent(settings, store, said["control_url"], by)
        report = sweep.run(settings, store, mdm_of(settings), by, quiet=quiet)
        chain = verify_chain(store)
        with store.read() as tx:
            verdicts = Sweeps(tx).verdicts(report.sweep.id)
    return Done(
        report=report,
        score=score(_truth(said["control_url"]), verdicts),
        mails=_keep_mails(said, folder / "mails"),
        audit_rows=chain.rows,
        audit_broken=chain.broken,
        files=report_files.write(report, folder / "reports"),
        data=folder,
    )


def settings_for(folder: Path, said: Mapping[str, Any]) -> "Settings":
    """The settings of an agent whose outside is this sandbox."""
    from agent.settings import load

    graph, smtp, zoom = said["graph"], said["smtp"], said["zoom"]
    secrets = folder / "sandbox"
    return load(
        data_dir=folder,
        database_url=None,
        mdm="intune",
        intune_tenant_id=graph["tenant_id"],
        intune_client_id=graph["client_id"],
        intune_certificate_file=graph["certificate_file"],
        intune_private_key_file=graph["private_key_file"],
        graph_url=graph["base_url"],
        login_url=graph["authority"],
        http_proxy=None,
        smtp_host=smtp["host"],
        smtp_port=smtp["port"],
        smtp_username=smtp["username"],
        smtp_password_file=_secret(secrets / "smtp-password", smtp["password"]),
        smtp_ca_file=smtp["ca_file"],
        mail_from=SENDER,
        zoom_account_id=zoom["account_id"],
        zoom_reader_client_id=zoom["reader"]["client_id"],
        zoom_reader_client_secret_file=_secret(
            secrets / "zoom-reader-secret", zoom["reader"]["client_secret"]
        ),
        zoom_user_app_client_id=zoom["user_app"]["client_id"],
        zoom_user_app_client_secret_file=_secret(
            secrets / "zoom-user-app-secret", zoom["user_app"]["client_secret"]
        ),
        zoom_redirect_uri=zoom["user_app"]["redirect_uri"],
        zoom_plan=zoom["plan"],
        zoom_api_url=zoom["api_url"].removesuffix("/v2"),
        zoom_oauth_url=zoom["oauth_url"].removesuffix("/oauth"),
        zoom_share=1,
        zoom_key_file=None,
    )


def _secret(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def _import(store: "Store", files: Mapping[str, str]) -> Actor:
    """The staff, the contacts and the register, as a person would import them."""
    from agent.schemes import load_scheme
    from agent.services.people import import_contacts, import_staff
    from agent.services.register import import_register

    scheme = load_scheme()
    staff = Path(files["staff"]).read_bytes()
    first = next(csv.DictReader(io.StringIO(staff.decode())))
    by = Actor(first["id"], "done by the demo")
    import_staff(store, scheme, staff, by)
    import_contacts(store, scheme, Path(files["contacts"]).read_bytes(), by)
    import_register(store, scheme, Path(files["register"]).read_bytes(), by)
    return by


def _consent(settings: "Settings", store: "Store", control_url: str, by: Actor) -> None:
    """What a person does at each iPad once: its user lets us see whom it has as contacts."""
    from agent.services.consents import device_named, give_consent
    from agent.zoom_wiring import tokens_of

    tokens = tokens_of(settings, store)
    for one in _control(f"{control_url}/consents", b"{}")["consents"]:
        device = device_named(store, one["asset_tag"])
        give_consent(tokens, device, one["email"], one["refresh_token"], by)


def _truth(control_url: str) -> Any:
    """What the sandbox planted; it is asked only after the sweep."""
    return _control(f"{control_url}/truth")


def _control(url: str, body: bytes | None = None) -> Any:
    """Ask the sandbox's control API: our own child, whatever proxy there is."""
    direct = build_opener(ProxyHandler({}))
    with direct.open(url, body, timeout=60) as answer:
        return json.load(answer)


def _keep_mails(said: Mapping[str, Any], folder: Path) -> int:
    """Every mail that lies in the mailboxes, as files: the sandbox ends with the demo."""
    from connectors.sandbox.mail import read_all

    folder.mkdir(parents=True, exist_ok=True)
    mails = read_all(said["imap"]["host"], said["imap"]["port"])
    for mail in mails:
        name = re.sub(r"[^A-Za-z0-9.-]", "_", mail["Message-ID"].strip("<>"))
        (folder / f"{name}.eml").write_bytes(mail.as_bytes())
    return len(mails)


def plain(done: Done) -> dict[str, object]:
    """The demo in plain numbers."""
    from agent.cli.report_files import counts

    score = done.score
    return {
        "establishments": done.report.establishments,
        "devices": len(done.report.devices),
        "planted": score.planted,
        "found": score.found,
        "missed": len(score.missed),
        "unexpected": len(score.unexpected),
        "pass_on_unknown": score.pass_on_unknown,
        "incidents": len(done.report.new_incidents),
        "mails": done.mails,
        "sweep": counts(done.report),
        "audit": {"rows": done.audit_rows, "ok": done.audit_broken is None},
        "data_dir": str(done.data),
    }


def _say(done: Done) -> None:
    score = done.score
    typer.echo(
        f"Planted {score.planted} faults: {score.found} found for the right reason,"
        f" {len(score.missed)} missed, {len(score.unexpected)} unexpected;"
        f" {score.pass_on_unknown} passed where the answer was hidden."
    )
    for line in (*score.missed, *score.unexpected):
        typer.echo(f"  {line}")
    holds = f"does NOT hold: {done.audit_broken}" if done.audit_broken else "holds"
    typer.echo(f"Audit: {done.audit_rows} rows, the chain {holds}.")
    typer.echo(f"Data: {done.data / 'callsteward.db'}")
    typer.echo(f"Mails: {done.mails} files in {done.data / 'mails'}")
