"""The peers' models of a problem in our JSON: one vehicle type, visits with deliveries, collections and windows. Fleets and depots are
in peer_fleets.py and shipments in peer_shipments.py, for PyVRP alone.

    peer_models.py PEER PROBLEM.json SECONDS SEED

Prints the tours as lists of location names, one JSON line. Every peer gets the same matrix of whole numbers.
"""

import json
import sys

import numpy as np

# Distances, times and loads are multiplied by this and rounded: the sets have one decimal or are compared to three.
UNIT = 1000
FAR = 10**8


class Visits:
    """A problem as arrays; index 0 is the depot."""

    def __init__(self, problem: dict):
        kind = problem["vehicles"][0]
        if len(problem["vehicles"]) > 1 or any("pickup" in job for job in problem["jobs"]):
            raise SystemExit("fleets, depots and shipments are not modelled for peers")
        places = {place["name"]: at for at, place in enumerate(problem["locations"])}
        self.names = [kind["start"]] + [job["stop"]["location"] for job in problem["jobs"]]
        order = [places[name] for name in self.names]
        self.matrix = self.measure(problem, order)
        jobs = problem["jobs"]
        self.deliver = self.whole([0.0] + [job.get("deliver", [0.0])[0] if job.get("deliver") else 0.0 for job in jobs])
        self.collect = self.whole([0.0] + [job.get("collect", [0.0])[0] if job.get("collect") else 0.0 for job in jobs])
        self.service = self.whole([0.0] + [job["stop"].get("service", 0.0) for job in jobs])
        shift = kind.get("shift") or (0.0, None)
        self.late = int(round(shift[1] * UNIT)) if shift[1] is not None and shift[1] < FAR else 10 * FAR
        windows = [job["stop"].get("windows") or [(0.0, None)] for job in jobs]
        bound = lambda value: self.late if value is None or value >= FAR else int(round(value * UNIT))
        self.windows = [(0, self.late)] + [(bound(row[0][0]), bound(row[-1][1])) for row in windows]
        self.capacity = int(round(kind["capacity"][0] * UNIT))
        self.count = min(kind.get("count") or len(jobs), len(jobs))
        self.forbid(problem)

    @staticmethod
    def whole(values: list[float]) -> list[int]:
        return [int(round(value * UNIT)) for value in values]

    @staticmethod
    def measure(problem: dict, order: list[int]) -> np.ndarray:
        network = next(iter(problem.get("networks", {}).values()), {"distance": {"factor": 1.0, "rounding": "exact"}})
        metric = network["distance"]
        if isinstance(metric, list):
            full = np.array([[FAR if value is None else value for value in row] for row in metric])
            values = full[np.ix_(order, order)]
        else:
            points = np.array([(place["x"], place["y"]) for place in problem["locations"]])[order]
            values = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1)) * metric["factor"]
            if metric["rounding"] == "integer":
                values = np.floor(values + 0.5)
            elif metric["rounding"] == "trunc1":
                values = np.floor(values * 10.0 + 1e-9) / 10.0
        return np.round(values * UNIT).astype(np.int64)

    def forbid(self, problem: dict) -> None:
        """Deliveries before collections, as legs nobody would drive."""
        back = np.array(self.collect) > 0
        far = 20 * int(self.matrix.max())
        if problem.get("backhaul_last"):
            line = ~back
            line[0] = False
            self.matrix[np.ix_(back, line)] = far
        if problem.get("backhaul_needs_linehaul"):
            self.matrix[0, back] = far


def pyvrp(visits: Visits, seconds: float, seed: int) -> list[list[int]]:
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
    from pyvrp.stop import MaxRuntime

    count = len(visits.names)
    clients = [
        Client(
            location=at,
            delivery=[visits.deliver[at]],
            pickup=[visits.collect[at]],
            service_duration=visits.service[at],
            tw_early=visits.windows[at][0],
            tw_late=visits.windows[at][1],
        )
        for at in range(1, count)
    ]
    data = ProblemData(
        locations=[Location(0, 0) for _ in range(count)],
        clients=clients,
        depots=[Depot(location=0, tw_late=visits.late)],
        vehicle_types=[VehicleType(num_available=visits.count, capacity=[visits.capacity], tw_late=visits.late)],
        distance_matrices=[visits.matrix],
        duration_matrices=[visits.matrix],
    )
    result = solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False)
    tours = []
    for route in result.best.routes():
        tours.append([step.idx + 1 for step in route if step.is_client()])
    return tours


