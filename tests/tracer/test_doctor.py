"""The doctor's findings, on the machine that runs the tests."""

import subprocess
import sys

from sockscope.tracer.doctor import examine


def test_this_machine_can_show_all_that_is_essential() -> None:
    findings = list(examine())
    assert [
        finding.ability for finding in findings if finding.essential and not finding.works
    ] == []
    assert all(finding.cost and finding.source for finding in findings)


def test_the_command_names_each_ability_and_where_it_comes_from() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sockscope", "doctor"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0
    assert "yes  unread bytes, counted and seen (FIONREAD, MSG_PEEK)" in done.stdout
    assert done.stderr == ""
