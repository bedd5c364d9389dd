import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.support.data import HOSTED, Database, Person, Project, running_project
from tests.support.user_world import InMemory, InPostgreSQL, UserWorld


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with running_project(tmp_path_factory.mktemp("data")) as project:
        yield project


@pytest.fixture(scope="session")
def database(project: Project) -> Database:
    return project.database


@pytest.fixture
def hosted(database: Database) -> Iterator[Database]:
    """A database like an older hosted project, without our migrations."""
    name = f"hosted_{uuid.uuid4().hex[:8]}"
    database.run(f"create database {name}")
    other = Database(psycopg.conninfo.make_conninfo(database.conninfo, dbname=name))
    with other.connect() as connection:
        connection.execute(sql.SQL(HOSTED.read_text()))
    yield other
    database.run(f"drop database {name} with (force)")


@pytest.fixture(params=["memory", "postgresql"])
def users(request: pytest.FixtureRequest) -> UserWorld:
    """Ada and Bob with the ports of their own, in memory and over the local Supabase."""
    if request.param == "memory":
        return InMemory()
    people = (request.getfixturevalue(name) for name in ("project", "ada", "bob"))
    return InPostgreSQL(*people)


@pytest.fixture
def ada(project: Project) -> Person:
    return project.new_person()


@pytest.fixture
def bob(project: Project) -> Person:
    return project.new_person()
