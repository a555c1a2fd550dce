"""Who lives in `make diary`: clients of all kinds, each with his own answers. The dice are seeded by the name: the same every time.

A character is asked at each touch that was planned for him, and answers as he is. What he does unasked, and what is done about him, happens on
days of his own, counted from the Monday on which the story begins (7 September 2026, so that New Year and March lie within 200 days).
"""

from dataclasses import dataclass, field
from typing import Any

PAPER_BOY = {"street": "Main street 1", "zip": "9000", "city": "Ghent"}
EVERYTHING = {"email": True, "phone": True}


@dataclass(frozen=True)
class Asked:
    """A touch as the client lives it. ``nth``: of all that were made with him; ``talk``: people answer each other there (a call, a meeting);
    ``asks``: the kind of step it asks for (meeting, contract, invoice, payment, …), empty for none; ``spoken``: talks before this one;
    ``said``: the outcomes before, oldest first; ``day``: of the story; ``purpose``: warming, closing, confirming, asking; ``ahead``: a step is
    agreed for a later day."""

    nth: int
    channel: str
    purpose: str
    talk: bool
    asks: str
    spoken: int
    said: tuple[str, ...]
    day: int
    part: str
    ahead: bool
    dice: Any


@dataclass(frozen=True)
class Answer:
    """``outcome``: the end of an outcome's xml id; None: what the channel gives where nothing comes back. ``step``: what is agreed, for a day
    ``in_days`` from now. ``obstacle``: what stands in the way; ``back``: the day of the story on which to come again."""

    outcome: str | None = None
    step: str = ""
    in_days: int = 0
    obstacle: str = ""
    back: int | None = None


# by which a client can write back
TWO_WAY = ("call", "email", "sms")
NOTHING = Answer()
NO_ANSWER = Answer("no_answer")
VOICEMAIL = Answer("voicemail")
REACHED = Answer("reached")
INTERESTED = Answer("interested")
READY = Answer("ready_to_buy")
BOUGHT = Answer("bought")
CLEAR_NO = Answer("clear_no")
KEPT = Answer("step_kept")


def agrees(step, in_days):
    return Answer("next_step", step=step, in_days=in_days)


@dataclass(frozen=True)
class Character:
    """``answers``: from what he is asked to what he answers; ``lead``, ``contact``, ``company``: values of what he is made of, ``EVERYTHING``
    stands for an address and a number of his own; ``cadence``: in which he is enrolled on the first day; ``bought``: days before the story on
    which he bought; ``comes``: whether he comes to what he agreed to; ``events``: {day: what happens, in words that diary.py knows}."""

    name: str
    title: str
    answers: Any
    lead: dict | None = None
    contact: dict | None = None
    company: dict | None = None
    second: dict | None = None  # another contact of the same company, with a deal of his own
    cadence: str | None = "standard"
    bought: tuple[int, ...] = ()
    comes: bool = True
    expert: bool = False
    events: dict = field(default_factory=dict)


# --- how they answer ---------------------------------------------------------------------------------


def usual(asked):
    """Whoever is neither keen nor closed: picks up every second time, says little."""
    if asked.purpose == "confirming":
        return REACHED if asked.talk else NOTHING
    if asked.purpose == "asking":
        return KEPT
    if not asked.talk:
        return NOTHING
    return REACHED if asked.dice.random() < 0.5 else NO_ANSWER


def silent(asked):
    if asked.talk:
        return VOICEMAIL if asked.nth % 3 == 0 else NO_ANSWER
    return NOTHING


def hot_buys(asked):
    """Ready at the first talk; agrees to the invoice when he is asked for a step; buys when it is asked after."""
    if asked.purpose == "confirming":
        return REACHED
    if "next_step" in asked.said:
        talked = asked.purpose == "asking" or asked.talk
        return (REACHED if asked.ahead else BOUGHT) if talked else NOTHING
    if "ready_to_buy" in asked.said and asked.channel in TWO_WAY:
        return agrees("invoice", 2)
    return READY if asked.talk else NOTHING


def hot_meets(asked):
    """A meeting in six days, the contract in five, the invoice in three; then he pays. Whatever he is asked for: the next of them."""
    if asked.purpose == "confirming":
        return REACHED
    if asked.purpose == "asking":
        return KEPT
    agreed = asked.said.count("next_step")
    # a hot client answers whatever he is asked, also in writing
    if not asked.talk and not (asked.purpose == "closing" and asked.channel in TWO_WAY):
        return NOTHING
    if asked.ahead:
        return REACHED
    steps = (("meeting", 6), ("contract", 5), ("invoice", 3))
    if agreed < len(steps):
        return agrees(*steps[agreed]) if asked.purpose == "closing" else INTERESTED
    return BOUGHT


