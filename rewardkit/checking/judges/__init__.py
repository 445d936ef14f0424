"""Checks of graders that ask a judge: a stand-in takes its place and fails, mumbles, quotes, or obeys (RK301 to RK303, RK311)."""

from .behaviours import script_of
from .trials import judge_fails, not_understood, understood, with_stand_in

__all__ = ["judge_fails", "not_understood", "script_of", "understood", "with_stand_in"]
