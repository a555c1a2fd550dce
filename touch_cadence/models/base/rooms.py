"""The rooms of the house, and what they offer to each other."""


def shared(method):
    """Part of what a room offers to the others.

    Odoo keeps everything that begins with ``_`` from RPC, so what rooms call of each other begins with it, too. This decorator says which of
    these methods another room may call. ``tests/method/test_rooms.py`` holds the rooms to it.
    """
    return method
