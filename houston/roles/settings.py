"""What a configuration says of one role."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class RoleSettings(BaseModel):
    """A change of a built-in role, or a role of people's own.

    A built-in role takes ``permissions`` alone. A custom one has a ``level``, begins with those of ``like`` or with
    none, and is called by 1 to 64 capital letters, digits and ``_``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Literal["system", "workspace", "deployment"] | None = Field(
        default=None, description="Where the role can be given; of custom roles."
    )
    like: str | None = Field(default=None, description="The role whose permissions a custom role begins with.")
    description: str = Field(default="", max_length=1000, description="For the people who give the role.")
    permissions: dict[str, bool] = Field(
        default_factory=dict,
        description="Permissions that the role has (true) or has not (false), whatever it has else.",
        max_length=200,
    )
