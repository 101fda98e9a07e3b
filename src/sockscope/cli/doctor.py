"""``sockscope doctor``: what this machine can show."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .parsing import Commands


def add(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="what this machine can show")
    doctor.set_defaults(perform=perform)


def perform(_options: argparse.Namespace) -> int:
    from ..tracer.doctor import examine

    status = 0
    for finding in examine():
        mark = "yes" if finding.works else "NO "
        print(f"{mark}  {finding.ability} ({finding.source})")
        if not finding.works:
            print(f"     without it: {finding.cost}")
            status = 1 if finding.essential else status
    return status
