//! Which tour of the plan the search began with a tour still stands for, when a problem is searched in parts and tours have no
//! number that lasts: the one it shares most jobs with, each old tour claimed once.

use super::model::{Model, NONE};
use crate::plan::{Tour, Visit};

/// The tours of the first plan, and what it costs to leave them.
#[derive(Debug, Clone)]
pub(crate) struct Homes {
    /// `[job]`: its tour in the first plan, or `NONE`.
    of: Vec<u32>,
    penalty: f64,
}

impl Homes {
    /// `None` when changes cost nothing.
    pub(crate) fn new(jobs: usize, tours: &[Tour], penalty: f64) -> Option<Self> {
        let mut of = vec![NONE; jobs];
        for (number, tour) in (0u32..).zip(tours) {
            for job in served(tour) {
                of[job] = number;
            }
        }
        (penalty > 0.0).then_some(Self { of, penalty })
    }

    /// For each tour the first plan's tour it stands for, or `NONE` when others have a better claim.
    pub(crate) fn names(&self, tours: &[Tour]) -> Vec<u32> {
        let mut claims: Vec<(usize, usize, u32)> = Vec::new();
        for (at, tour) in tours.iter().enumerate() {
            let mut homes: Vec<u32> = served(tour)
                .map(|job| self.of[job])
                .filter(|&home| home != NONE)
                .collect();
            homes.sort_unstable();
            claims.extend(homes.chunk_by(|a, b| a == b).map(|same| (same.len(), at, same[0])));
        }
        claims.sort_unstable_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut names = vec![NONE; tours.len()];
        let mut claimed = vec![false; self.of.len() + 1];
        for (_, at, home) in claims {
            if names[at] == NONE && !std::mem::replace(&mut claimed[home as usize], true) {
                names[at] = home;
            }
        }
        names
    }

    /// What the plan costs beside its own cost, for jobs that are not on their tour.
    pub(crate) fn moved(&self, tours: &[Tour]) -> f64 {
        let names = self.names(tours);
        let away = tours.iter().zip(names).map(|(tour, name)| {
            let homes = served(tour).map(|job| self.of[job]);
            homes.filter(|&home| home != NONE && home != name).count()
        });
        u32::try_from(away.sum::<usize>()).map_or(f64::INFINITY, f64::from) * self.penalty
    }

    /// Lets the model know the tours by their position. A job whose tour is in another part costs the same wherever it goes.
    pub(crate) fn keep(&self, model: &mut Model, names: &[u32]) {
        model.change = self.penalty;
        let slot = |home: u32| {
            let found = names.iter().position(|&name| name == home && home != NONE);
            found.and_then(|at| u32::try_from(at).ok()).unwrap_or(NONE)
        };
        model.home = model
            .nodes
            .iter()
            .map(|node| slot(self.of[node.job as usize]))
            .collect();
    }
}

fn served(tour: &Tour) -> impl Iterator<Item = usize> + '_ {
    tour.visits.iter().filter_map(|visit| match visit {
        Visit::Job(job) => Some(*job),
        _ => None,
    })
}
