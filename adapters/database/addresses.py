"""Where staff, providers, finance and the NCSC are reached: from the registers and settings."""

from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from adapters.database.registers import Registers
from domain.notice import Address
from domain.people import Person, Role
from domain.provider import Provider


class RegistersAwayError(OSError):
    """The registers cannot be read and never were; a later try may succeed."""


class RegisterAddresses:
    """The address book over the registers.

    With the database away the people and providers that were last read must do: a call-out arrives
    even then.
    """

    def __init__(self, registers: Registers, desks: Mapping[str, Address]) -> None:
        """Take the registers and the fixed addresses of desks that are no people.

        Args:
            registers: Staff and providers.
            desks: ``finance`` and ``ncsc`` by their role word.
        """
        self._registers = registers
        self._desks = dict(desks)
        self._people: tuple[Person, ...] = ()
        self._providers: tuple[Provider, ...] = ()

    async def of_role(self, role: str, case: str, provider: str | None) -> tuple[Address, ...]:
        """Return who is told for a role: everybody who holds it, or the desk of that name.

        Raises:
            RegistersAwayError: The registers cannot be read.
        """
        del case
        if role == "provider":
            return await self._of_provider(provider)
        if role in self._desks:
            return (self._desks[role],)
        await self._look()
        return tuple(_address(one) for one in self._people if Role(role) in one.roles)

    async def of_person(self, person: str) -> tuple[Address, ...]:
        """Return one member of staff.

        Raises:
            RegistersAwayError: The registers cannot be read.
        """
        await self._look()
        return tuple(_address(one) for one in self._people if one.id == person)

    async def _of_provider(self, provider: str | None) -> tuple[Address, ...]:
        await self._look()
        found = next((one for one in self._providers if one.id == provider), None)
        if found is None:
            return ()
        return (Address(name=found.name, email=found.email, phone=found.duty_line),)

    async def _look(self) -> None:
        """Read people and providers, or keep what was read before."""
        try:
            self._people = await self._registers.people()
            self._providers = await self._registers.providers()
        except SQLAlchemyError as error:
            if not self._people:
                raise RegistersAwayError("The registers cannot be read.") from error


def _address(person: Person) -> Address:
    return Address(name=person.name, email=person.email, phone=person.phone, person=person.id)
