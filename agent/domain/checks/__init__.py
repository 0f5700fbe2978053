"""Every check, in the order of a report. One check a file."""

from typing import Any

from agent.domain.check import Check, Rule
from agent.domain.checks.account import account
from agent.domain.checks.an_ipad import an_ipad
from agent.domain.checks.certificate import certificate
from agent.domain.checks.checked_in import checked_in
from agent.domain.checks.compliant import compliant
from agent.domain.checks.enrolled import enrolled
from agent.domain.checks.letter import LETTER_RULES
from agent.domain.checks.listed import listed
from agent.domain.checks.managed import managed
from agent.domain.checks.minimum_os import minimum_os
from agent.domain.checks.one_record import one_record
from agent.domain.checks.only_ours import only_ours
from agent.domain.checks.same_enrolment import same_enrolment
from agent.domain.checks.serial import serial
from agent.domain.checks.sim import sim
from agent.domain.checks.single_app import single_app
from agent.domain.checks.supervised import supervised
from agent.domain.checks.tenant import strict_tenant
from agent.domain.checks.untampered import untampered
from agent.domain.checks.zoom import zoom_checks
from agent.domain.checks.zoom_app import zoom_app
from agent.domain.zoom_baseline import ZoomBaseline

CHECKS: tuple[Check[Any], ...] = (
    enrolled,
    one_record,
    an_ipad,
    serial,
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


def all_checks(zoom: ZoomBaseline | None) -> tuple[Check[Any], ...]:
    """What is looked at on every iPad; with Zoom where it is part of the sweep."""
    return CHECKS if zoom is None else (*CHECKS, *zoom_checks(zoom))


def all_rules(zoom: ZoomBaseline | None) -> dict[str, Rule]:
    """By name, in the order of a report; with those that speak of no iPad of the register."""
    others = (listed, strict_tenant, *LETTER_RULES)
    return {rule.name: rule for rule in (*all_checks(zoom), *others)}


RULES = all_rules(None)
"""The rules of the MDM half."""
