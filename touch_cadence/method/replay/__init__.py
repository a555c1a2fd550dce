"""Recorded facts, decided again: what would a changed method decide otherwise?

* :mod:`plain`: facts and decisions as plain JSON, and back.
* :mod:`anonymous`: facts of real clients without what says whose they are.
* :mod:`recording`: many facts with their decisions, as a file.
* :mod:`compare`: decides them again, and lists what differs by rule.

``python3 -m method.replay FILE`` does it with a recording, and needs neither Odoo nor a database.
"""

from . import anonymous, compare, plain, recording
