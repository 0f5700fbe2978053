"""Every check, in the order of a report. One check a file."""

from typing import Any

from agent.domain.check import Check, Rule
from agent.domain.checks.account import account
from agent.domain.checks.an_ipad import an_ipad
from agent.domain.checks.certificate import certificate
from agent.domain.checks.checked_in import checked_in
from agent.domain.checks.compliant import compliant
from agent.domain.checks.enrolled import enrolled
from agent.domain.checks.listed import listed
from agent.domain.checks.managed import managed
from agent.domain.checks.minimum_os import minimum_os
from agent.domain.checks.one_record import one_record
from agent.domain.checks.only_ours import only_ours
from agent.domain.checks.same_enrolment import same_enrolment
from agent.domain.checks.sim import sim
from agent.domain.checks.single_app import single_app
from agent.domain.checks.supervised import supervised
from agent.domain.checks.tenant import strict_tenant
from agent.domain.checks.untampered import untampered
from agent.domain.checks.zoom_app import zoom_app

CHECKS: tuple[Check[Any], ...] = (
    enrolled,
    one_record,
    an_ipad,
    managed,
    same_enrolment,
    supervised,
    single_app,
    only_ours,
    untampered,
    sim,
    account,
    compliant,
    checked_in,
    minimum_os,
    zoom_app,
    certificate,
)
RULES: dict[str, Rule] = {rule.name: rule for rule in (*CHECKS, listed, strict_tenant)}
