"""Establishments that make calls: their staff, letters, iPads, consents, and the agent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from agent.domain.asset import Asset
from agent.domain.authorisation import Letter
from agent.domain.people import Actor, at_the_command_line
from agent.domain.staff import COLUMNS
from agent.domain.uk_time import uk_day
from agent.policies import load_policy
from agent.schemes import load_calls, load_scheme
from agent.services import authorisations
from agent.services.call_office import Office
from agent.services.consents import device_named, give_consent
from agent.services.people import import_staff
from agent.store.call_keys import CallKeys
from agent.store.register import Register
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from connectors.http import utc_now
from tests.support import calls as said
from tests.support.estates import BY
from tests.support.killed.installation import Installation
from tests.support.registers import as_file

ESTABLISHMENTS = 8
WITHOUT_CONSENT = 2  # iPads whose users never consented
QUICK = {"CALLSTEWARD_DEADLINE_SECONDS": "5", "CALLSTEWARD_RETRY_SECONDS": "5"}


@dataclass(frozen=True)
class House:
    home: Installation
    office: Office
    assets: Mapping[str, Asset]
    blind: frozenset[str]  # tags of iPads without a consent

    @staticmethod
    @contextmanager
    def of(folder: Path, url: str, seed: int) -> Iterator["House"]:
        """Everything that people did once, before the first call."""
        with Installation.of(folder, url, seed, ESTABLISHMENTS, QUICK) as home:
            home.settings = {**home.settings, **_zoom(home)}
            home.victims.environment = home.settings
            with home.store.read() as tx:
                assets = {one.tag: one for one in Register(tx).all()}
            _staff(home, {one.establishment for one in assets.values()})
            office = Office(
                home.store, CallKeys(folder / "call-keys"), load_calls(), load_policy()
            )
            _letters(office, assets)
            blind = _consents(home)
            yield House(home, office, assets, blind)

    def beside(self, tag: str) -> Asset:
        """The establishment's other iPad."""
        own = self.assets[tag]
        return next(
            one
            for one in self.assets.values()
            if one.establishment == own.establishment and one.tag != tag
        )


def by(asset: Asset, word: str) -> Actor:
    """S-MDI-GOV for GOV."""
    return at_the_command_line(staff_id(asset, word), "alex")


def staff_id(asset: Asset, word: str) -> str:
    return f"S-{asset.establishment}-{word}"


def _staff(home: Installation, codes: set[str]) -> None:
    rows = [
        {"id": f"S-{code}-{word}", "name": "Sam Pock", "role": role, "establishment": code}
        for code in sorted(codes)
        for word, role in said.ROLES.items()
    ]
    rows.append({"id": BY.id, "name": "A Analyst", "role": "infosec", "establishment": ""})
    import_staff(home.store, load_scheme(), as_file(rows, COLUMNS), BY)


def _letters(office: Office, assets: Mapping[str, Asset]) -> None:
    today: date = uk_day(utc_now())
    for code in sorted({one.establishment for one in assets.values()}):
        here = [one for one in assets.values() if one.establishment == code]
        letter = Letter(
            establishment=code, grantor="governor", granted_by=f"S-{code}-GOV",
            to_whom="generally", dated=today - timedelta(days=9),
            review_on=today + timedelta(days=60), reference="40E/2026/7",
            tags=tuple(one.tag for one in here),
        )  # fmt: skip
        authorisations.record(office.store, office.rules, letter, by(here[0], "SPOC"))


def _consents(home: Installation) -> frozenset[str]:
    """All but the last iPads' users consent."""
    tokens = SealedTokens(home.store, KeyFile(home.folder / "zoom.key"))
    found = home.outside.control("POST", "consents", {})["consents"]
    for one in found[:-WITHOUT_CONSENT]:
        device = device_named(home.store, one["asset_tag"])
        give_consent(tokens, device, one["email"], one["refresh_token"], BY)
    return frozenset(one["asset_tag"] for one in found[-WITHOUT_CONSENT:])


def _zoom(home: Installation) -> Mapping[str, str]:
    """The agent's settings for both apps, and for that of the iPads' users."""
    zoom = home.outside.said["zoom"]
    told = {
        "account_id": zoom["account_id"],
        "user_app_client_id": zoom["user_app"]["client_id"],
        "redirect_uri": zoom["user_app"]["redirect_uri"],
        "plan": zoom["plan"],
        "api_url": zoom["api_url"].removesuffix("/v2"),
        "oauth_url": zoom["oauth_url"].removesuffix("/oauth"),
        "reader_client_id": zoom["reader"]["client_id"],
        "actor_client_id": zoom["actor"]["client_id"],
    }
    for app in ("reader", "actor", "user_app"):
        file = home.folder / f"zoom-{app}-secret"
        file.write_text(zoom[app]["client_secret"] + "\n", encoding="utf-8")
        told[f"{app}_client_secret_file"] = str(file)
    return {f"CALLSTEWARD_ZOOM_{name.upper()}": str(value) for name, value in told.items()}
