"""What the product needs of the world, in its own words: one Protocol a file.

Every method may raise TransientError (try again) and UserFacingError (explained, final).
"""
