"""The smallest scoring script: a zero for each row, or a variable of the container's."""

import json
import os


def init():
    pass


def run(raw_data):
    asked = json.loads(raw_data)
    if "variable" in asked:
        return os.environ.get(asked["variable"])
    return [0 for _ in asked["data"]]
