"""The application database: the record, the read model, registers and ledgers. Never asked to decide."""
