"""Tokens: issued and revoked by two people, over a real database."""

import pytest

from domain.errors import Code, Refused
from domain.people import Role
from tests.adapters.office import Office, rows
from tests.builders import ROLES
from tests.databases import Database, everything


class TestTokens:
    async def test_a_token_counts_when_a_second_person_has_confirmed(
        self, office: Office, database: Database
    ) -> None:
        change, token = await office.changes.propose_issue("kaya", "helen")
        assert await office.registers.holder_of(token) is None
        await office.confirms(change)
        found = await office.registers.holder_of(token)
        assert found is not None
        assert (found.id, found.roles) == ("kaya", ROLES["kaya"])
        assert token not in everything(database.url)

    async def test_a_token_of_a_provider_carries_its_role(self, office: Office) -> None:
        change, token = await office.changes.propose_issue("alder", "helen")
        await office.confirms(change)
        found = await office.registers.holder_of(token)
        assert found is not None
        assert found.roles == (Role.PROVIDER,)

    async def test_a_token_for_somebody_who_changed_meanwhile_is_stale(
        self, office: Office
    ) -> None:
        change, token = await office.changes.propose_issue("kaya", "helen")
        people = [row for row in rows("people") if row["id"] != "kaya"]
        await office.confirms(await office.proposes("people", people))
        assert await office.refuses(change) is Code.STALE_VERSION
        assert await office.registers.holder_of(token) is None

    async def test_a_lost_token_is_withdrawn_and_asked_for_again(self, office: Office) -> None:
        change, lost = await office.changes.propose_issue("kaya", "helen")
        with pytest.raises(Refused) as refused:
            await office.changes.propose_issue("kaya", "helen")
        assert refused.value.code is Code.CHANGE_PENDING
        await office.changes.withdraw(change.number, "helen", ROLES["helen"])
        again, token = await office.changes.propose_issue("kaya", "helen")
        await office.confirms(again)
        assert await office.registers.holder_of(lost) is None
        assert await office.registers.holder_of(token) is not None

    async def test_a_revocation_ends_every_token_in_the_moment_it_is_confirmed(
        self, office: Office
    ) -> None:
        tokens = [await office.registers.issue_token("kaya") for _ in range(2)]
        change, repeated = await office.changes.propose_revoke("kaya", "helen")
        assert (change.difference.ended[0].title, repeated) == ("all 2 tokens of kaya", False)
        assert (await office.changes.propose_revoke("kaya", "helen"))[1] is True
        late = await office.registers.issue_token("kaya")
        assert await office.registers.holder_of(tokens[0]) is not None
        await office.confirms(change)
        assert [await office.registers.holder_of(one) for one in (*tokens, late)] == [None] * 3
