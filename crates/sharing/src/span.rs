use crate::Coalition;

/// Coalitions whose sums are settled, as a reduced basis: a coalition in their span is settled too.
pub(crate) struct Span {
    players: usize,
    rows: Vec<Vec<f64>>,
}

impl Span {
    pub fn new(players: usize) -> Self {
        Self {
            players,
            rows: Vec::new(),
        }
    }

    pub fn rank(&self) -> usize {
        self.rows.len()
    }

    pub fn contains(&self, coalition: Coalition) -> bool {
        self.reduce(coalition).is_none()
    }

    /// Adds a coalition; says whether the rank rose.
    pub fn insert(&mut self, coalition: Coalition) -> bool {
        match self.reduce(coalition) {
            Some(row) => {
                self.rows.push(row);
                true
            }
            None => false,
        }
    }

    /// What is left of a coalition after the basis, its pivot scaled to one; `None` when nothing is.
    fn reduce(&self, coalition: Coalition) -> Option<Vec<f64>> {
        let mut row: Vec<f64> = (0..self.players)
            .map(|player| if coalition.has(player) { 1.0 } else { 0.0 })
            .collect();
        for known in &self.rows {
            let factor = pivot(known).map_or(0.0, |place| row[place]);
            if factor != 0.0 {
                for (entry, basis) in row.iter_mut().zip(known) {
                    *entry -= factor * basis;
                }
            }
        }
        let place = pivot(&row)?;
        let scale = row[place];
        for entry in &mut row {
            *entry = if entry.abs() < 1e-9 { 0.0 } else { *entry / scale };
        }
        Some(row)
    }
}

fn pivot(row: &[f64]) -> Option<usize> {
    row.iter().position(|entry| entry.abs() > 1e-9)
}
