"""The storage service: rows under RLS in PostgreSQL, bytes on disk under random ids."""
