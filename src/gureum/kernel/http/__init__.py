"""The edge: from an ASGI request to a handler's answer, in the dialect and version that the client speaks."""

from gureum.kernel.http.answer import Answer, accepted, created, no_content
from gureum.kernel.http.api import Api
from gureum.kernel.http.call import Call
from gureum.kernel.http.history import Change, History
from gureum.kernel.http.route import Route, Routes, TxKind

__all__ = [
    "Answer",
    "Api",
    "Call",
    "Change",
    "History",
    "Route",
    "Routes",
    "TxKind",
    "accepted",
    "created",
    "no_content",
]
