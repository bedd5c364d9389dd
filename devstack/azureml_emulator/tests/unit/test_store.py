import pytest
from pydantic import BaseModel

from devstack.azureml_emulator.store import Collection, Store


class Thing(BaseModel):
    name: str


def test_documents_survive_a_reopened_store(tmp_path):
    store = Store(tmp_path / "state")
    things = Collection(store, "things", Thing)
    things.put("b/1", Thing(name="one"))
    things.put("a/2", Thing(name="two"))
    things.put("a/2", Thing(name="changed"))
    store.close()

    store = Store(tmp_path / "state")
    again = Collection(store, "things", Thing)
    assert [thing.name for thing in again.all()] == ["changed", "one"]
    assert [thing.name for thing in again.all("b/")] == ["one"]
    assert again.get("missing") is None
    assert (again.delete("b/1"), again.delete("b/1"), again.count()) == (True, False, 1)
    store.close()


def test_prefixes_are_taken_literally_and_kinds_kept_apart(tmp_path):
    store = Store(tmp_path / "state")
    things, others = (Collection(store, name, Thing) for name in ("things", "others"))
    things.put("a_b", Thing(name="underscore"))
    things.put("axb", Thing(name="x"))
    things.put("A_b", Thing(name="upper"))
    assert [thing.name for thing in things.all("a_")] == ["underscore"]
    assert others.all() == []
    store.close()


def test_a_transaction_keeps_all_or_nothing(tmp_path):
    store = Store(tmp_path / "state")
    things = Collection(store, "things", Thing)
    with store.transaction():
        things.put("kept", Thing(name="kept"))

    def broken() -> None:
        with store.transaction():
            things.put("lost", Thing(name="lost"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert [thing.name for thing in things.all()] == ["kept"]
    store.close()
