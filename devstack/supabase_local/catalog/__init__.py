"""What the database holds, as far as the gateway must know it.

Every identifier in a request is checked against this picture before it gets near SQL.
"""
