"""The search for causes: month by month, what each difference is made of, to the minor unit.

In this order: what is known already goes on or is made good; one thing went wrong; one thing and a
rounding; two things. What the months after tell decides between things that come to the same amount,
and where they leave several customers, nobody is named.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from accounting.backtest_causes import Causes, Hypothesis
from accounting.backtest_differences import Cause, Stage
from accounting.backtest_ledger import UNNAMED
from accounting.policy import Role

ROUNDING_MAX = 5
"""A few minor units: above it a difference is none of rounding."""
ROUNDING_PER_LINE = 2
TOLD_APART_BY = 1_000
"""Beside a rounding a thing is only seen where it is so many times larger."""
MADE_GOOD_AT_ONCE = 3
MADE_GOOD_AMONG = 8
MADE_GOOD_BESIDE = 1
"""At most so many misstatements are taken back in a month, several of them among so many that arose
last; so many in a month with something new. More would be chance.
"""
LOOK_AHEAD = 12
"""For so many months on what is supposed is held against the ledger."""
PAIRS_MAX = 50
"""Two things at once are not looked for where more pairs than this come to the amount."""
CONTRADICTED = -1


@dataclass(slots=True)
class Misstatement:
    """One thing that went wrong on an account. `standing` is what it has come to, on the normal side.

    `made_good` is the month that took it back, None while it stands.
    """

    number: int
    role: Role
    cause: Cause
    customer: str
    since: int
    standing: int
    hypothesis: Hypothesis | None = None
    candidates: tuple[str, ...] = ()
    made_good: int | None = None

    def goes_on(self, month: int) -> int:
        """What the month adds to it if nobody notices."""
        if self.hypothesis is None:
            return 0
        return self.hypothesis.effect(month).get(self.role, 0) - self.standing


@dataclass(frozen=True, slots=True)
class Step:
    """What a misstatement adds to the difference of a month (−1: before the first one); `standing`
    is what it comes to then.
    """

    month: int
    of: Misstatement
    stage: Stage
    amount: int
    standing: int
    customer: str


@dataclass(frozen=True, slots=True)
class Found:
    """What explains an amount: hypotheses, a rounding of what is left, or too many customers."""

    hypotheses: tuple[Hypothesis, ...] = ()
    rounded: bool = False
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a difference is explained: month, account, customer (UNNAMED: any), and what else goes
    on there.
    """

    month: int
    role: Role
    customer: str
    beside: tuple[Hypothesis, ...] = ()

    def comes_to(self, supposed: Hypothesis) -> int:
        """What it makes of the account at the month's end."""
        return supposed.effect(self.month).get(self.role, 0)

    def stood_at(self, supposed: Hypothesis) -> int:
        """What it had made of it at the month's start."""
        return supposed.effect(self.month - 1).get(self.role, 0)

    def grows_by(self, supposed: Hypothesis) -> int:
        """What the month adds to it."""
        return self.comes_to(supposed) - self.stood_at(supposed)


Arisen = Callable[[int, Role, str], int]
"""What came up in a month on an account, of one customer or (UNNAMED) in all."""


