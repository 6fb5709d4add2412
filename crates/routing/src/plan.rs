//! The answer: tours, what was left out and why, and the totals.

/// A plan for a [`crate::Problem`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// One entry per vehicle used.
    pub tours: Vec<Tour>,
    /// Jobs left out, in the order of the problem.
    pub unassigned: Vec<Unassigned>,
    /// Cost of the tours in the problem's unit: fixed, distance, time, overtime.
    pub cost: f64,
    /// Emissions of the tours, kg CO2e.
    pub co2e_kg: f64,
    /// Distance of all tours.
    pub distance: f64,
}

/// What one vehicle does from its start to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Tour {
    /// Index into [`crate::Problem::vehicles`].
    pub vehicle: usize,
    /// When it leaves.
    pub departure: f64,
    /// What it does on the way.
    pub visits: Vec<Visit>,
}

/// One thing a vehicle does on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Visit {
    /// The stop of a visit, or the pickup of a shipment; index into [`crate::Problem::jobs`].
    Job(usize),
    /// The delivery of a shipment; index into [`crate::Problem::jobs`].
    Delivery(usize),
    /// Charging.
    Station {
        /// Index into [`crate::Problem::stations`].
        station: usize,
        /// How much is charged.
        amount: f64,
    },
    /// A pause of the driver, where the vehicle is.
    Pause(f64),
    /// Back to the start depot to load again.
    Reload,
}

/// A job that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unassigned {
    /// Index into [`crate::Problem::jobs`].
    pub job: usize,
    /// Why, in words.
    pub reason: String,
}
