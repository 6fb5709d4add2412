"""PyVRP's model of fleets with several vehicle types and depots; deliveries, windows and longest tours.

Costs are integers in PyVRP: a fixed cost is multiplied by what distances are multiplied by, so that both weigh as they should.
"""

import numpy as np

from peer_models import FAR, UNIT, Visits


def whole(value: float | None, otherwise: int) -> int:
    return otherwise if value is None or value >= FAR else int(round(value * UNIT))


def solve_fleet(problem: dict, seconds: float, seed: int) -> list[dict]:
    """Tours as vehicle type and names of locations."""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
    from pyvrp.stop import MaxRuntime

    kinds, jobs = problem["vehicles"], problem["jobs"]
    if any("pickup" in job for job in jobs):
        raise SystemExit("shipments are not modelled for peers")
    places = {place["name"]: at for at, place in enumerate(problem["locations"])}
    homes = sorted({kind["start"] for kind in kinds})
    names = homes + [job["stop"]["location"] for job in jobs]
    matrix = Visits.measure(problem, [places[name] for name in names])
    latest = 10 * FAR
    clients = []
    for at, job in enumerate(jobs):
        stop = job["stop"]
        windows = stop.get("windows") or [(0.0, None)]
        clients.append(
            Client(
                location=len(homes) + at,
                delivery=[whole(job["deliver"][0] if job.get("deliver") else 0.0, 0)],
                pickup=[whole(job["collect"][0] if job.get("collect") else 0.0, 0)],
                service_duration=whole(stop.get("service", 0.0), 0),
                tw_early=whole(windows[0][0], 0),
                tw_late=whole(windows[-1][1], latest),
            )
        )
    types = []
    for kind in kinds:
        if kind["start"] != kind.get("end") or kind.get("cost_per_time"):
            raise SystemExit("open tours and costs of time are not modelled for peers")
        shift = kind.get("shift") or (0.0, None)
        types.append(
            VehicleType(
                num_available=min(kind.get("count") or len(jobs), len(jobs)),
                capacity=[whole(kind["capacity"][0], 0)],
                start_depot=homes.index(kind["start"]),
                end_depot=homes.index(kind["start"]),
                fixed_cost=whole(kind.get("fixed_cost", 0.0), 0),
                tw_early=whole(shift[0], 0),
                tw_late=whole(shift[1], latest),
                shift_duration=whole(kind.get("max_duration"), latest),
                max_distance=whole(kind.get("max_distance"), latest),
                unit_distance_cost=int(round(kind["cost_per_distance"])),
            )
        )
    data = ProblemData(
        locations=[Location(0, 0) for _ in names],
        clients=clients,
        depots=[Depot(location=at) for at in range(len(homes))],
        vehicle_types=types,
        distance_matrices=[matrix.astype(np.int64)],
        duration_matrices=[matrix.astype(np.int64)],
    )
    result = solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False)
    tours = []
    for route in result.best.routes():
        stops = [names[len(homes) + step.idx] for step in route if step.is_client()]
        tours.append({"vehicle": kinds[route.vehicle_type()]["name"], "stops": stops})
    return tours
