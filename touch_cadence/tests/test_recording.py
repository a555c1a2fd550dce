import pathlib
import re
import tempfile
from collections import Counter
from dataclasses import replace

from freezegun import freeze_time

from ..method.replay import recording
from ..method.replay.compare import replay
from .common import TouchCase
from .recorder import Recorder


class TestRecording(TouchCase):
    """A company's own facts go into a file, and nobody can be told from it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-03-02 10:00:00"))
        cls.partners = cls.make_partners(12, birthdate_date="1984-03-04", comment="Likes red wine")
        cls.cadence.enroll(cls.partners)

    def record(self, **values):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "facts.jsonl.gz"
            count = self.env["touch.recording"]._record(path, **values)
            return count, recording.load(path), recording.write(recording.load(path))

    def test_it_is_decided_again_as_it_was(self):
        count, records, _lines = self.record()
        self.assertEqual((count, len(records)), (12, 12))
        self.assertFalse(replay(records))
        self.assertEqual(len({record.facts.client for record in records}), count, "each client is one of his own")

    def test_it_holds_so_many_at_most(self):
        self.assertEqual(self.record(most=5)[0], 5)

    def test_it_holds_no_key_and_no_text(self):
        _count, records, lines = self.record()
        self.assertFalse(re.search(r"Client|touch\.example|wine|1984|3225|Selling|Rita", "\n".join(lines)))
        known = [facts for facts, _decision in records]
        numbers = [{facts.client for facts in known}, {facts.rep for facts in known}, {facts.cadence.id for facts in known}]
        self.assertEqual(numbers, [set(range(1, 13)), {1}, {1}], "numbered anew")

    def test_it_changes_nothing(self):
        def everything():
            self.env.flush_all()
            self.env.invalidate_all()
            return [self.env[model].search([]).read() for model in ("touch.enrollment", "touch.touch", "mail.activity")]

        before = everything()
        self.record()
        self.assertEqual(everything(), before)

    def test_whom_nothing_can_be_decided_about_is_left_out(self):
        planner = type(self.env["touch.facts"])
        read = planner._read_facts

        def broken(its, subjects):
            first, *others = read(its, subjects)
            return [replace(first, cadence=None), *others]

        self.patch(planner, "_read_facts", broken)
        count, records, _lines = self.record()
        self.assertEqual((count, len(records)), (11, 11))

    def test_the_corpus_is_an_even_sample_of_what_the_planner_reads(self):
        def sample():
            recorder = Recorder(each=3)
            with recorder.watching(self.env):
                for _time in range(40):
                    self.env["touch.facts"]._decide(self.partners.enrollment_ids)
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "corpus.jsonl.gz"
                recorder.save(path)
                return path.read_bytes(), recording.load(path)

        text, records = sample()
        kinds = Counter(
            (type(decision).__name__, facts.temperature, *(code for code, _values in decision.why)) for facts, decision in records
        )
        self.assertLessEqual(max(kinds.values()), 3)
        codes = {code for kind in kinds for code in kind}
        self.assertLess(
            {"Keep", "Touch", "Wait", "Stop", "archived", "paused", "superseded", "no_reason", "day_full", "hot_at_once"}, codes
        )
        self.assertEqual(text, sample()[0], "the same world gives the same file")
