"""The storage service: buckets and objects. Rows under RLS in PostgreSQL, bytes on disk under random ids."""
