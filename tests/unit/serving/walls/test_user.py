"""Who a confined process is: another user where root may change users, and without capabilities."""

from pathlib import Path
from typing import Any

import pytest

from serving.walls import kernel, landlock

USER = 41_234
needs_landlock = pytest.mark.skipif(
    not landlock.abi(), reason="this kernel has no Landlock (Linux 5.13, and switched on)"
)
needs_root = pytest.mark.skipif(
    not kernel.may_become(USER), reason="only root with CAP_SETUID can take another user's id"
)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "old").write_text("content")
    return tmp_path


def test_other_processes_of_its_user_cannot_look_into_it(confined: Any) -> None:
    pr_get_dumpable = 3
    assert confined(f"say(ctypes.CDLL(None).prctl({pr_get_dumpable}, 0, 0, 0, 0))") == 0


HELD = "say([os.geteuid(), *kernel._capabilities()])"


@needs_root
def test_it_becomes_a_user_without_capabilities_but_to_read(confined: Any) -> None:
    user, effective, permitted = confined(HELD, user=USER)
    assert user == USER
    assert effective == permitted
    assert permitted in (0, 1 << kernel.CAP_DAC_READ_SEARCH)


@needs_root
@needs_landlock
def test_what_is_closed_to_the_other_user_stays_readable_through_landlock(
    confined: Any, here: Path
) -> None:
    here.chmod(0o700)
    told = confined(
        f"{HELD[:-2]}, open({str(here / 'old')!r}).read()])", user=USER, read=[str(here)]
    )
    assert told == [USER, *[1 << kernel.CAP_DAC_READ_SEARCH] * 2, "content"]


@needs_root
def test_without_landlock_the_right_to_read_everything_is_not_kept(
    confined: Any, here: Path
) -> None:
    here.chmod(0o700)
    without = "landlock.system_call = lambda *_: kernel.system_call(9999)"
    told = confined(
        f"{HELD[:-2]}, held.other_user, held.files_hidden])",
        without,
        user=USER,
        read=[str(here)],
    )
    assert told == [0, 0, 0, False, False]


@needs_root
@pytest.mark.parametrize("missing", ["CAP_SETUID", "CAP_SETGID"])
def test_root_without_the_right_to_change_users_loses_every_capability(
    confined: Any, here: Path, missing: str
) -> None:
    before = f"kernel.keep_only(set(range(41)) - {{kernel.{missing}}})"
    code = f"say([held.other_user, kernel.may_become({USER}), os.geteuid(),"
    code += f" *kernel._capabilities(), tried(open, {str(here / 'old')!r}, 'w')])"
    told = confined(code, before, user=USER)
    assert told[:1] + told[2:5] == [False, 0, 0, 0]
    assert told[5] in ("EPERM", "EACCES")


@needs_root
@pytest.mark.parametrize("missing", ["CAP_SETUID", "CAP_SETGID"])
def test_being_root_is_not_enough_to_become_another(child: Any, missing: str) -> None:
    told = child(f"""
able = kernel.may_become({USER})
kernel.keep_only(set(range(41)) - {{kernel.{missing}}})
say([able, kernel.may_become({USER})])
""")
    assert told == [True, False]


def test_an_id_that_no_container_maps_cannot_be_taken() -> None:
    assert not kernel.may_become(2**32 - 1)
