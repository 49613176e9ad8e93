"""Two papers that follow each other differ by the causes and by nothing else, whatever happened between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assessments.evaluation.closing import ledger
from assessments.evaluation.closing.ledger import ERASED, HEADS, Ledger, Stored, Today
from assessments.evaluation.data import Cause

PLACES = ["/1/", "/1/2/", "/1/2/3/", "/1/2/4/", "/1/5/6/", "/7/8/9/", "/"]
NAMES = ["enrolled", "attendances", "completed"]


class World:
    """People as a database has them: what each did and when it became known, where each stands. Months are numbers."""

    def __init__(self) -> None:
        self.acts: dict[int, list[tuple[int, str]]] = {}
        self.place: dict[int, str] = {}
        self.stored: dict[int, list[Stored]] = {}
        self.standing: dict[str, Counter[str]] = {}
        self.month = 0
        self.next = 0

    def state(self, who: int, before: int) -> Counter[str]:
        return ledger.state(Counter(name for month, name in self.acts[who] if month < before))

    def close(self) -> Ledger:
        """Close the month; its acts are those of ``self.month``."""
        sums, living = Ledger(), Counter[str]()
        by_place: dict[str, Counter[str]] = {}
        rest = ledger.rest_of(first=self.month == 0, same_model=True)
        for who, place in self.place.items():
            today = Today(place, self.state(who, self.month), self.state(who, self.month + 1))
            for one in self.stored.get(who, []):
                by_place.setdefault(one.place, Counter()).update(one.counts)
                living.update(one.counts)
            sums.note(ledger.changes(self.stored.get(who, []), today, rest))
        for place, standing in self.standing.items():
            sums.note(ledger.remainder(place, place, standing, by_place.get(place, Counter())))
        self.standing = sums.standing(self.standing)
        self.stored = {
            who: [Stored(place, end)]
            for who, place in self.place.items()
            if (end := self.state(who, self.month + 1))
        }
        self.month += 1
        return sums


def do(world: World, kind: str, one: int, other: int, place: str, name: str) -> None:
    """One thing that happens; of people who are not there, nothing."""
    people = sorted(world.place)
    if kind == "comes":
        world.next += 1
        world.acts[world.next], world.place[world.next] = [(world.month, "enrolled")], place
    if not people:
        return
    who, another = people[one % len(people)], people[other % len(people)]
    if kind == "acts":
        world.acts[who].append((world.month, name))
    elif kind == "late":
        world.acts[who].append((max(0, world.month - 1 - other % 3), name))
    elif kind == "moves":
        world.place[who] = place
    elif kind == "rewritten" and world.acts[who]:
        world.acts[who].pop(other % len(world.acts[who]))
    elif kind == "erased":
        forget(world, who)
    elif kind == "merged" and who != another:
        world.acts[another] += world.acts[who]
        world.stored.setdefault(another, []).extend(world.stored.get(who, []))
        forget(world, who)
    elif kind == "parted" and len(world.acts[who]) > 1:
        world.next += 1
        world.place[world.next], world.acts[world.next] = place, [world.acts[who].pop()]


def forget(world: World, who: int) -> None:
    for kept in (world.acts, world.place, world.stored):
        kept.pop(who, None)


HAPPENINGS = st.tuples(
    st.sampled_from(["comes", "comes", "acts", "late", "moves", "rewritten", "erased", "merged", "parted", "close"]),
    st.integers(0, 9), st.integers(0, 9), st.sampled_from(PLACES), st.sampled_from(NAMES),
)  # fmt: skip


def under(sums: dict[str, Counter[str]], part: str) -> Counter[str]:
    """The figures of a place: of all that stand in it or below it."""
    found: Counter[str] = Counter()
    for place, counts in sums.items():
        if part in place:
            found.update(counts)
    return found


def plain(counts: Any) -> dict[str, int]:
    return {name: n for name, n in counts.items() if n}


@given(st.lists(HAPPENINGS, max_size=60))
def test_the_paper_before_and_the_causes_come_to_this_paper(happenings: list[Any]) -> None:
    world = World()
    for kind, *rest in [*happenings, ("close", 0, 0, "/", ""), ("close", 0, 0, "/", "")]:
        if kind != "close":
            do(world, kind, *rest)
            continue
        before = {place: Counter(counts) for place, counts in world.standing.items()}
        erased = sum(counts[ERASED] for counts in before.values())
        sums = world.close()
        for part in ("/1/", "/2/", "/3/", "/8/", "/"):
            told = under(before, part)
            for place in sums.sums:
                if part in place:
                    for counts in sums.by_cause(place).values():
                        told.update(counts)
            assert plain(told) == plain(under(world.standing, part))
        check_sums(world, before, erased, sums)


def check_sums(world: World, before: Any, erased: int, sums: Ledger) -> None:
    """What stands is the living and the nameless; who moves is lost nowhere; a parent is its children."""
    living: Counter[str] = Counter()
    for stored in world.stored.values():
        living.update(stored[0].counts)
    whole = under(world.standing, "/")
    assert whole[HEADS] - living[HEADS] == whole[ERASED] >= erased
    assert all(n >= 0 for n in whole.values())
    assert all(whole[name] >= living[name] for name in NAMES)
    assert plain(total(sums, Cause.MOVED)) == {}
    assert all(n < 0 for n in plain(total(sums, Cause.MERGED)).values())
    own, *below = (under(world.standing, part) for part in ("/2/", "/3/", "/4/"))
    alone = world.standing.get("/1/2/", Counter())
    assert plain(own) == plain(sum(below, alone))


def total(sums: Ledger, cause: Cause) -> Counter[str]:
    found: Counter[str] = Counter()
    for place in sums.sums:
        found.update(sums.by_cause(place).get(cause, {}))
    return found


def one(was: list[Stored], today: Today) -> dict[tuple[str, Cause], dict[str, int]]:
    """The changes of one person, summed."""
    sums = Ledger()
    sums.note(ledger.changes(was, today, ledger.rest_of(first=False, same_model=True)))
    return {
        (place, cause): dict(counts) for place in sums.sums for cause, counts in sums.by_cause(place).items()
    }


def state(**counts: int) -> Counter[str]:
    return ledger.state(counts)


def test_what_is_known_late_is_told_as_late_and_counts_now() -> None:
    found = one(
        [Stored("/1/", state(enrolled=1))],
        Today("/1/", state(enrolled=1, passed=1), state(enrolled=1, passed=1)),
    )
    assert found == {("/1/", Cause.LATE): {"passed": 1}}


def test_who_moved_is_taken_away_there_and_added_here_as_they_were_and_acts_count_here() -> None:
    was, now = state(enrolled=1), state(enrolled=1, passed=1)
    assert one([Stored("/1/", was)], Today("/2/", was, now)) == {
        ("/1/", Cause.MOVED): {"enrolled": -1, HEADS: -1},
        ("/2/", Cause.MOVED): {"enrolled": 1, HEADS: 1},
        ("/2/", Cause.MONTH): {"passed": 1},
    }


def test_two_that_are_one_are_counted_once_from_now_on() -> None:
    stored = [
        Stored("/1/", state(enrolled=1, attendances=2)),
        Stored("/2/", state(enrolled=1, attendances=1)),
    ]
    now = state(enrolled=1, attendances=3)
    assert one(stored, Today("/2/", now, now)) == {
        ("/1/", Cause.MERGED): {"enrolled": -1, "attendances": -2, HEADS: -1},
        ("/2/", Cause.MERGED): {"attendances": 2},
    }


def test_what_was_taken_back_is_told_as_corrected() -> None:
    found = one(
        [Stored("/1/", state(enrolled=1, passed=1))], Today("/1/", state(enrolled=1), state(enrolled=1))
    )
    assert found == {("/1/", Cause.CORRECTED): {"passed": -1}}


def test_another_model_is_a_cause_of_its_own() -> None:
    sums = Ledger()
    now = state(enrolled=1, placed=1)
    rest = ledger.rest_of(first=False, same_model=False)
    sums.note(ledger.changes([Stored("/1/", state(enrolled=1, passed=1))], Today("/1/", now, now), rest))
    assert sums.by_cause("/1/") == {Cause.MODEL: Counter({"placed": 1, "passed": -1})}


def test_an_erased_persons_part_stays_without_them_and_goes_where_the_place_goes() -> None:
    standing = state(enrolled=1) + state(enrolled=1)

    def told(living: Counter[str]) -> Iterator[Any]:
        return ledger.remainder("/1/", "/2/", standing, living)

    sums = Ledger()
    sums.note(told(state(enrolled=1)))
    assert sums.by_cause("/1/") == {
        Cause.ERASED: Counter({ERASED: 1}), Cause.MOVED: Counter({"enrolled": -1, HEADS: -1, ERASED: -1}),
    }  # fmt: skip
    assert sums.standing({"/1/": standing}) == {
        "/1/": state(enrolled=1), "/2/": Counter({"enrolled": 1, HEADS: 1, ERASED: 1})
    }  # fmt: skip
