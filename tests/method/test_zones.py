"""Zones, hours and days: old names, all names, the ends of summer time, leave in other zones."""

import ast
import pathlib
import zoneinfo
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st
from method.plan import zones
from method.plan.decide import decide
from method.plan.decision import Keep, Touch
from method.plan.facts import OpenTouch
from method.plan.workdays import Workdays, core_hours, is_decent, moment, worked
from method.plan.zone_names import SAME_ZONE
from world import MONDAY, STANDARD, at, client, often, workdays

ROOT = pathlib.Path(__file__).parent.parent.parent
NAMES = sorted({*pytz.all_timezones, *zones.SAME, *zoneinfo.available_timezones()} - {"Factory", "localtime", "posixrules"})
OLD = [name for line in SAME_ZONE.split("\n") for name in line.split()[1:]]


@pytest.fixture
def without_old_names(monkeypatch):
    """A system that has dropped the old names, as Debian's and Ubuntu's did."""

    def newer(name):
        if name in OLD:
            raise ZoneInfoNotFoundError(name)
        return ZoneInfo(name)

    monkeypatch.setattr(zones, "ZoneInfo", newer)
    zones.known.cache_clear()
    yield
    zones.known.cache_clear()


@pytest.mark.parametrize(
    ("old", "new"), [("Asia/Calcutta", "Asia/Kolkata"), ("US/Eastern", "America/New_York"), ("Europe/Kiev", "Europe/Kyiv")]
)
def test_b10_an_old_name_is_its_zone_where_the_system_has_dropped_it(without_old_names, old, new):
    assert str(zones.zone(old)) == new
    assert zones.pytz_zone(old).zone == new


def test_b10_every_old_name_is_some_zone_where_the_system_has_dropped_it(without_old_names):
    assert [name for name in OLD if not zones.known(name)] == []


def test_b10_old_and_new_name_keep_the_same_time():
    for name in OLD:
        if name in pytz.all_timezones_set:
            now = datetime(2026, 7, 1, 12, tzinfo=UTC)
            assert now.astimezone(zones.zone(name)).utcoffset() == now.astimezone(ZoneInfo(zones.today_name(name))).utcoffset(), name


@pytest.mark.parametrize(
    "name", [None, False, "", 7, "Nowhere/Town", "America", "../../etc/passwd", "/etc/passwd", "a\0b", "é" * 500, b"x"]
)
def test_b10_no_name_is_an_error(name):
    assert zones.zone(name) is timezone.utc
    assert str(zones.zone(name, "Asia/Tokyo")) == "Asia/Tokyo"
    assert zones.pytz_zone(name, None) is pytz.utc
    assert zones.of_client([name], name, name, name) is None


def test_b10_zones_are_read_in_one_place():
    """The other ways to a zone raise for a name that somebody else wrote."""
    raising = {"ZoneInfo", "timezone", "gettz"}
    found = []
    for path in sorted((ROOT / "touch_cadence").rglob("*.py")) + sorted((ROOT / "touch_cadence_sale").rglob("*.py")):
        if "tests" in path.parts or path.name == "zones.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in raising:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


@often(6)
@given(
    st.sampled_from(NAMES), st.dates(date(2025, 10, 1), date(2027, 10, 31)), st.integers(0, 14).map(lambda hours: hours * 1.5), st.data()
)
def test_b12_a_planned_moment_lies_on_the_right_local_day_within_the_hours(name, day, opens, data):
    closes = data.draw(st.floats(min(opens + 1, 23.5), 24.0))
    zone = zones.zone(name)
    assert zone is not timezone.utc or zones.today_name(name) == "Etc/UTC"
    when = moment(day, (opens, closes), zone, datetime(2025, 1, 1, tzinfo=UTC))
    local = when.astimezone(zone)
    assert local.date() == day
    # an hour that the clocks leave out is made up for by the next
    assert opens <= local.hour + local.minute / 60 + local.second / 3600 < min(closes, opens + 1.01)
    assert is_decent(when, day, (opens, closes), zone)
    assert not is_decent(when - timedelta(hours=3), day, (opens, closes), zone)


@often(4)
@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 24 * 730), st.sampled_from(["cold", "hot"]), st.integers(0, 8))
def test_b10_b12_whoever_is_worked_from_wherever_is_touched_on_his_own_day_at_decent_hours(ours, theirs, hour, temperature, horizon):
    now = at(date(2026, 1, 5), 0) + timedelta(hours=hour)
    today = now.astimezone(zones.zone(ours)).date()
    days = workdays(first=date(2025, 12, 1), days=1200)
    known = client(
        today=today, now=now, zone=zones.zone(ours), client_zone=zones.zone(theirs), started=today, temperature=temperature,
        workdays=days, rep_days=days, horizon=horizon,
    )  # fmt: skip
    decision = decide(known)
    if not isinstance(decision, Touch):  # it appears on a later day, and then it does
        assert today not in days or horizon == 0
        return
    local = decision.when.astimezone(known.client_zone)
    assert local.date() == decision.day
    assert decision.day in days
    assert decision.when >= now
    assert 9 <= local.hour < 18


