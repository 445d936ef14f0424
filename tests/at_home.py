"""How thorough tests of checks are that need nothing but calls: no other clocks, hash seeds or threads, and no limit in seconds."""

from __future__ import annotations

from dataclasses import replace

from rewardkit.checking import DEFAULT

AT_HOME = replace(DEFAULT, name="at home", seconds=None, surroundings=False)
