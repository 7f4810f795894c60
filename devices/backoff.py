"""How long to wait before trying again, so that many who failed together do not come back together."""

FIRST_S = 0.25
LEAST_S = 0.02
MOST_S = 60.0


def retry_delay(attempt: int, chance: float) -> float:
    """Seconds before retry number `attempt` (from 1), for a `chance` drawn from [0, 1).

    Full jitter: any delay up to a ceiling of 0.25 s, then 1, 2, 4 ... 60 s is as likely as any other.
    The least is 20 ms, so that no chance makes a busy loop.
    """
    ceiling = FIRST_S if attempt <= 1 else min(MOST_S, 2.0 ** min(attempt - 2, 16))
    return max(LEAST_S, chance * ceiling)