def vroom(visits: Visits, seconds: float, seed: int) -> list[list[int]]:
    from datetime import timedelta

    import vroom as engine

    del seed  # it has none
    problem = engine.Input()
    problem.set_durations_matrix(profile="car", matrix_input=visits.matrix.astype(np.uint32))
    for number in range(visits.count):
        window = engine.TimeWindow(0, visits.late)
        problem.add_vehicle(engine.Vehicle(number + 1, start=0, end=0, capacity=[visits.capacity], time_window=window))
    for at in range(1, len(visits.names)):
        problem.add_job(
            engine.Job(
                at,
                location=at,
                default_service=visits.service[at],
                delivery=[visits.deliver[at]],
                pickup=[visits.collect[at]],
                time_windows=[engine.TimeWindow(*visits.windows[at])],
            )
        )
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    tours: dict[int, list[int]] = {}
    for _, step in solution.routes.iterrows():
        if step["type"] == "job":
            tours.setdefault(int(step["vehicle_id"]), []).append(int(step["id"]))
    return list(tours.values())


def ortools(visits: Visits, seconds: float, seed: int) -> list[list[int]]:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    del seed  # it has none
    count = len(visits.names)
    manager = pywrapcp.RoutingIndexManager(count, visits.count, 0)
    model = pywrapcp.RoutingModel(manager)
    travel = model.RegisterTransitMatrix(visits.matrix.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(travel)
    timed = (visits.matrix + np.array(visits.service)[:, None]).tolist()
    model.AddDimension(model.RegisterTransitMatrix(timed), visits.late, visits.late, False, "time")
    clock = model.GetDimensionOrDie("time")
    for at in range(1, count):
        clock.CumulVar(manager.NodeToIndex(at)).SetRange(*visits.windows[at])
    # What is on board: the load that leaves the depot, less what is delivered, plus what is collected.
    change = [back - out for out, back in zip(visits.deliver, visits.collect)]
    if any(visits.collect):
        model.AddDimension(model.RegisterUnaryTransitVector(change), 0, visits.capacity, False, "load")
    model.AddDimension(model.RegisterUnaryTransitVector(visits.deliver), 0, visits.capacity, True, "out")
    model.AddDimension(model.RegisterUnaryTransitVector(visits.collect), 0, visits.capacity, True, "back")
    if any(visits.collect):
        out, load = model.GetDimensionOrDie("out"), model.GetDimensionOrDie("load")
        for vehicle in range(visits.count):
            start, end = model.Start(vehicle), model.End(vehicle)
            model.solver().Add(load.CumulVar(start) == out.CumulVar(end))
    how = pywrapcp.DefaultRoutingSearchParameters()
    how.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    how.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    how.time_limit.FromMilliseconds(int(seconds * 1000))
    found = model.SolveWithParameters(how)
    tours = []
    for vehicle in range(visits.count if found else 0):
        at, tour = model.Start(vehicle), []
        while not model.IsEnd(at):
            at = found.Value(model.NextVar(at))
            if not model.IsEnd(at):
                tour.append(manager.IndexToNode(at))
        if tour:
            tours.append(tour)
    return tours


def main() -> None:
    peer, path, seconds, seed = sys.argv[1:]
    with open(path) as text:
        problem = json.load(text)
    if peer == "pyvrp" and len(problem["vehicles"]) > 1:
        from peer_fleets import solve_fleet

        print(json.dumps(solve_fleet(problem, float(seconds), int(seed))))
        return
    if peer == "pyvrp" and any("pickup" in job for job in problem["jobs"]):
        from peer_shipments import solve_shipments

        print(json.dumps(solve_shipments(problem, float(seconds), int(seed))))
        return
    visits = Visits(problem)
    engines = {"pyvrp": pyvrp, "vroom": vroom, "ortools": ortools}
    tours = engines[peer](visits, float(seconds), int(seed))
    print(json.dumps([[visits.names[at] for at in tour] for tour in tours]))


if __name__ == "__main__":
    main()
