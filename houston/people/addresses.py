"""E-mail addresses as they are kept and compared."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from houston.database import ADDRESS
from houston.errors import InvalidError


def address_of(text: str) -> str:
    """The address in the one form in which it is kept: in small letters, also before the @.

    No provider of note tells people apart by the size of letters, and two people who differ in it alone would be a way
    to take another one's place. Raises ``InvalidError``.
    """
    if len(text) > ADDRESS:
        raise InvalidError(f"an e-mail address has {ADDRESS} characters at most")
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError as error:
        raise InvalidError(f"'{text.strip()[:80]}' is no e-mail address: {error}") from None
    return found.normalized.lower()
