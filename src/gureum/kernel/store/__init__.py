"""The database: one schema, transactions, the writer lane, paging."""
