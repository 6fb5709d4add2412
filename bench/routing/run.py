"""Measures the routing solver on a fixed panel of public instances: gap to the best known values.

    run.py --data FOLDER --binary route [--families cvrp,vrptw] [--seeds 1,2,3] [--seconds 20] [--pick 2,4,6]
           [--cache FILE]

The binary is the example `route` of crates/routing (release build); it counts CPU seconds itself and prints what its
checker recomputed. Results are kept in the cache file, so that an interrupted run goes on where it stopped.
"""

import argparse
import csv
import hashlib
import json
import re
import subprocess
from pathlib import Path

LINE = re.compile(r"cost ([\d.]+) vehicles (\d+) co2e ([\d.]+) missing (\d+) violations (\d+)")
# What turns our cost into the unit of the table of best known values.
SCALE = {"hfvrp_x": 0.01, "mdvrptw": 1000.0, "vrpspd_dethloff": 0.0001}


def best_known(folder: Path, name: str) -> dict:
    with open(folder / "bks.csv", newline="") as table:
        for row in csv.DictReader(table):
            if row["instance"] in (name, f"HVRP_{name}", name.removesuffix("_21")):
                return row
    raise SystemExit(f"no best known value for {name}")


def file_of(folder: Path, name: str) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.stem == name or path.name == name)


def measure(binary: Path, folder: Path, name: str, seed: int, seconds: float) -> dict:
    command = [binary, file_of(folder, name), "--seed", str(seed), "--time", str(seconds), "--threads", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = LINE.search(done.stderr)
    if not found:
        raise SystemExit(f"{name}: {done.stderr[-500:]}")
    cost, vehicles, co2e, missing, violations = (float(group) for group in found.groups())
    value = co2e if folder.name.startswith("ehfmcp") else cost * SCALE.get(folder.name, 1.0)
    known = best_known(folder, name)
    fewest = int(known.get("routes") or known.get("vehicles") or 0)
    return {
        "gap_percent": 100.0 * (value / float(known["bks"]) - 1.0),
        "vehicles": int(vehicles),
        "extra_vehicles": int(vehicles) - fewest if fewest else None,
        "broken": int(missing + violations),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--families", default="")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--cache", type=Path, default=Path("routing-results.json"))
    parser.add_argument("--pick", default="1,2,3,4,5,6", help="which instances of a family")
    options = parser.parse_args()
    panel = json.loads((Path(__file__).parent / "panel.json").read_text())
    families = options.families.split(",") if options.families else list(panel)
    version = hashlib.sha256(options.binary.read_bytes()).hexdigest()[:12]
    cache = json.loads(options.cache.read_text()) if options.cache.exists() else {}
    for family in families:
        gaps, extra = [], 0
        for folder_name, name in [panel[family][int(pick) - 1] for pick in options.pick.split(",")]:
            row = []
            for seed in options.seeds.split(","):
                key = f"{version} {options.seconds} {folder_name} {name} {seed}"
                if key not in cache:
                    cache[key] = measure(options.binary, options.data / folder_name, name, int(seed), options.seconds)
                    options.cache.write_text(json.dumps(cache, indent=1))
                row.append(cache[key])
            gap = sum(result["gap_percent"] for result in row) / len(row)
            more = sum(result["extra_vehicles"] or 0 for result in row) / len(row)
            broken = sum(result["broken"] for result in row)
            gaps.append(gap)
            extra += more
            print(f"{family:10} {name:18} {gap:8.3f} %  extra vehicles {more:+.1f}" + (f"  BROKEN {broken}" if broken else ""))
        print(f"{family:10} {'mean':18} {sum(gaps) / len(gaps):8.3f} %  extra vehicles {extra:+.1f}")


if __name__ == "__main__":
    main()
