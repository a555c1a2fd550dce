import re
from pathlib import Path

from freezegun import freeze_time
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..method.why import CODES
from ..models.enrollment import touch_enrollment
from .common import TouchCase

# what an import or an older version may have left in a row
PLANTED = ("5", '"x"', "{}", "[1]", '[["nth"]]', '[["nth", 5]]', '[["%(a)200000000s", {"a": "x"}]]', '[["gone", {}]]')
LOGGER = "odoo.addons.touch_cadence.models.words.touch_words"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:30:00")
class TestWords(TouchCase):
    """Sentences of a why: each code has one, each value is what its name says, and no row of before breaks a list."""

    def test_every_code_has_its_sentence(self):
        """A sentence names no value that its code does not carry: it would be a question mark for good."""
        sentences = self.env["touch.words"]._sentences()
        for code, values in CODES.items():
            self.assertLessEqual(set(re.findall(r"%\((\w+)\)", sentences[code])), set(values), code)
        codes = {code for code, _name in touch_enrollment.STOP_REASONS}
        source = Path(__file__).parent.parent.joinpath("method", "client", "places.py").read_text()
        codes |= set(re.findall(r'"(\w+_\w+)"', source)) - {"left_out"}
        self.assertFalse(codes - set(sentences))

    def test_every_value_that_a_sentence_names_has_a_kind(self):
        words = self.env["touch.words"]
        named = {name for sentence in words._sentences().values() for name in re.findall(r"%\((\w+)\)", sentence)}
        self.assertEqual(named, set(words._kinds()))

    def test_c4_what_somebody_wrote_is_said_as_he_wrote_it(self):
        lead = self.make_leads()
        enrollment = self.cadence.enroll(lead)
        enrollment.action_pause("letter")
        self.assertIn("“letter”", enrollment.why)
        say = self.env["touch.words"]._say
        self.assertEqual(say([("changed", {"cadence": "sms"})]), "The client continues in cadence “sms”.")
        self.assertEqual(say([("warm_outcome", {"outcome": "closing"})]), "Touch with outcome “closing”.")
        self.assertEqual(say([("channel_step", {"channel": "letter"})]), "By letter or card, as the step says.")

    @mute_logger(LOGGER)
    def test_c5_what_is_missing_is_a_question_mark(self):
        say = self.env["touch.words"]._say
        self.assertEqual(say([("nth", {"number": 2})]), "Touch 2 of ?.")
        self.assertEqual(say([("channel_step", {"channel": "pigeon"})]), "By ?, as the step says.")
        self.assertEqual(say([("birthday", {"date": "soon"})]), "Birthday on ?.")
        for reason in ("x", None, 2**31 - 1):
            self.assertEqual(say([("reason", {"reason": reason})]), "Reason: ?.")
        with self.assertLogs(LOGGER, "WARNING"):
            say([("nth", {"number": 2})])

    @mute_logger(LOGGER)
    def test_c5_a_planted_why_breaks_no_list(self):
        lead, other = self.make_leads(2)
        enrollment, sound = self.cadence.enroll(lead), self.cadence.enroll(other)
        touch = self.planned(lead)
        self.env.flush_all()
        for planted in PLANTED:
            for table, record in (("touch_touch", touch), ("touch_enrollment", enrollment)):
                self.env.cr.execute(f"UPDATE {table} SET why_data = %s WHERE id = %s", [planted, record.id])
            self.env.invalidate_all()
            for record in (touch + self.planned(other), enrollment | sound):
                self.assertTrue(all(len(row["why"] or "") < 500 for row in record.read(["why"])), planted)
            self.assertTrue(sound.why)
            self.env["touch.desk"].with_user(touch.user_id).load()
