"""Resources in resources, along the foreign keys."""

from typing import Any

import httpx
import pytest
from postgrest.exceptions import APIError

from devstack.supabase_local.tests.support.project import Person

Row = dict[str, Any]


@pytest.fixture
def tagged(alice: Person, shop: Row, service: Any) -> Row:
    tags = [{"id": 1, "label": "red"}, {"id": 2, "label": "green"}]
    service.table("tags").upsert(tags).execute()
    apples, bread, _ = shop["products"]
    links = [(apples["id"], 1), (apples["id"], 2), (bread["id"], 2)]
    alice.client.table("product_tags").insert(
        [{"product_id": product, "tag_id": tag} for product, tag in links]
    ).execute()
    return shop


def test_to_one_to_many_and_many_to_many_nest(alice: Person, tagged: Row) -> None:
    row = (
        alice.client.table("orders")
        .select("quantity,shop:shops(name,products(name,tags(label)))")
        .order("name", foreign_table="shop.products")
        .single()
        .execute()
        .data
    )
    assert row == {
        "quantity": 1,
        "shop": {
            "name": tagged["name"],
            "products": [
                {"name": "Cheese (old)", "tags": []},
                {"name": "apples", "tags": [{"label": "red"}, {"label": "green"}]},
                {"name": "bread", "tags": [{"label": "green"}]},
            ],
        },
    }


def test_a_missing_one_is_null_and_a_missing_many_is_empty(alice: Person, shop: Row) -> None:
    reply = alice.client.table("shops").select("passports(number),parcels!parcels_origin(id)")
    assert reply.eq("id", shop["id"]).execute().data == [{"passports": None, "parcels": []}]


def test_one_to_one_gives_an_object_from_both_ends(alice: Person, shop: Row) -> None:
    alice.client.table("passports").insert({"shop_id": shop["id"], "number": "P1"}).execute()
    from_shop = alice.client.table("shops").select("passports(number)").eq("id", shop["id"])
    assert from_shop.execute().data == [{"passports": {"number": "P1"}}]
    from_passport = alice.client.table("passports").select("shops(name)").eq("shop_id", shop["id"])
    assert from_passport.execute().data == [{"shops": {"name": shop["name"]}}]


def test_embedded_rows_are_filtered_ordered_and_limited_by_themselves(
    alice: Person, shop: Row
) -> None:
    query = (
        alice.client.table("shops")
        .select("name,products(name,price)")
        .gt("products.price", 2)
        .order("price", desc=True, foreign_table="products")
        .limit(1, foreign_table="products")
        .eq("id", shop["id"])
    )
    cheese = {"name": "Cheese (old)", "price": 12.0}
    assert query.execute().data == [{"name": shop["name"], "products": [cheese]}]
    either = alice.client.table("shops").select("products(name)").eq("id", shop["id"])
    either = either.or_("name.eq.bread,price.gt.10", reference_table="products")
    assert [row["name"] for row in either.execute().data[0]["products"]] == [
        "bread",
        "Cheese (old)",
    ]


def test_an_inner_embed_keeps_only_rows_that_have_it_and_the_count_agrees(
    alice: Person, shop: Row
) -> None:
    other = alice.client.table("shops").insert({"user_id": alice.id, "name": "empty"}).execute()
    query = alice.client.table("shops").select("id,products!inner(name)", count="exact")
    reply = query.eq("products.name", "bread").execute()
    assert reply.data == [{"id": shop["id"], "products": [{"name": "bread"}]}]
    assert reply.count == 1
    left = alice.client.table("shops").select("id,products!left(name)").eq("products.name", "x")
    assert {row["id"] for row in left.execute().data} == {shop["id"], other.data[0]["id"]}


def test_rows_without_an_embedded_resource_can_be_asked_for(alice: Person, shop: Row) -> None:
    bare = alice.client.table("products").insert({"shop_id": shop["id"], "name": "bare"}).execute()
    table = alice.client.table("products")
    without = table.select("name,orders()", count="exact").is_("orders", "null").execute()
    names = [row["name"] for row in without.data if row["name"] == "bare"]
    assert names == ["bare"]
    assert bare.data[0]["name"] == "bare"
    with_orders = table.select("name,orders()").not_.is_("orders", "null").eq("shop_id", shop["id"])
    assert with_orders.execute().data == [{"name": "apples"}]
    with pytest.raises(APIError) as caught:
        table.select("name,orders()").eq("orders", "1").execute()
    assert caught.value.code == "PGRST120"


