"""What the database knows before a deployment: memory of the file as it is, medians of the runs."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.supabase.records import SupabaseRecords
from shared.adapters.supabase.user_data import SupabaseUserData
from shared.domain.estimate import EstimateFacts
from shared.errors.requests import ModelNotFound
from tests.support.data import Database, Person, Project

AT = datetime(2026, 11, 1, tzinfo=UTC)


def facts_of(project: Project, person: Person) -> EstimateFacts:
    return SupabaseUserData(project.settings, person.principal).estimate_facts(person.model_id)


def upload(database: Database, person: Person, etag: str, size: int) -> None:
    """The model's file, as Storage keeps it."""
    database.run(
        """insert into storage.objects (bucket_id, name, metadata) values ('models', %s, %s)
           on conflict (bucket_id, name) do update set metadata = excluded.metadata""",
        f"{person.id}/model.joblib",
        json.dumps({"eTag": f'"{etag}"', "size": size}),
    )


def ran(database: Database, deployment_id: str, phase: str, *moments: tuple[str, float]) -> None:
    for status, second in moments:
        database.run(
            """insert into public.deployment_events (
                 deployment_id, user_id, phase, status, message, at)
               select d.id, d.user_id, %s, %s, %s, %s from public.deployments d where d.id = %s""",
            phase,
            status,
            f"{phase} {status}",
            AT + timedelta(seconds=second),
            deployment_id,
        )


def test_memory_is_that_of_the_file_as_it_is_now(project: Project) -> None:
    person, records = project.new_person(), SupabaseRecords(project.settings)
    assert facts_of(project, person).model_dump(include={"file_bytes", "memory_mb"}) == {
        "file_bytes": None,
        "memory_mb": None,
    }
    records.keep_model_memory(person.model_id, 300)
    assert facts_of(project, person).memory_mb is None, "there is no file yet"
    upload(project.database, person, "one", 1234)
    records.keep_model_memory(person.model_id, 300)
    records.keep_model_memory(person.model_id, 310)
    found = facts_of(project, person)
    assert (found.file_bytes, found.memory_mb) == (1234, 310)
    upload(project.database, person, "two", 99)
    found = facts_of(project, person)
    assert (found.file_bytes, found.memory_mb) == (99, None)


def test_a_model_that_is_gone_or_anothers_is_not_found(project: Project) -> None:
    ada, grace = project.new_person(), project.new_person()
    SupabaseRecords(project.settings).keep_model_memory(str(uuid.uuid4()), 300)
    with pytest.raises(ModelNotFound):
        SupabaseUserData(project.settings, ada.principal).estimate_facts(grace.model_id)


def test_a_phase_takes_the_median_of_whole_runs_of_all_users(project: Project) -> None:
    database, phase = project.database, f"phase_{uuid.uuid4().hex[:8]}"
    for seconds in (10, 20, 90):
        person = project.new_person()
        made = database.new_deployment(person.id, person.model_id)
        ran(database, made, phase, ("started", 0), ("note", 1), ("succeeded", seconds))
    failed = database.new_deployment(person.id, person.model_id)
    ran(database, failed, phase, ("started", 0), ("failed", 1000))
    assert facts_of(project, person).typical_seconds[phase] == 20.0


def test_what_is_older_than_the_last_thousand_events_is_not_read(project: Project) -> None:
    database, phase = project.database, f"phase_{uuid.uuid4().hex[:8]}"
    person = project.new_person()
    made = database.new_deployment(person.id, person.model_id)
    ran(database, made, phase, ("started", 0), ("succeeded", 5))
    assert phase in facts_of(project, person).typical_seconds
    database.run(
        """insert into public.deployment_events (deployment_id, user_id, phase, status, message)
           select %s, %s, 'p', 'note', i::text from generate_series(1, 1000) i""",
        made,
        person.id,
    )
    assert phase not in facts_of(project, person).typical_seconds
