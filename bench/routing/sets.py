"""The panel's instances, what is known about them, and how our checker's words are read."""

import csv
import json
import re
import subprocess
import tempfile
from pathlib import Path

LINE = re.compile(r"cost ([\d.]+|inf) vehicles (\d+) co2e ([\d.]+|inf) missing (\d+) violations (\d+)")
# What turns our cost into the unit of the table of best known values.
SCALE = {"hfvrp_x": 0.01, "mdvrptw": 1000.0, "vrpspd_dethloff": 0.0001}
# Families in which the number of vehicles comes first.
VEHICLES_FIRST = ("shipments", "batteries")


def panel() -> dict[str, list[tuple[str, str]]]:
    """The six instances of each family, as folder and name."""
    text = (Path(__file__).parent / "panel.json").read_text()
    return {family: [tuple(entry) for entry in entries] for family, entries in json.loads(text).items()}


def best_known(folder: Path, name: str) -> dict:
    names = (name, f"HVRP_{name}", name.removesuffix("_21"))
    with open(folder / "bks.csv", newline="") as table:
        for row in csv.DictReader(table):
            if row["instance"] in names:
                return row
    raise SystemExit(f"no best known value for {name}")


def file_of(folder: Path, name: str) -> Path:
    found = [path for path in sorted(folder.iterdir()) if name in (path.stem, path.name)]
    if not found:
        raise SystemExit(f"{folder} has no file for {name}")
    return found[0]


def judged(stderr: str) -> dict | None:
    """What the checker said about a plan."""
    found = LINE.search(stderr)
    if not found:
        return None
    cost, vehicles, co2e, missing, violations = (float(group) for group in found.groups())
    return {"cost": cost, "vehicles": int(vehicles), "co2e_kg": co2e, "broken": int(missing + violations)}


def compared(row: dict, folder: Path, name: str) -> dict:
    """Gap in percent and vehicles too many, against the best known."""
    known = best_known(folder, name)
    carbon = folder.name.startswith("ehfmcp")
    value = row["co2e_kg"] if carbon else row["cost"] * SCALE.get(folder.name, 1.0)
    fewest = int(known.get("routes") or known.get("vehicles") or 0)
    return {
        "gap": 100.0 * (value / float(known["bks"]) - 1.0),
        "extra": row["vehicles"] - fewest if fewest else None,
    }


def priced(binary: Path, path: Path, tours: list) -> dict:
    """What our checker says about tours given as lists of location names, or with the vehicle type as dictionaries."""
    with tempfile.NamedTemporaryFile("w", suffix=".sol") as plan:
        for number, tour in enumerate(tours, start=1):
            head, stops = (f" [{tour['vehicle']}]", tour["stops"]) if isinstance(tour, dict) else ("", tour)
            plan.write(f"Route #{number}{head}: {' '.join(stops)}\n")
        plan.flush()
        done = subprocess.run([binary, path, "--check", plan.name], capture_output=True, text=True, check=False)
    row = judged(done.stderr)
    if row is None:
        raise SystemExit(f"{path}: {done.stderr[-500:]}")
    return row