def not_now(asked):
    """Warm; at the second talk: "no time now, call in March". In March he is ready, takes the invoice, and buys."""
    if asked.purpose == "asking":
        return BOUGHT
    if "ready_to_buy" in asked.said and asked.purpose == "closing" and asked.channel in TWO_WAY:
        return agrees("invoice", 2)
    if not asked.talk:
        return NOTHING
    if asked.day < 175:
        if "not_now" in asked.said:
            return Answer("not_now", obstacle="time", back=175) if asked.dice.random() < 0.5 else NO_ANSWER
        return Answer("not_now", obstacle="time", back=175) if asked.spoken else REACHED
    return READY


def thaws(asked):
    """Cold. Picks up and answers mails from the fifth touch on, is interested at the eighth, agrees to what he is asked for after that, and buys."""
    if asked.purpose in ("confirming", "asking"):
        return usual(asked)
    if "next_step" in asked.said and asked.purpose == "closing" and asked.channel in TWO_WAY and not asked.ahead:  # he knows us by now
        return BOUGHT if asked.said.count("next_step") > 2 else agrees(asked.asks if asked.asks not in ("", "decision") else "meeting", 6)
    if asked.nth >= 5 and asked.channel == "email":
        return Answer("answered")
    if asked.nth < 5 or not asked.talk:
        return silent(asked)
    if asked.ahead:
        return REACHED
    if asked.nth < 8:
        return REACHED
    if asked.purpose == "closing" and "interested" in asked.said:
        return agrees(asked.asks if asked.asks not in ("", "decision") else "meeting", 6)
    return INTERESTED


def says_no(asked):
    """A clear no at the third talk or the first closing one; when he is approached again, he listens."""
    if not asked.talk:
        return NOTHING
    if "clear_no" not in asked.said and (asked.purpose == "closing" or asked.spoken >= 2):
        return CLEAR_NO
    if "clear_no" in asked.said and asked.purpose == "closing" and not asked.ahead:
        return agrees(asked.asks if asked.asks not in ("", "decision") else "meeting", 5)
    return usual(asked)


def large(asked):
    """Takes every call, meets when asked, studies the contract, takes two months to decide."""
    if asked.purpose == "confirming":
        return REACHED
    if asked.purpose == "asking":
        return KEPT
    if asked.channel == "meeting":
        return Answer("met")
    if not asked.talk:
        return Answer("answered") if asked.dice.random() < 0.3 else NOTHING
    if asked.day > 80 and asked.purpose == "closing":
        return BOUGHT
    if asked.asks and not asked.ahead:
        return agrees(asked.asks if asked.asks != "decision" else "contract", 7)
    return INTERESTED if asked.spoken == 1 else REACHED


def loyal(asked):
    """A buyer: glad of a call, in no hurry."""
    if not asked.talk:
        return NOTHING
    return INTERESTED if asked.dice.random() < 0.15 else usual(asked)


def buys_third(asked):
    return BOUGHT if asked.nth >= 3 and asked.talk else (INTERESTED if asked.talk else NOTHING)


def chatty(asked):
    """Answers mails rather than calls."""
    if asked.channel == "email":
        return Answer("answered") if asked.dice.random() < 0.6 else NOTHING
    return usual(asked)


def new_deal(asked):
    """Knows us well: interested at once, agrees to the contract, then the invoice, and buys."""
    if asked.purpose in ("confirming", "asking"):
        return usual(asked)
    if not asked.talk:
        return NOTHING
    if asked.ahead:
        return REACHED
    agreed = asked.said.count("next_step")
    if asked.purpose == "closing":
        return BOUGHT if agreed >= 2 else agrees(("contract", "invoice")[agreed], 5)
    return INTERESTED if asked.spoken < 2 else REACHED


def quiet(asked):
    """Takes every call and reads what comes, and says neither yes nor no: what the shipped cadences do by themselves (docs/method.md)."""
    return (REACHED if asked.purpose != "asking" else KEPT) if asked.talk else NOTHING


# --- who they are ------------------------------------------------------------------------------------

