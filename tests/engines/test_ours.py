"""Run ids: whose a thing is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lightship.engines import ours


def test_our_own_run_is_not_abandoned() -> None:
    run_id = ours.new_run_id()
    assert not ours.is_abandoned(run_id.text)
    assert ours.run_id_in(run_id.name()) == run_id.text
    assert ours.run_id_in(run_id.tag()) == run_id.text
    assert run_id.tag() != run_id.tag()
    assert ours.may_clean(run_id.name(), run_id.text)
    assert not ours.may_clean(run_id.name(), None)
    assert not ours.may_clean(run_id.name(), ours.new_run_id().text)


def test_a_run_whose_process_is_gone_is() -> None:
    code = "from lightship.engines import ours; print(ours.new_run_id().text)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    text = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True, text=True).stdout
    assert ours.is_abandoned(text.strip())
    assert ours.may_clean(f"lightship-{text.strip()}-1", None)


def test_a_pid_that_another_process_has_now_is_abandoned() -> None:
    pid, start, rest = ours.new_run_id().text.split("-", 2)
    assert ours.is_abandoned(f"{pid}-{int(start) + 1}-{rest}")


def test_a_run_elsewhere_is_left_alone() -> None:
    pid, start, place, nonce = ours.new_run_id().text.split("-")
    elsewhere = f"999999-{start}-{'0' * 6}{place[6:]}-{nonce}"
    assert not ours.is_abandoned(elsewhere)
    assert ours.is_abandoned(f"{pid}-{start}-{place[:6]}{'0' * 6}-{nonce}")


@pytest.mark.parametrize("name", ["web", "lightship", "lightship-demo-1", "my-lightship:latest", "", "1-2-3"])
def test_the_users_things_are_never_ours(name: str) -> None:
    assert not ours.may_clean(name, None)
    assert not ours.may_clean(name, "1-2-3")


def test_folders_are_removed_by_their_run() -> None:
    run_id, other = ours.new_run_id(), ours.new_run_id()
    mine, theirs = ours.folder(run_id), ours.folder(other)
    assert ours.remove_folders(run_id.text) == 1
    assert not mine.exists()
    assert theirs.exists()
    assert ours.remove_folders(other.text) == 1
