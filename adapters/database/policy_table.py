"""The table of the policy. A table model validates nothing: rows are made of checked values."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class PolicyRow(SQLModel, table=True):
    """The policy that new cases begin with, line by line."""

    __tablename__ = "policy"

    id: int = Field(primary_key=True)
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
