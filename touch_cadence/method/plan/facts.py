"""What a decision may know: plain immutable values, read by the models for a whole batch at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType

from ..why import Why
from .channels import BUILT_IN, Channels, of
from .workdays import Workdays

COLD, WARM, HOT = TEMPERATURES = ("cold", "warm", "hot")
LOW, STANDARD, HIGH = POTENTIALS = ("low", "standard", "high")
# the last two belong to an agreed step (R45): it is confirmed before, and after it is asked what came of it
WARMING, CLOSING, CONFIRMING, ASKING = PURPOSES = ("warming", "closing", "confirming", "asking")
OF_AGREED_STEP = (CONFIRMING, ASKING)
# what a next step is (R11); other addons and companies have their own
MEETING, CONTRACT, INVOICE, PAYMENT = "meeting", "contract", "invoice", "payment"
# steps that are due by their day, and for which nobody meets: there is nothing to confirm before, only to ask after (R45)
BY_THE_DAY = frozenset({CONTRACT, INVOICE, PAYMENT})
CHANNELS = tuple(BUILT_IN)
BIRTHDAY, HOLIDAY = OCCASIONS = ("birthday", "holiday")
# what a reason may be the first word at: to a stranger, after a purchase, when the next one does not come, after a meeting, in another approach
FIRST, BOUGHT, LATE, MET, ANEW = MOMENTS = ("first", "bought", "late", "met", "anew")
# what a client must have to buy (R34)
NEED, WISH, MONEY, AUTHORITY = READINESS = ("need", "wish", "money", "authority")

# enrolments that hold the client's place: there is one of them at most
ACTIVE_STATES = ("running", "paused", "blocked")
# enrolments that are not over; a waiting one begins when the client's place is free
UNDER_WAY = (*ACTIVE_STATES, "resting", "waiting")
# enrolments that the planner looks at when their date has come
DUE_STATES = ("running", "resting")
# days after the day to come back within which the touch that was agreed for it is made
COMES_BACK_WITHIN = 14
# days after a meeting within which it is what a touch is about
TOLD_AFTER_MEETING = 10
NOTHING_MADE: Mapping[int, int] = MappingProxyType({})


def as_temperature(word: str | None) -> str:
    """:return: a temperature as the method knows it. A word that it does not know, planted by an import in SQL, counts as cold: one row must
    not end a run for all."""
    return word if word in TEMPERATURES else COLD


def as_potential(word: str | None) -> str | None:
    """:return: a potential as the method knows it; None for one that is not judged, or a word that the method does not know"""
    return word if word in POTENTIALS else None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a cadence. ``delay`` in working days after the touch before; empty channel: rotate (R16); empty purpose:
    by the rhythm (R10); ``times``: how many touches the line makes, 0 for as long as the cadence runs (R18); ``expert``: made together with
    the deal's expert (R37); ``reason``: the one that its touches carry, where it suits the client and is new (R15)."""

    id: int
    delay: int = 0
    channel: str | None = None
    purpose: str | None = None
    times: int = 1
    expert: bool = False
    reason: int | None = None