PEOPLE = (
    Character("hot_buys", "A hot lead who buys", hot_buys, lead={"temperature": "hot"}, contact=EVERYTHING),
    Character("hot_meets", "A hot lead who meets, studies the contract, gets the invoice and buys", hot_meets,
              lead={"temperature": "hot"}, contact=EVERYTHING | PAPER_BOY),
    Character("hot_unreached", "A hot lead who is never reached by phone", silent, lead={"temperature": "hot"}, contact=EVERYTHING),
    Character("warm_not_now", "A warm lead: not now, call in March", not_now, lead={"temperature": "warm"}, contact=EVERYTHING),
    Character("warm_silent", "A warm silent lead with only an e-mail address", silent, lead={"temperature": "warm", "email": True}),
    Character("cold_thaws", "A cold lead who thaws", thaws, lead={"temperature": "cold"}, contact=EVERYTHING),
    Character("clear_no", "A lead who says a clear no and is approached again", says_no, lead={"temperature": "warm"}, contact=EVERYTHING),
    Character("lost_early", "A lead lost early and restored", usual, lead={"temperature": "warm"}, contact=EVERYTHING,
              events={8: "lost", 43: "restored"}),
    Character("large_deal", "A large deal with an expert", large, lead={"temperature": "warm", "expected_revenue": 200000},
              contact=EVERYTHING | PAPER_BOY, company={"employee_quantity": 120}, cadence=None, expert=True, events={0: "judged high"}),
    Character("big_firm", "A company of 400 people with a contact of 60 years", usual, lead={"temperature": "cold"},
              contact=EVERYTHING | PAPER_BOY | {"birthdate_date": "1966-05-04"}, company={"employee_quantity": 400} | PAPER_BOY),
    Character("vip_buyer", "A VIP buyer", loyal, contact=EVERYTHING | PAPER_BOY | {"is_vip": True, "birthdate_date": "1975-11-18"},
              cadence=None, bought=(300, 180, 40), events={70: "private sale"}),
    Character("stops_buying", "A regular buyer who stops buying", loyal, contact=EVERYTHING, cadence=None,
              bought=(185, 155, 128, 96, 66, 35, 4), events={26: "buys"}),
    Character("six_purchases", "A buyer of six purchases with a new deal", new_deal, lead={"temperature": "warm"}, contact=EVERYTHING,
              bought=(400, 330, 250, 180, 120, 60)),
    Character("no_contact", "A lead without a contact who buys", buys_third, lead={"temperature": "warm"} | EVERYTHING),
    Character("writes", "A client who writes mails himself", chatty, lead={"temperature": "warm"}, contact=EVERYTHING,
              events={3: "writes", 10: "writes", 31: "writes", 64: "writes", 120: "writes"}),
    Character("opts_out", "A client who opts out", usual, lead={"temperature": "warm"}, contact=EVERYTHING, events={25: "opts out"}),
    Character("rep_leaves", "A client whose rep goes on leave for three weeks", usual, lead={"temperature": "warm"}, contact=EVERYTHING,
              events={9: "leave is entered"}),
    Character("never_answers", "A client who never answers", silent, lead={"temperature": "cold"}, contact=EVERYTHING | PAPER_BOY),
    Character("two_contacts", "Two contacts of one company, a deal each", usual, lead={"temperature": "warm"}, contact=EVERYTHING,
              company={"employee_quantity": 40}, second=EVERYTHING),
    Character("phone_only", "A client with only a phone", usual, lead={"temperature": "cold", "phone": True}),
    Character("wishes", "Birthday and New Year", usual, contact=EVERYTHING | {"birthdate_date": "1990-10-14"}, cadence=None, bought=(100,)),
)  # fmt: skip

# whom docs/method.md tells of
SHIPPED = (
    Character("cold", "A cold lead", quiet, lead={"temperature": "cold"}, contact=EVERYTHING | PAPER_BOY),
    Character("warm", "A warm lead", quiet, lead={"temperature": "warm"}, contact=EVERYTHING | PAPER_BOY),
    Character("hot", "A hot lead", quiet, lead={"temperature": "hot"}, contact=EVERYTHING | PAPER_BOY),
    Character("buyer", "A buyer", quiet, contact=EVERYTHING | PAPER_BOY, cadence=None, bought=(60, 1)),
    Character("large", "A large deal", quiet, lead={"temperature": "warm"}, contact=EVERYTHING | PAPER_BOY, cadence=None, expert=True,
              events={0: "judged high"}),
)  # fmt: skip
