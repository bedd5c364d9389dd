"""A local Supabase: real PostgreSQL behind a gateway that speaks REST, auth and storage.

supabase-py and supabase-js talk to it unchanged. It knows nothing of Slipway.
"""
