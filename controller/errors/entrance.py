"""Refusals: log-in."""

from controller.errors.base import LoaError


class LogInRefused(LoaError):
    """Login or password is wrong; which, is not said."""

    code = "log_in_refused"


class WayRefused(LoaError):
    """Login or code from paper is wrong; which, is not said."""

    code = "way_refused"


class TooManyTries(LoaError):
    """Too many guesses; `retry_after_s` says when the next one is looked at."""

    code = "too_many_tries"


class LogInBusy(LoaError):
    """More passwords are being compared than there is memory for."""

    code = "log_in_busy"


class CodeRefused(LoaError):
    """The code is wrong, too old, or was used."""

    code = "code_refused"


class SecondFactorThere(LoaError):
    """There is a second factor already."""

    code = "second_factor_there"


class LinkOver(LoaError):
    """A one-time link that is unknown, was used or replaced, or is too old."""

    code = "link_over"


class PasswordWrong(LoaError):
    """It is not the password of who is logged in."""

    code = "password_wrong"


class PasswordTooShort(LoaError):
    code = "password_too_short"


class PasswordTooLong(LoaError):
    code = "password_too_long"


class PasswordIsLogin(LoaError):
    code = "password_is_login"


class PasswordCommon(LoaError):
    """One of those that are tried first."""

    code = "password_common"


class LoginInvalid(LoaError):
    """Not 2 to 64 small letters without accents, digits and ._@+-, the first a letter or digit."""

    code = "login_invalid"


class LoginTaken(LoaError):
    code = "login_taken"


class SignOnOff(LoaError):
    """No OpenID provider is set."""

    code = "sign_on_off"


class SignOnUnavailable(LoaError):
    """The OpenID provider does not answer, or not as it should."""

    code = "sign_on_unavailable"


class SignOnRefused(LoaError):
    """What came back from the OpenID provider proves nothing; `why` is stable."""

    code = "sign_on_refused"


class SignOnUnknown(LoaError):
    """The OpenID provider vouches for somebody who has no account here."""

    code = "sign_on_unknown"
