"""Numbers with bounds, and text or number where Kubernetes takes both.

Helm knows 64-bit floats only, so every whole number is bounded inside plus and minus 2^53.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from generator.model.text import LONG_TEXT

SAFE = 2**53 - 1

Count = TypeAliasType(
    "Count", Annotated[int, Field(ge=0, le=1_000_000, description="A whole number from 0 to 1,000,000.", examples=[3])]
)
Positive = TypeAliasType(
    "Positive",
    Annotated[int, Field(ge=1, le=1_000_000, description="A whole number from 1 to 1,000,000.", examples=[10])],
)
Seconds = TypeAliasType(
    "Seconds", Annotated[int, Field(ge=0, le=31_536_000, description="A number of seconds.", examples=[30])]
)
PositiveSeconds = TypeAliasType(
    "PositiveSeconds",
    Annotated[int, Field(ge=1, le=31_536_000, description="A number of seconds, at least 1.", examples=[30])],
)
Replicas = TypeAliasType(
    "Replicas", Annotated[int, Field(ge=0, le=1000, description="A number of pods.", examples=[2])]
)
Single = TypeAliasType("Single", Annotated[int, Field(ge=0, le=1, description="One pod or none.", examples=[1])])
Port = TypeAliasType("Port", Annotated[int, Field(ge=1, le=65535, description="A port.", examples=[5432])])
UserId = TypeAliasType(
    "UserId",
    Annotated[int, Field(ge=0, le=4_294_967_294, description="The number of a Unix user or group.", examples=[1000])],
)
AirflowUnits = TypeAliasType(
    "AirflowUnits",
    Annotated[
        int, Field(ge=1, le=1000, description="Airflow Units: one is 100m of CPU and 384Mi of memory.", examples=[10])
    ],
)

Quantity = TypeAliasType(
    "Quantity",
    Annotated[
        Annotated[int, Field(ge=0, le=SAFE)]
        | Annotated[float, Field(ge=0, le=SAFE)]
        | Annotated[
            str,
            Field(
                pattern="^[0-9]{1,15}(\\.[0-9]{1,9})?(n|u|m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei|e[0-9]{1,2})?$",
                max_length=32,
            ),
        ],
        Field(
            description="An amount as Kubernetes writes it, such as `500m`, `2Gi` or `4`.",
            examples=["500m", "2Gi", 4],
        ),
    ],
)
IntOrPercent = TypeAliasType(
    "IntOrPercent",
    Annotated[
        Annotated[int, Field(ge=0, le=1_000_000)] | Annotated[str, Field(pattern="^(100|[0-9]{1,2})%$", max_length=4)],
        Field(description="A number of pods, or a percentage of them.", examples=[1, "25%"]),
    ],
)
Scalar = TypeAliasType(
    "Scalar",
    Annotated[
        bool
        | Annotated[int, Field(ge=-SAFE, le=SAFE)]
        | Annotated[float, Field(ge=-SAFE, le=SAFE)]
        | Annotated[str, Field(pattern=LONG_TEXT, max_length=262144)],
        Field(description="Text, a number, or true or false.", examples=["False", 16]),
    ],
)
