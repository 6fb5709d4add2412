//! The checker: drives every tour of a plan step by step and says what is broken and what it costs.
//!
//! It shares no code with the search and looks at nothing but the problem and the plan.

use crate::plan::{Plan, Tour, Visit};
use crate::problem::{Job, Problem, Stop, Task, VehicleType};

/// What the checker found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// What is broken, in words; empty when the plan is feasible.
    pub violations: Vec<String>,
    /// Fixed, distance, time and overtime cost of the tours.
    pub cost: f64,
    /// Emissions, kg CO2e.
    pub co2e_kg: f64,
    /// Sum of the prizes of jobs left out.
    pub missed_prizes: f64,
    /// Distance of all tours.
    pub distance: f64,
    /// Time from departure to return, all tours.
    pub duration: f64,
    /// Vehicles used.
    pub vehicles: usize,
    /// Jobs left out that must be done.
    pub missing: usize,
}

/// Slack for sums of floating-point numbers, relative to the value.
const TOLERANCE: f64 = 1e-6;

fn exceeds(value: f64, limit: f64) -> bool {
    value > limit + TOLERANCE * limit.abs().max(1.0)
}

/// Checks the plan against the problem.
pub fn check(problem: &Problem, plan: &Plan) -> Report {
    let mut report = Report::default();
    let mut times_done = vec![0usize; problem.jobs.len()];
    let mut used = vec![0usize; problem.vehicles.len()];
    for (number, tour) in plan.tours.iter().enumerate() {
        let Some(vehicle) = problem.vehicles.get(tour.vehicle) else {
            report
                .violations
                .push(format!("tour {number}: there is no vehicle type {}", tour.vehicle));
            continue;
        };
        used[tour.vehicle] += 1;
        report.vehicles += 1;
        Drive::new(problem, vehicle, tour, number, &mut report).run(&mut times_done);
    }
    fleet(problem, &used, &mut report);
    coverage(problem, plan, &times_done, &mut report);
    report
}

fn fleet(problem: &Problem, used: &[usize], report: &mut Report) {
    for (vehicle, &used) in problem.vehicles.iter().zip(used) {
        if let Some(count) = vehicle.count
            && used > count
        {
            let name = &vehicle.name;
            report
                .violations
                .push(format!("vehicle type `{name}`: {used} used, {count} there"));
        }
    }
}

fn coverage(problem: &Problem, plan: &Plan, times_done: &[usize], report: &mut Report) {
    let mut is_named = vec![false; problem.jobs.len()];
    for left in &plan.unassigned {
        match is_named.get_mut(left.job) {
            Some(named) => *named = true,
            None => report
                .violations
                .push(format!("left out: there is no job {}", left.job)),
        }
    }
    for ((job, &times), named) in problem.jobs.iter().zip(times_done).zip(is_named) {
        match (times, named) {
            (0, true) => match job.prize {
                Some(prize) => report.missed_prizes += prize,
                None => report.missing += 1,
            },
            (1, false) => {}
            (0, false) => report
                .violations
                .push(format!("job `{}`: neither done nor named as left out", job.name)),
            (_, true) => report
                .violations
                .push(format!("job `{}`: done and named as left out", job.name)),
            _ => report
                .violations
                .push(format!("job `{}`: done {times} times", job.name)),
        }
    }
}

/// One vehicle under way.
struct Drive<'a> {
    problem: &'a Problem,
    vehicle: &'a VehicleType,
    tour: &'a Tour,
    number: usize,
    report: &'a mut Report,
    place: Option<usize>,
    clock: f64,
    distance: f64,
    load: Vec<f64>,
    charge: f64,
    reloads: usize,
    driven_since_pause: f64,
    driven: f64,
    co2e_kg: f64,
    on_board: Vec<usize>,
    collected: bool,
    delivered: bool,
}

impl<'a> Drive<'a> {
    fn new(
        problem: &'a Problem,
        vehicle: &'a VehicleType,
        tour: &'a Tour,
        number: usize,
        report: &'a mut Report,
    ) -> Self {
        let dims = vehicle.capacity.len();
        Self {
            problem,
            vehicle,
            tour,
            number,
            report,
            place: Some(vehicle.start),
            clock: tour.departure,
            distance: 0.0,
            load: vec![0.0; dims],
            charge: vehicle.battery.map_or(0.0, |battery| battery.capacity),
            reloads: 0,
            driven_since_pause: 0.0,
            driven: 0.0,
            co2e_kg: 0.0,
            on_board: Vec::new(),
            collected: false,
            delivered: false,
        }
    }

    fn run(mut self, times_done: &mut [usize]) {
        self.check_goods();
        self.depart();
        for (at, visit) in self.tour.visits.iter().enumerate() {
            match *visit {
                Visit::Job(job) => self.first_stop(job, times_done),
                Visit::Delivery(job) => self.delivery(job, times_done),
                Visit::Station { station, amount } => self.station(station, amount),
                Visit::Pause(length) => self.pause(length),
                Visit::Reload => self.reload(at + 1),
            }
        }
        if let Some(end) = self.vehicle.end {
            self.drive_to(end);
        }
        self.settle();
    }

