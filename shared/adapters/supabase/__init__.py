"""Adapters to Supabase: rows by REST, files by Storage, both through the official client."""
