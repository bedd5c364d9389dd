"""What the product needs of the world, in its own words: one Protocol a file.

Every method may raise a TransientError, after which it may be called again, and a UserFacingError,
which is final. Those that tell something of the call are named where they are raised.
"""