@dataclass(frozen=True, slots=True)
class Cadence:
    """A strategy. ``rhythm``: warming touches before a closing one (R10); ``target``: touches to a deal (R2);
    ``stop_after``: tries without success after which the approach ends, 0 for never (R33; :func:`history.approach`); ``window_days``: days of the decision window,
    0 for none (R14); ``reply_days``: working days left to the conversation after the client wrote or called;
    ``hand_over_after``: touches without progress after which another rep takes over, 0 for never (R21); ``until_lapsed``: ends when the
    client has not bought for longer than usual (R22); ``hand_over_hot``: who turns hot goes to a colleague whose strength is closing (R56);
    ``until_hot``: ends when the client turns hot, and goes on where he is sold to (R8); ``of_deals``: it works deals, not contacts; ``ladder``: the next steps in the order in which they
    are asked for (R11), those of one rung together, empty: in the order of the reasons; ``closing_by_expert``: the deal's expert makes every closing touch, too (R37)."""

    id: int
    steps: tuple[Step, ...]
    rhythm: int = 5
    target: int = 7
    stop_after: int = 0
    window_days: int = 0
    reply_days: int = 0
    hand_over_after: int = 0
    until_lapsed: bool = False
    hand_over_hot: bool = False
    until_hot: bool = False
    closing_by_expert: bool = False
    of_deals: bool = True
    ladder: tuple[frozenset[int], ...] = ()

    def step_at(self, position: int, made: Mapping[int, int] = NOTHING_MADE) -> Step | None:
        """The step that makes the next touch of a run: the first that has not made all of its touches. Where steps are reordered, added or
        removed while clients are under way, none is repeated and none is left out.

        :param position: how many touches of the run came from steps
        :param made: {step: how many of them came from it}; those of steps that are not known count from the front
        :return: None after the last step
        """
        position -= sum(made.get(step.id, 0) for step in self.steps)
        for step in self.steps:
            left = max(step.times - made.get(step.id, 0), 0)
            if not step.times or position < left:
                return step
            position -= left
        return None


@dataclass(frozen=True, slots=True)
class Reason:
    """The news that makes a touch worth the client's time (R15). Empty sets mean no restriction.

    ``vip``: True for VIP clients only (R28), False for all but VIP (R27), None for everyone; ``buyers``: True for who bought, False for who
    never did, None for both (R22); ``clients``: the keys of the
    clients that the reason's own filter lets through, None without a filter; ``yearly``: once a year instead of once;
    ``repeatable``: what is asked for, not news (R11): it may be asked again, the longest unasked first;
    ``campaign``: goes before the general reasons (R26 to R28); ``occasion``: the day of the client or the country it falls on (R29, R30),
    ``holiday``: parts of that holiday's name, with commas between, empty for any; ``missing``: of :data:`READINESS`, for clients who lack it,
    and the next thing to talk about with them (R34); ``next_step``: the step that a closing touch asks for (R11), ``kind``: what it is;
    ``obstacles``: for clients who said that one of these stands in the way, and the first thing to talk about when one comes back (R46);
    ``items``: what has arrived, for clients who wait for it (R57); ``moment``: of :data:`MOMENTS`, at which it is the first word, once each
    time; ``offer``: about an offer, so it is told while one is being decided on, and later only when nothing else is left (R15, R18)."""

    id: int
    purpose: str | None = None
    temperatures: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    vip: bool | None = None
    buyers: bool | None = None
    clients: frozenset[int] | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    yearly: bool = False
    repeatable: bool = False
    campaign: bool = False
    occasion: str | None = None
    holiday: str = ""
    missing: str | None = None
    next_step: int | None = None
    kind: str = ""
    obstacles: frozenset[int] = frozenset()
    items: frozenset[int] = frozenset()
    moment: str = ""
    offer: bool = False


