"""How loud a volume is: percent of the speaker's own maximum to a factor on samples."""


def gain(volume: int) -> float:
    """0-100 % to a factor of 0 to 1; half the volume is a quarter of it (-12 dB), heard as about half."""
    return (volume / 100) ** 2
