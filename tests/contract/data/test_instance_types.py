"""The table of instance types: seeded from the file, kept up by the service role, read by all."""

from collections.abc import Iterator

import psycopg
import pytest

from shared.adapters.supabase.records import SupabaseRecords
from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType
from tests.support.data import Database, Project, refused, request

REGION = "norwayeast"


@pytest.fixture
def records(project: Project) -> Iterator[SupabaseRecords]:
    """The seed is there again afterwards."""
    before = project.database.run("select * from public.instance_types")
    yield SupabaseRecords(project.settings)
    known = [size["name"] for size in before]
    project.database.run("delete from public.instance_types where name <> all (%s)", known)
    project.database.run(
        "update public.instance_types set offered = true, prices = prices - %s", REGION
    )


def found(name: str = "Standard_E2s_v3", price: float | None = 0.15) -> InstanceType:
    prices = {} if price is None else {REGION: price}
    return InstanceType(
        name=name, cores=2, memory_gb=16, family="standardESv3Family", prices=prices
    )


def test_the_seed_of_the_database_is_the_file(project: Project) -> None:
    kept = SupabaseRecords(project.settings).instance_types()
    assert dict(kept) == dict(CATALOGUE)
    assert next(iter(kept.values())).is_default


def test_what_the_region_offers_replaces_what_is_offered_and_keeps_other_prices(
    records: SupabaseRecords,
) -> None:
    default = CATALOGUE["Standard_DS1_v2"]
    cheaper = default.model_copy(update={"prices": {REGION: 0.01, "westeurope": 9.0}})
    assert records.keep_instance_types(REGION, [cheaper, found()]) == 2
    kept = records.instance_types()
    assert list(kept) == ["Standard_DS1_v2", "Standard_E2s_v3"]
    assert kept["Standard_DS1_v2"].is_default
    assert kept["Standard_DS1_v2"].prices == {**default.prices, REGION: 0.01}
    assert records.keep_instance_types(REGION, list(CATALOGUE.values())) == len(CATALOGUE)
    assert set(records.instance_types()) == set(CATALOGUE)


def test_an_empty_answer_changes_nothing_and_a_price_that_is_not_told_stays(
    records: SupabaseRecords,
) -> None:
    before = records.instance_types()
    assert records.keep_instance_types(REGION, []) == len(CATALOGUE)
    assert dict(records.instance_types()) == dict(before)
    records.keep_instance_types(REGION, [*CATALOGUE.values(), found(price=0.15)])
    records.keep_instance_types(REGION, [*CATALOGUE.values(), found(price=None)])
    assert records.instance_types()["Standard_E2s_v3"].prices == {REGION: 0.15}


def test_a_request_takes_what_is_offered_now_and_names_that_where_it_refuses(
    records: SupabaseRecords, project: Project
) -> None:
    database = project.database
    user = database.new_user()
    model = database.new_model(user)
    records.keep_instance_types(REGION, [found()])
    with database.as_user(user) as connection:
        made = request(connection, model, instance_type="Standard_E2s_v3")
        assert made["deployment"]["instance_type"] == "Standard_E2s_v3"
        with pytest.raises(psycopg.errors.RaiseException) as caught:
            request(connection, model, instance_type="Standard_DS1_v2")
    assert refused(caught.value) == (
        "instance_type_unknown",
        {"name": "Standard_DS1_v2", "offered": ["Standard_E2s_v3"]},
    )


def test_no_user_writes_a_size(database: Database) -> None:
    with database.as_user(database.new_user()) as connection:
        rows = connection.execute("select name from public.instance_types").fetchall()
        assert {row["name"] for row in rows} == set(CATALOGUE)
        for statement in (
            "update public.instance_types set cores = 1",
            "select public.keep_instance_types('x', '[]')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_no_size_is_named_outside_the_seed_in_what_the_database_runs(database: Database) -> None:
    sources = database.run(
        """select p.proname from pg_proc p where p.prosrc ~ 'Standard_[A-Z]'
           union all select conname from pg_constraint
            where pg_get_constraintdef(oid) ~ 'Standard_[A-Z]'
           union all select a.adrelid::regclass::text from pg_attrdef a
            where pg_get_expr(a.adbin, a.adrelid) ~ 'Standard_[A-Z]'"""
    )
    assert sources == []


def test_a_catalogue_holds_each_size_once() -> None:
    assert len(Catalogue([found(), found()])) == 1
