"""Where staff, providers, finance and the NCSC are reached: from the registers and settings."""

from collections.abc import Mapping

from adapters.database.registers import Registers
from domain.notice import Address
from domain.people import Person, Role


class RegisterAddresses:
    """The address book over the registers."""

    def __init__(self, registers: Registers, desks: Mapping[str, Address]) -> None:
        """Take the registers and the fixed addresses of desks that are no people.

        Args:
            registers: Staff and providers.
            desks: ``finance`` and ``ncsc`` by their role word.
        """
        self._registers = registers
        self._desks = dict(desks)

    async def of_role(self, role: str, case: str, provider: str | None) -> tuple[Address, ...]:
        """Return who is told for a role: everybody who holds it, or the desk of that name."""
        del case
        if role == "provider":
            return await self._of_provider(provider)
        if role in self._desks:
            return (self._desks[role],)
        people = await self._registers.people()
        return tuple(_address(one) for one in people if Role(role) in one.roles)

    async def of_person(self, person: str) -> tuple[Address, ...]:
        """Return one member of staff."""
        return tuple(_address(p) for p in await self._registers.people() if p.id == person)

    async def _of_provider(self, provider: str | None) -> tuple[Address, ...]:
        known = await self._registers.providers()
        found = next((one for one in known if one.id == provider), None)
        if found is None:
            return ()
        return (Address(name=found.name, email=found.email, phone=found.duty_line),)


def _address(person: Person) -> Address:
    return Address(name=person.name, email=person.email, phone=person.phone)
