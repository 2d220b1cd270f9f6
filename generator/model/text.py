"""Types of text and numbers that a value may have.

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

_DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_PATH_PART = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*"
_PRERELEASE = "(0|[1-9][0-9]{0,8}|[0-9]{0,8}[A-Za-z-][0-9A-Za-z-]{0,30})"
_CRON_FIELD = "[0-9A-Za-z*/,?-]{1,120}"
_NUMBER = "(0|[1-9][0-9]{0,3})"

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
DnsLabel = TypeAliasType(
    "DnsLabel",
    Annotated[
        str,
        Field(
            pattern=f"^{_DNS_LABEL}$",
            max_length=63,
            description="A DNS label: small letters, digits and `-`, at most 63 characters.",
            examples=["etl-team"],
        ),
    ],
)
DnsName = TypeAliasType(
    "DnsName",
    Annotated[
        str,
        Field(
            pattern=f"^{_DNS_LABEL}(\\.{_DNS_LABEL})*$",
            max_length=253,
            description="The name of a Kubernetes object: DNS labels joined by dots.",
            examples=["airflow-metadata"],
        ),
    ],
)
HostName = TypeAliasType(
    "HostName",
    Annotated[
        str,
        Field(
            pattern=f"^(\\*\\.)?{_DNS_LABEL}(\\.{_DNS_LABEL})*$",
            max_length=253,
            description="A host name, or `*.` and a domain.",
            examples=["airflow.example.com"],
        ),
    ],
)
Server = TypeAliasType(
    "Server",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$",
            max_length=253,
            description="Host name or IPv4 address of a server.",
            examples=["db.example.com"],
        ),
    ],
)
Url = TypeAliasType(
    "Url",
    Annotated[
        str,
        Field(
            pattern="^https?://[!-~]{1,2040}$",
            max_length=2048,
            description="An http or https URL.",
            examples=["https://app.example.com/login"],
        ),
    ],
)
GitRepository = TypeAliasType(
    "GitRepository",
    Annotated[
        str,
        Field(
            pattern="^((https?|ssh|git|file)://[!-~]{1,2000}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}@[A-Za-z0-9.-]{1,253}:[!-~]{1,1700})$",
            max_length=2048,
            description="Where a git repository is cloned from.",
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
            description="A branch, tag or commit.",
            examples=["main", "v1.2.0"],
        ),
    ],
)
AbsolutePath = TypeAliasType(
    "AbsolutePath",
    Annotated[
        str,
        Field(
            pattern="^/[A-Za-z0-9._@+/-]{0,1023}$",
            max_length=1024,
            description="An absolute path in a container.",
            examples=["/opt/airflow/dags"],
        ),
    ],
)
RelativePath = TypeAliasType(
    "RelativePath",
    Annotated[
        str,
        Field(
            pattern="^([A-Za-z0-9._@+-][A-Za-z0-9._@+/-]{0,1022})?$",
            max_length=1023,
            description="A relative path; empty is the root.",
            examples=["tests/dags"],
        ),
    ],
)
UrlPath = TypeAliasType(
    "UrlPath",
    Annotated[
        str,
        Field(
            pattern="^/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,1023}$",
            max_length=1024,
            description="The path of a URL.",
            examples=["/airflow"],
        ),
    ],
)
EnvName = TypeAliasType(
    "EnvName",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z_][A-Za-z0-9_.-]{0,254}$",
            max_length=255,
            description="The name of an environment variable.",
            examples=["AIRFLOW_VAR_REGION"],
        ),
    ],
)
SecretKey = TypeAliasType(
    "SecretKey",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9._-]{1,253}$",
            max_length=253,
            description="A key in a Secret or ConfigMap.",
            examples=["connection"],
        ),
    ],
)
LabelKey = TypeAliasType(
    "LabelKey",
    Annotated[
        str,
        Field(
            pattern=f"^({_DNS_LABEL}(\\.{_DNS_LABEL}){{0,8}}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?$",
            max_length=317,
            description="The key of a label or annotation, with an optional prefix.",
            examples=["example.com/team"],
        ),
    ],
)
LabelValue = TypeAliasType(
    "LabelValue",
    Annotated[
        str,
        Field(
            pattern="^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$",
            max_length=63,
            description="The value of a label.",
            examples=["data-platform"],
        ),
    ],
)
ImageRepository = TypeAliasType(
    "ImageRepository",
    Annotated[
        str,
        Field(
            pattern=f"^([A-Za-z0-9]([A-Za-z0-9.-]{{0,251}}[A-Za-z0-9])?(:[0-9]{{1,5}})?/)?{_PATH_PART}(/{_PATH_PART})*$",
            max_length=255,
            description="A container image without tag and digest.",
            examples=["apache/airflow", "registry.example.com/team/airflow"],
        ),
    ],
)
ImageTag = TypeAliasType(
    "ImageTag",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
            max_length=128,
            description="The tag of a container image.",
            examples=["3.1.0"],
        ),
    ],
)
Digest = TypeAliasType(
    "Digest",
    Annotated[
        str,
        Field(
            pattern="^sha256:[a-f0-9]{64}$",
            max_length=71,
            description="The digest of a container image.",
            examples=["sha256:" + "0" * 64],
        ),
    ],
)
Version = TypeAliasType(
    "Version",
    Annotated[
        str,
        Field(
            # Masterminds/semver and we differ on leading zeros, so there are none.
            pattern=f"^{_NUMBER}\\.{_NUMBER}\\.{_NUMBER}(-{_PRERELEASE}(\\.{_PRERELEASE}){{0,5}})?$",
            max_length=128,
            description="A semantic version: three numbers, for a pre-release with `-` and its name.",
            examples=["2.11.2", "3.1.0-rc1"],
        ),
    ],
)
CronSchedule = TypeAliasType(
    "CronSchedule",
    Annotated[
        str,
        Field(
            pattern=f"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|({_CRON_FIELD} ){{4}}{_CRON_FIELD})$",
            max_length=620,
            description="When a CronJob runs: minute, hour, day of month, month, day of week.",
            examples=["*/15 * * * *", "@daily"],
        ),
    ],
)
Duration = TypeAliasType(
    "Duration",
    Annotated[
        str,
        Field(
            pattern="^([0-9]{1,6}(ms|s|m|h)){1,4}$",
            max_length=32,
            description="A length of time as Go writes it.",
            examples=["5s", "1h30m"],
        ),
    ],
)
DatabaseName = TypeAliasType(
    "DatabaseName",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$",
            max_length=63,
            description="The name of a database or of a database role.",
            examples=["airflow"],
        ),
    ],
)
ConfigSection = TypeAliasType(
    "ConfigSection",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z][A-Za-z0-9_.-]{0,62}$",
            max_length=63,
            description="A section of airflow.cfg.",
            examples=["core"],
        ),
    ],
)
ConfigKey = TypeAliasType(
    "ConfigKey",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z_][A-Za-z0-9_.-]{0,126}$",
            max_length=127,
            description="A key of a configuration file.",
            examples=["parallelism"],
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