@dataclass(frozen=True, slots=True)
class NotNow:
    """The client said "not now" on the day ``said``; ``day``: when to come back (R46); ``obstacle``: what stands in the way."""

    said: date
    day: date
    obstacle: int | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """What came of a channel with a client: ``tries`` of ours, ``answers`` of the client, asked or not, and how many tries were
    ``unanswered`` since the last of them."""

    tries: int = 0
    answers: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """A try that did not get through: by which channel, and at which moment, None where that is not known."""

    channel: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What has been tried with the client; made by :func:`history.read`."""

    number: int = 0  # touches of this run that count
    tries: int = 0  # touches of this approach since the client last warmed, counted or not
    step_touches: int = 0  # touches of this run that steps made, worked or skipped
    touches_by_step: Mapping[int, int] = field(default_factory=dict)  # step: how many of them are its own
    last_day: date | None = None  # day of the last touch or skip of this run
    last_counted: bool = False  # whether that one counts
    last_warmed: bool = False  # whether it brought progress
    failures: int = 0  # tries in a row that did not count, up to the last touch of this run
    failed: Failed | None = None  # the last of them
    warming: int = 0  # warming touches since the last closing one, over all runs; anew after a purchase and a clear no
    closed_before: bool = False  # was there a closing touch since the last purchase or clear no
    warming_in_row: int = 0  # warming touches since the last closing one, tries included
    missed: int = 0  # agreed steps in a row that the client missed
    just_missed: bool = False  # the first of them, and nobody has asked for another day since
    closings_in_row: int = 0  # closing touches since the last warming one or yes (R8); what nobody heard counts when it was given up
    closings_heard: int = 0  # closing touches in vain that the client answered: others heard no question
    closings_in_vain: int = 0  # closing touches since the last yes, purchase or clear no, counted alike
    closings_failed: int = 0  # tries of the last closing touch that nobody heard
    # the reason of the closing touch that met interest, and nobody has asked on since
    interest: int | None = None
    # an agreed step was kept, a meeting took place, or the last question met interest, and nobody has asked on since (R45)
    kept: bool = False
    agreed: frozenset[int] = frozenset()  # next steps that the client agreed to since the last purchase or clear no
    ready: bool = False  # the client asked for the invoice since then (R8)
    met: bool = False  # a meeting took place since then
    met_on: date | None = None  # day of the last meeting that took place, over all runs
    last_made: date | None = None  # day of our last touch that counts, over all runs
    anew: bool = False  # the client was touched before this approach, and not yet in it
    since_wishes: date | None = None  # day of the last touch or skip of this run, wishes left out; None where these were no part of it
    unheard: Mapping[int, date] = field(default_factory=dict)  # reason: day of our last touch for it, where that one did not count
    channels: Mapping[str, date] = field(default_factory=dict)  # channel: day it was last used
    recent_channels: tuple[str, ...] = ()  # of our last touches, over all runs, oldest first
    channel_tries: Mapping[str, Tries] = field(default_factory=dict)  # channel: what came of it, over all runs
    reasons: Mapping[int, date] = field(default_factory=dict)  # reason: day it was last used
    offered: Mapping[int, date] = field(default_factory=dict)  # reason: day it was last planned for, made or not
    last_contact: date | None = None  # day of the last touch that got through, over all runs
    last_reply: date | None = None  # day on which the client last came to us, over all runs
    last_own: date | None = None  # day of our last touch that counts and no step made: a mail in the chatter, a call nobody planned
    touches_without_progress: int = 0  # touches by the present rep in this run since the client last warmed
    not_now: NotNow | None = None  # said in this approach, and one has not come back yet
    waited: tuple[tuple[date, date], ...] = ()  # such waits of this approach that are over, each with its first and last day
    waiting: Mapping[int, date] = field(default_factory=dict)  # item: day since which the client waits for it (R57)


@dataclass(frozen=True, slots=True)
class OpenTouch:
    """The touch that is planned and waits for its outcome. ``about``: the key of the agreed step that it belongs to."""

    purpose: str
    channel: str
    day: date | None = None
    reason: int | None = None
    expert: int | None = None
    outdated: bool = False  # the cadence was changed after it was planned
    when: datetime | None = None  # the first moment at which the client may be touched
    user: int | None = None  # who has it; None: the responsible
    stands_in: bool = False  # the planner gave it to the substitute, for the day on which the responsible is away
    about: str | None = None
    by_hand: bool = False  # a rep planned it, with a reason of the rep's own (R50)
    planned_on: date | None = None  # the day on which it was planned
    returned: bool = False  # its message could not be sent, or one of the run came back


@dataclass(frozen=True, slots=True)
class AgreedStep:
    """A next step that the client agreed to, with its day (R45); made by :func:`agreed.read`.

    ``key``: what agreed it, a touch or an event of the calendar; ``step``: the next step, None for a meeting that names none; ``kind``: what that
    step is, empty for a meeting; ``made``: the day on which it was agreed, None where that is not known; ``confirmed``: it was confirmed, or that was tried; ``asked``: tries to hear what came
    of it; ``settled``: it is known what came of it; ``by_client``: the client gave his word, and is not still to be asked; ``tried``: how often he was asked for it."""

    key: str
    day: date
    step: int | None = None
    made: date | None = None
    confirmed: bool = False
    asked: int = 0
    settled: bool = False
    kind: str = ""
    by_client: bool = True
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Days on which a client may not be touched because a rule says so, from ``first`` to ``last``, both included. ``why``: the rule's
    sentence. This is the door for rules of other addons: whatever they forbid is closed to planner, desk, night and forecast alike."""

    first: date
    last: date
    why: Why


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one decision about one client looks at. Dates are days in the cadence's time zone, moments are aware."""

    client: int
    state: str
    cadence: Cadence
    now: datetime
    today: date
    started: date
    workdays: Workdays  # the cadence's calendar
    rep_days: Workdays | None  # days on which calendar and responsible both work; None: nobody is responsible
    zone: tzinfo  # the cadence's
    client_zone: tzinfo
    rep: int | None = None  # who is responsible
    stand_in: int | None = None  # who makes the touches of the days on which the responsible is on leave
    stand_in_days: Workdays | None = None  # those days on which the substitute works
    holder_days: Workdays | None = None  # of the colleague to whom somebody gave the open touch
    hours: tuple[float, float] = (9.0, 18.0)
    horizon: int = 5  # working days ahead in which a touch is put before the rep
    not_before: date | None = None  # resting until, or begins on
    pauses: tuple[tuple[date, date], ...] = ()  # of this run, each from its first day to the day on which it went on
    earliest: date | None = None  # the days before it are full (capacity)
    min_gap: int = 0  # days from one touch to the next, over all cadences and automatic mails; 0: none
    last_mail: date | None = None  # day of the last automatic mail
    temperature: str = COLD
    set_by_hand: bool = False  # somebody set the temperature, and so it stays (R9)
    potential: str | None = None
    vip: bool = False
    buyer: bool = False  # has bought before (R22)
    bought: date | None = None  # day of the last purchase
    paper: bool = False  # must get paper too (R17)
    birthdate: date | None = None
    holidays: Mapping[date, str] = field(default_factory=dict)  # of the client's country
    wished: tuple[Hold, ...] = ()  # holidays of that country on which we wish (R30)
    lapsed: bool = False  # has not bought for longer than usual (R22)
    successors: frozenset[int] = frozenset()  # reps who could take the client over (R21)
    closers: frozenset[int] = frozenset()  # those of them whose strength is closing, where the responsible has another (R56)
    readiness: frozenset[str] = frozenset()  # what of need, wish, money and authority is there (R34)
    expert: int | None = None  # the user who helps with the deal
    archived: bool = False
    opted_out: bool = False
    only_reason: int | None = None  # for which alone a client of no cadence was enrolled: a campaign or an occasion
    won: bool = False
    lost: bool = False
    company_changed: bool = False  # the lead belongs to another company by now
    superseded: bool = False  # another enrolment holds the client's place
    open_channels: frozenset[str] = frozenset()
    channels_off: bool = False  # the client can be reached, but only by channels that the company has switched off
    channels: Channels = field(default_factory=lambda: BUILT_IN)  # all that are known, also those that are closed or only logged
    channel_order: tuple[str, ...] = CHANNELS
    history: History = History()
    open_touch: OpenTouch | None = None
    agreed: tuple[AgreedStep, ...] = ()  # steps that the client agreed to, the earliest first
    agreed_days: int = 45  # days ahead within which an agreed step holds other touches off (R45)
    reasons: tuple[Reason, ...] = ()
    holds: tuple[Hold, ...] = ()  # of rules of other addons

    @property
    def begins_on(self) -> date | None:
        """The day on which a run begins that was put off when the client was enrolled (R61); None for one that has begun, and for a rest."""
        later = self.state == "running" and self.not_before and self.today < self.not_before <= self.started
        return self.not_before if later else None

    @property
    def ways(self) -> frozenset[str]:
        """The open channels by which a touch may be planned: a meeting is agreed first."""
        return frozenset(code for code in self.open_channels if not of(code, self.channels).agreed)

    @property
    def two_way(self) -> frozenset[str]:
        """Those of the ways by which the client can answer."""
        return frozenset(code for code in self.ways if of(code, self.channels).two_way)

    @property
    def not_now(self) -> NotNow | None:
        """What the client said of coming back (R46): other touches wait until then. Not for a hot client (R8), nor long after that day."""
        said = self.history.not_now
        if said is None or self.temperature == HOT or self.today > said.day + timedelta(days=COMES_BACK_WITHIN):
            return None
        return said

    @property
    def back(self) -> date | None:
        """The day on which to come back to the client."""
        return self.not_now.day if self.not_now else None

    @property
    def obstacle(self) -> int | None:
        """What stands in the way of the client, until one has come back and talked about it."""
        return self.not_now.obstacle if self.not_now else None

    @property
    def next_step(self) -> Step | None:
        """The step that makes the next touch; None after the last one. It repeats for a hot client (R8), and for who is to be touched again on
        a day of his own (R46)."""
        step = self.cadence.step_at(self.history.step_touches, self.history.touches_by_step)
        return self.cadence.steps[-1] if step is None and (self.temperature == HOT or self.back) and self.cadence.steps else step

    @property
    def working_days(self) -> Workdays | None:
        """Days on which somebody works for the client: the responsible, or the substitute while the responsible is away."""
        return self.rep_days | self.stand_in_days if self.rep_days is not None and self.stand_in_days else self.rep_days

    @property
    def days(self) -> Workdays | None:
        """Days on which somebody can make a touch: those of :attr:`working_days` that no rule holds."""
        days = self.working_days
        return self.open_days(days) if days is not None else None

    @property
    def missing(self) -> frozenset[str]:
        """What the client lacks to buy (R34). Where nothing is known of any of the four, nothing is known to be missing."""
        return frozenset(READINESS) - self.readiness if self.readiness else frozenset()

    @property
    def moments(self) -> Mapping[str, date]:
        """:return: {of :data:`MOMENTS`: since when it is so}; what was told before that day is told again"""
        found, history = {}, self.history
        if history.last_made is None and history.met_on is None and not self.bought and history.last_reply is None:
            found[FIRST] = self.started
        if self.bought and self.lapsed:
            if not self.cadence.of_deals:  # who has a deal with us is on his way to buy
                found[LATE] = self.bought + timedelta(days=1)
        elif self.bought and (history.last_made is None or history.last_made <= self.bought):
            found[BOUGHT] = self.bought + timedelta(days=1)
        met = history.met_on
        if met and self.today <= met + timedelta(days=TOLD_AFTER_MEETING) and (history.last_made is None or history.last_made <= met):
            found[MET] = met
        if history.anew:
            found[ANEW] = self.started
        return found

    @property
    def knows_offer(self) -> bool:
        """:return: whether there is an offer that is being decided on: a deal within its window, with a client who heard what we propose, or
        agreed to something (R15)"""
        past = self.history
        return bool(self.cadence.of_deals and self.cadence.window_days and (past.closings_heard or past.agreed or past.met))

    @property
    def is_ready(self) -> bool:
        """:return: whether need, wish, money and authority are all there (R34)"""
        return self.readiness.issuperset(READINESS)

    @property
    def closed(self) -> tuple[Hold, ...]:
        """Days on which nobody touches the client: those of rules, and the official holidays that are wished."""
        return self.holds + self.wished

    def open_days(self, days: Workdays) -> Workdays:
        """:return: those of ``days`` that no rule holds"""
        return days.without((hold.first, hold.last) for hold in self.closed) if self.closed else days

    def is_held(self, day: date) -> bool:
        """:return: whether a rule forbids to touch the client on ``day``"""
        return any(hold.first <= day <= hold.last for hold in self.closed)

    def maker(self, day: date) -> int | None:
        """:return: the substitute who makes the touch of ``day``; None: the responsible does"""
        return None if self.rep_days is None or day in self.rep_days else self.stand_in
