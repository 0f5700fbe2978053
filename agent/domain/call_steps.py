"""The life of a call as a table (DESIGN: a last call is never lost to a machine)."""

from agent.domain import call_gates as g
from agent.domain import contact_gates as contact
from agent.domain import start_gates as start
from agent.domain.call import State as S
from agent.domain.call_gates import Case
from agent.domain.steps import Step

COMING = (S.REQUESTED, S.APPROVED)
WAITING = (S.APPROVED, S.INTERRUPTED)
RUNNING = (S.IN_CALL, S.INTERRUPTED)
NOT_NOW = (*COMING, S.INTERRUPTED)
LIVE = (*COMING, S.IN_CALL, S.INTERRUPTED, S.ENDED)
OPEN = (*LIVE, S.CLOSED, S.EXPIRED)  # what is owed of it can still be done
here = g.works_here
decision = (here, g.decider, g.not_requester, g.written)
begin = (here, *start.START)
granted = (*decision, g.four_comments, g.not_withdrawn)
known = (g.authorised, start.decided, g.not_withdrawn, start.informed, start.not_non_contact)
invited = (here, *known, contact.reach, contact.one_window, contact.limits)
removed = (here, contact.two_removers, contact.left)
LEFT = (*OPEN, S.CANCELLED)  # a window of it may be closing still

STEPS: tuple[Step[Case], ...] = (
    #    step               leaves          enters       gates
    Step("comment",          OPEN,           None,        (here,)),
    Step("approve",          (S.REQUESTED,), S.APPROVED,  granted),
    Step("refuse",           (S.REQUESTED,), S.REFUSED,   decision),
    Step("confirm-decision", OPEN[1:],       None,        (here, g.same_decider, g.in_writing)),
    Step("compact",          COMING,         None,        (here,)),
    Step("inform",           WAITING,        None,        (here, g.authorised)),
    Step("confirm-contact",  NOT_NOW,        None,        (here, g.correction)),
    Step("invite",           WAITING,        None,        invited),
    Step("precall",          WAITING,        None,        (here,)),
    Step("start",            WAITING,        S.IN_CALL,   begin, act=True),
    Step("staff-change",     RUNNING,        None,        (here, start.two_staff), act=True),
    Step("concern",          RUNNING,        None,        (here,), act=True),
    Step("drop",             (S.IN_CALL,),   S.INTERRUPTED, act=True),
    Step("end",              RUNNING,        S.ENDED,     (here,), act=True),
    Step("ir",               (*RUNNING, S.ENDED), None),
    Step("review",           (*LIVE, S.CLOSED), None,     (here, g.decider)),
    Step("attest-removal",   LEFT,           None,        removed),
    Step("close",            (S.ENDED,),     S.CLOSED,    (start.ir,)),
    Step("move",             NOT_NOW,        None),
    Step("move",             (S.EXPIRED,),   S.APPROVED),
    Step("cancel",           COMING,         S.CANCELLED),
    Step("expire",           (S.APPROVED,),  S.EXPIRED,   (g.time_passed,)),
)  # fmt: skip
