"""Runs in a serving environment, not under pytest: score.py's own init and run on many models.

stdin: [{"model": folder, "requests": [{"body": text, "method"?}]}]; stdout: the same with answers.
"""

import importlib.util
import json
import os
import sys

from flask import Flask, request


def answers(script: str, model: str, requests: list[dict[str, str]]) -> list[dict[str, object]]:
    os.environ["AZUREML_MODEL_DIR"] = model
    spec = importlib.util.spec_from_file_location(f"entry_{model}", script)
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    score.init()
    app, found = Flask(__name__), []
    for sent in requests:
        with app.test_request_context(method=sent.get("method", "POST"), data=sent["body"]):
            response = score.run(request)
        found.append({"status": response.status_code, "body": response.get_data(as_text=True)})
    return found


if __name__ == "__main__":
    jobs = json.load(sys.stdin)
    json.dump([answers(sys.argv[1], job["model"], job["requests"]) for job in jobs], sys.stdout)
