"""How hard the properties are tried: as published, in seconds, or for hours.

Each run tries the same made-up cases as the one before, so that a run says something about the code alone. Who looks for what nobody
thought of takes other ones and more of them: ``make quick ARGS=--hypothesis-profile=search``.
"""

from hypothesis import settings

settings.register_profile("published", max_examples=100, derandomize=True, deadline=None)
settings.register_profile("quick", max_examples=6, derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("published")
