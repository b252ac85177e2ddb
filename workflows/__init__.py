"""The durable order of things: wait, ask ``decide``, do what follows.

What keeps a replay true:

1. One ``workflow.unsafe.imports_passed_through()`` block holds every import of ours.
2. Passed-through code is not guarded by the sandbox; ruff and import-linter guard it.
3. Handlers are synchronous and touch state only; ``run`` and its tasks alone await.
4. Validator and handler call the same rules and turn ``Refused`` into an ``ApplicationError``.
5. All state is one frozen model and the outbox; continue-as-new passes both whole.
6. Tuples and dicts are iterated, never sets. ``workflow.wait``, never ``asyncio.wait``.
7. Names of workflows, activities, updates, signals and search attributes are wire format.
8. Calendars and policy arrive as data; a due instant, once decided, is a fact.
9. One timer, for the earliest instant; no polling. Activities get business keys, never run ids.
"""
