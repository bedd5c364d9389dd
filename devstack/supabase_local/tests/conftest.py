"""One local Supabase for all the tests of this folder."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from devstack.supabase_local.tests.support.project import (
    LocalSupabase,
    Person,
    client,
    connect,
    new_person,
    open_folder,
    running,
)
from supabase import Client


@pytest.fixture(scope="session")
def supabase() -> Iterator[LocalSupabase]:
    with open_folder() as folder:
        yield LocalSupabase(folder / "state")


@pytest.fixture(scope="session")
def facts(supabase: LocalSupabase) -> Iterator[dict[str, Any]]:
    with running(supabase) as ready:
        yield ready


@pytest.fixture(scope="session")
def service(facts: dict[str, Any]) -> Client:
    return client(facts, "secret_key")


@pytest.fixture(scope="session")
def anonymous(facts: dict[str, Any]) -> Client:
    return client(facts)


@pytest.fixture(scope="session")
def database(facts: dict[str, Any]) -> Iterator[psycopg.Connection]:
    with connect(facts) as connection:
        yield connection


@pytest.fixture
def alice(facts: dict[str, Any]) -> Person:
    return new_person(facts)


@pytest.fixture
def bob(facts: dict[str, Any]) -> Person:
    return new_person(facts)


@pytest.fixture
def http(facts: dict[str, Any]) -> Iterator[httpx.Client]:
    """Raw HTTP with the secret key."""
    headers = {"apikey": facts["secret_key"]}
    with httpx.Client(base_url=facts["url"], headers=headers, timeout=20) as raw:
        yield raw


@pytest.fixture
def shop(alice: Person) -> dict[str, Any]:
    """A shop of Alice's with three products, one order, and tags."""
    row = {"user_id": alice.id, "name": f"shop-{uuid4().hex}", "details": {"a": {"b": [10, 20]}}}
    made: dict[str, Any] = alice.client.table("shops").insert(row).execute().data[0]
    products = [
        {"shop_id": made["id"], "name": "apples", "price": 2, "labels": ["fresh", "red"]},
        {"shop_id": made["id"], "name": "bread", "price": 3.5, "labels": [], "on_sale": True},
        {"shop_id": made["id"], "name": "Cheese (old)", "price": 12, "labels": ["fresh"]},
    ]
    made["products"] = (
        alice.client.table("products").insert(products, default_to_null=False).execute().data
    )
    order = {"shop_id": made["id"], "product_id": made["products"][0]["id"]}
    made["orders"] = alice.client.table("orders").insert(order).execute().data
    return made
