"""What the database holds: tables, columns, foreign keys and functions, as the gateway must know them.

Every identifier in a request is checked against this picture before it gets near SQL.
"""
