"""What runs inside an endpoint: the model file's reader, the walls, and the scoring.

Imports nothing of Slipway outside this folder. The sandbox runs the same code, so that what is
tried there is what serves.
"""
