"""`callsteward call card`: the call without us, on paper. It needs no database."""

import json
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.call import app
from agent.cli.call_run import office
from agent.cli.options import JSON, OUT
from agent.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 5.0  # whoever prints a card has no time for a database that is away
STYLE = (
    "@page { size: A4; margin: 12mm } pre + pre { break-before: page }"
    " pre { font: 9pt/1.25 'Courier New', monospace; margin: 0; white-space: pre-wrap }"
)


@app.command("card")
def card(
    site: Annotated[str, typer.Option("--site", help="The establishment: MDI.")] = "",
    call: Annotated[
        str, typer.Option("--call", help="A call that is booked; left out: a blank card.")
    ] = "",
    language: Annotated[str, typer.Option("--text-language", help="Of the legal text.")] = (
        "English"
    ),
    out: OUT = None,
    as_json: JSON = False,
) -> None:
    """Two pages for a call without us (--out card.html prints); --json: for late-entry."""
    from agent.domain.card import blank_entry, pages, words_of
    from agent.domain.uk_time import uk_day
    from agent.policies import load_policy
    from agent.schemes import load_calls, load_card
    from connectors.http import utc_now

    rules, today = load_calls(), uk_day(utc_now())
    text = rules.text("section-170", today, language)
    if as_json:
        _write(out, json.dumps(blank_entry(rules, text), indent=2, ensure_ascii=False) + "\n")
        return
    code, known = _known(site, call)
    words = words_of(rules, text, load_policy().phone)
    told = pages(load_card(), rules, words, _head(code, today, call), known)
    html = out is not None and out.suffix.lower() in (".html", ".htm")
    _write(out, _page(told) if html else "\f".join(told))


def _known(site: str, call: str) -> "tuple[str, Sequence[str]]":
    """The establishment's code, and what our memory has; a blank card needs none of it."""
    from agent.worker import at_most

    if not call:
        code = site.strip().upper()
        return code, at_most(SECONDS, lambda: _inboxes(code)) or ()
    from agent.services.call_card import inboxes, of_call

    with office() as here:
        found, lines = of_call(here, call)
        if site and site.strip().upper() != found.establishment:
            raise BadInput("this call is of another establishment", "Leave --site out.")
        return found.establishment, (*lines, *inboxes(here.store, found.establishment))


def _inboxes(code: str) -> "Sequence[str]":
    """Nothing where there is no database: a card must not make one."""
    from agent.services.call_card import inboxes
    from agent.settings import load
    from agent.store.opening import database_file, is_embedded
    from agent.wiring import open_store_of

    settings = load()
    if is_embedded(settings.database) and not database_file(settings.database).exists():
        return ()
    with open_store_of(settings) as store:
        return inboxes(store, code)


def _head(code: str, today: date, call: str) -> str:
    """For where, which call, and of which day. Raises BadInput for a code that nobody has."""
    from agent.schemes import load_scheme

    if not code:
        raise BadInput("nobody said for which establishment", "Add --site MDI, or --call.")
    place = load_scheme().establishments.get(code)
    if place is None:
        raise BadInput("no establishment has this code", "Give --site MDI.")
    called = [call.strip().upper()] if call else []
    return "   ".join([f"{code} {place.name}", *called, f"printed {today:%d %b %Y}"])


def _page(told: "Sequence[str]") -> str:
    body = "".join(f"<pre>{escape(page)}</pre>" for page in told)
    head = f'<meta charset="utf-8"><title>Call card</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _write(out: Path | None, text: str) -> None:
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
