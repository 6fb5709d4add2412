//! From months with rows to what a file is taken to cover.

use greenheart_model::{Coverage, CoverageKind, Month, Period};

/// Months of one period that are looked at: a row that states decades is a mistake.
const MOST_MONTHS: usize = 36;

/// Notes the months that a period touches; `months` stay in order, each once.
pub(crate) fn touch(months: &mut Vec<Month>, period: Period) {
    for month in period.months().take(MOST_MONTHS) {
        if let Err(at) = months.binary_search(&month) {
            months.insert(at, month);
        }
    }
}

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
