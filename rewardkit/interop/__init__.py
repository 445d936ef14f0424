"""Meeting people where they are: graders as reward functions of TRL and verl, and theirs as graders."""

from .foreign import with_shape
from .trl import as_trl
from .verl import as_verl

__all__ = ["as_trl", "as_verl", "with_shape"]
