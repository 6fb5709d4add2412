use super::problem::{Place, Region, Totals};
use super::solve::Network;

/// Everything that is wrong with a network and the totals it claims, recomputed from the region.
pub fn check_region(region: &Region, network: &Network, claimed: &Totals) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut totals = Totals::default();
    let mut invested = 0.0;
    for (index, lane) in region.lanes.iter().enumerate() {
        let tonnes: f64 = network.flow[index].iter().sum();
        totals.cost += lane.cost * tonnes;
        totals.co2e += lane.co2e * tonnes;
        for tonnes in &network.flow[index] {
            let small = *tonnes > 1e-6 && *tonnes < lane.minimum_lot - 1e-6;
            if small || *tonnes < lane.contracted - 1e-6 || *tonnes > lane.capacity + 1e-6 {
                wrong.push(format!("lane {index} carries {tonnes} t"));
            }
        }
        if network.opened[index] {
            invested += lane.fixed;
        } else if lane.fixed > 0.0 && tonnes > 1e-6 {
            wrong.push(format!("lane {index} is used and not opened"));
        }
    }
    invested += region
        .plants
        .iter()
        .zip(&network.built)
        .filter(|p| *p.1)
        .map(|p| p.0.investment)
        .sum::<f64>();
    if invested > region.budget + 1e-6 {
        wrong.push(format!("{invested} NOK are more than the budget"));
    }
    totals.cost += invested;
    for period in 0..region.periods {
        sources(region, network, period, &mut totals, &mut wrong);
        receivers(region, network, period, &mut totals, &mut wrong);
        plants(region, network, period, &mut totals, &mut wrong);
    }
    for (what, is, says) in [
        ("NOK", totals.cost, claimed.cost),
        ("kg CO2e", totals.co2e, claimed.co2e),
        ("t primary", totals.primary, claimed.primary),
    ] {
        if (is - says).abs() > 1e-5 * (1.0 + is.abs()) {
            wrong.push(format!("the network comes to {is} {what}, not {says}"));
        }
    }
    wrong
}

/// Tonnes over the lanes that satisfy a condition.
fn over(region: &Region, network: &Network, period: usize, wanted: impl Fn(&super::Lane) -> bool) -> f64 {
    let lanes = region.lanes.iter().zip(&network.flow);
    lanes
        .filter(|(lane, _)| wanted(lane))
        .map(|(_, flow)| flow[period])
        .sum()
}

fn sources(region: &Region, network: &Network, period: usize, totals: &mut Totals, wrong: &mut Vec<String>) {
    for (index, source) in region.sources.iter().enumerate() {
        let taken = over(region, network, period, |lane| lane.from == Place::Source(index));
        let left = source.available[period] - taken;
        if left < -1e-6 {
            wrong.push(format!("source {index} gives {taken} t in period {period}"));
        }
        totals.cost += source.price * taken + source.disposal_cost * left;
        totals.co2e += source.disposal_co2e * left;
    }
}

fn receivers(region: &Region, network: &Network, period: usize, totals: &mut Totals, wrong: &mut Vec<String>) {
    for (index, receiver) in region.receivers.iter().enumerate() {
        let virgin = network.virgin[index][period];
        let here = |lane: &super::Lane| lane.to == Place::Receiver(index);
        let total = over(region, network, period, here) + virgin;
        if (total - receiver.wanted[period]).abs() > 1e-5 || virgin < -1e-6 {
            wrong.push(format!("receiver {index} gets {total} t in period {period}"));
        }
        totals.cost += receiver.virgin_cost * virgin;
        totals.co2e += receiver.virgin_co2e * virgin;
        totals.primary += receiver.virgin_primary * virgin;
        for (property, limit) in receiver.limits.iter().enumerate() {
            let lanes = region.lanes.iter().zip(&network.flow).filter(|(lane, _)| here(lane));
            let lanes = lanes.map(|(lane, flow)| region.quality(lane.from, lane.commodity)[property] * flow[period]);
            let mixed = lanes.sum::<f64>() + receiver.virgin_quality[property] * virgin;
            if mixed > limit * total + 1e-5 * (1.0 + mixed.abs()) {
                wrong.push(format!(
                    "receiver {index} gets too much of property {property} in period {period}"
                ));
            }
        }
    }
}

fn plants(region: &Region, network: &Network, period: usize, totals: &mut Totals, wrong: &mut Vec<String>) {
    for (index, plant) in region.plants.iter().enumerate() {
        let input = over(region, network, period, |lane| lane.to == Place::Plant(index));
        let most = if network.built[index] { plant.capacity } else { 0.0 };
        if input > most + 1e-5 {
            wrong.push(format!("plant {index} takes {input} t of {most}"));
        }
        totals.cost += plant.cost * input;
        totals.co2e += plant.co2e * input;
        for output in &plant.outputs {
            let from_here = |lane: &super::Lane| lane.from == Place::Plant(index) && lane.commodity == output.commodity;
            let rest = output.yield_share * input - over(region, network, period, from_here);
            if rest < -1e-5 {
                wrong.push(format!("plant {index} ships more than it makes in period {period}"));
            }
            totals.cost += plant.rest_cost * rest;
            totals.co2e += plant.rest_co2e * rest;
        }
    }
}
