"""Runs one solver on one instance for so many CPU seconds of one thread, and lets our checker price what it found.

A peer runs in a process of its own under `cpuclock.c`, which gives it its CPU time as its clock, so that a busy machine does not
matter; ours counts CPU seconds itself. A peer gets the problem as our reader understood it, written as JSON.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from sets import file_of, judged, priced

OURS = "greenheart"
PACKAGES = {"pyvrp": "pyvrp", "ortools": "ortools", "vroom": "pyvroom"}
SHOWN = {OURS: "GreenHeart", "pyvrp": "PyVRP", "ortools": "OR-Tools", "vroom": "VROOM (pyvroom)"}
# What each peer's model covers here; the rest it cannot express or we did not write.
COVERS = {
    OURS: ("cvrp", "vrptw", "returns", "shipments", "fleets", "carbon", "batteries"),
    "pyvrp": ("cvrp", "vrptw", "returns", "shipments", "fleets"),
    "ortools": ("cvrp", "vrptw", "returns"),
    "vroom": ("cvrp", "vrptw", "returns"),
}
# They search the same way every time.
SEEDLESS = ("ortools", "vroom")


class Unsolved(Exception):
    """A solver ended without a plan, with its last words."""


def machine() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def version(solver: str, binary: Path) -> str:
    if solver == OURS:
        return hashlib.sha256(binary.read_bytes()).hexdigest()[:12]
    return importlib.metadata.version(PACKAGES[solver])


def clock() -> Path:
    """The preload library, compiled once."""
    source = Path(__file__).parent / "cpuclock.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
    library = Path(tempfile.gettempdir()) / f"cpuclock-{os.getuid()}-{digest}.so"
    if not library.exists():
        unfinished = library.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", unfinished, source], check=True)
        unfinished.rename(library)
    return library


def run(solver: str, binary: Path, folder: Path, name: str, seed: int, seconds: float) -> dict:
    """Cost, vehicles, kg CO2e and how many rules are broken, as our checker says."""
    path = file_of(folder, name)
    if solver == OURS:
        command = [binary, path, "--seed", str(seed), "--time", str(seconds), "--threads", "1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        row = judged(done.stderr)
        if row is None:
            raise Unsolved(done.stderr[-500:])
        return row
    with tempfile.TemporaryDirectory() as scratch:
        problem = Path(scratch) / "problem.json"
        with open(problem, "w") as out:
            subprocess.run([binary, path, "--write-problem"], stdout=out, check=True)
        return priced(binary, path, peer(solver, problem, seconds, seed))


def peer(solver: str, problem: Path, seconds: float, seed: int) -> list:
    program = Path(__file__).parent / "peer_models.py"
    command = [sys.executable, program, solver, problem, str(seconds), str(seed)]
    environment = os.environ | {"LD_PRELOAD": str(clock()), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise Unsolved(done.stderr[-500:])
    tours = json.loads(done.stdout.splitlines()[-1])
    if not tours:
        raise Unsolved("no plan")
    return tours
