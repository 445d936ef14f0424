"""Writes bikeshare.sql, the database of this example: a small town's bike-share scheme, five related tables.

Run from the project root: `python examples/text_to_sql/make_database.py`. The rows are made up under a fixed seed, so the
file comes out byte for byte the same. It is plain SQL that PostgreSQL, SQLite and DuckDB all load.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

DATABASE = Path(__file__).with_name("bikeshare.sql")
Value = int | float | str
Rows = list[tuple[Value, ...]]

TABLES = {
    "stations": """
    station_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    district TEXT NOT NULL,
    docks INTEGER NOT NULL,
    opened INTEGER NOT NULL""",
    "bikes": """
    bike_id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL,
    station_id INTEGER NOT NULL REFERENCES stations (station_id),
    price INTEGER NOT NULL,
    bought INTEGER NOT NULL""",
    "riders": """
    rider_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    district TEXT NOT NULL,
    age INTEGER NOT NULL,
    joined INTEGER NOT NULL""",
    "trips": """
    trip_id INTEGER PRIMARY KEY,
    rider_id INTEGER NOT NULL REFERENCES riders (rider_id),
    bike_id INTEGER NOT NULL REFERENCES bikes (bike_id),
    day DATE NOT NULL,
    weather TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    fare NUMERIC(6, 2) NOT NULL""",
    "repairs": """
    repair_id INTEGER PRIMARY KEY,
    bike_id INTEGER NOT NULL REFERENCES bikes (bike_id),
    part TEXT NOT NULL,
    cost INTEGER NOT NULL,
    hours INTEGER NOT NULL""",
}

DISTRICTS = ("Harbour", "Hillside", "Old Town", "Riverside", "University")
STATIONS = {
    "Canal Street": "Harbour", "Fish Market": "Harbour", "Quayside": "Harbour", "Lighthouse": "Harbour",
    "Beacon Hill": "Hillside", "Orchard Lane": "Hillside", "Cathedral Square": "Old Town", "Town Hall": "Old Town",
    "Clock Tower": "Old Town", "Weir Bridge": "Riverside", "Boathouse": "Riverside", "Library": "University",
    "Science Park": "University", "Observatory": "University",
}  # fmt: skip
MODELS = {  # model: (kind, list price)
    "Swift": ("city", 420),
    "Heron": ("city", 510),
    "Kestrel": ("electric", 1650),
    "Falcon": ("electric", 1980),
    "Pelican": ("cargo", 2400),
    "Gander": ("tandem", 1120),
}
PLANS = {
    "single": 20,
    "monthly": 25,
    "yearly": 35,
    "student": 30,
}  # plan: cents a minute, before the discount of a pass
PARTS = {"tyre": 25, "brake": 40, "chain": 32, "light": 18, "saddle": 45, "battery": 260}  # part: usual cost
WEATHER = ("dry", "dry", "dry", "rain", "rain", "wind", "fog")
FIRST = (
    "Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaia", "Luis", "Mira",
    "Nils", "Olga", "Pavel", "Rosa", "Samir", "Tess", "Umar", "Vera", "Wim", "Yara", "Zoe",
)  # fmt: skip
LAST = (
    "Adler",
    "Bakker",
    "Costa",
    "Dahl",
    "Evans",
    "Fontaine",
    "Gruber",
    "Holm",
    "Ito",
    "Jansen",
    "Kaya",
    "Lind",
)


def make_rows(seed: int = 7) -> dict[str, Rows]:
    """The rows of every table, in an order in which foreign keys always point backwards."""
    rng = random.Random(seed)
    stations: Rows = [
        (i, name, district, rng.randrange(8, 41), rng.randrange(2014, 2025))
        for i, (name, district) in enumerate(STATIONS.items(), 1)
    ]
    bikes: Rows = [_bike(i, rng) for i in range(1, 49)]
    riders: Rows = [_rider(i, rng) for i in range(1, 61)]
    trips: Rows = [_trip(i, riders, rng) for i in range(1, 241)]
    repairs: Rows = [_repair(i, bikes, rng) for i in range(1, 91)]
    return {"stations": stations, "bikes": bikes, "riders": riders, "trips": trips, "repairs": repairs}


def _bike(number: int, rng: random.Random) -> tuple[Value, ...]:
    model = rng.choices(list(MODELS), weights=(6, 4, 4, 3, 2, 2))[0]
    kind, price = MODELS[model]
    station = rng.randrange(1, len(STATIONS) + 1)
    return (
        number,
        f"B{number:03}",
        model,
        kind,
        station,
        price + 10 * rng.randrange(-9, 10),
        rng.randrange(2015, 2026),
    )


def _rider(number: int, rng: random.Random) -> tuple[Value, ...]:
    name = f"{FIRST[number % len(FIRST)]} {LAST[(number * 7 + number // len(FIRST)) % len(LAST)]}"
    plan = rng.choices(list(PLANS), weights=(2, 3, 4, 3))[0]
    age = rng.randrange(18, 29) if plan == "student" else rng.randrange(21, 75)
    return (number, name, plan, rng.choice(DISTRICTS), age, rng.randrange(2015, 2026))


def _trip(number: int, riders: Rows, rng: random.Random) -> tuple[Value, ...]:
    rider = rng.choice(riders)
    minutes = min(180, 5 + int(rng.expovariate(1 / 26)))
    fare = round(1 + minutes * PLANS[str(rider[2])] / 100 * rng.uniform(0.6, 1.1), 2)
    day = date(2025, 1, 4) + timedelta(days=int(number * 1.4))
    return (number, rider[0], rng.randrange(1, 49), day.isoformat(), rng.choice(WEATHER), minutes, fare)


def _repair(number: int, bikes: Rows, rng: random.Random) -> tuple[Value, ...]:
    bike = rng.choice(bikes)
    parts = [part for part in PARTS if part != "battery" or bike[3] == "electric"]
    part = rng.choice(parts)
    return (number, bike[0], part, max(5, PARTS[part] + rng.randrange(-14, 30)), rng.randrange(1, 13))


def _literal(value: Value) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def to_sql(rows: dict[str, Rows]) -> str:
    """The whole database as CREATE TABLE and INSERT statements, one row a line."""
    parts = ["-- A town's bike-share scheme; written by make_database.py, do not edit by hand.\n"]
    for table, columns in TABLES.items():
        parts.append(f"CREATE TABLE {table} ({columns}\n);\n")
        parts.append(f"INSERT INTO {table} VALUES\n{_values(rows[table])};\n")
    return "\n".join(parts)


def _values(rows: Sequence[tuple[Value, ...]]) -> str:
    return ",\n".join("(" + ", ".join(_literal(value) for value in row) + ")" for row in rows)


if __name__ == "__main__":
    DATABASE.write_text(to_sql(make_rows()), encoding="utf-8")
    print(f"wrote {DATABASE.name}")
