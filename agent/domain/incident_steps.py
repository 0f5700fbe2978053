"""The life of an incident as a table. The last four steps are the machine's own."""

from agent.domain import incident_gates as g
from agent.domain.incident import State as S
from agent.domain.incident_gates import Case
from agent.domain.steps import Step

STANDING = (S.OPEN, S.ACKNOWLEDGED, S.IN_HAND)
EVER = (*STANDING, S.CLOSED)
may = (g.may,)
closing = (g.may, g.acknowledged, g.rung, g.ir)

STEPS: tuple[Step[Case], ...] = (
    #    step               leaves             enters          gates
    Step("acknowledge",     (S.OPEN,),         S.ACKNOWLEDGED, may),
    Step("take",            STANDING,          S.IN_HAND,      (g.may, g.acknowledged)),
    Step("note",            EVER,              None,           may),
    Step("phone",           EVER,              None,           may),
    Step("ir",              EVER,              None,           may),
    Step("relate",          EVER,              None,           may),
    Step("ask-close",       STANDING,          None,           closing),
    Step("close",           STANDING,          S.CLOSED,       (*closing, g.two_people)),
    Step("reopen",          (S.CLOSED,),       S.OPEN,         may),
    Step("worsen",          STANDING,          S.OPEN),
    Step("find-again",      (S.CLOSED,),       S.OPEN),
    Step("clear",           EVER,              None),
    Step("no-longer-found", STANDING,          S.CLOSED,       (g.by_machine,)),
)  # fmt: skip
