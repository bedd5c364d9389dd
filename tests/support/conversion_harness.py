"""Runs in a serving environment, not under pytest: score.py's own run on many models.

argv: the folder that holds serving/. stdin: [{"model": folder, "requests": [{"body": text,
"method"?}]}]; stdout: the answers to each model's requests.
"""

import json
import sys
from pathlib import Path

from flask import Flask, request


def answers(model: str, requests: list[dict[str, str]]) -> list[dict[str, object]]:
    from serving import score
    from serving.served import Served, find_model

    score.served = Served.load(find_model(Path(model)))
    app, found = Flask(__name__), []
    for sent in requests:
        with app.test_request_context(method=sent.get("method", "POST"), data=sent["body"]):
            response = score.run(request)
        found.append({"status": response.status_code, "body": response.get_data(as_text=True)})
    return found


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    jobs = json.load(sys.stdin)
    json.dump([answers(job["model"], job["requests"]) for job in jobs], sys.stdout)
