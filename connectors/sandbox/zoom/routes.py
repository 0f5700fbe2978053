"""All endpoints of Zoom that the sandbox has."""

from connectors.sandbox.zoom.contacts import Contacts
from connectors.sandbox.zoom.kept import Kept
from connectors.sandbox.zoom.limits import Label, Plan
from connectors.sandbox.zoom.live import Live
from connectors.sandbox.zoom.meetings import Meetings
from connectors.sandbox.zoom.reports import Reports
from connectors.sandbox.zoom.route import Route, admin, either
from connectors.sandbox.zoom.settings import SettingsOf
from connectors.sandbox.zoom.users import Users

LIGHT, MEDIUM, HEAVY, INTENSIVE = Label.LIGHT, Label.MEDIUM, Label.HEAVY, Label.INTENSIVE


def routes(
    users: Users,
    settings: SettingsOf,
    kept: Kept,
    contacts: Contacts,
    meetings: Meetings,
    live: Live,
    reports: Reports,
) -> tuple[Route, ...]:
    return (
        *_people(users, settings),
        *_groups(users, settings),
        *_kept(kept),
        *_contacts(contacts),
        *_meetings(meetings),
        *_live(live),
        *_reports(reports),
    )


def _people(users: Users, settings: SettingsOf) -> tuple[Route, ...]:
    one, status = "users/{}", "users/{}/status"
    read, write = admin("user:read:settings"), admin("user:update:settings")
    sign_out, user_status = admin("user:delete:token"), admin("user:update:status")
    master = ("account:read:lock_settings:master",)
    account = admin("account:read:settings")
    return (
        Route(
            "zoom.users",
            "GET",
            "users",
            admin("user:read:list_users"),
            MEDIUM,
            users.listed,
        ),
        Route("zoom.user", "GET", one, either("user:read:user"), LIGHT, users.one),
        Route("zoom.userStatus", "PUT", status, user_status, LIGHT, users.set_status),
        Route("zoom.signOut", "DELETE", "users/{}/token", sign_out, LIGHT, users.sign_out),
        Route("zoom.userSettings", "GET", "users/{}/settings", read, MEDIUM, settings.of_user),
        Route(
            "zoom.changeUserSettings",
            "PATCH",
            "users/{}/settings",
            write,
            MEDIUM,
            settings.change_user,
        ),
        Route(
            "zoom.accountSettings",
            "GET",
            "accounts/{}/settings",
            account,
            MEDIUM,
            settings.of_account,
        ),
        Route(
            "zoom.accountLocks",
            "GET",
            "accounts/{}/lock_settings",
            master,
            MEDIUM,
            settings.of_account,
        ),
    )


def _groups(users: Users, settings: SettingsOf) -> tuple[Route, ...]:
    group, whole, locks = "groups/{}", "groups/{}/settings", "groups/{}/lock_settings"
    lists = admin("group:read:list_groups")
    members = admin("group:read:list_members")
    read, write = admin("group:read:settings"), admin("group:update:settings")
    shut, lock = admin("group:read:lock_settings"), admin("group:update:lock_settings")
    pro = Plan.PRO
    one = admin("group:read:group")
    return (
        Route("zoom.groups", "GET", "groups", lists, MEDIUM, users.groups, pro),
        Route("zoom.group", "GET", group, one, LIGHT, users.group, pro),
        Route("zoom.members", "GET", f"{group}/members", members, MEDIUM, users.members, pro),
        Route("zoom.groupSettings", "GET", whole, read, MEDIUM, settings.of_group, pro),
        Route(
            "zoom.changeGroupSettings",
            "PATCH",
            whole,
            write,
            MEDIUM,
            settings.change_group,
            pro,
        ),
        Route("zoom.groupLocks", "GET", locks, shut, MEDIUM, settings.locks, pro),
        Route(
            "zoom.changeGroupLocks", "PATCH", locks, lock, MEDIUM, settings.change_locks, pro
        ),
    )