def test_d10_no_hour_of_our_day_is_decent_in_apia():
    """Nine to six there is nine in the evening to six in the morning here: whenever we look during our day, the hours of the day are over
    there. The nearest decent hour is taken, that of the next day."""
    for hour in range(7, 18):
        berlin, apia = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")
        decision = decide(client(now=at(MONDAY, hour), zone=berlin, client_zone=apia, horizon=0))
        assert isinstance(decision, Touch)
        assert decision.day == MONDAY + timedelta(days=1)
        assert decision.when.astimezone(apia).replace(tzinfo=None) == datetime(2026, 3, 3, 9)


@pytest.mark.parametrize(
    ("values", "zone"),
    [
        ({"country": "JP", "entered": "Europe/Brussels"}, "Asia/Tokyo"),
        ({"country": "JP"}, "Asia/Tokyo"),
        ({"country": "jp", "own": "America/New_York"}, "America/New_York"),
        ({"country": "JP", "own": "Nowhere/Town"}, "Asia/Tokyo"),
        ({"country": "JP", "chosen": [False, "Asia/Seoul"], "own": "America/New_York"}, "Asia/Seoul"),
        ({"country": "US", "entered": "Europe/Brussels"}, "America/New_York"),
        ({"country": "US", "entered": "US/Pacific"}, "US/Pacific"),
        ({"country": "RU"}, "Europe/Moscow"),
        ({"country": "XK"}, "Europe/Belgrade"),
        ({"entered": "Europe/Brussels"}, "Europe/Brussels"),
        ({"country": "ZZ"}, None),
        ({}, None),
    ],
)
def test_b11_a_client_lives_by_the_clock_of_the_country(values, zone):
    assert zones.of_client(values.pop("chosen", ()), **values) == zone


def test_b11_every_country_has_its_zones_and_several_have_a_main_one():
    for code, names in pytz.country_timezones.items():
        assert set(names) == set(zones.of_country(code))
        assert len(names) == 1 or code in {*zones.MAIN_ZONES, "UM"}, code
        assert zones.of_country(code)[0] in names


def shift(day, zone, *hours):
    return [
        tuple(datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(hours=hour) for hour in hours[number : number + 2])
        for number in range(0, len(hours), 2)
    ]


@often(3)
@given(st.sampled_from(NAMES), st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.integers(1, 20))
def test_b2_leave_as_time_off_writes_it_leaves_no_day_of_it(name, first, length):
    """From the first hour of the first day to the last of the last, by the clock of who is away, in whatever zone the company is."""
    zone = zones.today_name(name) if zones.today_name(name) in pytz.all_timezones_set else "UTC"
    every = [first + timedelta(days=number) for number in range(-5, length + 5)]
    usual = [span for day in every if day.weekday() < 5 for span in shift(day, zone, 8, 12, 13, 17)]
    away = [(shift(first, zone, 8, 9)[0][0].astimezone(UTC), shift(first + timedelta(days=length - 1), zone, 16, 17)[0][1].astimezone(UTC))]
    left = worked(usual, away, 8)
    off = {first + timedelta(days=number) for number in range(length)}
    assert not off & set(left.days)
    assert set(left.days) == {day for day in every if day.weekday() < 5} - off
    assert all(left.share(day) == 1 for day in left.days)


def test_b2_an_hour_that_is_left_makes_no_working_day_and_half_a_day_does():
    usual = shift(MONDAY, "Europe/Brussels", 8, 12, 13, 17)
    assert worked(usual, shift(MONDAY, "Europe/Brussels", 9, 17), 8).days == ()
    assert worked(usual, shift(MONDAY, "Europe/Brussels", 8, 16), 8).days == ()
    morning = worked(usual, shift(MONDAY, "Europe/Brussels", 8, 12), 8)
    assert (morning.days, morning.share(MONDAY)) == ((MONDAY,), 0.5)
    # an hour a day is agreed: it is a working day
    assert worked(shift(MONDAY, "Europe/Brussels", 9, 10), (), 8).days == (MONDAY,)
    # leave that is entered twice counts once
    twice = [*shift(MONDAY, "Europe/Brussels", 8, 10), *shift(MONDAY, "Europe/Brussels", 9, 11)]
    assert worked(usual, twice, 8).share(MONDAY) == 5 / 8