    fn wrong(&mut self, text: &str) {
        let name = &self.vehicle.name;
        self.report
            .violations
            .push(format!("tour {} (`{name}`): {text}", self.number));
    }

    fn jobs(&self) -> impl Iterator<Item = &'a Job> + use<'a> {
        let problem = self.problem;
        self.tour.visits.iter().filter_map(move |visit| match visit {
            Visit::Job(job) => problem.jobs.get(*job),
            _ => None,
        })
    }

    /// The jobs of the trip that begins with the visit of this number.
    fn trip(&self, from: usize) -> impl Iterator<Item = &'a Job> + use<'a> {
        let problem = self.problem;
        let visits = self.tour.visits[from..].iter();
        visits
            .take_while(|visit| !matches!(visit, Visit::Reload))
            .filter_map(move |visit| match visit {
                Visit::Job(job) => problem.jobs.get(*job),
                _ => None,
            })
    }

    fn load_for(&mut self, trip: usize) {
        for job in self.trip(trip) {
            if let Task::Visit { deliver, .. } = &job.task {
                add(&mut self.load, deliver, 1.0);
            }
        }
        self.check_load();
    }

    fn depart(&mut self) {
        self.load_for(0);
        for job in self.trip(0) {
            if exceeds(job.release, self.tour.departure) {
                self.wrong(&format!("leaves before the goods of job `{}` are there", job.name));
            }
        }
        if exceeds(self.vehicle.shift.0, self.tour.departure) {
            self.wrong("leaves before its shift begins");
        }
    }

    /// Back at the depot: what is not a shipment is unloaded, and the trip starts when its goods are there.
    fn reload(&mut self, trip: usize) {
        let Some(rule) = self.vehicle.reloads else {
            return self.wrong("cannot load again");
        };
        self.reloads += 1;
        if rule.most.is_some_and(|most| self.reloads > most) {
            self.wrong("loads again too often");
        }
        self.drive_to(self.vehicle.start);
        self.load.fill(0.0);
        for &job in &self.on_board {
            if let Task::Shipment { amount, .. } = &self.problem.jobs[job].task {
                add(&mut self.load, amount, 1.0);
            }
        }
        self.load_for(trip);
        let ready = self
            .trip(trip)
            .fold(f64::NEG_INFINITY, |latest, job| latest.max(job.release));
        self.clock = (self.clock + rule.time).max(ready);
    }

    fn check_goods(&mut self) {
        let goods: Vec<&str> = self.jobs().filter_map(|job| job.goods.as_deref()).collect();
        for (a, b) in &self.problem.rules.incompatible {
            if goods.contains(&a.as_str()) && goods.contains(&b.as_str()) {
                self.wrong(&format!("carries `{a}` and `{b}` together"));
            }
        }
    }

    fn check_load(&mut self) {
        let over = self
            .load
            .iter()
            .zip(&self.vehicle.capacity)
            .any(|(load, capacity)| exceeds(*load, *capacity));
        if over {
            self.wrong(&format!(
                "load {:?} exceeds the capacity {:?}",
                self.load, self.vehicle.capacity
            ));
        }
    }

    fn first_stop(&mut self, index: usize, times_done: &mut [usize]) {
        let Some(job) = self.problem.jobs.get(index) else {
            return self.wrong(&format!("there is no job {index}"));
        };
        times_done[index] += 1;
        self.check_skills(job);
        match &job.task {
            Task::Visit { stop, deliver, collect } => {
                self.serve(stop, &job.name);
                add(&mut self.load, deliver, -1.0);
                add(&mut self.load, collect, 1.0);
                self.check_order(&job.name, deliver, collect);
            }
            Task::Shipment { pickup, amount, .. } => {
                self.serve(pickup, &job.name);
                add(&mut self.load, amount, 1.0);
                self.on_board.push(index);
            }
        }
        self.check_load();
    }

    fn check_skills(&mut self, job: &Job) {
        for skill in &job.skills {
            if !self.vehicle.skills.contains(skill) {
                self.wrong(&format!("job `{}` wants the skill `{skill}`", job.name));
            }
        }
    }

    fn check_order(&mut self, name: &str, deliver: &[f64], collect: &[f64]) {
        let collects = collect.iter().any(|&q| q > 0.0);
        self.collected |= collects;
        self.delivered |= !collects;
        if self.problem.rules.backhaul_last && self.collected && deliver.iter().any(|&q| q > 0.0) {
            self.wrong(&format!("job `{name}` is delivered after a collection"));
        }
    }

