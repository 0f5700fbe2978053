"""Microsoft's own client against the sandbox, where the extra `peers` is installed.

It needs two things only: an authentication provider that adds our token, and the adapter's
`base_url` pointed at the sandbox.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.connectors.sandbox.support import NOW, real_token

pytest.importorskip("msgraph")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its own, on import


@asynccontextmanager
async def client(sandbox: Any) -> AsyncIterator[Any]:
    from kiota_abstractions.authentication import AuthenticationProvider
    from msgraph import GraphRequestAdapter, GraphServiceClient

    token = real_token(sandbox["graph"])

    class Signed(AuthenticationProvider):  # type: ignore[misc]
        async def authenticate_request(self, request: Any, more: Any = None) -> None:
            request.headers.try_add("Authorization", f"Bearer {token}")

    async with httpx.AsyncClient() as http:  # the client's own leaves its sockets open
        adapter = GraphRequestAdapter(Signed(), client=http)
        adapter.base_url = f"{sandbox['graph']['base_url']}/v1.0"
        yield GraphServiceClient(request_adapter=adapter)


async def devices(graph: Any, top: int) -> list[Any]:
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph.generated.device_management.managed_devices import (
        managed_devices_request_builder as builder,
    )

    kind = builder.ManagedDevicesRequestBuilder.ManagedDevicesRequestBuilderGetQueryParameters
    asked = RequestConfiguration(query_parameters=kind(top=top))
    page = await graph.device_management.managed_devices.get(request_configuration=asked)
    rows = list(page.value)
    while page.odata_next_link:
        following = graph.device_management.managed_devices.with_url(page.odata_next_link)
        page = await following.get()
        rows += page.value
    return rows


def test_it_lists_all_devices_across_pages_and_knows_every_property(sandbox: Any) -> None:
    async def read() -> list[Any]:
        async with client(sandbox) as graph:
            return await devices(graph, top=6)

    rows = asyncio.run(read())
    assert len({row.serial_number for row in rows}) == sandbox["devices"]
    for row in rows:
        assert row.additional_data == {}
        assert row.is_supervised is True
        assert row.compliance_state.value == "compliant"
        assert row.management_state.value == "managed"
        assert row.last_sync_date_time < NOW
        assert row.compliance_grace_period_expiration_date_time.year == 9999
        assert row.eas_activation_date_time == datetime(1, 1, 1, tzinfo=UTC)
        assert row.total_storage_space_in_bytes > 0


def test_it_reads_one_device_with_what_hangs_on_it(sandbox: Any) -> None:
    async def read() -> tuple[Any, Any, Any]:
        async with client(sandbox) as graph:
            first = (await devices(graph, top=1))[0]
            one = graph.device_management.managed_devices.by_managed_device_id(first.id)
            policies = await one.device_compliance_policy_states.get()
            profiles = await one.device_configuration_states.get()
            return await one.get(), policies.value, profiles.value

    device, policies, profiles = asyncio.run(read())
    assert device.iccid is None
    assert [state.state.value for state in (*policies, *profiles)] == ["compliant"] * 3


def test_it_reads_the_tenant_its_policies_and_apps(sandbox: Any) -> None:
    async def read() -> tuple[Any, Any, Any]:
        async with client(sandbox) as graph:
            tenant = graph.device_management
            apps = await tenant.detected_apps.get()
            return await tenant.get(), await tenant.device_compliance_policies.get(), apps

    tenant, policies, apps = asyncio.run(read())
    assert tenant.settings.secure_by_default is True
    assert policies.value[0].os_minimum_version == "17.7"
    assert {app.device_count for app in apps.value if app.display_name == "Settings"} == {20}


def test_it_understands_an_error(sandbox: Any) -> None:
    from msgraph.generated.models.o_data_errors.o_data_error import ODataError

    async def read() -> None:
        async with client(sandbox) as graph:
            await graph.device_management.managed_devices.by_managed_device_id("nobody").get()

    with pytest.raises(ODataError) as caught:
        asyncio.run(read())
    assert caught.value.response_status_code == 404
    assert caught.value.error.code == "ResourceNotFound"
