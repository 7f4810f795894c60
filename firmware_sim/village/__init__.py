"""A commune in one process on a virtual clock: the real controller and real speakers, for rehearsal and tests.

The one room of the simulator that sees both sides.
"""
