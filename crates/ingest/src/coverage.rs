//! From months with rows to what a file is taken to cover.

use greenheart_model::{Coverage, CoverageKind, Month};

/// Runs of months that follow each other, as coverage. `months` are in order.
pub(crate) fn runs(kind: CoverageKind, months: &[Month]) -> Vec<Coverage> {
    let mut coverage: Vec<Coverage> = Vec::new();
    for period in months.iter().map(|month| month.period()) {
        match coverage.last_mut() {
            Some(last) if last.period.to().tomorrow().ok() == Some(period.from()) => {
                last.period = last.period.hull(period);
            }
            _ => coverage.push(Coverage { kind, period }),
        }
    }
    coverage
}
