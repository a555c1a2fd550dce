import functools
import logging
import operator
import re
from datetime import date

from odoo import api, fields, models, tools
from odoo.exceptions import MissingError, UserError
from odoo.tools import format_date

from ...method.desk import numbering, placeholders
from ...method.why import CHANNEL, DAY, ITEM, KINDS, NEXT_STEP, OBSTACLE, PLAIN, PURPOSE, REASON, TEMPERATURE, inside
from ..base.rooms import shared

_logger = logging.getLogger(__name__)

# codes that carry what somebody wrote in his own words, or what an error says
FREE_TEXT = {"noted", "error"}
UNKNOWN = "?"
# characters of a code without a sentence that are shown
CODE_LENGTH = 60


@functools.cache
def _names(sentence):
    """:return: names of the values that a sentence names"""
    return re.findall(r"%\((\w+)\)s", sentence)


class TouchWords(models.AbstractModel):
    """Turns the codes of a decision into sentences, in the reader's language (invariant 10). No other place does this."""

    _name = "touch.words"
    _description = "Words for Touch Decisions"

    @shared
    @api.model
    def _store(self, why):
        """:return: ``why`` as a value for a Json field"""
        return [
            [code, {name: str(value) if isinstance(value, date) else value for name, value in values.items()}] for code, values in why
        ] or None

    @shared
    @api.model
    def _say(self, why):
        """:param why: codes with their values, as the method gives them or as :meth:`_store` kept them
        :return: the sentences, in the user's language; empty for nothing"""
        return " ".join(self._sentence(*each) for each in self._pairs(why))

    @shared
    @api.model
    def _pairs(self, why):
        """:return: what was kept as codes with values, as such; what is none, from a row that somebody planted, is logged and left out"""
        if not isinstance(why or [], list | tuple):
            _logger.warning("No why at all: %.200r", why)
            return []
        pairs = [
            each
            for each in why or ()
            if isinstance(each, list | tuple) and len(each) == 2 and isinstance(each[0], str) and isinstance(each[1], dict)
        ]
        if len(pairs) < len(why or ()):
            _logger.warning("Not all of this is a why: %.200r", why)
        return pairs

    @api.model
    def _sentence(self, code, values):
        """:return: the sentence of a code, with its values. What it names and what is missing is a question mark: one old row must not break
        a list."""
        sentence = self._sentences().get(code)
        if code == "nth" and self._is_beyond(values):
            sentence = self.env._("Touch %(number)s.")
        if sentence is None:
            _logger.warning("There is no sentence for %.200r.", code)
            return code[:CODE_LENGTH]
        said = {}
        for name in _names(sentence):
            try:
                said[name] = self._word(self._kinds()[name], values[name])
            except (KeyError, TypeError, ValueError, MissingError):
                _logger.warning("The sentence of %r needs %r, and has %r.", code, name, values)
                said[name] = UNKNOWN
        return sentence % said

    @api.model
    def _is_beyond(self, values):
        """:return: whether the touch goes on beyond its target, which is not told then"""
        number, target = values.get("number"), values.get("target")
        return type(number) is int and type(target) is int and not numbering.is_of_target(number, target)

    @api.model
    def _kinds(self):
        """:return: {name of a value: what it is}; other addons add those that their sentences name"""
        return KINDS

    @api.model
    def _word(self, kind, value):
        """:param kind: what the value is, of ``method.why``
        :return: the value as a sentence says it: days in the user's format, names for channels, purposes, temperatures and reasons
        :raise KeyError, TypeError, ValueError, MissingError: for a value that is none of its kind"""
        if kind == DAY:
            return format_date(self.env, fields.Date.to_date(value)) or UNKNOWN
        if kind == NEXT_STEP:
            # sudo: as a reason's name. A meeting of the calendar names no step
            name = value and self.env["touch.next.step"].sudo().browse(operator.index(value)).name
            return inside(name) if name else self.env._("appointment")
        if kind == OBSTACLE:
            # sudo: as a next step's name. Who names no obstacle names a day
            name = value and self.env["touch.obstacle"].sudo().browse(operator.index(value)).name
            return inside(name) if name else self.env._("not now")
        if kind == ITEM:
            # sudo: named in the touch that may be read
            return self.env["touch.item"].sudo().browse(operator.index(value)).name or UNKNOWN
        if kind == REASON:
            # sudo: a reason's name may be read with the touch that it carries
            return self.env["touch.reason"].sudo().browse(operator.index(value)).name or UNKNOWN
        return self._labels()[kind][value] if kind != PLAIN else value

    @api.model
    @tools.ormcache("self.env.lang")
    def _labels(self):
        """:return: {kind: {value: its name inside a sentence}}"""
        fields_ = {CHANNEL: ("touch.touch", "channel"), PURPOSE: ("touch.touch", "purpose"), TEMPERATURE: ("crm.lead", "temperature")}
        return {
            kind: {value: inside(name) for value, name in self.env[model]._fields[field]._description_selection(self.env)}
            for kind, (model, field) in fields_.items()
        }

    @shared
    @api.model
    def _without_free_text(self, why):
        """:return: ``why`` without what somebody wrote in his own words"""
        return [(code, values) for code, values in self._pairs(why) if code not in FREE_TEXT]

    @api.model
    @tools.ormcache("self.env.lang")
    def _sentences(self):
        """:return: {code: sentence with named placeholders}; other addons add the codes of their own decisions"""
        return {
            # why a touch
            "nth": self.env._("Touch %(number)s of %(target)s."),
            "hot_at_once": self.env._("The client is hot: close at once, without warming first."),
            "hot_next_day": self.env._("The client is hot: close on %(date)s, the first day on which it can be done."),
            "hot": self.env._("The client is hot: close."),
            "warmed_again": self.env._(
                "Three closing touches brought no yes: warming again, %(warming)s of %(rhythm)s touches done before the next closing one."
            ),
            "agreed": self.env._("Agreed with the client: %(next_step)s on %(date)s. Other touches wait for it."),
            "confirms": self.env._("Agreed with the client: %(next_step)s on %(date)s. It is confirmed on the working day before."),
            "booked": self.env._("An expert is booked for %(date)s. Other touches wait for it."),
            "asks_whether": self.env._("An expert is booked for %(date)s, and the client has not agreed to it yet: ask whether it suits."),
            "asks_after": self.env._(
                "Agreed with the client: %(next_step)s on %(date)s. On the working day after it, ask what came of it."
            ),
            "closing_ready": self.env._("Closing: need, wish, money and authority are there."),
            "closing_kept": self.env._("Closing: the client has just come a step nearer, so ask for the next one."),
            "closing_interest": self.env._("Closing: the client was interested in what was asked, so settle it."),
            "closing_rhythm": self.env._("Closing: %(warming)s warming touches came before it."),
            "closing_step": self.env._("Closing: the step says so, and no closing touch came before."),
            "closing_too_early": self.env._(
                "Warming, although the step says closing: only %(warming)s of %(rhythm)s warming touches were made since the last "
                "closing one."
            ),
            "warming_step": self.env._("Warming, as the step says."),
            "warming_rhythm": self.env._("Warming: %(warming)s of %(rhythm)s touches done before the next closing one."),
            "channel_step": self.env._("By %(channel)s, as the step says."),
            "asks_too_early": self.env._(
                "Warming: it is too early to ask for the %(planned)s that the step names, after only %(warming)s of %(rhythm)s warming "
                "touches since the last closing one."
            ),
            "asks_for": self.env._("The step names a %(planned)s. The client agrees to it first: this touch asks for it."),
            "channel_turn": self.env._("By %(channel)s: its turn has come among the open channels."),
            "channel_answers": self.env._("By %(channel)s: of the channels whose turn it is, the client answers this one most."),
            "channel_quick": self.env._("By %(channel)s: it goes where the client can answer, talking first."),
            "channel_two_way": self.env._("By %(channel)s: it goes where the client can answer."),
            "channel_only": self.env._("By %(channel)s: no other channel is open for this client."),
            "channel_again": self.env._("By %(channel)s once more: no reason is left for the other open channels."),
            "channel_one_way": self.env._("By %(channel)s instead of %(planned)s: a closing touch goes where the client can answer."),
            "channel_row": self.env._("By %(channel)s: the last two touches already went by %(planned)s."),
            "channel_silent": self.env._(
                "By %(channel)s: %(tries)s tries by %(planned)s brought no answer, so it is used only once a quarter."
            ),
            "channel_closed": self.env._(
                "By %(channel)s: %(planned)s is closed for this client. No address or number works, or the client wants none."
            ),
            "channel_without_reason": self.env._("By %(channel)s, because no reason is left for %(planned)s."),
            "channel_campaign": self.env._("By %(channel)s, as the campaign asks."),
            "paper": self.env._("On paper: large companies and older clients also get letters and cards."),
            "ask_address": self.env._("Ask for the postal address: this client should also get letters or cards, and no address is known."),
            "birthday": self.env._("Birthday on %(date)s."),
            "holiday": self.env._("Official holiday on %(date)s."),
            "campaign_day": self.env._("Brought forward to %(date)s for the campaign."),
            "away": self.env._("The client is away until %(date)s."),
            "wished_holiday": self.env._("Nobody is contacted on the official holiday itself."),
            "day_full": self.env._("The days before are full."),
            "tried_again": self.env._("Nobody was reached at the last try: it is repeated soon, at another hour."),
            "stand_in": self.env._("The salesperson is on leave that day: the substitute makes it."),
            "moved_full": self.env._("Moved %(moves)s time(s), because the day was full."),
            "after_reply": self.env._("They wrote or called on %(date)s: the days after it are kept free for the conversation."),
            "min_gap": self.env._("At least %(days)s days lie between two touches or mails."),
            "come_back": self.env._("They said on %(date)s: %(obstacle)s, come back on %(back)s. Other touches wait for it."),
            "arrived": self.env._("They have waited for it since %(date)s: %(item)s. They are told first that it has arrived."),
            "hand_over": self.env._("Handed over: %(touches)s touches by the same salesperson brought no progress."),
            "hand_over_hot": self.env._("Handed over: the client is hot, and a colleague who is good at closing takes over."),
            "handed_by": self.env._("%(user)s handed the client over."),
            "reason": self.env._("Reason: %(reason)s."),
            "reason_step": self.env._("Reason: %(reason)s, as the step says."),
            "reason_instead": self.env._("Not “%(reason)s”, which the step names: it does not suit this client now, or was told before."),
            "with_expert": self.env._("Together with the expert."),
            "expert_missing": self.env._("An expert should come along, and none is booked yet."),
            "by_hand": self.env._("The salesperson planned it, for a reason of their own."),
            # why no touch now
            "planned_later": self.env._("Touch %(number)s is planned for %(date)s and appears a few working days before."),
            "resting": self.env._("Resting until %(date)s."),
            "begins_on": self.env._("It begins on %(date)s: the first touches were spread over several days."),
            "waiting": self.env._("Waiting: another enrolment works this client now. This one begins when that is over."),
            "gave_way": self.env._(
                "Waiting while a deal of this client is worked in cadence “%(cadence)s”. It continues when that is over."
            ),
            "paused": self.env._("Paused: no touches until it is resumed."),
            "paused_until": self.env._("Paused until %(date)s."),
            "noted": self.env._("“%(note)s”"),
            "duplicate": self.env._("Another deal or contact of the same person is worked instead."),
            "ours": self.env._("Your own company and its users are no clients."),
            "raced": self.env._("Someone else planned for this client at the same moment; the planner tries again shortly."),
            "blocked": self.env._("Blocked by an error. Fix what it says, then resume."),
            "blocked_until": self.env._(
                "Blocked by an error: fix what it says. The planner tries again on %(date)s at the latest, or when you resume."
            ),
            "error": self.env._("The planner failed here: “%(error)s”."),
            "no_rep": self.env._("Nobody is responsible: set a salesperson, a team leader, or the cadence's fallback."),
            "no_working_day": self.env._("No working day was found for the calendar and the salesperson."),
            "channels_off": self.env._(
                "Every channel that could reach this client is switched off: switch one on under Channels, and planning continues."
            ),
            "no_way_open": self.env._("No other way to the client is open: enter another address or number."),
            "no_reason": self.env._(
                "No unused reason is left for a %(purpose)s touch: add a reason, or open an existing one to more clients."
            ),
            "keep": self.env._("The planned touch stays."),
            # why no touch by hand
            "hand_channel": self.env._(
                "No number or address is known by which this client may get a touch by %(channel)s: enter it on the client, or choose another channel."
            ),
            "hand_agreed": self.env._(
                "A touch by %(channel)s has to be agreed with the client first: plan a call that asks for it, and choose “Next step agreed”."
            ),
            "hand_hot": self.env._("The client is hot: plan a closing touch."),
            "hand_day": self.env._("Nobody can touch this client on %(date)s. The first day after it is %(back)s."),
            # why it stands where it stands on the desk
            "queue_answered": self.env._("Waits for an answer."),
            "queue_hot": self.env._("Hot."),
            "queue_closing": self.env._("Closing."),
            "queue_overdue": self.env._("%(days)s day(s) overdue."),
            "queue_high": self.env._("High potential."),
            "card_broken": self.env._("Some details cannot be shown here, but you can make the touch. Tell your manager: “%(error)s”."),
            # what a text lacks for this client
            "lacks_text": self.env._("There is no text for this %(channel)s: write it yourself."),
            "lacks_paper": self.env._("There is no text for this %(channel)s: it has a short greeting."),
            "lacks_name": self.env._("No name is known: the text begins with “Good day”."),
            "lacks_person": self.env._("No person is known: the text says “Dear %(said)s”."),
            "lacks_first_name": self.env._("No first name is known: the text says “%(said)s”."),
            "lacks_company": self.env._("No company is known: the text says “%(said)s”."),
            "lacks_what_we_do": self.env._(
                "Nobody has written yet what your company does: a sales manager says it in the settings for touches."
            ),
            "lacks_new": self.env._("The client got this very text on %(date)s: say it in other words."),
            "lacks_place": self.env._(
                "The text has a place for {{ %(place)s }}, and nothing is known to put there: read it before it goes out."
            ),
            # what comes of an outcome
            "nothing_follows": self.env._("Nothing follows."),
            "no_contact_follows": self.env._("The deal has no contact for a next cadence."),
            "then_temperature": self.env._("The client turns %(temperature)s."),
            "then_touch": self.env._("Next: %(date)s, %(channel)s, %(purpose)s."),
            "then_cadence": self.env._("Continues in “%(cadence)s”."),
            "then_rest": self.env._("Rests until %(date)s."),
            # what would change a plan
            "if_hot": self.env._("The client turns hot"),
            "if_cold": self.env._("The client turns cold"),
            "if_reply": self.env._("The client writes or calls today"),
            "if_channel_closed": self.env._("This channel is no longer open"),
            "if_low": self.env._("The potential is judged low"),
            "if_won": self.env._("The deal is won"),
            # why a stop
            "won": self.env._("The deal is won."),
            "bought": self.env._("The client bought."),
            "erased": self.env._("The client's data were erased."),
            "lost": self.env._("The deal is lost."),
            "refused": self.env._("The client said a clear no."),
            "refused_by_colleague": self.env._("Someone else at the client said a clear no."),
            "wrong_contact": self.env._(
                "It was the wrong contact: the cadence stops here, and the deal stays open. Enter the right contact, and enrol again."
            ),
            "moved": self.env._("The lead belongs to another company now."),
            "archived": self.env._("The client is archived."),
            "opt_out": self.env._("The client wants no contact."),
            "low_potential": self.env._("The client's potential is low: no touches are planned."),
            "no_channel": self.env._("The client cannot be reached: no number or address is known, or all are blacklisted or refused."),
            "superseded": self.env._("Another cadence works this client."),
            "stop_after": self.env._("%(tries)s tries brought no success."),
            "steps_done": self.env._("All steps are done after %(touches)s touches."),
            "campaign_over": self.env._("What the client was enrolled for is over."),
            "window_over": self.env._("The decision window of %(days)s days is over."),
            "turned_hot": self.env._("The client turned hot, and is asked for the next step elsewhere."),
            "lapsed": self.env._("The client has not bought for longer than usual."),
            "manual": self.env._("Stopped by hand."),
            "strategy": self.env._("The client moved to another strategy, because the potential changed."),
            "changed": self.env._("The client continues in cadence “%(cadence)s”."),
            "removed": self.env._("The lead or contact was removed."),
            "merged": self.env._("The client was merged with one that is being worked."),
            # why a temperature moved
            "warm_hand": self.env._("Set by hand."),
            "warm_outcome": self.env._("Touch with outcome “%(outcome)s”."),
            "warm_ticks": self.env._("The client wants it now, has the money and knows what: need, wish and money are ticked."),
            "warm_window_over": self.env._("The decision window is over, and the client did not buy."),
            "warm_stop_after": self.env._("So many tries brought no yes."),
            "warm_silence": self.env._("No response for %(days)s days."),
            "warm_merged": self.env._("Merged with a warmer record of the same client."),
            "warm_bought": self.env._("The client bought, and so knows us."),
            # why a potential
            "judged_majority": self.env._("By majority: %(low)s low, %(standard)s standard, %(high)s high."),
            "judged_tie": self.env._("No majority, so standard: %(low)s low, %(standard)s standard, %(high)s high."),
            "judged_any_low": self.env._("One low answer is enough: %(low)s low, %(standard)s standard, %(high)s high."),
            "judged_weights": self.env._("By weights: %(points)s of %(most)s points."),
            "judged_hand": self.env._("By hand: %(note)s"),
            # why a client is not enrolled
            "cadence_archived": self.env._("Cadence “%(cadence)s” is archived."),
            "cadence_empty": self.env._("Cadence “%(cadence)s” has no steps yet."),
            "other_company": self.env._("The cadence belongs to company %(company)s."),
            "enrolled_already": self.env._("Already enrolled in cadence “%(cadence)s”."),
            "waits_already": self.env._("Already waiting in cadence “%(cadence)s”."),
            "comes_next": self.env._("Begins when cadence “%(cadence)s” is over for this client."),
            "comes_after_rest": self.env._("Begins on %(date)s, when the rest is over."),
            "enrolled_with": self.env._("Another record of the same client is enrolled: one person of a company is worked at a time."),
            # why a client is left out of an act
            "not_enrolled": self.env._("Not in a cadence."),
            "wrong_state": self.env._("Not possible while it is “%(state)s”."),
            "not_yours": self.env._("This is a colleague's client: you may not change it."),
            "theirs_already": self.env._("%(user)s already works this client."),
            "closed_company": self.env._("%(user)s does not work in %(company)s."),
            "nobody_free": self.env._("Nobody in the team is free to take this client over."),
            "closed": self.env._("You have no access to it."),
            "no_contact": self.env._("There is no contact to save the answer with: set one first."),
            "touch_over": self.env._("It is already over."),
            "failed": self.env._("It failed: %(error)s"),
            # what is wrong with a filter that a person wrote
            "filter_nobody": self.env._("The author of the filter is no longer known: save it again."),
            "filter_archived": self.env._("%(user)s wrote the filter and is archived: somebody else must save it again."),
            "filter_rights": self.env._("%(user)s wrote the filter and may not edit it any more: somebody else must save it again."),
            "filter_unknown": self.env._("%(model)s has no field “%(field)s”."),
            "filter_field": self.env._("%(user)s wrote the filter and may not read the field “%(field)s” of %(model)s."),
            "filter_model": self.env._("%(user)s wrote the filter and may not read %(model)s, to which “%(field)s” leads."),
            "filter_unsearchable": self.env._("The field “%(field)s” of %(model)s cannot be searched."),
            "filter_broken": self.env._("The filter cannot be read: %(error)s"),
            "reason_aside": self.env._("The reason is suspended: no touch uses it until its filter is fixed."),
            "rule_stopped": self.env._("The rule enrols nobody until it is fixed."),
            "rule_left_out": self.env._("The rule could not enrol %(count)s client(s). %(client)s: %(error)s"),
            # what a manager should know of a plan
            "plan_empty": self.env._("There are no steps yet: nobody can be enrolled."),
            "plan_follow_archived": self.env._("The next cadence cannot begin: “%(cadence)s” is archived."),
            "plan_follow_empty": self.env._("The next cadence cannot begin: “%(cadence)s” has no steps."),
            "plan_follow_foreign": self.env._("The next cadence cannot begin: “%(cadence)s” belongs to company %(company)s."),
            "plan_closing_near": self.env._(
                "Closing touches %(first)s and %(second)s have only %(warming)s warming touches between them: the rhythm is %(rhythm)s. "
                "Touch %(second)s will be warming."
            ),
            "plan_closing_turns": self.env._(
                "Touch %(second)s is set to closing, but will be warming: only %(warming)s warming touches lie between it and closing "
                "touch %(first)s, and the rhythm is %(rhythm)s."
            ),
            "plan_asking_early": self.env._(
                "Touch %(second)s names a meeting, but will be warming and will not ask for it: only %(warming)s warming touches lie "
                "between it and closing touch %(first)s, and the rhythm is %(rhythm)s."
            ),
            "plan_never_reached": self.env._(
                "Step %(step)s repeats until the cadence ends: the %(count)s step(s) after it are never reached."
            ),
            "plan_stops_before": self.env._(
                "The cadence ends after %(tries)s tries, and the plan has %(touches)s touches: the later ones are not made."
            ),
            "plan_behind_window": self.env._(
                "Touch %(number)s (about %(day)s days after the start) and all later ones are not made: the decision window ends after "
                "%(days)s days."
            ),
            "plan_no_closing": self.env._("The plan has no closing touch: clients are never asked for the next step."),
            "plan_few_touches": self.env._("The plan has %(touches)s touch(es): a deal usually takes %(target)s."),
            "plan_channel_row": self.env._(
                "Touches %(first)s to %(last)s all name %(channel)s: after two in a row, another open channel is used. Change channels, "
                "because people take things in by ear, by eye and on paper."
            ),
            "plan_channel_stays": self.env._(
                "All touches from number %(first)s on name %(channel)s: after two in a row, another open channel is used. Leave the "
                "channel empty, and channels take turns."
            ),
        }

    @shared
    @api.model
    def _check_places(self, name, text):
        """:param name: of what the text belongs to
        :param text: HTML that may name the client's data
        :raise UserError: for a place that cannot be filled in
        """
        strange = placeholders.unknown(text or "")
        if strange:
            raise UserError(
                self.env._(
                    "“%(name)s” contains {{ %(place)s }}, which cannot be filled in. You can use, in plain text: %(places)s.",
                    name=name,
                    place=strange[0],
                    places=", ".join(placeholders.PLACEHOLDERS),
                )
            )

    @shared
    @api.model
    def _rules(self):
        """:return: {code: the rule of the method behind it}, for who asks why; other addons add those of their own decisions"""
        seven = self.env._("Most clients buy after seven touches, and most salespeople give up before.")
        rhythm = self.env._("Several warming touches, which ask for nothing, come before a closing touch.")
        hot = self.env._("A hot client is asked for the next step at once.")
        turns = self.env._("Channels take turns between ear, eye, web and paper: what was not addressed for the longest time comes next.")
        ways = self.env._("Touches go by channels that are open for the client, and for which a reason is left.")
        row = self.env._("No channel is used more than twice in a row while another one is open.")
        answer = self.env._("A closing touch asks for an answer, so it goes where the client can answer: by talking, else in writing.")
        meeting = self.env._("A meeting is agreed, not planned: a closing touch asks for it.")
        paper = self.env._("Large companies and older clients get some touches on paper.")
        step = self.env._(
            "A step that was agreed has a day: other touches wait for it, a meeting is confirmed before, and it is asked what came of it. Whoever "
            "kept it is asked for the next step."
        )
        news = self.env._(
            "Every touch has a new reason. No reason is used twice for one client, except a next step that is asked for again."
        )
        rest = self.env._("Clients get time: after a reply, between two touches, and when a day is full.")
        expert = self.env._("Large deals are worked together with an expert.")
        return {
            "nth": seven,
            "hot": hot,
            "hot_at_once": hot,
            "hot_next_day": hot,
            "warmed_again": self.env._("Nobody is asked more than three times in a row without a yes: warming touches come between."),
            **dict.fromkeys(("agreed", "booked", "confirms", "asks_whether", "asks_after", "closing_kept", "closing_interest"), step),
            "come_back": self.env._("Who says “not now” is touched again on the day that was agreed, about what stood in the way."),
            "arrived": self.env._("Who waits for an item is told first that it has arrived."),
            "by_hand": self.env._("News of the client is a reason, too: salespeople may plan a touch by hand."),
            "hand_over_hot": hot,
            **dict.fromkeys(("closing_rhythm", "closing_step", "closing_too_early", "warming_rhythm", "warming_step"), rhythm),
            "closing_ready": self.env._("Who has need, wish, money and authority can decide, and is asked for the next step."),
            **dict.fromkeys(("channel_turn", "channel_answers"), turns),
            **dict.fromkeys(("channel_step", "channel_only", "channel_closed", "channel_without_reason"), ways),
            **dict.fromkeys(("channel_row", "channel_again"), row),
            **dict.fromkeys(("channel_quick", "channel_two_way", "channel_one_way"), answer),
            **dict.fromkeys(("asks_for", "asks_too_early"), meeting),
            "channel_silent": self.env._("A channel that the client does not answer six times in a row is used once a quarter."),
            "channel_campaign": self.env._("A campaign goes by its own channels."),
            **dict.fromkeys(("paper", "ask_address"), paper),
            **dict.fromkeys(("reason", "reason_step", "reason_instead", "birthday", "holiday", "campaign_day"), news),
            **dict.fromkeys(
                ("day_full", "moved_full", "after_reply", "min_gap", "away", "stand_in", "wished_holiday", "tried_again"), rest
            ),
            **dict.fromkeys(("with_expert", "expert_missing"), expert),
        }

    @shared
    @api.model
    def _say_facts(self, facts):
        """:param facts: of ``method.plan.facts``
        :return: the facts that a decision looked at, as a list of ``label`` and ``value``"""
        none = self.env._("none")
        channels = dict(self.env["touch.touch"]._fields["channel"]._description_selection(self.env))
        lead = self.env["crm.lead"]._fields
        day = lambda value: format_date(self.env, value) if value else none  # noqa: E731 - one word for one column
        past = facts.history
        rows = [
            (self.env._("Temperature"), dict(lead["temperature"]._description_selection(self.env))[facts.temperature]),
            (
                self.env._("Potential"),
                dict(lead["potential"]._description_selection(self.env)).get(facts.potential, self.env._("not judged yet")),
            ),
            (self.env._("Touches in this enrolment"), self.env._("%(made)s of %(target)s", made=past.number, target=facts.cadence.target)),
            (
                self.env._("Warming touches since the last closing touch"),
                self.env._("%(made)s of %(target)s", made=past.warming, target=facts.cadence.rhythm),
            ),
            (self.env._("Last touch that reached the client"), day(past.last_contact)),
            (self.env._("Last contact from the client"), day(past.last_reply)),
            (self.env._("Open channels"), ", ".join(channels[one] for one in facts.channel_order if one in facts.ways) or none),
            (self.env._("In this cadence since"), day(facts.started)),
        ]
        return [{"label": label, "value": value} for label, value in rows]
