"""What runs in the sandbox, with the untrusted model: no keys, no network, nothing to write to.

Only the standard library, the model libraries, `serving` and `scan` beside this folder are imported
here: the sandbox's environment holds nothing else.
"""