def test_a_spread_lifts_the_columns_of_the_one_into_the_row(alice: Person, shop: Row) -> None:
    query = alice.client.table("orders").select("quantity,...shops(shop:name,details->a->b)")
    assert query.execute().data == [{"quantity": 1, "shop": shop["name"], "b": [10, 20]}]
    nested = alice.client.table("orders").select("...shops(shop:name,products(name))")
    assert len(nested.execute().data[0]["products"]) == 3
    starred = alice.client.table("orders").select("...products(*)").execute().data[0]
    assert starred["name"] == "apples"
    many = (
        alice.client.table("shops")
        .select("...products(name)")
        .order("name", foreign_table="products")
    )
    assert many.execute().data == [{"name": ["Cheese (old)", "apples", "bread"]}]


def test_rows_can_be_ordered_by_a_column_of_the_one(alice: Person, shop: Row) -> None:
    shops = [{"user_id": alice.id, "name": name} for name in ("aaa", "zzz")]
    low, high = alice.client.table("shops").insert(shops).execute().data
    orders = [{"shop_id": one["id"], "quantity": 9} for one in (low, high)]
    alice.client.table("orders").insert(orders).execute()
    query = alice.client.table("orders").select("shops(name)").eq("quantity", 9)
    names = [row["shops"]["name"] for row in query.order("shops(name)", desc=True).execute().data]
    assert names == ["zzz", "aaa"]
    with pytest.raises(APIError) as caught:
        alice.client.table("shops").select("products(name)").order("products(name)").execute()
    assert caught.value.code == "PGRST118"


def test_two_ways_to_one_table_are_told_and_a_hint_chooses(
    alice: Person, service: Any, shop: Row
) -> None:
    row = {"id": shop["id"] % 2**31, "origin": shop["id"], "destination": None}
    service.table("parcels").upsert(row).execute()
    with pytest.raises(APIError) as caught:
        alice.client.table("parcels").select("shops(name)").execute()
    assert caught.value.code == "PGRST201"
    assert "shops!parcels_origin" in str(caught.value.hint)
    for way in ("shops!parcels_origin", "shops!origin", "origin", "parcels_origin"):
        query = alice.client.table("parcels").select(f"from:{way}(name),to:destination(name)")
        assert query.eq("id", row["id"]).execute().data == [
            {"from": {"name": shop["name"]}, "to": None}
        ]


def test_a_table_can_embed_itself_upwards_and_downwards(service: Any) -> None:
    tree = [
        {"id": 1, "name": "root", "parent_id": None},
        {"id": 2, "name": "leaf", "parent_id": 1},
    ]
    service.table("categories").upsert(tree).execute()
    query = service.table("categories").select("name,parent:parent_id(name),categories(name)")
    assert query.order("id").execute().data == [
        {"name": "root", "parent": None, "categories": [{"name": "leaf"}]},
        {"name": "leaf", "parent": {"name": "root"}, "categories": []},
    ]


def test_a_view_embeds_what_its_table_does(alice: Person, shop: Row) -> None:
    query = alice.client.table("shop_names").select("name,products(name)").eq("id", shop["id"])
    assert len(query.execute().data[0]["products"]) == 3
    backwards = alice.client.table("products").select("shop_names(name)").eq("shop_id", shop["id"])
    assert backwards.limit(1).execute().data == [{"shop_names": {"name": shop["name"]}}]


def test_what_is_not_related_or_not_embedded_is_refused_by_name(
    alice: Person, http: httpx.Client
) -> None:
    for select, code in (("secrets(*)", "PGRST200"), ("shops!wrong(*)", "PGRST200")):
        with pytest.raises(APIError) as caught:
            alice.client.table("orders").select(select).execute()
        assert caught.value.code == code
    for query in (
        "products.name=eq.x",
        "products.order=name",
        "products.limit=1",
        "order=products(name)",
    ):
        answer = http.get(f"/rest/v1/orders?select=id&{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "PGRST108"), query
