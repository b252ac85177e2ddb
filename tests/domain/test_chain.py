"""A chain of hashes: the first link that does not fit is found and said."""

from domain.chain import GENESIS, UNSIGNED, Head, Link, chained, head_text, off_the_end, walked


def a_chain(*bodies: bytes) -> list[Link]:
    """Return links that fit."""
    links: list[Link] = []
    for seq, body in enumerate(bodies, start=1):
        before = links[-1].hash if links else GENESIS
        links.append(Link(seq, before, chained(before, body), body))
    return links


def test_a_chain_that_fits_says_its_length_and_its_head() -> None:
    links = a_chain(b"one", b"two", b"three")
    assert walked(links) == (3, links[2].hash, None, None)
    assert walked(()) == (0, GENESIS, None, None)


def test_a_fact_that_was_altered_is_named() -> None:
    links = a_chain(b"one", b"two", b"three")
    found = walked([links[0], links[1]._replace(body=b"TWO"), links[2]])
    assert (found.links, found.at) == (1, 2)
    assert found.broken == "fact 2 was altered: its hash is not that of what it says"


def test_a_fact_that_was_altered_with_its_hash_breaks_the_next_link() -> None:
    links = a_chain(b"one", b"two", b"three")
    forged = links[1]._replace(body=b"TWO", hash=chained(links[0].hash, b"TWO"))
    found = walked([links[0], forged, links[2]])
    assert found.at == 3
    assert "does not follow fact 2" in str(found.broken)


def test_a_fact_that_is_missing_is_named() -> None:
    links = a_chain(b"one", b"two", b"three")
    assert walked([links[0], links[2]]).broken == "fact 2 is missing: after 1 comes 3"
    assert walked(links[1:]).at == 1


def test_the_signed_end_must_be_where_the_chain_ends() -> None:
    found = walked(a_chain(b"one", b"two"))
    end = Head(2, found.head, "k", "s")
    assert off_the_end(found, end) is None
    assert off_the_end(walked(()), None) is None
    assert off_the_end(found, None) == UNSIGNED
    assert off_the_end(found, end._replace(seq=4)) == "facts 3 to 4 are missing at its end"
    assert str(off_the_end(found, end._replace(seq=1))).startswith("facts 2 to 2 are not under")
    assert str(off_the_end(found, end._replace(hash=GENESIS))).startswith(
        "the chain was made again"
    )


def test_what_is_signed_tells_cases_numbers_and_hashes_apart() -> None:
    assert head_text("CIR-2026-000001", 2, "ab") == b"cir-chain-head/1\nCIR-2026-000001\n2\nab"
