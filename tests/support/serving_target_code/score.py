"""The smallest scoring script: a zero for each row; it needs no library and no model."""

import json


def init():
    pass


def run(raw_data):
    return [0 for _ in json.loads(raw_data)["data"]]
