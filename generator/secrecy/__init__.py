"""How a secret is known: by the format of a token or a private key, by the name it stands under, by an assignment in
a text.

Four look for secrets, each for a purpose of its own: ``generator.airflow.credentials`` refuses what is certain,
``generator.importer.confidential`` moves out what is likely, ``generator.charts`` and ``generator.yaml`` keep it out of
messages, ``generator.diff.secrets`` hides too much rather than too little. What is here all of them mean alike; what
only one means it adds itself.
"""

from generator.secrecy.forms import hide_in_forms
from generator.secrecy.names import HARMLESS_ENDS, ends_in_secret, is_connection, speaks_of_secret, words_of
from generator.secrecy.places import HIDDEN, WHY_HIDDEN, is_named_secret
from generator.secrecy.references import PLACES, PLACES_OF_SECRETS, is_reference, needs_no_hiding
from generator.secrecy.texts import has_login, holds_assignment, is_harmless, is_header, is_option
from generator.secrecy.tokens import KEY_IDS, TOKENS, certainly_secret

__all__ = [
    "HARMLESS_ENDS",
    "HIDDEN",
    "KEY_IDS",
    "PLACES",
    "PLACES_OF_SECRETS",
    "TOKENS",
    "WHY_HIDDEN",
    "certainly_secret",
    "ends_in_secret",
    "has_login",
    "hide_in_forms",
    "holds_assignment",
    "is_connection",
    "is_harmless",
    "is_header",
    "is_named_secret",
    "is_option",
    "is_reference",
    "needs_no_hiding",
    "speaks_of_secret",
    "words_of",
]
