from pathlib import Path

from devstack.azureml_emulator.serving.instance_log import (
    CRASHED,
    CREATED,
    DOWNLOADED,
    DOWNLOADING,
    LOG_TAIL_BYTES,
    PULLED,
    PULLING,
    STARTED,
    InstanceLog,
    tail,
    with_head,
)


def head_of(tmp_path: Path, *events: tuple[str, str]) -> list[str]:
    log = InstanceLog(tmp_path / "new" / "events")
    log.clear()
    for event in events:
        log.note(event)
    return log.head()


def test_a_live_instance_has_done_every_step(tmp_path):
    steps = (PULLING, PULLED, DOWNLOADING, DOWNLOADED, CREATED, STARTED)
    head = head_of(tmp_path, *steps)
    assert head[:7] == [
        "Instance status:",
        "SystemSetup: Succeeded",
        "UserContainerImagePull: Succeeded",
        "ModelDownload: Succeeded",
        "UserContainerStart: Succeeded",
        "",
        "Container events:",
    ]
    assert head[7].startswith("Kind: Pod, Name: Pulling, Type: Normal, Time: 20")
    assert head[7].partition(", Message")[0].endswith("Z")
    assert head[-2:] == ["", "Container logs:"]


def test_a_step_that_is_under_way_failed_or_far_says_so(tmp_path):
    assert "UserContainerImagePull: InProgress" in head_of(tmp_path, PULLING)
    assert "UserContainerStart: Waiting" in head_of(tmp_path, PULLING)
    crashed = head_of(tmp_path, PULLING, PULLED, DOWNLOADING, DOWNLOADED, CREATED, CRASHED)
    assert "UserContainerStart: Failed" in crashed


def test_without_any_event_the_head_stands_all_the_same(tmp_path):
    assert InstanceLog(tmp_path / "none").head()[1] == "SystemSetup: Succeeded"


def test_head_and_log_share_the_lines_that_were_asked_for():
    head, log = [f"h{i}" for i in range(6)], "\n".join(f"l{i}" for i in range(20))

    def shown(text: str, lines: int) -> list[str]:
        content = with_head(head, text, lines)
        assert content.endswith("\n\n")
        return content.removesuffix("\n\n").split("\n")

    assert shown(log, 10) == [*head[:5], *(f"l{i}" for i in range(15, 20))]
    assert shown(log, 16) == [*head, *(f"l{i}" for i in range(10, 20))]
    assert shown("one", 100) == [*head, "one"]
    assert shown(log, 1) == ["l19"]


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
