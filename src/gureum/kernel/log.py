"""Logs: one JSON object a line, or plain text on a terminal. Secrets are named and cut out here, whatever is passed."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"pass(word)?|secret|token|private_key|user_data|authorization|admin_?pass", re.IGNORECASE)
_HIDDEN = "***"


def _hide(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _without_secrets(key, value) for key, value in event.items()}


def _without_secrets(key: str, value: Any) -> Any:
    """A value as it may be logged, however deep in it a secret is named."""
    if _SECRET.search(key):
        return _HIDDEN
    if isinstance(value, dict):
        named: dict[Any, Any] = value
        return {inner: _without_secrets(str(inner), one) for inner, one in named.items()}
    if isinstance(value, list | tuple):
        listed: list[Any] | tuple[Any, ...] = value
        return [_without_secrets("", one) for one in listed]
    return value


def setup(level: str = "info", *, plain: bool = False) -> None:
    """Send logs to standard error. Called once by every process."""
    renderer: Any = structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> Any:
    """A logger that says where it speaks from."""
    return structlog.get_logger(source=name)
