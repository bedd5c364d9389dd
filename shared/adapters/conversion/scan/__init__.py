"""Reads model files and loads nothing: what a file is, and whether it may be loaded.

`python -m shared.conversion.scan FILE` prints the verdict. The app never reads a stranger's bytes
itself: `child.py` starts a confined process for each file, `reading.py` is what runs there.
"""
