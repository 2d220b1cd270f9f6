"""Types of free text: lines, addresses, paths.

Every pattern means the same in Go (Helm), Rust (our validator) and Python: no lookaround, anchored at both ends,
characters above ASCII written literally. No text may hold a control character, a byte order mark or a noncharacter:
YAML readers drop or refuse them, so such a value would not survive the way to the cluster.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

# Neither may appear in any text. C0 without tab and line feed is \x00-\x08\x0b-\x1f.
_NONCHARACTERS = "\ufeff\ufffe\uffff"
_NOT_IN_LINE = rf"\x00-\x1f\x7f-\x9f\u2028\u2029{_NONCHARACTERS}".replace(r"\u2028", "\u2028").replace(
    r"\u2029", "\u2029"
)
_NOT_IN_TEXT = rf"\x00-\x08\x0b-\x1f\x7f-\x9f{_NONCHARACTERS}"

LINE = f"^[^{_NOT_IN_LINE}]*$"
LONG_TEXT = f"^[^{_NOT_IN_TEXT}]*$"
# Any key but `<<`, which YAML 1.1 readers take for a merge. A YAML key has 1,024 bytes at most.
FREE_KEY = f"^([^<{_NOT_IN_LINE}][^{_NOT_IN_LINE}]*|<|<[^<{_NOT_IN_LINE}][^{_NOT_IN_LINE}]*|<<[^{_NOT_IN_LINE}]+)$"
FREE_KEY_LENGTH = 256
# One step of a path, any but `..`.
_FOLDER = r"([A-Za-z0-9_@+-][A-Za-z0-9._@+-]*|\.([A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)?|\.\.[A-Za-z0-9._@+-]+)"

Line = TypeAliasType(
    "Line",
    Annotated[str, Field(pattern=LINE, max_length=8192, description="Text of one line, without control characters.")],
)
LongText = TypeAliasType(
    "LongText",
    Annotated[
        str,
        Field(
            pattern=LONG_TEXT,
            max_length=262144,
            description="Text of any number of lines, without control characters but tab and line feed.",
        ),
    ],
)
Base64Text = TypeAliasType(
    "Base64Text",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9+/]+={0,2}$",
            max_length=131072,
            description="Text in base64, as kubeseal writes it.",
            examples=["AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq"],
        ),
    ],
)
SecretPath = TypeAliasType(
    "SecretPath",
    Annotated[
        str,
        Field(
            pattern=LINE.replace("]*$", "]+$"),
            max_length=2048,
            description="The name of a secret in a store; not empty.",
            examples=["etl/warehouse"],
        ),
    ],
)
Url = TypeAliasType(
    "Url",
    Annotated[
        str,
        Field(
            pattern="^https?://[!-~]+$",
            max_length=2048,
            description="An http or https URL, without blanks.",
            examples=["https://app.example.com/login"],
        ),
    ],
)
GitRepository = TypeAliasType(
    "GitRepository",
    Annotated[
        str,
        Field(
            pattern="^((https?|ssh|git|file)://[!-~]+|[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}@[A-Za-z0-9.-]{1,253}:[!-~]+)$",
            max_length=2048,
            description="Where a git repository is cloned from: a URL (http, https, ssh, git, file), or"
            " `user@host:path`.",
            examples=["https://git.example.com/data/dags.git", "git@git.example.com:data/dags.git"],
        ),
    ],
)
GitRef = TypeAliasType(
    "GitRef",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,254}$",
            max_length=255,
            description="A branch, tag or commit: letters, digits and `_./+@-`, a letter, digit or `_` first.",
            examples=["main", "v1.2.0"],
        ),
    ],
)
AbsolutePath = TypeAliasType(
    "AbsolutePath",
    Annotated[
        str,
        Field(
            pattern="^/[A-Za-z0-9._@+/-]*$",
            max_length=1024,
            description="An absolute path in a container: `/`, then letters, digits and `._@+/-`.",
            examples=["/opt/airflow/dags"],
        ),
    ],
)
RelativePath = TypeAliasType(
    "RelativePath",
    Annotated[
        str,
        Field(
            pattern=f"^({_FOLDER}(/+{_FOLDER})*/*)?$",
            max_length=1023,
            description="A relative path without `..`, of letters, digits and `._@+/-`; empty is the root.",
            examples=["tests/dags"],
        ),
    ],
)
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_HEX = "[0-9A-Fa-f]{1,4}"
# All eight groups, or `::` in the place of one or more of them: so many stand before it, the rest fits behind it.
_IPV6 = "|".join(
    (
        f"({_HEX}:){{7}}{_HEX}",
        f"({_HEX}:){{1,7}}:",
        *(f"({_HEX}:){{{before}}}(:{_HEX}){{1,{7 - before}}}" for before in range(1, 7)),
        f":((:{_HEX}){{1,7}}|:)",
    )
)
Cidr = TypeAliasType(
    "Cidr",
    Annotated[
        str,
        Field(
            pattern=rf"^({_OCTET}(\.{_OCTET}){{3}}/(3[0-2]|[12]?[0-9])|({_IPV6})/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$",
            max_length=43,
            description="A network: an address, `/` and the number of its bits.",
            examples=["10.0.0.0/8", "2001:db8::/32"],
        ),
    ],
)
UrlPath = TypeAliasType(
    "UrlPath",
    Annotated[
        str,
        Field(
            # Airflow 2 does not start with a base_url that ends in a slash.
            pattern="^/([A-Za-z0-9._~!$&'()+,;*=:@%/-]{0,1000}[A-Za-z0-9._~!$&'()+,;*=:@%-])?$",
            max_length=1002,
            description="The path of a URL: a slash first, and none at the end.",
            examples=["/airflow"],
        ),
    ],
)
EmailAddress = TypeAliasType(
    "EmailAddress",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){0,8}$",
            max_length=254,
            description="An e-mail address.",
            examples=["admin@example.com"],
        ),
    ],
)