    fn delivery(&mut self, index: usize, times_done: &mut [usize]) {
        let Some(at) = self.on_board.iter().position(|&job| job == index) else {
            return self.wrong(&format!("delivers job {index}, which is not on board"));
        };
        self.on_board.swap_remove(at);
        let job = &self.problem.jobs[index];
        if let Task::Shipment { delivery, amount, .. } = &job.task {
            self.serve(delivery, &job.name);
            add(&mut self.load, amount, -1.0);
        }
        debug_assert!(times_done[index] > 0, "the pickup was counted");
    }

    fn station(&mut self, index: usize, amount: f64) {
        let (Some(station), Some(battery)) = (self.problem.stations.get(index), self.vehicle.battery) else {
            return self.wrong(&format!("cannot charge at station {index}"));
        };
        self.drive_to(station.location);
        self.charge += amount;
        if amount < 0.0 || exceeds(self.charge, battery.capacity) {
            self.wrong(&format!(
                "charges {amount} at `{}`, more than the battery takes",
                station.name
            ));
        }
        self.clock += amount * battery.charging_time;
    }

    fn pause(&mut self, length: f64) {
        self.clock += length;
        if self.vehicle.breaks.is_some_and(|rule| length >= rule.pause - TOLERANCE) {
            self.driven_since_pause = 0.0;
        }
    }

    fn serve(&mut self, stop: &Stop, name: &str) {
        self.drive_to(stop.location);
        let arrival = self.clock;
        let start = if stop.windows.is_empty() {
            Some(arrival)
        } else {
            let open = stop.windows.iter().find(|window| !exceeds(arrival, window.1));
            open.map(|window| arrival.max(window.0))
        };
        match start {
            None => self.wrong(&format!("reaches job `{name}` at {arrival}, after its last window")),
            Some(start) => {
                if self.vehicle.breaks.is_some_and(|rule| start - arrival >= rule.pause) {
                    self.driven_since_pause = 0.0;
                }
                self.clock = start;
            }
        }
        self.clock += stop.service;
    }

    fn drive_to(&mut self, to: usize) {
        let network = &self.problem.networks[self.vehicle.network];
        let locations = &self.problem.locations;
        let from = self.place.unwrap_or(self.vehicle.start);
        let distance = network.distance.between(locations, from, to);
        let duration = network.duration().between(locations, from, to);
        self.place = Some(to);
        self.distance += distance;
        self.clock += duration;
        self.emit(distance);
        self.discharge(distance);
        self.tire(duration);
    }

    fn emit(&mut self, distance: f64) {
        if let Some(energy) = &self.vehicle.energy {
            let share = match (self.load.first(), self.vehicle.capacity.first()) {
                (Some(load), Some(&payload)) if payload > 0.0 => load / payload,
                _ => 0.0,
            };
            let per_distance = energy.empty + (energy.full - energy.empty) * share;
            self.co2e_kg += per_distance * distance * energy.kg_co2e_per_unit;
        }
    }

    fn discharge(&mut self, distance: f64) {
        if let Some(battery) = self.vehicle.battery {
            self.charge -= battery.consumption * distance;
            if exceeds(-self.charge, 0.0) {
                self.wrong("runs out of charge");
                self.charge = 0.0;
            }
        }
    }

    fn tire(&mut self, duration: f64) {
        let Some(rule) = self.vehicle.breaks else { return };
        self.driven += duration;
        self.driven_since_pause += duration;
        if exceeds(self.driven_since_pause, rule.driving) {
            self.wrong("drives too long without a pause");
        }
        if exceeds(self.driven, rule.daily_driving) {
            self.wrong("drives too long in a day");
        }
    }

    fn settle(mut self) {
        let duration = self.clock - self.tour.departure;
        if !self.on_board.is_empty() {
            self.wrong("comes home with shipments on board");
        }
        if self.problem.rules.backhaul_needs_linehaul && self.collected && !self.delivered {
            self.wrong("collects without delivering");
        }
        if exceeds(self.clock, self.vehicle.shift.1) {
            self.wrong(&format!("returns at {}, after its shift", self.clock));
        }
        if self
            .vehicle
            .max_distance
            .is_some_and(|limit| exceeds(self.distance, limit))
        {
            self.wrong(&format!("drives {}, too far", self.distance));
        }
        if self.vehicle.max_duration.is_some_and(|limit| exceeds(duration, limit)) {
            self.wrong(&format!("takes {duration}, too long"));
        }
        let overtime = self.vehicle.paid_time.map_or(0.0, |paid| (duration - paid).max(0.0));
        self.report.cost += self.vehicle.fixed_cost
            + self.vehicle.cost_per_distance * self.distance
            + self.vehicle.cost_per_time * duration
            + self.vehicle.cost_per_overtime * overtime;
        self.report.co2e_kg += self.co2e_kg;
        self.report.distance += self.distance;
        self.report.duration += duration;
    }
}

fn add(load: &mut [f64], amount: &[f64], sign: f64) {
    for (load, amount) in load.iter_mut().zip(amount) {
        *load += sign * amount;
    }
}
