from datetime import timezone

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...method.plan import zones
from ..base.rooms import shared

# days ahead for which an agreed step can hold other touches off
MOST_AGREED_DAYS = 365
# characters of the sentence that says what a company does
MOST_WHAT_WE_DO = 200


class ResCompany(models.Model):
    """The settings. Each is declared here, once: :data:`SETTINGS` makes the same field on Odoo's settings page and on ours."""

    _inherit = "res.company"

    touch_what_we_do = fields.Char(
        string="What Your Company Does",
        translate=True,
        help="In one sentence, for who does not know you yet. Texts that introduce your company say it, in the client's language.",
    )
    touch_horizon = fields.Integer(
        string="Plan Ahead (working days)", default=5, help="Touches appear on the salesperson's desk this many working days ahead."
    )
    touch_hour_from = fields.Float(
        string="Earliest Hour", default=9.0, help="Clients are not contacted before this hour of their own time zone."
    )
    touch_hour_to = fields.Float(
        string="Latest Hour",
        default=18.0,
        help="Clients are not contacted after this hour; remaining touches wait for the next working day.",
    )
    touch_per_deal = fields.Boolean(
        string="One Touch per Deal",
        help="Several deals with one client are worked at the same time. Otherwise a client has one planned touch at most.",
    )

    touch_agreed_days = fields.Integer(
        string="Agreed Steps Hold for (days)",
        default=45,
        help="While a next step is agreed for a day within this many days, other touches wait for it. 0: they never wait.",
    )
    touch_min_gap = fields.Integer(
        string="Minimum Days between Touches",
        default=1,
        help="For one client, over all cadences and Odoo's automatic mails. Hot clients are exempt. 0: no minimum.",
    )
    touch_per_day = fields.Integer(
        string="Touches per Day",
        default=40,
        help="For each salesperson, on a full working day. Further touches move to the next free day. 0: no limit.",
    )
    touch_cool_days = fields.Integer(
        string="Clients Cool after (days)",
        default=30,
        help="A client who does not respond for this long becomes one degree cooler. 0: never.",
    )
    touch_few_means = fields.Boolean(
        string="Reduced Rhythm",
        help="Steps wait for the days of their reduced rhythm: after the decision window, clients are touched once a month instead of "
        "once a week.",
    )
    touch_paper_age = fields.Integer(
        string="Paper for Clients over (years)", default=50, help="Clients above this age also get letters or cards. 0: no rule."
    )
    touch_paper_size = fields.Integer(
        string="Paper for Companies from (employees)",
        default=250,
        help="Companies with at least this many employees also get letters. 0: no rule.",
    )
    touch_paper_either = fields.Boolean(
        string="Paper for Either Alone",
        default=True,
        help="Older clients of any company and all clients of large companies get paper. Otherwise only older clients of large companies do.",
    )
    touch_lapse_days = fields.Integer(
        string="Missed after, without a rhythm (days)",
        default=180,
        help="For clients who bought up to three times, while your purchases are too few to learn from. Others count as missed by their own "
        "rhythm. 0: clients without a rhythm of their own are never missed.",
    )
    touch_lapse_late = fields.Integer(
        string="Purchases That Count as Late (%)",
        default=10,
        help="Clients who bought up to three times count as missed when this share of your clients' next purchases came even later.",
    )
    touch_lapse_spreads = fields.Float(
        string="Missed after (deviations beyond the average gap)",
        default=3.0,
        help="Clients who bought four times or more count as missed when their own average gap is exceeded by this many of its standard "
        "deviations.",
    )
    touch_lapse_least = fields.Integer(
        string="Nobody Is Missed before (days)",
        default=60,
        help="Clients who buy more often do not count as missed earlier than this, either.",
    )

    touch_decay = fields.Integer(
        string="Value Lost per Missed Month (%)",
        default=10,
        help="Share of a client's value that each month without a touch costs, compounding. 0: none.",
    )
    touch_value_months = fields.Integer(
        string="Months That Count for the Value", default=12, help="A client's value is what the client bought in this many months."
    )
    touch_loyal_from = fields.Integer(
        string="Loyal after (purchases)", default=2, help="Clients who bought this often and are not missed are loyal."
    )
    touch_abc_a = fields.Integer(
        string="A: up to (% of all sales)",
        default=80,
        help="The clients with the highest sales, who together bring this share of all sales.",
    )
    touch_abc_b = fields.Integer(
        string="B: up to (% of all sales)", default=95, help="The next clients, up to this share of all sales. All others are class C."
    )
    touch_xyz_x = fields.Integer(
        string="X: purchases vary by up to (%)", default=10, help="The days between purchases vary by no more than this."
    )
    touch_xyz_y = fields.Integer(
        string="Y: purchases vary by up to (%)",
        default=25,
        help="The days between purchases vary by no more than this. All others are class Z.",
    )

    touch_judge_days = fields.Integer(
        string="Judge again after (days)", default=180, help="The marker questions are asked again after this long. 0: never."
    )
    touch_large_factor = fields.Float(
        string="Large Deal (times the average)",
        default=10.0,
        help="A deal is large when it is this many times the team's average won deal. 0: no rule.",
    )
    touch_lost_agree = fields.Boolean(
        string="Leaders Agree to Early Losses",
        help="When a deal is lost before the target of touches and nobody said why, the team leader gets an activity: agree, or reopen it.",
    )
    touch_expert_weeks = fields.Integer(
        string="Book Experts Ahead (weeks)", default=2, help="Deals that find no place within this time go on the waiting list."
    )
    touch_expert_notice = fields.Integer(
        string="Notice for Experts (hours)", default=24, help="Experts are booked at least this long ahead."
    )
    touch_expert_invite = fields.Boolean(
        string="Mail Clients the Expert's Meeting",
        help="The client who agreed to meet gets Odoo's invitation by mail when an expert is booked. Otherwise the salesperson tells the client.",
    )
    touch_experienced_won = fields.Integer(
        string="Experienced after (won deals)",
        default=10,
        help="Salespeople with this many won deals and enough months are proposed as experienced.",
    )
    touch_experienced_months = fields.Integer(string="Experienced after (months)", default=6, help="Months since the first deal.")

    touch_keep_months = fields.Integer(
        string="Keep Notes and Touches (months)",
        default=0,
        help="A client's touches become anonymous this long after the last touch, purchase or open deal: notes are deleted, the figures "
        "stay. 0: never.",
    )

    @api.constrains("touch_what_we_do")
    def _check_what_we_do(self):
        for company in self:
            if len(company.touch_what_we_do or "") > MOST_WHAT_WE_DO:
                raise ValidationError(
                    self.env._(
                        "What “%(company)s” does is too long: one sentence of %(count)s characters at most.",
                        company=company.name,
                        count=MOST_WHAT_WE_DO,
                    )
                )

    _touch_keep = models.Constraint(
        "CHECK(touch_keep_months = 0 OR touch_keep_months BETWEEN 3 AND 240)",
        "Notes and touches are kept for 3 to 240 months, or forever (0).",
    )
    _touch_rhythm = models.Constraint(
        f"CHECK(touch_agreed_days BETWEEN 0 AND {MOST_AGREED_DAYS} AND touch_horizon BETWEEN 0 AND 260 AND touch_min_gap BETWEEN 0 AND 365 AND touch_per_day BETWEEN 0 AND 1000)",
        "Touches are planned 0 to 260 working days ahead, with 0 to 365 days between two of them and 0 to 1,000 per salesperson and day.",
    )
    _touch_hours = models.Constraint(
        "CHECK(touch_hour_from >= 0 AND touch_hour_from < touch_hour_to AND touch_hour_to <= 24)",
        "The earliest hour must lie before the latest hour, within one day.",
    )
    _touch_silence = models.Constraint(
        "CHECK(touch_cool_days BETWEEN 0 AND 3650 AND touch_lapse_days BETWEEN 0 AND 3650 AND touch_lapse_least BETWEEN 0 AND 3650)",
        "Clients cool or count as missed after 0 to 3,650 days. Zero switches the rule off.",
    )
    _touch_lateness = models.Constraint(
        "CHECK(touch_lapse_late BETWEEN 1 AND 50 AND touch_lapse_spreads BETWEEN 0 AND 10)",
        "Of the purchases 1 to 50 % are late, and clients are missed after 0 to 10 spreads of their own rhythm.",
    )
    _touch_paper = models.Constraint(
        "CHECK(touch_paper_age BETWEEN 0 AND 150 AND touch_paper_size BETWEEN 0 AND 10000000)",
        "The age for paper lies between 0 and 150 years, the number of employees between 0 and 10,000,000. Zero switches the rule off.",
    )
    _touch_base = models.Constraint(
        "CHECK(touch_decay BETWEEN 0 AND 100 AND touch_value_months BETWEEN 1 AND 120 AND touch_loyal_from BETWEEN 1 AND 1000"
        " AND 0 <= touch_abc_a AND touch_abc_a <= touch_abc_b AND touch_abc_b <= 100"
        " AND 0 <= touch_xyz_x AND touch_xyz_x <= touch_xyz_y AND touch_xyz_y <= 1000)",
        "Percentages lie between 0 and 100 (class Y: up to 1,000), A not above B and X not above Y. The value covers 1 to 120 months. "
        "Loyal clients bought 1 to 1,000 times.",
    )
    _touch_experts = models.Constraint(
        "CHECK(touch_judge_days BETWEEN 0 AND 3650 AND touch_large_factor BETWEEN 0 AND 10000 AND touch_expert_weeks BETWEEN 1 AND 52"
        " AND touch_expert_notice BETWEEN 0 AND 1000 AND touch_experienced_won BETWEEN 0 AND 100000"
        " AND touch_experienced_months BETWEEN 0 AND 600)",
        "Potential is judged again after 0 to 3,650 days. A large deal is 0 to 10,000 times the average. Experts are booked 1 to 52 "
        "weeks ahead, with 0 to 1,000 hours of notice. Experienced salespeople won 0 to 100,000 deals in 0 to 600 months.",
    )

    @shared
    @api.model
    def _touch_main(self):
        """:return: the company whose settings and currency count for clients of no company"""
        return self.sudo().search([], order="id", limit=1)  # sudo: settings only

    @shared
    def _touch_clock(self):
        """:return: the time zone by which the company's days begin"""
        return zones.zone(self.sudo().resource_calendar_id.tz)  # sudo: a setting

    @shared
    def _touch_today(self):
        """:return: the company's day, which is not the reader's nor the server's"""
        return fields.Datetime.now().replace(tzinfo=timezone.utc).astimezone(self._touch_clock()).date()

    @shared
    @api.model
    def _touch_days(self):
        """:return: {day: the companies in which it is that day now}"""
        every = self.sudo().search([("active", "in", (True, False))], order="id")  # sudo: whose day it is, also of closed companies
        return every.grouped(lambda company: company._touch_today())

    @shared
    @api.model
    def _touch_local_day(self, moment, company):
        """The day of a moment as SQL, by the clock of the company it belongs to: an evening in California is no next day.

        :param moment: SQL of a timestamp in UTC
        :param company: SQL of a company's id; the main company's clock counts where it is empty
        """
        clocks = {one.id: str(one._touch_clock()) for one in self.sudo().search([("active", "in", (True, False))])}  # sudo: a setting
        known = self._touch_database_zones(tuple(sorted(set(clocks.values()))))
        usual = known[clocks[self._touch_main().id]]
        others = {id_: known[name] for id_, name in clocks.items() if known[name] != usual}
        zone = SQL("%s", usual)
        if others:
            cases = SQL(" ").join(SQL("WHEN %s THEN %s", id_, name) for id_, name in others.items())
            zone = SQL("CASE %s %s ELSE %s END", company, cases, usual)
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    @api.model
    @tools.ormcache("names")
    def _touch_database_zones(self, names):
        """:return: {name of a zone: the one by which PostgreSQL knows it, UTC for none}; it has a list of its own"""
        same = {name: (name, *zones.SAME.get(name, ())) for name in names}
        every = [one for its in same.values() for one in its]
        # SQL: a list of the server itself, without anything of ours
        rows = self.env.execute_query(SQL("SELECT name FROM pg_timezone_names WHERE name = ANY(%s)", every))
        known = {name for (name,) in rows}
        return {name: next((one for one in its if one in known), "UTC") for name, its in same.items()}


# {name of a setting: its type}
SETTINGS = {field.name: type(field) for field in ResCompany._field_definitions}
