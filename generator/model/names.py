"""Types of names: of Kubernetes objects, labels, images, versions, and of keys in files.

The patterns follow the rules in ``generator.model.text``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

_DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_PATH_PART = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*"
_PRERELEASE = "(0|[1-9][0-9]{0,8}|[0-9]{0,8}[A-Za-z-][0-9A-Za-z-]{0,30})"
_NUMBER = "(0|[1-9][0-9]{0,3})"


def _cron_field(number: str, names: str = "") -> str:
    """A field of a schedule as Kubernetes reads it: numbers, ranges, steps, joined by commas; names in any case."""
    words = ["".join(f"[{letter}{letter.lower()}]" for letter in name) for name in names.split()]
    one = "|".join([number, *words])
    part = f"([*?]|({one})(-({one}))?)(/0{{0,2}}[1-9][0-9]{{0,2}})?"
    return f"{part}(,{part})*"


#: The five fields of a schedule.
CRON_FIELDS = " ".join(
    (
        _cron_field("[0-5]?[0-9]"),
        _cron_field("[01]?[0-9]|2[0-3]"),
        _cron_field("0?[1-9]|[12][0-9]|3[01]"),
        _cron_field("0?[1-9]|1[0-2]", "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
        _cron_field("0?[0-6]", "SUN MON TUE WED THU FRI SAT"),
    )
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
ContainerName = TypeAliasType(
    "ContainerName",
    Annotated[
        str,
        Field(
            pattern="^[a-z0-9]([-a-z0-9]{0,56}[a-z0-9])?$",
            max_length=58,
            description="The name of a container: small letters, digits and `-`, at most 58 characters, as its init"
            " container has `-init` behind it.",
            examples=["git-sync"],
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
            description="The name of a Kubernetes object: small letters, digits and `-`, in parts joined by dots.",
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
            description="A host name, or `*.` and a domain: small letters, digits and `-`, in parts joined by dots.",
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
            description="Host name or IPv4 address of a server: letters, digits, `.` and `-`.",
            examples=["db.example.com"],
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
            description="The name of an environment variable: letters, digits, `_`, `.` and `-`, no digit first.",
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
            description="A key in a Secret or ConfigMap: letters, digits, `.`, `_` and `-`.",
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
            description="The key of a label or annotation: at most 63 letters, digits, `-`, `_` and `.`, with a"
            " letter or digit at"
            " both ends; a domain and `/` may stand before it.",
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
            description="The value of a label: at most 63 letters, digits, `-`, `_` and `.`, with a letter or"
            " digit at both ends;"
            " or nothing.",
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
            description="A container image without tag and digest, its path in small letters.",
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
            description="The tag of a container image: at most 128 letters, digits, `_`, `.` and `-`.",
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
            description="The digest of a container image: `sha256:` and 64 digits and letters from a to f.",
            examples=["sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
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
            description="A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`.",
            examples=["2.11.2", "3.1.0-rc1"],
        ),
    ],
)
CronSchedule = TypeAliasType(
    "CronSchedule",
    Annotated[
        str,
        Field(
            pattern=f"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|{CRON_FIELDS})$",
            max_length=620,
            description="When a CronJob runs: minute (0-59), hour (0-23), day of month (1-31), month (1-12, JAN-DEC),"
            " day of week (0-6 from Sunday, SUN-SAT).",
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
            description="A length of time as Go writes it: numbers with `ms`, `s`, `m` or `h` behind them, such"
            " as `1h30m`.",
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
            description="The name of a database or of a database role: at most 63 letters, digits, `_`, `.` and `-`.",
            examples=["airflow"],
        ),
    ],
)
RotationWord = TypeAliasType(
    "RotationWord",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9._-]{1,63}$",
            max_length=63,
            description="A word that names a rotation: at most 63 letters, digits, `.`, `_` and `-`.",
            examples=["2026-11"],
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
            description="A section of airflow.cfg: a letter, then letters, digits, `_`, `.` and `-`.",
            examples=["core"],
        ),
    ],
)
ConfigKey = TypeAliasType(
    "ConfigKey",
    Annotated[
        str,
        Field(
            # Airflow reads option names without regard to case: two that differ in case only would be one twice.
            pattern="^[a-z_][a-z0-9_.-]{0,126}$",
            max_length=127,
            description="A key of a configuration file: small letters, digits, `_`, `.` and `-`, no digit first.",
            examples=["parallelism"],
        ),
    ],
)
