//! From tours in the problem's words back to nodes, to start a search from a plan.

use super::model::{Model, NONE};
use crate::plan::{Tour, Visit};

/// The tours as kinds and nodes. Jobs the model does not have are dropped, and so is the second of two visits.
pub(crate) fn tours(model: &Model, tours: &[Tour]) -> Vec<(u32, Vec<u32>)> {
    let most = model.nodes.iter().map(|node| node.job as usize + 1).max().unwrap_or(0);
    let mut leads = vec![NONE; most];
    for &lead in &model.leads {
        leads[model.nodes[lead as usize].job as usize] = lead;
    }
    let lead = |job: usize| leads.get(job).copied().filter(|&lead| lead != NONE);
    let node = |visit: &Visit| match *visit {
        Visit::Job(job) => lead(job),
        Visit::Delivery(job) => lead(job)
            .map(|lead| model.nodes[lead as usize].partner)
            .filter(|&node| node != NONE),
        Visit::Station { .. } | Visit::Pause(_) | Visit::Reload => None,
    };
    let mut seen = vec![false; model.n];
    let mut first = move |node: &u32| !std::mem::replace(&mut seen[*node as usize], true);
    let known = tours.iter().filter(|tour| tour.vehicle < model.kinds.len());
    known
        .map(|tour| {
            (
                u32::try_from(tour.vehicle).unwrap_or(NONE),
                tour.visits.iter().filter_map(node).filter(&mut first).collect(),
            )
        })
        .collect()
}