def _kept(kept: Kept) -> tuple[Route, ...]:
    files, script = "meetings/{}/recordings", "meetings/{}/transcript"
    listed = admin("cloud_recording:read:list_user_recordings")
    read = admin("cloud_recording:read:list_recording_files")
    delete = admin("cloud_recording:delete:meeting_recording")
    recover = admin("cloud_recording:update:recover_meeting_recordings")
    text = admin("cloud_recording:read:meeting_transcript")
    no_text = admin("cloud_recording:delete:meeting_transcript")
    summaries = admin("meeting:read:list_summaries")
    no_summary = admin("meeting:delete:summary")
    return (
        Route("zoom.recordings", "GET", "users/{}/recordings", listed, MEDIUM, kept.of_user),
        Route(
            "zoom.summaries",
            "GET",
            "meetings/meeting_summaries",
            summaries,
            MEDIUM,
            kept.summaries,
            Plan.PRO,
        ),
        Route("zoom.recording", "GET", files, read, LIGHT, kept.of_meeting),
        Route("zoom.deleteRecording", "DELETE", files, delete, LIGHT, kept.delete),
        Route("zoom.recover", "PUT", f"{files}/status", recover, LIGHT, kept.recover),
        Route("zoom.transcript", "GET", script, text, MEDIUM, kept.transcript),
        Route(
            "zoom.deleteTranscript", "DELETE", script, no_text, LIGHT, kept.delete_transcript
        ),
        Route(
            "zoom.deleteSummary",
            "DELETE",
            "meetings/{}/meeting_summary",
            no_summary,
            LIGHT,
            kept.delete_summary,
        ),
    )


def _contacts(contacts: Contacts) -> tuple[Route, ...]:
    mine = "chat/users/me/contacts"
    write = either("team_chat:write:contact_information")
    listed, one = ("team_chat:read:list_contacts",), ("team_chat:read:contact",)
    invite = "chat/users/{}/invitations"
    return (
        Route("zoom.contacts", "GET", mine, listed, MEDIUM, contacts.listed),
        Route("zoom.contact", "GET", f"{mine}/{{}}", one, MEDIUM, contacts.one),
        Route("zoom.invite", "POST", invite, write, LIGHT, contacts.invite),
    )


def _meetings(meetings: Meetings) -> tuple[Route, ...]:
    of_user, one = "users/{}/meetings", "meetings/{}"
    listed, write = admin("meeting:read:list_meetings"), admin("meeting:write:meeting")
    read, delete = admin("meeting:read:meeting"), admin("meeting:delete:meeting")
    status = admin("meeting:update:status")
    return (
        Route("zoom.meetings", "GET", of_user, listed, MEDIUM, meetings.listed),
        Route("zoom.createMeeting", "POST", of_user, write, LIGHT, meetings.create),
        Route("zoom.meeting", "GET", one, read, LIGHT, meetings.one),
        Route("zoom.deleteMeeting", "DELETE", one, delete, LIGHT, meetings.delete),
        Route("zoom.endMeeting", "PUT", f"{one}/status", status, LIGHT, meetings.set_status),
    )


def _live(live: Live) -> tuple[Route, ...]:
    presence, events = "users/{}/presence_status", "live_meetings/{}/events"
    seen = either("user:read:presence_status")
    control = admin("meeting:update:in_meeting_controls")
    return (
        Route("zoom.presence", "GET", presence, seen, MEDIUM, live.presence),
        Route("zoom.liveMeeting", "PATCH", events, control, MEDIUM, live.control),
    )


def _reports(reports: Reports) -> tuple[Route, ...]:
    past = "past_meetings/{}/participants"
    over, ended = "past_meetings/{}", admin("meeting:read:past_meeting")
    took_part = admin("meeting:read:list_past_participants")
    sign_ins, changes = "report/activities", "report/operationlogs"
    activities = admin("report:read:user_activities")
    operations = admin("report:read:operation_logs")
    listed = admin("dashboard:read:list_meetings")
    people = admin("dashboard:read:list_meeting_participants")
    flags, each = "metrics/meetings", "metrics/meetings/{}/participants"
    pro, best = Plan.PRO, Plan.BUSINESS
    per_person = reports.dashboard_participants
    return (
        Route("zoom.pastMeeting", "GET", over, ended, LIGHT, reports.past, pro),
        Route("zoom.participants", "GET", past, took_part, MEDIUM, reports.participants, pro),
        Route("zoom.activities", "GET", sign_ins, activities, HEAVY, reports.activities, pro),
        Route("zoom.operations", "GET", changes, operations, HEAVY, reports.operations, pro),
        Route("zoom.dashboard", "GET", flags, listed, INTENSIVE, reports.dashboard, best),
        Route("zoom.dashboardOfOne", "GET", each, people, HEAVY, per_person, best),
    )
