"""Experts: who needs one, and who helps whom at what time."""
