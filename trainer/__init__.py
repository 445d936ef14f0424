"""From a tested grader to a trained model: TRL behind one function.

from rewardkit.trainer import run
folder = run("run.toml")
"""

from .pipeline import run

__all__ = ["run"]