@dataclass
class Search:
    """Explains months in their order. `arisen` looks ahead: what the months after say."""

    causes: Causes
    months: int
    arisen: Arisen
    misstatements: list[Misstatement] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    _amounts: dict[tuple[int, Role], dict[int, list[Hypothesis]]] = field(default_factory=dict)

    def carry(self, role: Role, amount: int) -> None:
        """What stood before the first month."""
        if amount:
            self._new(-1, role, Cause.UNKNOWN, UNNAMED, amount)

    def explain(self, month: int, role: Role, customer: str, amount: int) -> None:
        """Find what the amount of an account and month (of a customer, if named) is made of."""
        known = [each for each in self.standing(role) if _fits(each.customer, customer)]
        gone, found = self._explained(known, month, role, customer, amount)
        rest = amount
        for each in known:
            taken = each in gone
            part = -each.standing if taken else each.goes_on(month)
            self._step(each, month, Stage.MADE_GOOD if taken else Stage.GOES_ON, part, customer)
            rest -= part
        for hypothesis in found.hypotheses:
            part = hypothesis.effect(month)[role]
            self._new(month, role, hypothesis.cause, hypothesis.customer, part, hypothesis)
            rest -= part
        if rest and found.rounded:
            self._round(month, role, customer, rest)
        elif rest:
            self._new(month, role, Cause.UNKNOWN, customer, rest, candidates=found.candidates)

    def standing(self, role: Role) -> list[Misstatement]:
        """Those of the account that nobody has made good yet."""
        return [each for each in self.misstatements if each.role is role and each.made_good is None]

    def _explained(
        self, known: Sequence[Misstatement], month: int, role: Role, customer: str, amount: int
    ) -> tuple[Sequence[Misstatement], Found]:
        """What was made good, and what is new."""
        ways = list(_ways(known, month, amount))
        for gone, rest in ways:
            if not rest:
                return gone, Found()
        place = Place(month, role, customer)
        for gone, rest in ways:
            if len(gone) <= MADE_GOOD_BESIDE:
                there = replace(place, beside=_suppositions(known, gone))
                found = self._one(there, rest, borne_out=len(gone))
                if found is not None:
                    return gone, found
        there, rest = replace(place, beside=_suppositions(known, ())), ways[0][1]
        return (), self._near(there, rest) or self._two(there, rest) or Found()

    def _one(self, place: Place, rest: int, borne_out: int) -> Found | None:
        """A rounding, or the one thing that comes to the amount."""
        moving = self.causes.moving(place.month, place.role)
        if abs(rest) <= min(ROUNDING_MAX, ROUNDING_PER_LINE * moving):
            return Found(rounded=True)
        fitting = [(each,) for each in self._coming_to(place, rest)]
        return self._decided(place, fitting, borne_out=borne_out)

    def _near(self, place: Place, rest: int) -> Found | None:
        """One thing that comes to the amount but for a rounding."""
        if abs(rest) < ROUNDING_MAX * TOLD_APART_BY:
            return None
        amounts = range(rest - ROUNDING_MAX, rest + ROUNDING_MAX + 1)
        near = [(each,) for amount in amounts for each in self._coming_to(place, amount)]
        found = self._decided(place, near, slack=ROUNDING_MAX)
        return replace(found, rounded=bool(found.hypotheses)) if found is not None else None

    def _two(self, place: Place, rest: int) -> Found | None:
        """Two things at once, where the months after bear them out."""
        pairs: list[tuple[Hypothesis, ...]] = []
        for amount in self._by_amount(place):
            ones = self._coming_to(place, amount)
            if 2 * amount == rest:
                pairs.extend(combinations(ones, 2))
            elif 2 * amount < rest:
                pairs.extend(product(ones, self._coming_to(place, rest - amount)))
        return self._decided(place, pairs, borne_out=1) if len(pairs) <= PAIRS_MAX else None

    def _by_amount(self, place: Place) -> dict[int, list[Hypothesis]]:
        """All that can have gone wrong in the month, by what it makes of the account."""
        key = place.month, place.role
        if key not in self._amounts:
            found = self._amounts[key] = {}
            for each in self.causes.of(place.month):
                if amount := place.comes_to(each):
                    found.setdefault(amount, []).append(each)
        return self._amounts[key]

    def _coming_to(self, place: Place, amount: int) -> list[Hypothesis]:
        found = self._by_amount(place).get(amount, ())
        return [each for each in found if _fits(each.customer, place.customer)]

    def _decided(
        self,
        place: Place,
        fitting: Iterable[tuple[Hypothesis, ...]],
        *,
        slack: int = 0,
        borne_out: int = 0,
    ) -> Found | None:
        """The first of those that the months after bear out best, if all of these are of the same
        customers; their names if not.
        """
        ranked = [(self._borne_out(place, each, slack), each) for each in fitting]
        best = max((rank for rank, _ in ranked), default=CONTRADICTED)
        if best < borne_out:
            return None
        left = [each for rank, each in ranked if rank == best]
        whose = {tuple(sorted(each.customer for each in one)) for one in left}
        if len(whose) == 1:
            return Found(left[0])
        return Found(candidates=tuple(sorted({each.customer for one in left for each in one})))

    def _borne_out(self, place: Place, supposed: Sequence[Hypothesis], slack: int) -> int:
        """In how many later months the ledger differs just as these foretell: as they go on, or as
        they are made good. CONTRADICTED where one must go on at once and the ledger says otherwise,
        even with one new thing beside it.
        """
        alive, times = list(supposed), 0
        for month in range(place.month + 1, min(self.months, place.month + 1 + LOOK_AHEAD)):
            later = replace(place, month=month)
            rest = self.arisen(month, place.role, place.customer)
            rest -= sum(later.grows_by(each) for each in place.beside)
            growth = sum(later.grows_by(each) for each in alive)
            gone = next(
                (g for g, left in _foretold(alive, later, rest) if abs(left) <= slack), None
            )
            if gone is None:
                if times or not growth or self._excused(alive, later, rest):
                    return times
                return CONTRADICTED
            times += len(gone) or (growth != 0)
            alive = [each for each in alive if each not in gone]
            if not alive:
                break
        return times

    def _excused(self, alive: Sequence[Hypothesis], later: Place, rest: int) -> bool:
        """Whether the month differs just as they foretell with one new thing beside them."""
        return any(self._coming_to(later, left) for _, left in _foretold(alive, later, rest))

    def _new(
        self,
        month: int,
        role: Role,
        cause: Cause,
        customer: str,
        amount: int,
        hypothesis: Hypothesis | None = None,
        candidates: tuple[str, ...] = (),
    ) -> None:
        number = len(self.misstatements) + 1
        made = Misstatement(number, role, cause, customer, month, 0, hypothesis, candidates)
        self.misstatements.append(made)
        self._step(made, month, Stage.ARISES, amount, customer)

    def _round(self, month: int, role: Role, customer: str, amount: int) -> None:
        """Roundings of an account are one misstatement, as long as any of it stands."""
        for each in self.standing(role):
            if each.cause is Cause.ROUNDING and each.customer == customer:
                back = each.standing == -amount
                self._step(
                    each, month, Stage.MADE_GOOD if back else Stage.GOES_ON, amount, customer
                )
                return
        self._new(month, role, Cause.ROUNDING, customer, amount)

    def _step(self, of: Misstatement, month: int, stage: Stage, amount: int, customer: str) -> None:
        if not amount:
            return
        of.standing += amount
        if stage is Stage.MADE_GOOD:
            of.made_good = month
        self.steps.append(Step(month, of, stage, amount, of.standing, of.customer or customer))


