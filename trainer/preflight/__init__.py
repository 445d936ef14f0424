"""Before a training: what sampled completions of the start model say, and what the whole will take."""

from .looking import preflight

__all__ = ["preflight"]
