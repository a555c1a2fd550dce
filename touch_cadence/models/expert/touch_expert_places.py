import logging
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime, format_time

from ...method.expert import experts as method_experts
from ..background.touch_background import LOST_RACES
from ..base.inside import INSIDE
from ..base.rooms import shared
from ..base.system import as_system
from .touch_expert import aware

_logger = logging.getLogger(__name__)
# weeks that are looked ahead to tell who waits when his turn will come
WEEKS_EXPECTED = 26
# times among which people choose, and among which they choose a day first
PLACES_OFFERED = 24
PLACES_ASKED = 200


def _local(expert, start):
    return aware(start).astimezone(expert._zone())


def _place_key(expert, start):
    return f"{expert.id} {start:%Y-%m-%d %H:%M}"


class TouchExpertBooking(models.Model):
    """Places: who is given which."""

    _inherit = "touch.expert.booking"

    def _requests(self):
        return [
            method_experts.Request(
                id=booking.id,
                asked=aware(booking.asked),
                priority=booking.priority,
                skill=booking.skill_id.id or None,
                without=frozenset(booking.declined_expert_ids.ids),
                rep=booking.user_id.id,
                day=booking._agreed_day(),
            )
            for booking in self
        ]

    def _agreed_day(self):
        """:return: the day on which the client agreed to meet, if it lies ahead; None for none"""
        ahead = self.client_agreed and self.agreed_date and self.agreed_date >= self.company_id._touch_today()
        return self.agreed_date if ahead else None

    def _places(self, experts, company, weeks):
        """:return: {booking id: place} for those of ``self`` who find one within so many weeks"""
        now = aware(fields.Datetime.now())
        until = now + timedelta(weeks=weeks)
        known, busy_reps = experts._method_experts(now, until, self.user_id)
        return method_experts.assign(self._requests(), known, now + timedelta(hours=company.touch_expert_notice), until, busy_reps)

    def _free_places(self, most=PLACES_OFFERED):
        """:param most: how many; None: all
        :return: list of (expert, start, stop) to choose from: where this booking, also one that is not made yet, could take place (R39). What is
        agreed goes before: who waits has been given a place already, where there was one"""
        now = aware(fields.Datetime.now())
        company = self.company_id
        until = now + timedelta(weeks=company.touch_expert_weeks)
        experts = self.env["touch.expert"].search([("company_id", "=", company.id)], order="id")
        known, busy = experts._method_experts(now, until, self.user_id, without=self._origin)
        not_before = now + timedelta(hours=company.touch_expert_notice)
        found = method_experts.free_places(self._requests()[0], known, not_before, until, busy.get(self.user_id.id, ()))
        found = (one for one in found if not (self.expert_id.id == one.expert and aware(self.start) == one.span.start))
        return [(experts.browse(one.expert), *(moment.replace(tzinfo=None) for moment in one.span)) for one in islice(found, most)]

    @shared
    def _selection_of_places(self):
        """:return: those of :meth:`_free_places` as a field of choices offers them, on the reader's clock"""
        return [(_place_key(expert, start), self._place_told(expert, start)) for expert, start, _stop in self._free_places()]

    def _places_offered(self):
        """:return: free times with their days and hours on the reader's clock, as ``touch.touch.places`` tells them"""
        places = self._as_system()._free_places(PLACES_ASKED)
        result = []
        for expert, start, _stop in places:
            local = fields.Datetime.context_timestamp(self, start)
            hour = format_time(self.env, local.time(), time_format="short")
            result.append(
                {
                    "key": _place_key(expert, start),
                    "day": fields.Date.to_string(local.date()),
                    "hour": hour,
                    "name": f"{hour} · {expert.name}",
                }
            )
        return result

    @shared
    def _place_told(self, expert=None, start=None):
        """:return: when the meeting is, by the reader's clock, and who comes; the booking's own place, or another"""
        start, expert = start or self.start, expert or self.expert_id
        return f"{format_datetime(self.env, start, dt_format='EEE d MMM, HH:mm')} · {expert.name}"

    def _first_place(self):
        """:return: the key of the place that this booking, which is not made yet, would be given if it asked now; empty for none"""
        experts = self.env["touch.expert"].search([("company_id", "=", self.company_id.id)], order="id")
        found = self._places(experts, self.company_id, self.company_id.touch_expert_weeks)
        place = found.get(self.id)
        return _place_key(experts.browse(place.expert), place.span.start.replace(tzinfo=None)) if place else ""

    def _take_asked(self, place=None, agreed=False):
        """Bookings that have just been asked for get their places.

        :param place: the key of the one that was chosen, None for the first that is free
        :param agreed: the clients agreed to it
        :raise UserError: if it is not free any more
        """
        if not place:
            if agreed:
                self.client_agreed = True
            self._assign_soon()
            return
        for booking in self:  # who chooses a time chooses it for one deal
            expert, start, stop = booking._chosen_place(place)
            if agreed:
                booking.write({"client_agreed": True, "agreed_date": _local(expert, start).date()})
            booking._book(expert, start, stop)

    def _chosen_place(self, key):
        """:return: (expert, start, stop) of the place that somebody chose; nobody gives it to another deal before this transaction ends
        :raise UserError: if it is not free any more"""
        self._lock_experts(self.env["touch.expert"].search([("company_id", "=", self.company_id.id)]))
        for place in self._free_places():
            if _place_key(*place[:2]) == key:
                return place
        raise UserError(self.env._("That time is not free any more for “%(deal)s”: choose another.", deal=self.lead_name))

    @api.model
    def _assign_soon(self):
        """Give places now where nobody else is at it, else a moment later, by the cron."""
        every = self._as_system()
        for company in every.search(self._waiting_for_expert()).company_id:
            try:
                with self.env.cr.savepoint():
                    every._assign(company)
            except LOST_RACES as error:
                _logger.info("expert bookings are left to the cron: %s", error)
                self.env.invalidate_all()
                cron = every.env.ref("touch_cadence.ir_cron_assign_experts", raise_if_not_found=False)
                if cron:
                    cron._trigger()

    @api.model
    def _assign(self, company, patient=False):
        """Give all who wait for an expert of ``company`` their places, in their order.

        :param patient: wait for who is at it

        :raise LockNotAvailable, SerializationFailure: while, or after, another transaction gave places that this one cannot see
        """
        waiting = self.search(self._waiting_for_expert() & Domain("company_id", "=", company.id))
        experts = self.env["touch.expert"].search([("company_id", "=", company.id)], order="id")
        if not waiting or not experts:
            return
        self._lock_experts(experts, patient)
        places = waiting._places(experts, company, company.touch_expert_weeks)
        for booking in waiting.browse(request.id for request in method_experts.in_order(waiting._requests()) if request.id in places):
            place = places[booking.id]  # each has a slot and a meeting of its own
            booking._book(self.env["touch.expert"].browse(place.expert), *(moment.replace(tzinfo=None) for moment in place.span))

    @api.model
    def _lock_experts(self, experts, patient=False):
        """Nobody else gives places with these people until this transaction ends.

        :param patient: wait for who is at it

        :raise LockNotAvailable, SerializationFailure: while, or after, another transaction gave places that this one cannot see
        """
        # who wrote a booking counted a turn: a row that changed since this transaction began cannot be locked in it. The same person may
        # be an expert of several companies
        # SQL: a lock, by ids of records; reached by whoever asks for an expert, and tells nothing
        self.env.cr.execute(
            SQL(
                "SELECT id FROM touch_expert WHERE user_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE %s",
                experts.user_id.ids,
                SQL() if patient else SQL("NOWAIT"),
            )
        )

    def _take_place(self, expert, start, stop):
        """Write the place down, and count a turn of whoever gives or loses the time.

        :return: the contact whom the invitation names, empty for none
        """
        day = _local(expert, start).date()
        known = self._agreed_days()
        if known and day not in known:
            # whoever agreed to another day is asked again, unless he said it himself
            agreed = self.client_agreed and self.agreed_date in (False, day)
            self.env["touch.touch"]._move_agreed(known, day if agreed else False, deals=self.lead_id)
        users = (self.expert_id | expert).user_id
        self.env["touch.expert"].with_context(active_test=False).search([("user_id", "in", users.ids)])._count_turn()
        self.write(
            {"state": "booked", "expert_id": expert.id, "start": start, "stop": stop, "hours": (stop - start).total_seconds() / 3600}
        )
        return self._client_to_invite()

    def _forget_clients_word(self):
        """The meeting is at a time to which the client has not agreed: what was agreed holds no more."""
        self.env["touch.touch"]._move_agreed(self._agreed_days(), False, deals=self.lead_id)
        self.write({"client_agreed": False, "agreed_date": False})

    def _agreed_days(self):
        """:return: the days on which the meeting was to be until now"""
        return {self.agreed_date, self.start and _local(self.expert_id, self.start).date()} - {False}

    def _book(self, expert, start, stop):
        """The booking takes its place, and both sides learn of it."""
        self.ensure_one()
        client = self._take_place(expert, start, stop)
        # rep and expert are told below, in one message with the why
        events = self.env["calendar.event"].with_context(no_mail_to_attendees=True, mail_create_nolog=True, touch_booking=INSIDE)
        self.event_id = events.create(
            {
                "name": self._meeting_name(expert, client),
                "start": start,
                "stop": stop,
                "user_id": (self.user_id or expert.user_id).id,
                "partner_ids": [fields.Command.set(((self.user_id | expert.user_id).partner_id | client).ids)],
                "opportunity_id": self.lead_id.id,
                "show_as": "busy",
            }
        )
        if was := self.moved_from:
            self.moved_from = False
            self._tell(lambda one: one.env._("Meeting with the expert moved"), lambda one: one._moved_text(was))
        else:
            self._tell(lambda one: one.env._("Expert booked"), lambda one: one._booked_text())
        self._invite(client)
        self.lead_id._touch_expert_changed()

    def _move(self, expert, start, stop):
        """The booking, and its meeting with all that stands in it, take place at another time, or with another expert."""
        self.ensure_one()
        before, invited, was = self.expert_id.user_id, self.lead_id.partner_id & self.event_id.partner_ids, self.start
        client = self._take_place(expert, start, stop)
        if invited - client:
            self._tell_client_is_out()
        people = (self.user_id | expert.user_id).partner_id | client
        self.event_id.with_context(touch_booking=INSIDE, no_mail_to_attendees=True).write(
            {
                "name": self._meeting_name(expert, client),
                "start": start,
                "stop": stop,
                "user_id": (self.user_id or expert.user_id).id,
                "partner_ids": [
                    *(fields.Command.unlink(one) for one in ((before.partner_id | invited) - people).ids),
                    *(fields.Command.link(one) for one in people.ids),
                ],
            }
        )
        self._tell_who_left(before)
        self._tell(lambda one: one.env._("Meeting with the expert moved"), lambda one: one._moved_text(was))
        self._invite(client)
        self.lead_id._touch_expert_changed()

    def _tell_who_left(self, before):
        """:param before: the user of the expert who was booked until now: he learns that another comes, or that the deal waits"""
        for user in before - self.expert_id.user_id - self.env.user:
            local = self.with_context(lang=user.lang)
            if self.state == "booked":
                text = local.env._("%(expert)s helps with “%(deal)s” instead.", expert=self.expert_id.name, deal=self.lead_id.name)
            else:
                text = local.env._("“%(deal)s” waits for another time.", deal=self.lead_id.name)
            self.message_notify(partner_ids=user.partner_id.ids, subject=local.env._("Expert not needed"), body=text)

    def _client_to_invite(self):
        """:return: the contact who is in the invitation: who agreed to meet, on this very day where a day was agreed"""
        client = self.lead_id.partner_id
        return client if self._has_clients_word() and client.active else client.browse()

    def _has_clients_word(self):
        """:return: whether the client agreed to the day of the meeting"""
        return self.client_agreed and self.agreed_date in (False, _local(self.expert_id, self.start).date())

    def _meeting_name(self, expert, client):
        """:return: what the meeting is called; one that a client sees names people and firms, in the client's language, and nothing of the deal"""
        if not client:
            return self.env._("Meeting with %(expert)s: %(deal)s", expert=expert.user_id.name, deal=self.lead_id.name)
        local = self.with_context(lang=client.lang or self.env.lang)
        return local.env._(
            "%(client)s and %(company)s: meeting with %(expert)s",
            client=client.commercial_company_name or client.name,
            company=self.company_id.name,
            expert=expert.user_id.name,
        )

    def _invite(self, client):
        """Mail the client the invitation, as Odoo does for its meetings, where the company wants it: otherwise the salesperson tells the client."""
        if client and self.lead_id._touch_invites_client():
            template = self.env.ref("calendar.calendar_template_meeting_invitation", raise_if_not_found=False)
            attendees = self.event_id.attendee_ids.filtered(lambda one: one.partner_id == client)
            attendees.with_context(no_mail_to_attendees=False)._notify_attendees(template)

    def _client_agrees(self, day=None, place=None, moved=False):
        """The clients of these bookings have agreed to meet: an expert is booked, on that day where one has room.

        :param day: the day on which they meet, None where it is not known
        :param place: the key of the place to which they agreed, None where no hour is known
        :param moved: they had agreed before, and moved it: whoever is booked comes along, or others do; where nobody can, the booking waits
        """
        waiting = self.filtered(lambda one: one.state == "waiting")
        waiting.write({"client_agreed": True, "agreed_date": day or False})
        if place:
            for booking in waiting:  # hardly ever more than one
                booking._take_chosen(place)
        for booking in self.filtered(lambda one: one.state == "booked") - waiting:  # hardly ever more than one
            is_new = not booking.client_agreed or (place and not booking._has_clients_word())
            elsewhere = day and _local(booking.expert_id, booking.start).date() != day
            if place and place != _place_key(booking.expert_id, booking.start):
                booking._follow_to(day, place)
            elif elsewhere and (moved or is_new):
                booking._follow_to(day)
            elif is_new:
                booking.write({"client_agreed": True, "agreed_date": day or False})
                booking._add_client()
        if waiting:
            self._assign_soon()

    def _add_client(self):
        """The client is on the meeting, too, and is invited."""
        if client := self._client_to_invite():
            self.event_id.with_context(touch_booking=INSIDE, no_mail_to_attendees=True).write(
                {"name": self._meeting_name(self.expert_id, client), "partner_ids": [fields.Command.link(client.id)]}
            )
            self._invite(client)

    def _take_chosen(self, key):
        """A booking that waits takes the place that the client agreed to; where it is not free any more it is given one as all others are."""
        self._lock_experts(self.env["touch.expert"].search([("company_id", "=", self.company_id.id)]), patient=True)
        place = next((one for one in self._free_places(None) if _place_key(*one[:2]) == key), None)
        if place:
            self.agreed_date = _local(*place[:2]).date()
            self._book(*place)

    def _follow_to(self, day, key=None):
        """The client's meeting is on another day or at another hour now: the expert comes along where there is room, else another; where
        nobody can, the booking waits. Whoever was booked is told.

        An hour to which nobody agreed is told to the client first: he is not on the meeting until then.

        :param day: of the client's word
        :param key: of the place that the client agreed to; None, or one that is not free any more: the nearest of the day
        """
        known = _local(self.expert_id, self.start)
        free = self._free_places(None)
        place = next((one for one in free if _place_key(*one[:2]) == key), None)
        day = _local(*place[:2]).date() if place else day
        self.env["touch.touch"]._move_agreed(self._agreed_days() - {day}, day, deals=self.lead_id)
        self.write({"client_agreed": True, "agreed_date": day})

        def distance(one):
            """The same expert, and then an hour as near as can be to the one that the client knows."""
            then = _local(*one[:2])
            return one[0] != self.expert_id, abs((then.hour - known.hour) * 60 + then.minute - known.minute)

        if place is None:
            place = min((one for one in free if _local(*one[:2]).date() == day), key=distance, default=None)
            if place and (distance(place)[1] or key):
                self.client_agreed = False
        if place:
            self._move(*place)
            self._assign_soon()
        else:
            said = self.env._("The client moved the meeting to %(day)s, and no expert is free then.", day=format_date(self.env, day))
            self._back_to_waiting([("id", "=", self.id)], said)

    def _unbook(self, archive=False, **values):
        """The booking gives its place up; its meeting is taken off the calendars.

        :param archive: keep the meeting in the archive: somebody is still at it
        """
        events = self.event_id
        self._tell_client_is_out()
        self.expert_id._count_turn()
        for booking in self.filtered("start") if values.get("state") == "waiting" else ():  # hardly ever more than one
            booking.moved_from = booking.start
        self.write({"expert_id": False, "start": False, "stop": False, "hours": 0, "event_id": False, **values})
        events = events.with_context(touch_booking=INSIDE, no_mail_to_attendees=True)
        if archive:
            events.active = False
        else:
            events.unlink()
        self.lead_id._touch_expert_changed()

    def _tell_client_is_out(self):
        """The rep learns that a client was in a meeting that is taken off the calendars: no mail tells the client."""
        for booking in self.filtered(lambda one: one.lead_id.partner_id in one.event_id.partner_ids):  # hardly ever more than one
            client, user = booking.lead_id.partner_id, booking.user_id
            local = booking.with_context(lang=user.lang)
            text = local.env._(
                "%(client)s was invited to the meeting with the expert, which does not take place then: tell the client.",
                client=client.name,
            )
            booking.lead_id._message_log(body=text)
            if user and user != self.env.user:
                booking.message_notify(partner_ids=user.partner_id.ids, subject=local.env._("Client taken off the meeting"), body=text)

    def _follow_rep(self):
        """The deals have other salespeople now: they come to the meetings instead, or to others where they are busy then."""
        for booking in self.filtered(
            lambda one: one.lead_id.user_id and one.user_id != one.lead_id.user_id and not one._has_begun()
        ):  # hardly ever more than one
            before, booking.user_id = booking.user_id, booking.lead_id.user_id
            if booking.state == "booked" and (booking.user_id == booking.expert_user_id or booking._is_busy(booking.user_id)):
                self._back_to_waiting([("id", "=", booking.id)], self.env._("%(rep)s is busy at that time.", rep=booking.user_id.name))
            elif booking.event_id:
                booking.event_id.with_context(touch_booking=INSIDE, no_mail_to_attendees=True).write(
                    {
                        "user_id": booking.user_id.id,
                        "partner_ids": [
                            fields.Command.unlink(before.partner_id.id),
                            *(fields.Command.link(partner) for partner in (booking.user_id | booking.expert_user_id).partner_id.ids),
                        ],
                    }
                )
                booking._tell(lambda one: one.env._("Expert booked"), lambda one: one._booked_text())

    def _is_busy(self, user):
        """:return: whether something else than this booking is in the user's way then"""
        span = method_experts.Span(aware(self.start), aware(self.stop))
        return any(span.overlaps(other) for other in self.expert_id._busy(user, *span, without=self)[user.id])

    @shared
    def _cancel_because(self, reason, begun=False):
        """These are asked for no more; their slots go to the next. What the expert gave already stays his (R41).

        :param begun: also those whose hour has come: they did not take place
        """
        going = self.filtered(lambda one: begun or not one._has_begun())
        for booking in going:  # hardly ever more than one
            booking._tell(lambda one: one.env._("Expert not needed"), reason)
        if going:
            going._unbook(state="cancelled")
            self._assign_soon()

    @shared
    @api.model
    def _back_to_waiting(self, domain, reason):
        """Bookings that cannot stand go back to the waiting list, in their old order, and find another place where there is one."""
        bookings = self._search_if_used(Domain(domain) & Domain("state", "=", "booked") & Domain("start", ">", fields.Datetime.now()))
        for booking in bookings:  # few: those in one expert's leave
            booking._message_log(body=reason)
            booking.lead_id._message_log(body=reason)
        if bookings:
            before = {booking: booking.expert_id.user_id for booking in bookings}
            bookings._unbook(state="waiting")
            self._assign_soon()
            for booking, user in before.items():
                booking._tell_who_left(user)
            for booking in bookings.filtered(lambda one: one.state == "waiting"):
                booking._tell(lambda one: one.env._("Back on the waiting list"), reason)

    @api.model
    def _cron_assign(self):
        """Give places to those who wait: after a race, and when a week has come near."""
        system = as_system(self.env)
        bookings = system["touch.expert.booking"]
        system["touch.background"]._run_batches(bookings._search_if_used([("state", "=", "booked")]).expert_id._recheck)
        for company in bookings.search(self._waiting_for_expert()).company_id:
            system["touch.background"]._run_batches(lambda company=company: bookings._assign(company, patient=True))

    @api.depends("state", "priority", "asked", "after_agreement", "client_agreed")
    def _compute_turn(self):
        self.position, self.expected_date, self.waits_for = 0, False, False
        for company, bookings in self.filtered(lambda one: one.state == "waiting").grouped("company_id").items():
            waiting = self.search(self._waiting_for_expert() & Domain("company_id", "=", company.id))
            order = [request.id for request in method_experts.in_order(waiting._requests())]
            experts = self.env["touch.expert"].search([("company_id", "=", company.id)])
            places = waiting._places(experts, company, WEEKS_EXPECTED)
            for booking in bookings:
                booking.position = order.index(booking.id) + 1 if booking.id in order else 0
                place = places.get(booking.id)
                # naive UTC, as the ORM has it, on the reader's day
                booking.expected_date = place and fields.Datetime.context_timestamp(self, place.span.start.replace(tzinfo=None)).date()
                booking.waits_for = booking._say_waits_for(experts)

    def _say_waits_for(self, experts):
        """:param experts: those of the booking's company
        :return: a sentence on what must happen before an expert is booked"""
        if self._waits_for_client():
            return self.env._("The client has not agreed to meet yet: an expert is booked then.")
        at_work = experts.filtered(lambda one: one.hours_week > 0 and one.window_ids)
        able = at_work.filtered(lambda one: not self.skill_id or self.skill_id in one.skill_ids)
        if not at_work:
            return self.env._("No expert has hours and weekly windows: a sales manager sets them.")
        if not able:
            return self.env._("No expert has the skill “%(skill)s”.", skill=self.skill_id.name)
        if not able - self.declined_expert_ids:
            return self.env._("Every expert who could help has declined.")
        if self.expected_date:
            return self.env._("An expert has a free hour around the expected day.")
        return self.env._("No expert has a free hour in the next %(weeks)s weeks.", weeks=WEEKS_EXPECTED)
