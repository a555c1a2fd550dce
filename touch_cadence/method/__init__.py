"""The method of touches, as plain Python: no import of Odoo anywhere in this package.

Models read :mod:`plan.facts` for a batch of clients, :func:`plan.decide.decide` turns each into a decision, and models apply it.
Nothing here reads a clock, a database or a setting: whatever a rule needs arrives as a fact.
"""
