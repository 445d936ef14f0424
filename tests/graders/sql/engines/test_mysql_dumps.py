from pathlib import Path

import pytest

from rewardkit import Unscored
from rewardkit.graders.sql.engines.opening import open_database

DUMPED = r"""-- MySQL dump 10.13  Distrib 8.0.33, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
CREATE TABLE `users` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `name_idx` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4;
LOCK TABLES `users` WRITE;
INSERT INTO `users` VALUES (1,'O\'Hara'),(2,'Bob');
UNLOCK TABLES;
"""


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
@pytest.mark.parametrize(
    ("dump", "mark"),
    [
        (DUMPED, "-- MySQL dump"),
        ("CREATE TABLE users (id INT, KEY k (id)) ENGINE = InnoDB", "ENGINE = InnoDB"),
        ("CREATE TABLE users (id INT AUTO_INCREMENT, KEY k (id))", "AUTO_INCREMENT"),
        (r"INSERT INTO `users` VALUES ('O\'Hara');", "`users`"),
    ],
)
def test_a_mysql_dump_is_told_with_what_to_do(tmp_path: Path, engine: str, dump: str, mark: str) -> None:
    (tmp_path / "users.sql").write_text(dump)
    with pytest.raises(Unscored) as raised:
        open_database(str(tmp_path / "users.sql"), engine=engine)
    assert f"users.sql: looks like a MySQL dump ({mark}), which is not read; export its tables as CSV" in str(
        raised.value
    )


def test_another_dump_that_fails_says_only_why(tmp_path: Path) -> None:
    (tmp_path / "users.sql").write_text("CREATE TABLE users (id INT);\nINSERT INTO users VALUES ('a');")
    with pytest.raises(Unscored, match=r"users\.sql: line 2: ") as raised:
        open_database(str(tmp_path / "users.sql"))
    assert "MySQL" not in str(raised.value)
