"""What proves who somebody is: passwords, keys that programs keep, and tokens of sessions that Houston signs.

Nothing here knows of people or of the database: texts in, digests, verdicts and claims out. The clock is given.
"""

from houston.credentials.keys import Key, KeyKind, digest_of, new_key
from houston.credentials.passwords import Passwords, Verdict, WeakPasswordError
from houston.credentials.signing import KeyFileError, SigningKeys
from houston.credentials.tokens import BadTokenError, ExpiredTokenError, Session, Tokens

__all__ = [
    "BadTokenError",
    "ExpiredTokenError",
    "Key",
    "KeyFileError",
    "KeyKind",
    "Passwords",
    "Session",
    "SigningKeys",
    "Tokens",
    "Verdict",
    "WeakPasswordError",
    "digest_of",
    "new_key",
]
