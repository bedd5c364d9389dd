"""Which account runs PostgreSQL, and where it can go."""

import os
from pathlib import Path

import pytest

from devstack.supabase_local.postgres import account
from devstack.supabase_local.postgres.account import Account, NoAccountError, choose_account

STRANGER = Account(4_000_000, 4_000_000, is_other=True)


def test_a_closed_folder_on_the_way_stops_a_stranger_but_not_its_owner(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert not STRANGER.can_reach(tmp_path / "postgres")
    assert Account(os.getuid(), os.getgid(), is_other=False).can_reach(tmp_path / "postgres")


def test_open_folders_let_everybody_pass() -> None:
    assert STRANGER.can_reach(Path("/usr/bin/env"))


def test_only_another_account_needs_options_for_its_processes() -> None:
    assert Account(1, 1, is_other=False).spawn_options() == {}
    assert STRANGER.spawn_options() == {"user": 4_000_000, "group": 4_000_000, "extra_groups": []}


def test_an_ordinary_user_runs_it_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    assert choose_account().is_other is False


def test_root_without_anybody_to_hand_it_to_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "CANDIDATES", ("no-such-account",))
    with pytest.raises(NoAccountError, match="does not run as root"):
        choose_account()
