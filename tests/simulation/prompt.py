"""What people do at the prompt meanwhile: sweeps, imports, consents."""

import csv
import io
from collections.abc import Callable

from agent.schemes import load_scheme
from agent.services.consents import device_named, forget_consent, give_consent
from agent.services.people import import_contacts, import_staff
from agent.services.register import import_register
from agent.store.engine import Store
from connectors.sandbox import paperwork
from connectors.sandbox.estate import Ipad
from tests.simulation.bench import an_estate
from tests.simulation.memory import SeamedStore
from tests.simulation.world import World
from tests.support.estates import BY

SCHEME = load_scheme()


def a_command(world: World) -> None:
    """One command of somebody, begun now."""
    draw = world.scheduler.random
    process = world.at_the_prompt()
    ipad = an_estate().ipad(draw.randrange(an_estate().devices))
    number = draw.randrange(1000)
    choices = ["sweep", "sweep", "register", "contacts", "staff", "verify"]
    what = draw.choice(choices + (["give", "forget"] if world.with_zoom else []))
    world.scheduler.note(f"at the prompt: {what}")
    match what:
        case "sweep":
            process.sweep(BY)
        case "verify":
            process.verify()
        case "give":
            process.command("consent", _gives(world, ipad))
        case "forget":
            process.command("forget", lambda store: _forgets(store, ipad))
        case "register":
            text = _moved(ipad.asset_tag, number)
            world.moved.add(ipad.asset_tag)
            process.command("register", lambda store: _register(store, text))
        case "contacts":
            text = paperwork.contacts(an_estate()).replace("infosec@", f"infosec.{number}@")
            process.command("contacts", lambda store: _contacts(store, text))
        case "staff":
            text = f"{paperwork.staff(an_estate())}S-NEW-{number},Kit Moss,infosec,\n"
            process.command("staff", lambda store: _staff(store, text))


def _gives(world: World, ipad: Ipad) -> Callable[[Store], None]:
    """The user signs in and consents anew; then the command keeps it."""
    token = world.core.zoom.oauth.consented(ipad.zoom_user)

    def give(store: Store) -> None:
        assert isinstance(store, SeamedStore)
        device = device_named(store, ipad.asset_tag)
        give_consent(world.sealed(store), device, ipad.m365_user_id, token, BY)

    return give


def _forgets(store: Store, ipad: Ipad) -> None:
    forget_consent(store, device_named(store, ipad.asset_tag), BY)


def _register(store: Store, text: str) -> None:
    import_register(store, SCHEME, text.encode(), BY)


def _contacts(store: Store, text: str) -> None:
    import_contacts(store, SCHEME, text.encode(), BY)


def _staff(store: Store, text: str) -> None:
    import_staff(store, SCHEME, text.encode(), BY)


def _moved(tag: str, number: int) -> str:
    """The register with one iPad at another place (A8)."""
    rows = list(csv.DictReader(io.StringIO(paperwork.register(an_estate()))))
    codes = [one.code for one in an_estate().establishments]
    for row in rows:
        if row["asset_tag"] == tag:
            code = codes[number % len(codes)]
            row["establishment"] = code
            row["local_id"] = f"{code}BT{number:03}"
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
