"""PyVRP's model of shipments with windows on one vehicle type, fewest vehicles first.

PyVRP knows one objective, so a vehicle costs more than any saving of distance that is likely: what PyVRP's rivals are given too
in published comparisons. Rounding to thousandths could break a window by less than that, so legs are rounded up.
"""

import numpy as np

from peer_models import FAR, UNIT, Visits

# In units of distance.
VEHICLE = 10_000


def solve_shipments(problem: dict, seconds: float, seed: int) -> list[list[str]]:
    """Tours as names of locations."""
    from pyvrp import Depot, Location, ProblemData, Shipment, VehicleType, solve
    from pyvrp.stop import MaxRuntime

    kind, jobs = problem["vehicles"][0], problem["jobs"]
    places = {place["name"]: at for at, place in enumerate(problem["locations"])}
    names, shipments = [kind["start"]], []
    for job in jobs:
        first = len(names)
        names += [job["pickup"]["location"], job["delivery"]["location"]]
        fields = {}
        for side in ("pickup", "delivery"):
            early, late = (job[side].get("windows") or [(0.0, None)])[0]
            fields[f"{side}_tw_early"] = int(round(early * UNIT))
            fields[f"{side}_tw_late"] = 10 * FAR if late is None or late >= FAR else int(round(late * UNIT))
            fields[f"{side}_service_duration"] = int(round(job[side].get("service", 0.0) * UNIT))
        shipments.append(Shipment(first, first + 1, amount=[int(round(job["amount"][0] * UNIT))], **fields))
    matrix = Visits.measure(problem, [places[name] for name in names])
    # Upwards, so that what is in time here is in time for the checker.
    matrix = (matrix + (matrix > 0)).astype(np.int64)
    late = (kind.get("shift") or (0.0, None))[1]
    latest = 10 * FAR if late is None or late >= FAR else int(round(late * UNIT))
    vehicle = VehicleType(
        num_available=min(kind.get("count") or len(jobs), len(jobs)),
        capacity=[int(round(kind["capacity"][0] * UNIT))],
        fixed_cost=VEHICLE * UNIT,
        tw_late=latest,
    )
    data = ProblemData(
        locations=[Location(0, 0) for _ in names],
        clients=[],
        depots=[Depot(location=0, tw_late=latest)],
        vehicle_types=[vehicle],
        distance_matrices=[matrix],
        duration_matrices=[matrix],
        shipments=shipments,
    )
    result = solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False)
    tours = []
    for route in result.best.routes():
        steps = [step for step in route if step.is_shipment()]
        tours.append([names[1 + 2 * step.idx + (1 if step.is_delivery() else 0)] for step in steps])
    return tours
