"""Reading Zoom for a sweep: every account of the register, its group, what was kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from agent.domain.asset import Asset
from agent.domain.facts import Known
from agent.domain.zoom import Span, User
from agent.domain.zoom_baseline import ZoomBaseline
from agent.domain.zoom_evidence import Consent, ZoomEvidence
from agent.ports.zoom import Beat, Zoom

A_DAY = timedelta(days=1)
OLDEST = timedelta(days=366)  # where the register does not say when an iPad was enrolled


def read_zoom(
    zoom: Zoom,
    assets: Sequence[Asset],
    consents: Mapping[str, Consent],
    span: Span,
    beat: Beat,
) -> ZoomEvidence:
    """The list of users; each account that it lacks, asked directly; then each account.

    What is asked once for the whole account comes first, since nothing can be done beside it.
    """
    summaries = zoom.summaries(span)
    sign_ins = zoom.sign_ins(Span(span.last - A_DAY, span.last), beat)
    users = zoom.users(beat)
    emails = [asset.m365_user_id for asset in assets]
    lacking = [e for e in emails if users.gap or e not in users.rows]
    asked = {email: zoom.one(email) for email in lacking}
    found = [row for email in emails for row in users.rows.get(email, ())]
    found += [f.value for f in asked.values() if isinstance(f, Known) and f.value]
    return ZoomEvidence(
        users=users,
        asked=asked,
        accounts=zoom.accounts([user for user in _once(found) if user.id], span, beat),
        groups=zoom.groups(sorted({a.zoom_group for a in assets if a.zoom_group}), beat),
        summaries=summaries,
        sign_ins=sign_ins,
        consents=consents,
    )


def span_of(
    assets: Sequence[Asset], baseline: ZoomBaseline, night: date | None, now: datetime
) -> Span:
    """What is looked at for what was kept: some weeks, in whole UTC days.

    Once a week a night looks back to the first enrolment; a sweep by hand (`night` None) never.
    """
    first = now - (baseline.search_days - 1) * A_DAY
    if night is not None and night.weekday() == baseline.search_all_on:
        first = min([first, *(asset.enrolled_at or now - OLDEST for asset in assets)])
    return Span(first.date(), now.date())


def _once(users: Sequence[User]) -> list[User]:
    return list({user.email: user for user in users}.values())
