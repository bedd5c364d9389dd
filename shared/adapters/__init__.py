"""The ports over real services. Adapters do not know each other; only services.py knows them."""
