"""From an untrusted joblib file to an MLflow folder that our own score.py serves."""
