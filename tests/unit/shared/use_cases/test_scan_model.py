import pytest

from shared.domain.model import Verdict
from shared.domain.trained_model import ModelRow, Scan
from shared.errors.models import ModelTooLarge, ModelUnsupported
from shared.use_cases.scan_model import PLACES, with_current_scan, without_outdated_scan
from tests.support.records import ADA, MODEL_ID, NOW
from tests.support.records_fake import RecordsFake

CURRENT = "rules-2"


class Files:
    def __init__(self, refusal=None):
        self.refusal, self.downloaded = refusal, 0

    def download_model(self, file_path, to, *, max_bytes):
        if self.refusal:
            raise self.refusal
        self.downloaded += 1
        to.write_bytes(b"model")
        return 5


class Converter:
    scanner = CURRENT

    def __init__(self, verdict="allowed", refusal=None):
        self.verdict, self.refusal = verdict, refusal

    def scan(self, file):
        reasons = [] if self.verdict == "allowed" else ["os.system"]
        return Verdict(verdict=self.verdict, reasons=reasons, libraries={}, sha256="a" * 64)

    def plan(self, verdict, *, model):
        assert model.metadata == {}, "the verdict is of the content alone"
        if self.refusal:
            raise self.refusal


def model(**changed) -> ModelRow:
    row = {
        **{"id": MODEL_ID, "user_id": ADA, "model_name": "m", "file_path": f"{ADA}/m"},
        **{"created_at": NOW, "size_bytes": 5, "content": "etag/5", "metadata": {"a": 1}},
    }
    return ModelRow(**{**row, **changed})


def known(scanner: str) -> Scan:
    return Scan(verdict="allowed", reasons=[], libraries={}, sha256="b" * 64, scanner=scanner)


def scanned(row, files=None, converter=None, records=None, wait_seconds=1.0):
    return with_current_scan(
        row,
        files=files or Files(),
        converter=converter or Converter(),
        records=records or RecordsFake(),
        max_bytes=100,
        wait_seconds=wait_seconds,
    ).scan


def test_a_new_file_is_scanned_and_its_verdict_kept_for_its_content():
    records = RecordsFake()
    scan = scanned(model(), records=records)
    assert (scan.verdict, scan.scanner) == ("allowed", CURRENT)
    assert records.scans == {(ADA, "etag/5"): scan}


def test_a_verdict_of_todays_rules_is_not_asked_for_again():
    files = Files()
    assert scanned(model(scan=known(CURRENT)), files) == known(CURRENT)
    assert files.downloaded == 0


def test_a_verdict_of_other_rules_is_outdated():
    files = Files()
    assert scanned(model(scan=known("rules-1")), files).scanner == CURRENT
    assert files.downloaded == 1
    assert without_outdated_scan(model(scan=known("rules-1")), CURRENT).scan is None
    assert without_outdated_scan(model(scan=known(CURRENT)), CURRENT).scan == known(CURRENT)


def test_what_a_deployment_would_refuse_later_is_refused_now():
    unsupported = ModelUnsupported("Too old.", fix="Train it again.")
    scan = scanned(model(), converter=Converter(refusal=unsupported))
    assert (scan.verdict, scan.reasons) == ("refused", ["Too old."])
    assert (scan.refusal.code, scan.refusal.fix) == ("model_unsupported", "Train it again.")


def test_a_file_that_is_too_large_is_refused_and_nothing_is_kept():
    records = RecordsFake()
    too_large = ModelTooLarge(101, 100)
    scan = scanned(model(), Files(too_large), records=records)
    assert (scan.verdict, scan.refusal.code) == ("refused", "model_too_large")
    assert records.scans == {}, "the limit is a setting, not the file's"


def test_a_file_that_is_not_there_has_no_verdict():
    files = Files()
    assert scanned(model(content=None, size_bytes=None), files) is None
    assert files.downloaded == 0


def test_while_every_place_is_taken_the_verdict_stays_away():
    for _ in range(2):
        assert PLACES.acquire(blocking=False)
    try:
        assert scanned(model(), wait_seconds=0.01) is None
    finally:
        PLACES.release()
        PLACES.release()
    assert scanned(model()) is not None


def test_a_place_is_free_again_after_a_failure():
    for _ in range(3):
        with pytest.raises(OSError, match="disk"):
            scanned(model(), Files(OSError("disk")))
    assert scanned(model()) is not None
