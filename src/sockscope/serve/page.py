"""Serves the app to browsers on this machine, through textual-serve.

The server listens on the loopback interface only, and nothing is there but under a secret
token: neither other users' programs nor other pages know the address.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

HOST: Final = "127.0.0.1"
TEMPLATE: Final = Path(__file__).with_name("app_index.html")
PATIENCE: Final = 5.0
"""Seconds that a session has to end in order before it is killed."""


class Page(Server):
    """Gives each visitor an app that runs ``sockscope WORDS``.

    At most ``visitors`` at once; one who does nothing for ``idle`` seconds has to go.
    """

    def __init__(self, words: Sequence[str], *, port: int, visitors: int, idle: float) -> None:
        command = shlex.join(["exec", sys.executable, "-m", "sockscope", *words])
        super().__init__(
            command, host=HOST, port=port, title="sockscope", templates_path=TEMPLATE.parent
        )
        self._most = visitors
        self._idle = idle
        self._token = secrets.token_urlsafe(16)
        self._taken = 0
        self._here: set[web.WebSocketResponse] = set()

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}/{self._token}/"

    def serve(self, debug: bool = False) -> None:
        """Serve until a signal comes.  Raises OSError where the port cannot be had."""
        self.debug = debug
        web.run_app(
            self._root(),
            host=HOST,
            port=self.port,
            print=self._announce,
            access_log=None,
            shutdown_timeout=1,
        )

    def _announce(self, *_: object) -> None:
        """Say where the page is; called once somebody can go there."""
        print(f"{self.address}\nCtrl+C ends it, and every visitor's session.", flush=True)

    async def _root(self) -> web.Application:
        root = web.Application()
        root.add_subapp(f"/{self._token}", await self._make_app())
        return root

    async def on_startup(self, app: web.Application) -> None:
        """Nothing is said before the port is ours."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Nobody stays when the server goes."""
        del app
        for websocket in list(self._here):
            await websocket.close()

    async def handle_index(self, request: web.Request) -> Any:
        """The page, or why it cannot be shown now."""
        if self._taken >= self._most:
            return web.Response(status=503, text=f"All {self._most} places are taken: try later.\n")
        return await super().handle_index(request)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One visitor's session."""
        if self._taken >= self._most:
            raise web.HTTPServiceUnavailable(text="all places are taken")
        self._taken += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self._taken -= 1

    async def _process_messages(
        self, websocket: web.WebSocketResponse, app_service: AppService
    ) -> None:
        """Take a visitor's keys until they go, or have not pressed one for too long."""
        self._here.add(websocket)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._idle) as limit:
                    noticed = cast("AppService", _Noticed(app_service, limit, self._idle))
                    await super()._process_messages(websocket, noticed)
        finally:
            self._here.discard(websocket)
            await _end(app_service)
            await websocket.close()


class _Noticed:
    """A visitor's session, each key of which puts the limit off by ``idle`` seconds."""

    def __init__(self, app_service: AppService, limit: asyncio.Timeout, idle: float) -> None:
        self._app_service = app_service
        self._limit = limit
        self._idle = idle

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app_service, name)

    async def send_bytes(self, data: bytes) -> bool:
        """Hand keys on."""
        self._limit.reschedule(asyncio.get_running_loop().time() + self._idle)
        return bool(await self._app_service.send_bytes(data))


async def _end(app_service: AppService) -> None:
    """End a session in order, or by force."""
    try:
        async with asyncio.timeout(PATIENCE):
            await app_service.stop()
    except TimeoutError:
        process = app_service._process
        if process is not None and process.returncode is None:
            process.kill()
