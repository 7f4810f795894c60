"""What holds for all tests: chance may try examples for as long as a loaded machine takes."""

from hypothesis import settings

settings.register_profile("loa", deadline=None)
settings.load_profile("loa")