def test_b2_who_has_no_fixed_hours_is_away_when_the_core_of_the_day_is():
    days = [MONDAY + timedelta(days=number) for number in range(7)]
    core = core_hours(days, ZoneInfo("Asia/Kolkata"))
    assert worked(core).days == tuple(days[:5])
    assert worked(core, shift(MONDAY, "Asia/Kolkata", 9, 15)).days == tuple(days[1:5])
    assert MONDAY in worked(core, shift(MONDAY, "Asia/Kolkata", 9, 12))


def test_a_day_is_as_long_as_the_shorter_of_two_calendars_has_it():
    half, most = Workdays([MONDAY], {MONDAY: 0.5}), Workdays([MONDAY], {MONDAY: 0.8})
    assert (half & most).share(MONDAY) == (most & half).share(MONDAY) == 0.5
    assert (half | most).share(MONDAY) == 0.8
    assert (half & Workdays([MONDAY])).share(MONDAY) == 0.5


# --------------------------------------------------------------
# Leave
# --------------------------------------------------------------


@often(5)
@given(
    st.integers(0, 12),
    st.integers(0, 60),
    st.sets(st.integers(0, 60)),
    st.booleans(),
    st.sets(st.integers(0, 60)),
    st.sampled_from([0, 5, 8]),
    st.sampled_from(["cold", "warm", "hot"]),
)
def test_d3_no_planned_touch_stays_on_a_day_off_where_a_substitute_or_a_later_day_is_left(
    planned, length, first, substitute, busy, horizon, temperature
):
    every = workdays()
    off = {MONDAY + timedelta(days=number + start) for start in list(first)[:1] for number in range(length)}
    rep_days = workdays(off=off)
    leave = frozenset(day for day in off if day in every)
    there = [day for day in leave if (day - MONDAY).days not in busy]
    day = every.on_or_after(MONDAY + timedelta(days=planned))
    known = client(
        rep_days=rep_days,
        stand_in=8 if substitute else None,
        stand_in_days=Workdays(there) if substitute else None,
        open_touch=OpenTouch("closing" if temperature == "hot" else "warming", "call", day, 1 if temperature != "hot" else 11, user=7),
        horizon=horizon,
        temperature=temperature,
    )
    decision = decide(known)
    if day in rep_days:
        if temperature != "hot":
            assert isinstance(decision, Keep)
        return
    assert not isinstance(decision, Keep)
    if isinstance(decision, Touch):
        assert decision.day in (Workdays(there) if decision.user else rep_days)
        assert decision.user in (None, 8)
        # planned so, it stays so
        held = OpenTouch(
            decision.purpose, decision.channel, decision.day, decision.reason,
            user=decision.user or 7, stands_in=bool(decision.user), when=decision.when,
        )  # fmt: skip
        assert isinstance(decide(replace(known, open_touch=held)), Keep)
        # when the leave is taken back, the substitute has it no longer
        back = decide(replace(known, open_touch=held, rep_days=every, stand_in_days=None))
        assert isinstance(back, Keep) if not decision.user else (back.user is None and (back.day == decision.day or temperature == "hot"))


def test_d3_long_leave_gives_the_touch_to_the_substitute_or_takes_it_back_until_the_return():
    leave = [MONDAY + timedelta(days=number) for number in range(1, 30)]
    touch = OpenTouch("warming", "call", MONDAY + timedelta(days=2), 1, user=7)
    known = client(rep_days=workdays(off=leave), open_touch=touch)
    waiting = decide(known)
    assert (waiting.why[0][0], waiting.why[0][1]["date"]) == ("planned_later", workdays(off=leave).on_or_after(leave[-1]))
    with_substitute = decide(client(rep_days=workdays(off=leave), open_touch=touch, stand_in=8, stand_in_days=Workdays(leave) & workdays()))
    assert (with_substitute.day, with_substitute.user) == (touch.day, 8)
    assert ("stand_in", {}) in with_substitute.why


def test_d3_whom_a_touch_was_given_to_by_hand_keeps_it_on_the_own_days():
    friday = MONDAY + timedelta(days=4)
    given_away = OpenTouch("warming", "call", friday, 1, user=9)
    off = client(rep_days=workdays(off=[friday]), open_touch=given_away, holder_days=workdays(), cadence=STANDARD)
    assert isinstance(decide(off), Keep)
    moved = decide(client(open_touch=given_away, holder_days=workdays(off=[friday])))
    assert isinstance(moved, Touch)


def test_b11_a_touch_is_moved_to_decent_hours_when_the_client_turns_out_to_live_elsewhere():
    tokyo = ZoneInfo("Asia/Tokyo")
    day = MONDAY + timedelta(days=2)
    planned = OpenTouch("warming", "call", day, 1, user=7, when=at(day, 16))
    decision = decide(client(client_zone=tokyo, open_touch=planned))
    assert (decision.day, decision.when) == (day, at(day, 0))
    assert isinstance(decide(client(open_touch=planned)), Keep)
