from datetime import date

from freezegun import freeze_time
from odoo.tests import tagged

from .common import TouchCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestMerging(TouchCase):
    def merge(self, kept, gone):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | gone).ids, kept)
        self.assertFalse(gone.exists())

    def test_b13_a_hot_contact_merged_into_a_cold_one_is_hot(self):
        cold, hot = self.make_partners(2)
        with freeze_time("2026-02-10 09:30:00"):
            hot.temperature = "hot"
        self.cadence.enroll(cold)
        self.assertEqual(self.planned(cold).purpose, "warming")
        self.merge(cold, hot)
        self.decide()
        self.assertEqual((cold.temperature, cold.temperature_date), ("hot", date(2026, 2, 10)))
        self.assertEqual(self.planned(cold).purpose, "closing", "decided anew: a hot client is closed at once (R8)")

    def test_b13_what_is_cold_does_not_begin_anew(self):
        kept, gone = self.make_partners(2)
        self.env.cr.execute("UPDATE res_partner SET temperature_date = '2026-01-05' WHERE id IN %s", [tuple((kept | gone).ids)])
        self.env.invalidate_all()
        self.merge(kept, gone)
        self.assertEqual((kept.temperature, kept.temperature_date), ("cold", date(2026, 1, 5)))

    def test_b13_the_judged_and_the_stricter_of_two_contacts(self):
        kept, gone = self.make_partners(2)
        gone.write({"potential": "high", "is_vip": True, "touch_opt_out": True, "birthdate_date": "1980-03-05"})
        kept.birthdate_date = "1604-03-05"
        self.merge(kept, gone)
        self.assertRecordValues(
            kept, [{"potential": "high", "is_vip": True, "touch_opt_out": True, "birthdate_date": date(1980, 3, 5), "temperature": "cold"}]
        )

    def test_b13_of_two_judged_contacts_nobody_is_given_up(self):
        kept, gone = self.make_partners(2)
        kept.potential, gone.potential = "low", "high"
        self.merge(kept, gone)
        self.assertEqual(kept.potential, "high")

    def test_b13_a_hot_deal_merged_into_a_cold_one_is_hot(self):
        cold, hot = self.make_leads(2)
        cold.probability, hot.probability = 90, 10
        with freeze_time("2026-02-10 09:30:00"):
            hot.temperature = "hot"
        self.cadence.enroll(cold)
        kept = (cold | hot).with_user(self.rep).merge_opportunity()
        self.decide()
        self.assertEqual(kept, cold)
        self.assertEqual((cold.temperature, cold.temperature_date), ("hot", date(2026, 2, 10)))
        self.assertEqual(self.planned(cold).purpose, "closing")

    def test_b13_the_deal_judged_last_tells_the_potential(self):
        kept, gone = self.make_leads(2)
        kept.probability, gone.probability = 90, 10
        with freeze_time("2026-02-10 09:30:00"):
            kept.potential = "high"
        with freeze_time("2026-02-20 09:30:00"):
            gone.potential = "standard"
        self.assertEqual((kept | gone).merge_opportunity(), kept)
        self.assertEqual((kept.potential, kept.potential_date), ("standard", date(2026, 2, 20)))
