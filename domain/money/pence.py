"""Arithmetic of money: integers only, rounded half up, once."""


def half_up(amount: int, divided_by: int) -> int:
    """Return ``amount / divided_by`` rounded half up; both are not negative."""
    return (2 * amount + divided_by) // (2 * divided_by)


def price(minutes: int, day_rate_pence: int, day_minutes: int) -> int:
    """Return what ``minutes`` cost at a day rate (guide k 1), in pence.

    Args:
        minutes: 1 to 1,440.
        day_rate_pence: For one day.
        day_minutes: Minutes of a day of work; 480 [our default].
    """
    return half_up(minutes * day_rate_pence, day_minutes)


def vat(net_pence: int, basis_points: int) -> int:
    """Return the VAT on a net amount; 2000 basis points are 20 % [published, HMRC]."""
    return half_up(net_pence * basis_points, 10_000)
