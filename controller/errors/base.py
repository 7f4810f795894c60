"""The base of all refusals."""

from typing import ClassVar


class LoaError(Exception):
    """Base of the controller's refusals; `data` holds what the caller may see."""

    code: ClassVar[str] = "loa_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data
