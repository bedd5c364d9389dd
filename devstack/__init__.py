"""The local world: everything Slipway needs from Azure and Supabase, on one machine.

Production never imports this package.
"""
