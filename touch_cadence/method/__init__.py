"""The method of touches, as plain Python: no import of Odoo anywhere in this package.

Models read :mod:`facts` for a batch of clients, :func:`decide.decide` turns each into a decision, and models apply it.
Nothing here reads a clock, a database or a setting: whatever a rule needs arrives as a fact.
"""

from . import (
    base,
    calendar,
    capacity,
    channels,
    decide,
    editor,
    experts,
    facts,
    filling,
    handover,
    history,
    occasions,
    outcomes,
    outlook,
    places,
    potential,
    purchases,
    queue,
    reasons,
    rhythm,
    temperature,
    zones,
)
