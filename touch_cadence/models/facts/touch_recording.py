import random

from odoo import api, models
from odoo.tools import split_every

from ...method.plan.facts import UNDER_WAY
from ...method.replay import recording
from ...method.replay.anonymous import anonymous
from ...method.replay.compare import Failed, attempt
from ..base.system import as_system

# clients whose facts are read at once
BATCH = 500


class TouchRecording(models.AbstractModel):
    """A company's own facts, recorded anonymously, so that they can be decided again after an update (docs/replay.md)."""

    _name = "touch.recording"
    _description = "Recording of Facts"

    @api.model
    def _record(self, path, most=2000):
        """Write what is known at this moment about clients who are under way, and what is decided of it, into a file. Nothing else is
        written, and the file holds no names, no keys and no texts. Private: whoever may write files on the server calls it, in a shell.

        :param path: of the file, on the server
        :param most: clients at most; they are drawn at random, and stand in the file in that order
        :return: how many were recorded; a client about whom nothing can be decided (a blocked one) is none of them
        """
        system = as_system(self.env)
        ids = system["touch.enrollment"].search([("state", "in", UNDER_WAY)]).ids
        known = []
        for batch in split_every(BATCH, random.sample(ids, min(most, len(ids)))):
            read = system["touch.facts"]._read_facts(
                system["touch.client"]._subjects_of_enrollments(system["touch.enrollment"].browse(batch))
            )
            known += [facts for facts in read if not isinstance(attempt(facts), Failed)]
            system.invalidate_all()  # what was read of this batch is read no more
        recording.save(path, recording.decided(anonymous(known)))
        return len(known)
