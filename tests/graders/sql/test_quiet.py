"""What sqlglot cannot read is the grader's matter; nothing of it reaches the user's terminal."""

import subprocess
import sys
from pathlib import Path

DUMP = """
CREATE TABLE t (id INT NOT NULL, name TEXT);
CREATE TABLE `u` (id INT);
ALTER TABLE t CLUSTER ON t_pkey;
INSERT INTO t VALUES (1, 'Ann');
"""
CODE = """
import sys
from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql
score = call(text_to_sql, {"completion": "SELECT name FROM t", "reference": "SELECT name FROM t", "database": sys.argv[1]})
print(score.value)
"""


def test_sqlglot_does_not_write_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "t.sql").write_text(DUMP)
    ran = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "t.sql")], capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("1.0\n", "")
