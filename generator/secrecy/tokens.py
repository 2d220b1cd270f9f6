"""Formats by which a secret is known whatever it is called: tokens that say whose they are, and private keys.

What is here is certain; what is only likely they who look for it add themselves.
"""

from __future__ import annotations

import re

#: Tokens with a beginning of their own, as their issuers document them (they are made to be found).
TOKENS = re.compile(
    r"\b(?:"
    # GitHub, GitLab
    r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"
    r"|gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_-]{16,}"
    # Slack, Stripe, OpenAI and Anthropic, SendGrid
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|(?:sk|rk)_live_[A-Za-z0-9]{16,}|sk-(?:proj|ant)-[A-Za-z0-9_-]{16,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
    # Google, Azure storage, DigitalOcean
    r"|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_.-]{16,}|AccountKey=[A-Za-z0-9+/]{20,}|dop_v1_[a-f0-9]{32,}"
    # Vault, age, registries of packages and images
    r"|hv[sb]\.[A-Za-z0-9_-]{20,}|AGE-SECRET-KEY-1[A-Z0-9]{20,}"
    r"|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|dckr_pat_[A-Za-z0-9_-]{16,}"
    # JSON Web Tokens
    r"|eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]*"
    r")|hooks\.slack\.com/(?:services|workflows)/\w+/\w+/\w+"
)
#: Names of keys at AWS: no secret themselves, but their secret halves are never far.
KEY_IDS = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,60}PRIVATE KEY")


def certainly_secret(text: str) -> bool:
    """Whether a token or a private key stands in the text."""
    return TOKENS.search(text) is not None or _PRIVATE_KEY.search(text) is not None
