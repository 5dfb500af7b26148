"""What a query says: conditions, order, pages and fields, read once and understood by the contract."""
