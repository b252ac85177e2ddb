"""The application database: record, read model, registers and ledgers. Never asked to decide."""
