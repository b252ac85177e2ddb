"""Money: work items, what is disputed, authority to spend, and billing."""

from domain.decisions import billing, disputes, spending, work

__all__ = ["billing", "disputes", "spending", "work"]
