"""Log lines as JSON on standard error. They hold no article text, names, tokens or query strings."""

import logging
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.types import EventDict, Processor

# Their messages carry the path, which may hold the secret of a sign-in link.
_LOGGERS_WITH_PATHS = ("django.request", "django.security", "django.server")


def logging_settings(*, level: str) -> dict[str, Any]:
    """Describe the loggers for dictConfig, and make structlog end in them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    before: list[Processor] = [structlog.contextvars.merge_contextvars]
    each: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _forget_paths,
        _name_exception_only,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(sort_keys=True),
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": before,
                "processors": each,
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django would write its own lines beside ours; a refusal (4xx) stands in the request's line already.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.db.backends": {"level": "WARNING"},
            # Anybody can send any Host; the answer is 400 and stands in the request's line.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


def _forget_paths(_logger: object, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name.startswith(_LOGGERS_WITH_PATHS):
        event["event"] = str(record.msg) if not record.args else "request failed"
    return event


def _name_exception_only(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep the kind of an exception and where it happened; its words may quote a row of the database."""
    record = event.get("_record")
    found = event.pop("exc_info", None) or (record.exc_info if isinstance(record, logging.LogRecord) else None)
    if isinstance(record, logging.LogRecord):
        record.exc_info = None
        record.exc_text = None
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if isinstance(found, tuple) and found[0] is not None:
        event["exception"] = found[0].__name__
        event["frames"] = _frames(found[2])
    return event


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
