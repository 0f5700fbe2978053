"""The estate's three files, as an operator would hand them in: register, contacts, staff."""

import csv
import io
from collections.abc import Iterable, Iterator

from connectors.sandbox.chance import Dice
from connectors.sandbox.estate import Establishment, Estate, Ipad

REGISTER = (
    "local_id",
    "asset_tag",
    "establishment",
    "serial",
    "dom1_address",
    "m365_user_id",
    "apple_user_id",
    "sim_provider",
    "iccid",
    "enrolled_at",
    "distributed_on",
    "received_by",
    "received_on",
    "storage_location",
    "zoom_group",
)
CONTACTS = (
    "scope",
    "code",
    "region",
    "security",
    "spoc",
    "governor",
    "regional_silver",
    "infosec",
    "provider_management",
    "deputy",
    "duty_phone",
)
STAFF = ("id", "name", "role", "establishment")
ROLES = {
    "SPOC": "spoc",
    "GOV": "governor",
    "DEP": "deputy-governor",
    "HOS": "head-of-security",
    "CHAP": "chaplaincy",
    "SEC": "security",
    "SUP": "supervisor",
}
FIRST = (
    "Asha",
    "Ben",
    "Carys",
    "Dewi",
    "Ewa",
    "Femi",
    "Grace",
    "Huw",
    "Ines",
    "Jamal",
    "Kit",
    "Leah",
    "Mo",
    "Nia",
    "Omar",
    "Priya",
)
LAST = (
    "Abara",
    "Brook",
    "Croft",
    "Dale",
    "Ellis",
    "Frost",
    "Gill",
    "Hale",
    "Iqbal",
    "Jones",
    "Kaur",
    "Lunt",
    "Moss",
    "Nunn",
)


def register(estate: Estate) -> str:
    return _csv(REGISTER, (_register_row(ipad) for ipad in estate))


def contacts(estate: Estate) -> str:
    return _csv(CONTACTS, _contact_rows(estate.establishments))


def staff(estate: Estate) -> str:
    return _csv(STAFF, _staff_rows(estate))


def _register_row(ipad: Ipad) -> Iterable[str]:
    for column in REGISTER:
        value = getattr(ipad, column)
        yield f"{value:%Y-%m-%dT%H:%M:%SZ}" if column == "enrolled_at" else str(value)


def _contact_rows(establishments: Iterable[Establishment]) -> Iterator[Iterable[str]]:
    regions: dict[str, None] = {}
    for number, one in enumerate(establishments):
        code = one.code.lower()
        regions[one.region] = None
        provider = f"management.{code}@provider.example" if one.contracted else ""
        yield (
            "establishment",
            one.code,
            one.region,
            f"security.{code}@justice.example",
            f"spoc.{code}@justice.example",
            f"governor.{code}@justice.example",
            "",
            "",
            provider,
            f"deputy.{code}@justice.example",
            f"+447700900{number:03}",  # numbers that are nobody's (Ofcom)
        )
    for number, region in enumerate(regions):
        silver = f"silver.{_slug(region)}@justice.example"
        deputy, phone = f"deputy.{silver}", f"+4420794600{number:02}"
        yield "region", region, "", "", "", "", silver, "", "", deputy, phone
    infosec, provider = "infosec@justice.example", "management@provider.example"
    deputy, phone = f"deputy.{infosec}", "+442079460999"
    yield "national", "", "", "", "", "", "", infosec, provider, deputy, phone


def _staff_rows(estate: Estate) -> Iterator[Iterable[str]]:
    for one in estate.establishments:
        for short, role in ROLES.items():
            staff_id = f"S-{one.code}-{short}"
            yield staff_id, _name(estate.seed, staff_id), role, one.code
    for region in dict.fromkeys(one.region for one in estate.establishments):
        staff_id = f"S-{_slug(region).upper()}-SILVER"
        yield staff_id, _name(estate.seed, staff_id), "regional-silver", ""
    yield "S-INFOSEC", _name(estate.seed, "S-INFOSEC"), "infosec", ""


def _name(seed: int, staff_id: str) -> str:
    dice = Dice(seed, "name", staff_id)
    return f"{dice.pick(FIRST)} {dice.pick(LAST)}"


def _slug(region: str) -> str:
    return region.lower().replace(" ", "-")


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
