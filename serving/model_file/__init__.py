"""One reading of model files: rewritten into canonical form, loaded by listed names, judged."""
