"""The page docs/method.md, made by living five quiet clients on the shipped data. Runs in an Odoo shell (tools/method-doc)."""

from datetime import datetime, time, timedelta

import characters
import diary
from odoo.addons.touch_cadence.method import sense
from odoo.addons.touch_cadence.method.why import inside

DAYS = 200
WHO = {
    "cold": "He does not need it now. Nothing happens but what we do.",
    "warm": "He wants it, but lacks money, time or certainty.",
    "hot": "He wants it today, has the money and knows what. He takes each call and still says neither yes nor no.",
    "buyer": "He has bought twice, the last time yesterday, and then never again.",
    "large": "His potential was judged high today, and an expert helps.",
}
HEAD = """# What the method does, day by day

Made by `make method-doc` from the shipped cadences, reasons and outcomes: five clients live {days} days through the real planner, and a test compares. Change the data
or the method, not this page.

Each of them takes every call and reads what comes, and says neither yes nor no: so this is what happens when nothing happens. An outcome that says more
(interested, a step agreed, not now, a clear no) changes the plan, see below. Day 1 is a Monday; Christmas and New Year are days off."""

CHANGES = """## What changes the plan

- **A yes**: a step that was agreed has its day. Other touches wait for it, a meeting is confirmed the working day before, and the day after it is asked what came of it. Whoever
  kept it is asked for the next step, not warmed first.
- **"Send the invoice, I am ready"**: asked for the invoice on the same day, by the quickest way.
- **Interested, or an answer to a mail**: the next touch comes within a week, also where the plan says a month.
- **Not now**: the next touch comes on the day that the client named, about what stood in the way.
- **A clear no**: a rest of 90 days, then another approach.
- **No answer**: the call is repeated on the next working day, by another way the third time.
- **A birthday, a holiday, a campaign**: it takes the place of a touch that is near.
"""


def cell(text):
    return str(text or "").replace("|", "/")


def table(titles, rows):
    yield "| " + " | ".join(titles) + " |"
    yield "| " + " | ".join("---" for _title in titles) + " |"
    for row in rows:
        yield "| " + " | ".join(cell(one) for one in row) + " |"


def number(day):
    return (day - diary.MONDAY).days + 1


def at(day, hour):
    return datetime.combine(day, time(hour))


class Page:
    def __init__(self, env):
        self.env = env

    def labels(self, model, field):
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    def cadences(self):
        names = (
            "Cadence",
            "For",
            "Touches aimed at",
            "Window",
            "Stops after",
            "Rest after a no",
            "Who bought",
            "Who did not",
            "Who stops buying",
        )
        rows = []
        for one in self.env["touch.cadence"].search([], order="sequence, id"):
            rows.append(
                (
                    one.name,
                    {"crm.lead": "deals", "res.partner": "contacts"}[one.model],
                    one.target,
                    f"{one.window_days} days" if one.window_days else "none",
                    f"{one.stop_after} tries" if one.stop_after else "never",
                    f"{one.rest_days} days" if one.rest_days else "none",
                    one.won_cadence_id.name,
                    one.exhausted_cadence_id.name or (f"rests {one.rest_days} days" if one.rest_days and one.stop_after else ""),
                    one.lapsed_cadence_id.name,
                )
            )
        yield from table(names, rows)

    def story(self, life):
        channels = self.labels("touch.touch", "channel")
        purposes = self.labels("touch.touch", "purpose")
        stops = self.labels("touch.enrollment", "stop_reason")
        rows = []
        for one in self.env["touch.touch"].search(
            [("state", "=", "done"), ("direction", "=", "out"), *life.domain()], order="date_done, id"
        ):
            what = (channels[one.channel], purposes[one.purpose], one.reason_id.name, one.temperature)
            rows.append((one.date_done, (number(one.date_done.date()), *what)))
        over = set()  # days on which a run has ended: what follows on the same day comes after it
        for one in self.env["touch.enrollment"].search(life.domain(), order="id"):
            if one.state != "resting" and one.date_start < diary.MONDAY + timedelta(days=DAYS):
                hour = 22 if one.date_start in over else 0
                rows.append((at(one.date_start, hour), (number(one.date_start), f"**{one.cadence_id.name}** begins", "", "", "")))
            if one.date_end:
                over.add(one.date_end)
                words = f"**{one.cadence_id.name}** ends: {inside(stops[one.stop_reason])}"
                rows.append((at(one.date_end, 21), (number(one.date_end), words, "", "", "")))
            if one.state == "resting":
                rows.append(
                    (datetime.max, ("", f"rests until day {number(one.not_before)}, then **{one.cadence_id.name}** again", "", "", ""))
                )
        rows = [row for _moment, row in sorted(rows, key=lambda row: row[0])]
        yield from table(("Day", "Channel", "Purpose", "Reason", "Client"), rows)

    def outcomes(self):
        """What each outcome does."""
        moves = self.labels("touch.outcome", "temperature_effect")
        steps = self.labels("touch.outcome", "step_effect")
        asks = self.labels("touch.outcome", "asks")
        ends = self.labels("touch.outcome", "ends")
        channels = self.labels("touch.touch", "channel")
        names = ("Outcome", "After", "Counts", "Client reached", "Temperature", "Next step", "Asks", "Ends")
        rows = []
        for one in self.env["touch.outcome"].search([], order="sequence, id"):
            its = [channels[code].lower() for code in (one.channels or "").split(", ") if code]
            rows.append(
                (
                    one.name,
                    ", ".join(its) or "any touch",
                    "yes" if one.counts else "no",
                    "yes" if one.reached else "no",
                    moves.get(one.temperature_effect, ""),
                    steps.get(one.step_effect, ""),
                    asks.get(one.asks, ""),
                    ends.get(one.ends, ""),
                )
            )
        yield from table(names, rows)

    def lines(self, lives):
        yield HEAD.format(days=DAYS)
        yield from ("", "## The cadences", "")
        yield from self.cadences()
        for life in lives:
            yield from ("", f"## {life.character.title}", "", WHO[life.character.name], "")
            yield from self.story(life)
        yield from ("", CHANGES)
        yield from ("## When a run may stop without a next", "")
        yield "Nobody is forgotten: who did not buy goes on in nurture, who said no rests and is approached again, who bought is cared for. A run ends for good only because:"
        yield ""
        stops = self.labels("touch.enrollment", "stop_reason")
        yield from (f"- *{stops[code]}*. {words}" for code, words in sense.MAY_END.items())
        yield from ("", "## What an outcome does", "")
        yield "*Counts*: the touch was made; it goes into number and rhythm, and its reason is used. *Client reached*: somebody was spoken to, met, or answered."
        yield ""
        yield from self.outcomes()


def main(env):
    """Print the page."""
    env = env(context={**env.context, "mail_create_nosubscribe": True})
    lives = [life for life, *_told in diary.live(env, characters.SHIPPED, DAYS)]
    print("\n".join(Page(env).lines(lives)))
