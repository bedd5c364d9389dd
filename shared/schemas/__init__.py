"""The words that cross a boundary: HTTP, history, database. One pydantic model each."""
