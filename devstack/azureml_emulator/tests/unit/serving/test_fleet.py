from pathlib import Path

from devstack.azureml_emulator.serving.fleet import LOG_TAIL_BYTES, tail


def test_the_tail_is_the_last_lines(tmp_path: Path):
    log = tmp_path / "log"
    log.write_text("one\ntwo\nthree\n")
    assert tail(log, 2) == "two\nthree"
    assert tail(log, 9) == "one\ntwo\nthree"


def test_a_log_that_is_not_there_is_empty(tmp_path: Path):
    assert tail(tmp_path / "none", 5) == ""


def test_a_huge_log_is_not_read_whole(tmp_path: Path):
    log = tmp_path / "log"
    log.write_text("x" * LOG_TAIL_BYTES + "\nlast\n")
    assert len(tail(log, 5)) <= LOG_TAIL_BYTES
    assert tail(log, 1) == "last"
