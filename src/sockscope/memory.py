"""Where the user's own things are kept from one run to the next."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """Where the system keeps what a user's programs remember."""
    return platformdirs.user_state_path("sockscope")
