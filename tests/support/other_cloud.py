"""A second cloud in memory with rules of its own: what stands above the port must not know Azure's.

No keys, no autoscale, all traffic to one deployment, short names in small letters, and an endpoint
that exists as soon as it is asked for.
"""

import re

from shared.domain.endpoint import Keys, Marks, Provisioning, WhichKey, Workspace
from shared.domain.naming import NameRules
from shared.domain.release import Autoscale
from shared.domain.traffic import TrafficSplit
from shared.errors.serving import BadArgument
from shared.ports.serving_target import Capabilities
from tests.support.serving_target import Operation, ServingTargetFake


class OtherCloud(ServingTargetFake):
    kind = "other"
    names = NameRules(re.compile(r"[a-z][a-z0-9-]{1,19}"), "2 to 20 small letters, digits, dashes")
    can = Capabilities(keys=False, traffic_split=False, mirror=False, autoscale=False)

    def workspace(self) -> Workspace:
        return Workspace(name="other", location="mars-north")

    def put_endpoint(self, name: str, marks: Marks) -> None:
        super().put_endpoint(name, marks)
        self._endpoints[name].operation = Operation(
            Provisioning.SUCCEEDED, Provisioning.SUCCEEDED, 0
        )

    def put_traffic(self, endpoint_name: str, wanted: TrafficSplit) -> None:
        if wanted.mirror or any(share not in (0, 100) for share in wanted.traffic.values()):
            raise BadArgument("This cloud sends all traffic to one deployment.")
        super().put_traffic(endpoint_name, wanted)

    def put_autoscale(self, endpoint_name: str, name: str, wanted: Autoscale, marks: Marks) -> None:
        raise BadArgument("This cloud does not change instance counts by load.")

    def keys(self, endpoint_name: str) -> Keys:
        raise BadArgument("Endpoints of this cloud have no keys.")

    def replace_key(self, endpoint_name: str, key: WhichKey) -> None:
        raise BadArgument("Endpoints of this cloud have no keys.")
