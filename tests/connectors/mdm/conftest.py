"""The small tenant, and Intune read from it."""

import pytest

from connectors.mdm.intune import IntuneMdm
from connectors.sandbox.identity import Identity, identity
from tests.connectors.mdm.tenant import Tenant, tenant


@pytest.fixture(scope="session")
def application() -> Identity:
    return identity(seed=1)


@pytest.fixture
def there(application: Identity) -> Tenant:
    return tenant(application)


@pytest.fixture
def mdm(there: Tenant) -> IntuneMdm:
    return there.mdm()
