//! What a region must be before anything is computed of it.

use super::problem::{Place, Plant, Region, RegionError};

impl Region {
    /// Checks lengths, numbers and ends; every function of this module does so first.
    ///
    /// # Errors
    /// The first thing that is wrong, by kind and number.
    pub fn check(&self) -> Result<(), RegionError> {
        for (index, source) in self.sources.iter().enumerate() {
            let what = "source";
            self.lengths(what, index, &source.available, &[&source.quality])?;
            let free = [source.price, source.disposal_cost, source.disposal_co2e];
            numbers(what, index, &source.available, &[&free, &source.quality])?;
        }
        for (index, receiver) in self.receivers.iter().enumerate() {
            let what = "receiver";
            let properties = [&receiver.virgin_quality, &receiver.limits];
            self.lengths(what, index, &receiver.wanted, &properties)?;
            let free = [receiver.virgin_cost, receiver.virgin_co2e, receiver.virgin_primary];
            numbers(what, index, &receiver.wanted, &[&free, &receiver.virgin_quality])?;
            limits(what, index, &receiver.limits)?;
        }
        for (index, plant) in self.plants.iter().enumerate() {
            self.check_plant(index, plant)?;
        }
        for (index, pool) in self.pools.iter().enumerate() {
            numbers("pool", index, &[pool.capacity], &[])?;
        }
        (0..self.lanes.len()).try_for_each(|index| self.check_lane(index))?;
        if self.budget.is_nan() || self.budget < 0.0 {
            return Err(RegionError::BadNumber {
                what: "budget",
                index: 0,
            });
        }
        Ok(())
    }

    fn lengths(
        &self,
        what: &'static str,
        index: usize,
        periods: &[f64],
        properties: &[&Vec<f64>],
    ) -> Result<(), RegionError> {
        let fits = periods.len() == self.periods && properties.iter().all(|list| list.len() == self.properties);
        if fits {
            Ok(())
        } else {
            Err(RegionError::Length { what, index })
        }
    }

    fn check_plant(&self, index: usize, plant: &Plant) -> Result<(), RegionError> {
        let what = "plant";
        let fits = plant.limits.len() == self.properties
            && plant
                .outputs
                .iter()
                .all(|output| output.quality.len() == self.properties)
            && plant
                .takes
                .iter()
                .all(|intake| intake.yields.len() == plant.outputs.len());
        if !fits {
            return Err(RegionError::Length { what, index });
        }
        numbers(what, index, &[plant.capacity, plant.investment, plant.least], &[])?;
        limits(what, index, &plant.limits)?;
        for output in &plant.outputs {
            numbers(
                what,
                index,
                &[],
                &[&[output.rest_cost, output.rest_co2e], &output.quality],
            )?;
        }
        for intake in &plant.takes {
            numbers(what, index, &intake.yields, &[&[intake.cost, intake.co2e]])?;
        }
        let bad = RegionError::BadNumber { what, index };
        if plant.least > plant.capacity {
            return Err(bad);
        }
        // The same material twice would leave open which of the two it is.
        let twice = |list: &[usize]| (1..list.len()).any(|at| list[..at].contains(&list[at]));
        let taken: Vec<usize> = plant.takes.iter().map(|intake| intake.commodity).collect();
        let made: Vec<usize> = plant.outputs.iter().map(|output| output.commodity).collect();
        if twice(&taken) || twice(&made) {
            Err(bad)
        } else {
            Ok(())
        }
    }

    fn check_lane(&self, index: usize) -> Result<(), RegionError> {
        let lane = &self.lanes[index];
        let wrong = |what| Err(RegionError::Lane { what, index });
        if let (Place::Pool(_), Place::Pool(_)) = (lane.from, lane.to) {
            return wrong("it leads from a pool to a pool");
        }
        let gives = match lane.from {
            Place::Source(place) => self.sources.get(place).map(|source| source.commodity == lane.commodity),
            Place::Plant(place) => {
                let plant = self.plants.get(place);
                plant.map(|plant| plant.outputs.iter().any(|output| output.commodity == lane.commodity))
            }
            Place::Pool(place) => self.pools.get(place).map(|pool| pool.commodity == lane.commodity),
            Place::Receiver(_) => return wrong("it starts at a receiver"),
        };
        let takes = match lane.to {
            Place::Plant(place) => {
                let plant = self.plants.get(place);
                plant.map(|plant| plant.takes.iter().any(|intake| intake.commodity == lane.commodity))
            }
            Place::Pool(place) => self.pools.get(place).map(|pool| pool.commodity == lane.commodity),
            Place::Receiver(place) => {
                let receiver = self.receivers.get(place);
                receiver.map(|receiver| receiver.takes.contains(&lane.commodity))
            }
            Place::Source(_) => return wrong("it ends at a source"),
        };
        match (gives, takes) {
            (None, _) | (_, None) => return wrong("an end is not there"),
            (Some(true), Some(true)) => {}
            _ => return wrong("an end does not handle the material"),
        }
        if lane.contracted > lane.capacity || lane.minimum_lot > lane.capacity {
            return wrong("more is signed or least than it can carry");
        }
        let positive = [
            lane.capacity,
            lane.fixed,
            lane.minimum_lot,
            lane.contracted,
            lane.arrives,
        ];
        numbers("lane", index, &positive, &[&[lane.cost, lane.co2e]])
    }
}

fn numbers(what: &'static str, index: usize, positive: &[f64], free: &[&[f64]]) -> Result<(), RegionError> {
    let fine = positive.iter().all(|n| n.is_finite() && *n >= 0.0);
    if fine && free.iter().flat_map(|list| *list).all(|n| n.is_finite()) {
        Ok(())
    } else {
        Err(RegionError::BadNumber { what, index })
    }
}

fn limits(what: &'static str, index: usize, limits: &[f64]) -> Result<(), RegionError> {
    if limits.iter().any(|limit| limit.is_nan() || *limit == f64::NEG_INFINITY) {
        return Err(RegionError::BadNumber { what, index });
    }
    Ok(())
}
