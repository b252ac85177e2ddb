from domain.command import BASE_FIELDS, Command
from tests.desk import DeskHouse


async def test_every_command_has_its_schema_from_its_declaration(desk: DeskHouse) -> None:
    reply = await desk.get("/commands")
    assert reply.status == 200
    assert set(reply.json) == set(Command.registry)
    for name, command in Command.registry.items():
        inputs = {
            field.alias or key
            for key, field in command.model_fields.items()
            if key not in BASE_FIELDS
        }
        assert inputs <= set(reply.json[name]["properties"])


async def test_nobody_says_themselves_who_is_asking(desk: DeskHouse) -> None:
    schema = (await desk.get("/commands/decide")).json
    assert not {"by", "stamp"} & set(schema["properties"])
    assert {"result", "tests"} <= set(schema["required"])
    assert "by" not in schema["required"]


async def test_a_command_that_is_not_there_is_unknown(desk: DeskHouse) -> None:
    assert (await desk.get("/commands/decied")).says == (404, "not-found", "unknown-command")
