"""Money: work items, authority to spend, and billing."""

from domain.decisions import billing, spending, work

__all__ = ["billing", "spending", "work"]