def _ways(
    known: Sequence[Misstatement], month: int, amount: int
) -> Iterator[tuple[Sequence[Misstatement], int]]:
    """What is left of the amount if nothing known was made good, or one thing, or several."""
    goes_on = {each.number: each.goes_on(month) for each in known}
    as_they_go = amount - sum(goes_on.values())
    alive = [each for each in known if each.standing]
    for count in range(min(len(alive), MADE_GOOD_AT_ONCE) + 1):
        for gone in combinations(alive if count <= 1 else alive[-MADE_GOOD_AMONG:], count):
            yield gone, as_they_go + sum(each.standing + goes_on[each.number] for each in gone)


def _suppositions(
    known: Sequence[Misstatement], gone: Sequence[Misstatement]
) -> tuple[Hypothesis, ...]:
    """What those are by that go on."""
    alive = [each.hypothesis for each in known if each not in gone]
    return tuple(each for each in alive if each is not None)


def _foretold(
    alive: Sequence[Hypothesis], later: Place, rest: int
) -> Iterator[tuple[Sequence[Hypothesis], int]]:
    """What is left of what came up in the month if none of them was made good, or one, or several."""
    for count in range(len(alive) + 1):
        for gone in combinations(alive, count):
            back = sum(later.stood_at(each) for each in gone)
            grown = sum(later.grows_by(each) for each in alive if each not in gone)
            yield gone, rest - grown + back


def _fits(whose: str, customer: str) -> bool:
    return UNNAMED in (whose, customer) or whose == customer
