"""A rehearsal as one HTML file with plots, to be sent on."""

from firmware_sim.village.rehearsal import Outcome


def page(outcome: Outcome, wall_s: float) -> str:
    """Self-contained: no script, no link to anywhere."""
    raise NotImplementedError
