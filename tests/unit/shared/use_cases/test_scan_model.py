"""A verdict for what a user looks at: kept with its content, and only by today's rules."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.domain.trained_model import ModelRow, Scan
from shared.errors.models import ModelUnsupported
from shared.use_cases.scan_model import PLACES, with_current_scan, without_outdated_scan
from tests.support.model_converter_fake import ModelConverterFake
from tests.support.model_files_fake import ModelFilesFake
from tests.support.phases import RECIPE
from tests.support.records import ADA, MODEL_ID, NOW
from tests.support.records_fake import RecordsFake

CURRENT = ModelConverterFake.scanner


@pytest.fixture
def files(tmp_path: Path) -> ModelFilesFake:
    return ModelFilesFake({f"{ADA}/m": b"model"}, tmp_path)


def model(**changed) -> ModelRow:
    row = {
        **{"id": MODEL_ID, "user_id": ADA, "model_name": "m", "file_path": f"{ADA}/m"},
        **{"created_at": NOW, "size_bytes": 5, "content": "etag/5", "metadata": {"a": 1}},
    }
    return ModelRow(**{**row, **changed})


def known(scanner: str) -> Scan:
    return Scan(verdict="allowed", reasons=[], libraries={}, sha256="b" * 64, scanner=scanner)


def scanned(row, files, converter=None, records=None, wait_seconds=1.0):
    return with_current_scan(
        row,
        files=files,
        converter=converter or ModelConverterFake(RECIPE),
        records=records or RecordsFake(),
        max_bytes=5,
        wait_seconds=wait_seconds,
    ).scan


def test_a_new_file_is_scanned_and_its_verdict_kept_for_its_content(files):
    records, converter = RecordsFake(), ModelConverterFake(RECIPE)
    scan = scanned(model(), files, converter, records)
    assert (scan.verdict, scan.scanner) == ("allowed", CURRENT)
    assert records.scans == {(ADA, "etag/5"): scan}
    [judged] = converter.planned_for
    assert judged.metadata == {}, "the verdict is of the content alone"


def test_a_verdict_of_todays_rules_is_not_asked_for_again(files):
    assert scanned(model(scan=known(CURRENT)), files) == known(CURRENT)
    assert files.downloaded == 0


def test_a_verdict_of_other_rules_is_outdated(files):
    assert scanned(model(scan=known("rules-1")), files).scanner == CURRENT
    assert files.downloaded == 1
    assert without_outdated_scan(model(scan=known("rules-1")), CURRENT).scan is None
    assert without_outdated_scan(model(scan=known(CURRENT)), CURRENT).scan == known(CURRENT)


def test_what_a_deployment_would_refuse_later_is_refused_now(files):
    converter = ModelConverterFake(RECIPE)
    converter.refusal = ModelUnsupported("Too old.", fix="Train it again.")
    scan = scanned(model(), files, converter)
    assert (scan.verdict, scan.reasons) == ("refused", ["Too old."])
    assert (scan.refusal.code, scan.refusal.fix) == ("model_unsupported", "Train it again.")


def test_a_file_that_is_too_large_is_refused_and_nothing_is_kept(files):
    records = RecordsFake()
    files.uploaded[f"{ADA}/m"] = b"models"
    scan = scanned(model(), files, records=records)
    assert (scan.verdict, scan.refusal.code) == ("refused", "model_too_large")
    assert records.scans == {}, "the limit is a setting, not the file's"


def test_a_file_that_is_not_there_has_no_verdict(files):
    assert scanned(model(content=None, size_bytes=None), files) is None
    assert files.downloaded == 0


def test_while_every_place_is_taken_the_verdict_stays_away(files):
    for _ in range(2):
        assert PLACES.acquire(blocking=False)
    try:
        assert scanned(model(), files, wait_seconds=0.01) is None
    finally:
        PLACES.release()
        PLACES.release()
    assert scanned(model(), files) is not None


def test_a_place_is_free_again_after_a_failure(files):
    files.failure = OSError("disk")
    for _ in range(3):
        with pytest.raises(OSError, match="disk"):
            scanned(model(), files)
    files.failure = None
    assert scanned(model(), files) is not None


def test_a_verdict_says_when_it_was_made(files):
    scan = scanned(model(), files)
    assert scan.scanned_at.tzinfo is UTC
    assert datetime.now(UTC) - scan.scanned_at < timedelta(minutes=1)


def test_an_outdated_verdict_of_a_file_that_is_gone_stays_away(files):
    assert scanned(model(scan=known("rules-1"), content=None), files) is None


def test_what_the_scan_could_not_read_stays_unreadable(files):
    class Unreadable(ModelConverterFake):
        def scan(self, file):
            told = super().scan(file)
            return told.model_copy(update={"verdict": "unreadable", "reasons": ["It ends early."]})

    converter = Unreadable(RECIPE)
    converter.refusal = ModelUnsupported("Not read.", fix="Upload it again.")
    scan = scanned(model(), files, converter)
    assert (scan.verdict, scan.reasons) == ("unreadable", ["It ends early."])
    assert scan.refusal.message == "Not read."
