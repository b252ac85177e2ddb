"""The one kind of value the rules are made of: frozen, checked, without surplus fields."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

Instant = AwareDatetime
"""An aware instant; inside the rules always UTC."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
"""A short text on one subject: a name, a post, a reference [our default limit]."""

Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
"""A longer text, up to 4,000 characters [our default]."""


class Value(BaseModel):
    """A frozen pydantic model that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def but(self, **changes: Any) -> Self:  # noqa: ANN401  (any field of any value)
        """Return a checked copy with ``changes``; a misspelt field is an error."""
        return self.model_validate({**dict(self), **changes})


def utc_text(at: datetime) -> str:
    """Return ``at`` as ISO 8601 in UTC with ``Z``."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
