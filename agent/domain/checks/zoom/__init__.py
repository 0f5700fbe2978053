"""Every check of the Zoom half, in the order of a report; the settings are data."""

from typing import Any

from agent.domain.check import Check
from agent.domain.checks.zoom.account import zoom_account
from agent.domain.checks.zoom.active import zoom_active
from agent.domain.checks.zoom.client import client_check
from agent.domain.checks.zoom.contacts import allow_lists, consent, no_contacts
from agent.domain.checks.zoom.kept import no_recordings, no_summaries, no_transcripts
from agent.domain.checks.zoom.licensed import licensed
from agent.domain.checks.zoom.neutral_name import neutral_name
from agent.domain.checks.zoom.one_group import one_group
from agent.domain.checks.zoom.settings import checks_of
from agent.domain.checks.zoom.sign_ins import sign_ins
from agent.domain.zoom_baseline import ZoomBaseline


def zoom_checks(baseline: ZoomBaseline) -> tuple[Check[Any], ...]:
    """What is looked at in Zoom, for every iPad."""
    return (
        zoom_account,
        zoom_active,
        licensed,
        neutral_name,
        one_group,
        no_recordings,
        no_transcripts,
        no_summaries,
        consent,
        no_contacts,
        allow_lists,
        sign_ins,
        client_check(baseline.minimum_client),
        *(check for line in baseline.settings for check in checks_of(line)),
    )
