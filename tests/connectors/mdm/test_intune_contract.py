"""Intune keeps the contract of its port, with the wire in our hands."""

import pytest

from connectors.mdm.intune import IntuneMdm
from tests.connectors.mdm.contract import Breaks, RemoteMdmContract
from tests.connectors.mdm.tenant import Tenant, fault


class TestIntune(RemoteMdmContract):
    @pytest.fixture
    def twice(self, there: Tenant) -> str:
        there.enrol_again(2)
        return there.serial(2)

    @pytest.fixture
    def serials(self, there: Tenant) -> frozenset[str]:
        return frozenset(there.serial(index) for index in range(8))

    @pytest.fixture
    def mdm(self, there: Tenant, twice: str) -> IntuneMdm:
        return there.mdm()

    @pytest.fixture
    def breaks(self, there: Tenant) -> Breaks:
        def break_(name: str) -> None:
            there.login_works = name != "login"
            there.odd = fault(name)

        return break_
