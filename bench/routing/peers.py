"""Runs the peers on the panel and lets our checker price what they found.

    peers.py --data FOLDER --binary route [--peers pyvrp,vroom,ortools] [--families cvrp] [--seconds 20] [--seed 1]
             [--pick 2,4,6] [--cache FILE]

Budgets are CPU seconds of one thread, so that a busy machine does not matter: `cpuclock.c` is compiled and preloaded, and
the peer's clock is then its CPU time. A peer gets the problem as our reader understood it, written as JSON, and hands back tours; the checker of crates/routing
prices them. Results are kept by machine, peer, version, budget, instance and seed.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from run import LINE, SCALE, best_known, file_of

PACKAGES = {"pyvrp": "pyvrp", "ortools": "ortools", "vroom": "pyvroom"}


def machine() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def price(binary: Path, path: Path, tours: list) -> dict:
    """What our checker says about tours given as lists of location names, or with the vehicle type as dictionaries."""
    with tempfile.NamedTemporaryFile("w", suffix=".sol", delete=False) as plan:
        for number, tour in enumerate(tours, start=1):
            head, stops = (f" [{tour['vehicle']}]", tour["stops"]) if isinstance(tour, dict) else ("", tour)
            plan.write(f"Route #{number}{head}: {' '.join(stops)}\n")
    done = subprocess.run([binary, path, "--check", plan.name], capture_output=True, text=True, check=False)
    Path(plan.name).unlink()
    found = LINE.search(done.stderr)
    if not found:
        raise SystemExit(f"{path}: {done.stderr[-500:]}")
    cost, vehicles, _, missing, violations = (float(group) for group in found.groups())
    return {"cost": cost, "vehicles": int(vehicles), "broken": int(missing + violations), "tours": tours}


def clock() -> Path:
    """The preload library, compiled once."""
    source = Path(__file__).parent / "cpuclock.c"
    library = Path(tempfile.gettempdir()) / f"cpuclock-{os.getuid()}-{source.stat().st_mtime_ns}.so"
    if not library.exists():
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


def search(peer: str, problem: Path, seconds: float, seed: int) -> list:
    """Runs a peer in a process of its own, so that its CPU time is its own."""
    program = Path(__file__).parent / "peer_models.py"
    command = [sys.executable, program, peer, problem, str(seconds), str(seed)]
    environment = os.environ | {"LD_PRELOAD": str(clock()), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"{peer}: {done.stderr[-800:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--peers", default="pyvrp,vroom,ortools")
    parser.add_argument("--families", default="cvrp,vrptw")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pick", default="1,2,3,4,5,6", help="which instances of a family")
    parser.add_argument("--cache", type=Path, default=Path("routing-peers.json"))
    options = parser.parse_args()
    panel = json.loads((Path(__file__).parent / "panel.json").read_text())
    cache = json.loads(options.cache.read_text()) if options.cache.exists() else {}
    for family in options.families.split(","):
        for peer in options.peers.split(","):
            gaps = []
            for folder_name, name in [panel[family][int(pick) - 1] for pick in options.pick.split(",")]:
                folder = options.data / folder_name
                path = file_of(folder, name)
                version = importlib.metadata.version(PACKAGES[peer])
                key = f"{machine()} {peer} {version} {options.seconds} {folder_name} {name} {options.seed}"
                if key not in cache:
                    with tempfile.TemporaryDirectory() as scratch:
                        problem = Path(scratch) / "problem.json"
                        with open(problem, "w") as out:
                            subprocess.run([options.binary, path, "--write-problem"], stdout=out, check=True)
                        cache[key] = price(options.binary, path, search(peer, problem, options.seconds, options.seed))
                    options.cache.write_text(json.dumps(cache, indent=1))
                row = cache[key]
                value = row["cost"] * SCALE.get(folder_name, 1.0)
                gap = 100.0 * (value / float(best_known(folder, name)["bks"]) - 1.0)
                gaps.append(gap)
                note = f"  BROKEN {row['broken']}" if row["broken"] else ""
                print(f"{family:10} {peer:8} {name:18} {gap:8.3f} %  vehicles {row['vehicles']}{note}", flush=True)
            print(f"{family:10} {peer:8} {'mean':18} {sum(gaps) / len(gaps):8.3f} %", flush=True)


if __name__ == "__main__":
    main()
