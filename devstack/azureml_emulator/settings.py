"""What the control API sets and a restart keeps: latency and names that are taken elsewhere."""

from pydantic import BaseModel

from devstack.azureml_emulator.latency import Latency
from devstack.azureml_emulator.store import Collection, Store


class TakenNames(BaseModel):
    names: list[str] = []


class Settings:
    """`latency` starts as the command line says; taken names are those of the state directory."""

    def __init__(self, store: Store, latency: Latency) -> None:
        self.latency = latency
        self._taken = Collection(store, "taken-names", TakenNames)

    def taken_names(self) -> list[str]:
        taken = self._taken.get("names")
        return taken.names if taken else []

    def set_taken_names(self, names: list[str]) -> None:
        self._taken.put("names", TakenNames(names=sorted(names)))

    def is_taken(self, name: str) -> bool:
        return name.lower() in (taken.lower() for taken in self.taken_names())
