from collections import defaultdict
from datetime import timezone

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL, format_date, groupby

from ...method.desk import numbering, placeholders, scripts
from ...method.plan import agreed, zones
from ...method.plan.facts import CONFIRMING, OF_AGREED_STEP
from ..base.inside import INSIDE
from ..base.rooms import shared


class TouchTouch(models.Model):
    """Activities: the view of a planned touch."""

    _inherit = "touch.touch"

    @shared
    def _withdraw(self):
        """The planner takes planned touches back; their steps stay to be made. Kept, to see where clients were dropped."""
        activities = self.activity_id.with_prefetch()  # the write below empties what they are prefetched by
        self.write({"state": "skipped", "withdrawn": True, "date_done": fields.Datetime.now(), "activity_id": False})
        activities.unlink()

    @shared
    def _update_planned(self, vals_list):
        """Something changed before the touches were made: the same touches and activities, with other contents.

        :param vals_list: new values of each
        """
        for touch, vals in zip(self, vals_list):
            touch.write(vals)  # into the cache; the database is written once for all
        names = ("activity_type_id", "summary", "note", "date_deadline", "user_id")
        rows = self._activity_vals([touch._activity_row() for touch in self])
        for contents, pairs in groupby(zip(self, rows), lambda pair: tuple(pair[1][name] for name in names)):
            activities = self.browse(touch.id for touch, _row in pairs).activity_id
            activities.with_context(mail_activity_quick_update=True).write(dict(zip(names, contents)))

    def _renumber(self):
        """Touches came in between: the planned ones count up, and say so in their activities."""
        late = self.filtered(lambda touch: touch.number and touch.number != touch.enrollment_id.touch_count + 1)
        for number, touches in groupby(late, lambda touch: touch.enrollment_id.touch_count + 1):
            self.browse().union(*touches).write({"number": number})
        texts = [vals["summary"] for vals in self._activity_vals([touch._activity_row() for touch in late])]
        for summary, pairs in groupby(zip(late, texts), lambda pair: pair[1]):
            self.browse().union(*(touch for touch, _text in pairs)).activity_id.write({"summary": summary})

    @shared
    def _told_target(self):
        """:return: the target that is told with the number of the touch; 0 where the number stands alone"""
        return self.target if numbering.is_of_target(self.number, self.target) else 0

    def _nth_row(self):
        """:return: what :meth:`_nth` needs to know of the touch"""
        return {name: self[name].id for name in ("enrollment_id", "cadence_id")} | {
            "number": self.number,
            "date_deadline": self.date_deadline,
        }

    @shared
    def _told_number(self):
        """:return: the number of the touch in words, empty for a touch without one"""
        return self._nth(self._nth_row())

    @api.model
    def _nth(self, row):
        """:param row: values of a touch
        :return: "Touch 3 of 7"; beyond the target the months for which the cadence goes on (R18)"""
        number, cadence = row["number"], self.env["touch.cadence"].browse(row["cadence_id"] or ())
        if not number:
            return ""
        if numbering.is_of_target(number, cadence.target):
            return self.env._("Touch %(number)s of %(target)s", number=number, target=cadence.target)
        months = self._months(row)
        if months == 1:
            return self.env._("1 month in %(cadence)s", cadence=cadence.name)
        if months:
            return self.env._("%(months)s months in %(cadence)s", months=months, cadence=cadence.name)
        return self.env._("Touch %(number)s", number=number)

    @api.model
    def _months(self, row):
        """:return: months that are told instead of the number of a touch; 0 for none"""
        cadence = self.env["touch.cadence"].browse(row["cadence_id"] or ())
        started = self.env["touch.enrollment"].browse(row["enrollment_id"] or ()).date_start
        return numbering.months(row["number"], cadence.target, (row["date_deadline"] - started).days) if started else 0

    @api.model
    def _summary(self, row, reason):
        nth = self._nth(row)
        if not nth:
            return reason or self.env._("Touch")
        return self.env._("%(nth)s: %(reason)s", nth=nth, reason=reason) if reason else nth

    def _activity_row(self):
        """:return: what :meth:`_activity_vals` needs to know of an existing touch"""
        self.ensure_one()
        names = (
            *("lead_id", "partner_id", "commercial_partner_id", "user_id", "company_id", "reason_id", "step_id", "cadence_id"),
            *("agreed_touch_id", "agreed_event_id", "enrollment_id"),
        )
        row = {name: self[name].id for name in names}
        plain = ("number", "channel", "purpose", "date_deadline", "own_reason", "client_key", "why_data", "state")
        return {**row, **{name: self[name] for name in plain}}

    @api.model
    def _activity_vals(self, rows):
        """:param rows: values of planned touches
        :return: values of their activities, in order: on the lead, else on the contact; texts in the language of the rep"""
        env = self.env
        types = env["mail.activity.type"]._touch_types_by_channel()
        models_ = {name: env["ir.model"]._get_id(name) for name in ("crm.lead", "res.partner")}
        users = env["res.users"].browse({row["user_id"] for row in rows if row["user_id"]})
        languages, timezones = {user.id: user.lang for user in users}, {user.id: user.tz for user in users}
        env["touch.enrollment"].browse({row["enrollment_id"] for row in rows if row["enrollment_id"]}).fetch(["date_start"])
        leads = env["crm.lead"].browse({row["lead_id"] for row in rows if row["lead_id"]})
        partners = env["res.partner"].browse({row["partner_id"] for row in rows if not row["lead_id"]})
        names = {("crm.lead", one.id): one.display_name for one in leads} | {("res.partner", one.id): one.display_name for one in partners}
        self._read_agreed([row.get("agreed_touch_id") for row in rows], [row.get("agreed_event_id") for row in rows])
        chosen = env["touch.script"]._chosen(rows)
        texts = {}  # a summary and note are the same for many touches
        result = []
        for row, script in zip(rows, chosen):
            model, res_id = ("crm.lead", row["lead_id"]) if row["lead_id"] else ("res.partner", row["partner_id"])
            language = languages.get(row["user_id"])
            about = tuple(row.get(name) for name in ("agreed_touch_id", "agreed_event_id"))
            same = (language, row["number"], row["cadence_id"], row["reason_id"], row["step_id"], row["purpose"], *about)
            same += (row.get("own_reason"), self._months(row), script.id, self._asks_whether(row))
            if same not in texts:
                texts[same] = self.with_context(lang=language)._activity_texts(row, script)
            summary, note = texts[same]
            if note and placeholders.has_places(note):
                note = self._fill(note, self.new(row)._fill_values())
            result.append(
                {
                    "res_model_id": models_[model],
                    "res_id": res_id,
                    # computed fields that would cost a query or an UPDATE a row
                    "res_model": model,
                    "res_name": names[model, res_id],
                    "user_tz": timezones.get(row["user_id"]) or False,
                    "date_done": False,
                    "activity_type_id": types[row["channel"]].id if row["channel"] in types else False,
                    "summary": summary,
                    "note": note,
                    "date_deadline": row["date_deadline"],
                    "user_id": row["user_id"],
                    "automated": True,
                }
            )
        return result

    @api.model
    def _activity_texts(self, row, script):
        """:param script: the text that the touch shows; what the client reads word for word stands where it is written, not here
        :return: summary and note of a planned touch, in the language of the context; the note may still have places for the client's data"""
        said = script.with_env(self.env).sudo().text  # sudo: as in touch.script._chosen()
        plan = said if not scripts.is_read(script.channel, self.env["touch.channel"]._channels()) else False
        if row["purpose"] in OF_AGREED_STEP:
            summary, note = self._agreed_texts(row)
            return summary, Markup("").join(part for part in (note, plan) if part)
        reason = self.env["touch.reason"].browse(row["reason_id"] or ())
        note = Markup("").join(part for part in (reason.text, plan) if part) or False
        return self._summary(row, row.get("own_reason") or reason._full_name()), note

    @api.model
    def _read_agreed(self, touch_ids, event_ids):
        """Read what :meth:`_agreed_texts` tells of agreed steps, all at once."""
        self.browse({one for one in touch_ids if one}).mapped("agreed_step_id.name")
        self.env["calendar.event"].browse({one for one in event_ids if one}).mapped("effective_privacy")

    @api.model
    def _asks_whether(self, row):
        """:return: whether the client is still to be asked about the time for which an expert is booked"""
        return any(code == agreed.ASKS_WHETHER for code, _values in row.get("why_data") or ())

    @api.model
    def _agreed_texts(self, row):
        """:return: summary and note of a touch that belongs to an agreed step; the day is that of the plan, whoever reads it where"""
        touch, event = self.browse(row.get("agreed_touch_id") or ()), self.env["calendar.event"].browse(row.get("agreed_event_id") or ())
        # what a meeting of others that is private is called stays theirs
        name = event.name if event.effective_privacy != "private" else ""
        what = touch.agreed_step_id.name or name or self.env._("appointment")
        cadence, company = self.env["touch.cadence"].browse(row["cadence_id"]), self.env["res.company"].browse(row["company_id"])
        day = touch.agreed_date or company._touch_today()
        if event:
            zone = zones.zone((cadence.resource_calendar_id or company.resource_calendar_id).tz)
            day = agreed.day_of(event.start.replace(tzinfo=timezone.utc), event.allday and event.start_date, zone)
        if row.get("state") in ("done", "skipped"):  # its meeting may have moved since
            days = [values.get("date") for code, values in row["why_data"] or () if code in agreed.OF_STEP]
            day = fields.Date.to_date(next(filter(None, days), False)) or day
        on = format_date(self.env, day)
        if row["purpose"] == CONFIRMING and self._asks_whether(row):
            note = self.env._("The client has not agreed to it yet: settle day and hour, and choose “Next step agreed”.")
            return self.env._("Ask whether it suits: %(what)s on %(date)s", what=what, date=on), Markup("<p>%s</p>") % note
        if row["purpose"] == CONFIRMING:
            note = self.env._("Confirm place and time, who comes, and what you want to agree on.")
            return self.env._("Confirm: %(what)s on %(date)s", what=what, date=on), Markup("<p>%s</p>") % note
        note = self.env._("Ask what they decided. Say whether the step was kept, moved or missed, and agree on the next one.")
        return self.env._("What came of it? %(what)s on %(date)s", what=what, date=on), Markup("<p>%s</p>") % note

    @shared
    @api.model
    def _create_activities(self, rows):
        """Create the activities of planned touches in one go, mailing nobody, with the reps as followers of the records.

        :param rows: values of planned touches
        :return: list of activities, in order
        """
        if not rows:
            return []
        vals_list = self._activity_vals(rows)
        self._add_followers(vals_list)
        # the notes are few: written once each they are sanitised once each
        notes = [vals.pop("note") for vals in vals_list]
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True, touch_followers_added=INSIDE).create(vals_list)
        for note, pairs in groupby(zip(activities, notes), lambda pair: pair[1]):
            if note:
                activities.browse(activity.id for activity, _note in pairs).write({"note": note})
        return list(activities)

    @api.model
    def _add_followers(self, vals_list):
        """Make each rep follow the records of his activities, as an activity does: one statement a batch instead of five queries a rep."""
        wanted = defaultdict(set)
        partner_of = {
            user.id: user.partner_id.id for user in self.env["res.users"].browse({vals["user_id"] for vals in vals_list if vals["user_id"]})
        }
        for vals in vals_list:
            if vals["user_id"]:
                wanted[vals["res_model"]].add((vals["res_id"], partner_of[vals["user_id"]]))
        followers = self.env["mail.followers"]
        followers.flush_model()
        for model, pairs in wanted.items():
            default, _internal, _external = self.env["mail.message.subtype"].default_subtypes(model)
            res_ids, partner_ids = zip(*sorted(pairs))
            # SQL: called by the planner only: records that it plans for, and the users whom it plans for
            self.env.execute_query(
                SQL(
                    """WITH added AS (
                           INSERT INTO mail_followers (res_model, res_id, partner_id)
                           SELECT %(model)s, * FROM unnest(%(res_ids)s, %(partner_ids)s)
                           ON CONFLICT DO NOTHING RETURNING id)
                       INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id)
                       SELECT added.id, subtype FROM added, unnest(%(subtypes)s) subtype RETURNING 1""",
                    model=model,
                    res_ids=list(res_ids),
                    partner_ids=list(partner_ids),
                    subtypes=default.ids,
                )
            )
            self.env[model].browse(res_ids).invalidate_recordset(["message_follower_ids", "message_partner_ids"])

    @shared
    def _reassign(self, user):
        """The planned touches go to another user, and their activities with them."""
        self.sudo().write({"user_id": user.id})  # sudo: as in done()
        # sudo: as in skip(); nobody is mailed once a touch
        self._own_activities().sudo().with_context(mail_activity_quick_update=True).write({"user_id": user.id})

    def _own_activities(self):
        """:return: the activities that are the view of these touches: those on the very records that the touches are of"""
        # sudo: the activity of a record closed to the user; only the ids go on
        shown = self.sudo().filtered(
            lambda touch: (
                touch.activity_id.res_model == touch._client_record()._name and touch.activity_id.res_id == touch._client_record().id
            )
        )
        return shown.activity_id.with_env(self.env)
