"""What became of a request: where its time went in the edge, in each step of its strands and at the agents."""

from gureum.kernel.trace.spans import Span, Spans, recording, span

__all__ = ["Span", "Spans", "recording", "span"]
