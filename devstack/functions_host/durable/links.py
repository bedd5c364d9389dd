"""The URLs of the durable management API, as the extension hands them out.

Each carries the task hub, the connection and a key, so that `&showHistory=true` can be appended.
"""

import json
from dataclasses import dataclass
from urllib.parse import quote_plus

PREFIX = "/runtime/webhooks/durabletask"
CONNECTION = "Storage"


@dataclass(frozen=True)
class Links:
    """`base_url` is scheme, host and port; `code` is the key that the URLs carry."""

    hub: str
    code: str

    def of_instance(self, base_url: str, instance_id: str) -> dict[str, str]:
        """What a caller does with an instance, with `{text}` and `{eventName}` to fill in."""
        instance = f"{base_url.rstrip('/')}{PREFIX}/instances/{instance_id}"
        return {
            "statusQueryGetUri": f"{instance}?{self._query}",
            "sendEventPostUri": f"{instance}/raiseEvent/{{eventName}}?{self._query}",
            "terminatePostUri": f"{instance}/terminate?reason={{text}}&{self._query}",
            "rewindPostUri": f"{instance}/rewind?reason={{text}}&{self._query}",
            "purgeHistoryDeleteUri": f"{instance}?{self._query}",
            "restartPostUri": f"{instance}/restart?{self._query}",
            "suspendPostUri": f"{instance}/suspend?reason={{text}}&{self._query}",
            "resumePostUri": f"{instance}/resume?reason={{text}}&{self._query}",
        }

    def client_binding(self, base_url: str) -> str:
        """The value of a durable client binding. The SDK calls the same API that is public."""
        api = f"{base_url}{PREFIX}"
        create = f"{api}/orchestrators/{{functionName}}[/{{instanceId}}]"
        waiting = "timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}"
        return json.dumps(
            {
                "taskHubName": self.hub,
                "creationUrls": {
                    "createNewInstancePostUri": f"{create}?{self._key}",
                    "createAndWaitOnNewInstancePostUri": f"{create}?{waiting}&{self._key}",
                },
                "managementUrls": {
                    "id": "INSTANCEID",
                    **self.of_instance(base_url, "INSTANCEID"),
                },
                "baseUrl": api,
                "requiredQueryStringParameters": self._key,
                "rpcBaseUrl": f"{api}/",
            }
        )

    @property
    def _key(self) -> str:
        return f"code={quote_plus(self.code)}"

    @property
    def _query(self) -> str:
        return f"taskHub={quote_plus(self.hub)}&connection={CONNECTION}&{self._key}"
