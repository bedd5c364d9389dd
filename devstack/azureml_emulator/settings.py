"""What the control API sets. A restart keeps all of it but latency."""

from typing import Literal

from pydantic import BaseModel

from devstack.azureml_emulator.latency import Latency
from devstack.azureml_emulator.store import Collection, Store


class TakenNames(BaseModel):
    names: list[str] = []


class DatastoreAccess(BaseModel, extra="forbid"):
    """`identity`: the own datastores have no key, every reader and writer comes with a token."""

    mode: Literal["accesskey", "identity"] = "accesskey"


class Settings:
    """`latency` starts as the command line says; the rest is of the state directory."""

    def __init__(self, store: Store, latency: Latency) -> None:
        self.latency = latency
        self._taken = Collection(store, "taken-names", TakenNames)
        self._access = Collection(store, "datastore-access", DatastoreAccess)

    @property
    def datastore_access(self) -> DatastoreAccess:
        return self._access.get("access") or DatastoreAccess()

    @datastore_access.setter
    def datastore_access(self, access: DatastoreAccess) -> None:
        self._access.put("access", access)

    def taken_names(self) -> list[str]:
        taken = self._taken.get("names")
        return taken.names if taken else []

    def set_taken_names(self, names: list[str]) -> None:
        self._taken.put("names", TakenNames(names=sorted(names)))

    def is_taken(self, name: str) -> bool:
        return name.lower() in (taken.lower() for taken in self.taken_names())
