"""From an untrusted joblib file to an MLflow folder: scanned, converted in a sandbox, pinned.

The process that holds the identity never unpickles; importing this package loads no model library.
"""
