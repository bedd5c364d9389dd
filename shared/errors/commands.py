"""Words and commands that many errors share; docs/errors.md says what the variables hold."""

REPLY = "reply"
DEPLOYMENT = "failed deployment"
BOTH = "reply, failed deployment"

NO = "no"
AFTER_THE_FIX = "after the fix"
LATER = "later: Slipway has tried for about eight minutes"
"""The waits of orchestrators/support/call_phase.py: 1, 2, 4, 8, 16, then 15 times 30 seconds."""

BEARER = '-H "Authorization: Bearer $TOKEN"'
DETAIL = f'curl -s "$SLIPWAY/deployments/$ID" {BEARER}'
LIST = f'curl -s "$SLIPWAY/deployments/list" {BEARER}'
RETRY = f'curl -s -X POST "$SLIPWAY/deployments/$ID/retry" {BEARER}'
DELETE = f'curl -s -X DELETE "$SLIPWAY/deployments/$ID" {BEARER}'
OPENAPI = 'curl -s "$SLIPWAY/openapi.json"'
BATCH = f'curl -s "$SLIPWAY/batches/$BATCH" {BEARER}'
STATS = f'curl -s "$SLIPWAY/deployments/stats" {BEARER}'
SCAN = "python -m shared.conversion.scan model.joblib"
SHOW_ENDPOINT = 'az ml online-endpoint show -n "$ENDPOINT"'
LIST_DEPLOYMENTS = 'az ml online-deployment list -e "$ENDPOINT" -o table'


def deploy(fields: str = "", *, key: str | None = None) -> str:
    """`fields`: JSON members beside the model's id; `key`: an Idempotency-Key."""
    headers = "-H 'Content-Type: application/json'"
    if key:
        headers += f' -H "Idempotency-Key: {key}"'
    body = f'{{"model_id": "\'$MODEL\'"{fields}}}'
    return f"curl -s -X POST \"$SLIPWAY/deployments/deploy\" {BEARER} {headers} -d '{body}'"
