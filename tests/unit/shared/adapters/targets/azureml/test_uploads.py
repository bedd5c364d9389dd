"""Uploads of the SDK: silent, and not for ever."""

import sys
import threading

import pytest

from shared.adapters.targets.azureml.uploads import within
from shared.errors import TransientError


def test_gives_the_result():
    assert within(5, lambda: 42, what="a model") == 42


def test_raises_what_the_work_raises():
    with pytest.raises(KeyError, match="gone"):
        within(5, lambda: dict[str, int]()["gone"], what="a model")


def test_gives_up_after_its_time():
    release = threading.Event()
    with pytest.raises(TransientError, match=r"Uploading a model took more than 0\.05 seconds"):
        within(0.05, release.wait, what="a model")
    release.set()


def test_drops_what_the_work_prints_and_nothing_else(capsys):
    def noisy():
        print("dots")
        print("bars", file=sys.stderr)
        sys.stderr.writelines(["more\n"])

    print("before")
    within(5, noisy, what="a model")
    print("after")
    seen = capsys.readouterr()
    assert seen.out == "before\nafter\n"
    assert seen.err == ""


def test_other_threads_stay_audible_meanwhile(capsys):
    inside, done = threading.Event(), threading.Event()

    def work():
        inside.set()
        done.wait(5)

    upload = threading.Thread(target=within, args=(5, work), kwargs={"what": "a model"})
    upload.start()
    inside.wait(5)
    print("audible")
    done.set()
    upload.join(5)
    assert capsys.readouterr().out == "audible\n"
