"""What lines of a register cannot share: with each other, and with assets that stay (A5)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.domain.asset import Asset
from agent.domain.register import Line, cells_of
from agent.domain.sheet import Problem

ONE_EACH = (
    "asset_tag", "local_id", "serial", "dom1_address", "m365_user_id", "apple_user_id", "iccid",
)  # fmt: skip


NAMED = 3  # how many other lines a problem names


def all_clashes(lines: Sequence[Line], held: Mapping[str, Asset], policy: int) -> list[Problem]:
    """What these lines may not have, beside each other and beside the assets they leave as
    they are. `held` is the register by tag; `policy` is the number of devices (A1).
    """
    told = [line for line in lines if line.tag]
    tags = {line.tag for line in told}
    staying = [asset for tag, asset in held.items() if tag not in tags]
    return [*_shared(lines), *_taken(told, staying), *_too_many(told, staying, policy)]


def settle(
    lines: Sequence[Line], held: Mapping[str, Asset], policy: int
) -> tuple[list[Line], list[Problem]]:
    """The lines that can be imported without the others, and why more had to be left out.

    Leaving out a line keeps its asset as it is, which another line may count on changing.
    """
    good, problems = [line for line in lines if line.asset], list[Problem]()
    while found := all_clashes(good, held, policy):
        problems += found
        wrong = {problem.line for problem in found}
        good = [line for line in good if line.number not in wrong]
    return good, problems


def _values(cells: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for column in ONE_EACH:
        if value := cells.get(column):
            yield column, str(value)


def _shared(lines: Iterable[Line]) -> Iterator[Problem]:
    where: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in lines:
        for key in _values(line.cells):
            where[key].append(line.number)
    for (column, value), numbers in where.items():
        for number in numbers if len(numbers) > 1 else ():
            others = _others(numbers, number)
            cure = f"line {others} has it too; each iPad has its own: correct one"
            yield Problem(number, column, value, cure)


def _others(numbers: Sequence[int], number: int) -> str:
    """The first few of them: a column that was filled down has them all."""
    first = [str(other) for other in numbers[: NAMED + 1] if other != number][:NAMED]
    more = len(numbers) - 1 - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _taken(lines: Iterable[Line], staying: Iterable[Asset]) -> Iterator[Problem]:
    owner = {key: asset.tag for asset in staying for key in _values(cells_of(asset))}
    for line in lines:
        for column, value in _values(line.cells):
            if tag := owner.get((column, value)):
                cure = f"{tag} has it on the register: correct it, or change {tag} as well"
                yield Problem(line.number, column, value, cure)


def _too_many(
    lines: Iterable[Line], staying: Iterable[Asset], policy: int
) -> Iterator[Problem]:
    placed = [(str(line.cells.get("establishment", "")), line.number) for line in lines]
    count = Counter(code for code, _ in placed)
    count.update(asset.establishment for asset in staying)
    for code, number in placed:
        if code and count[code] > policy:
            cure = f"{code} would have {count[code]} devices, the policy is {policy} (A1)"
            yield Problem(number, "establishment", code, cure)
