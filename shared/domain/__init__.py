"""The product's own words and rules: no I/O, no service's vocabulary.

Large models are built when they are first used (`defer_build`), so that the app starts sooner.
"""
