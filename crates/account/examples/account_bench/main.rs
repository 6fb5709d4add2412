//! Measures posting and reconciliation of a million invented rows; the caller measures CPU too.
//!
//! `post` binds mixed activities to factors and makes entries of them. `reconcile` does what stands between evidence
//! and an account: which readings of metering points others tell better, the sums of all entries, and what of the
//! spend the better evidence explains.

mod reconcile;
mod rows;

use greenheart_account::{Binder, MemberDirectory, shipped};
use greenheart_model::{Activity, Entry, FindingLog, GwpSet, MemberId};
use greenheart_testkit::cpu_ms;
use greenheart_units::Amount;

use rows::{ROWS, activity, members, options};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("post") => post(),
        Some("reconcile") => reconcile::run(),
        _ => {
            eprintln!("usage: account_bench post | reconcile");
            std::process::exit(2);
        }
    }
}

fn post() {
    let members = members(65);
    let activities: Vec<Activity> = (1..=ROWS).map(|row_no| activity(row_no, &members)).collect();
    let binder = Binder::new(&shipped(), &MemberDirectory::new(&members), &options());
    let (before, posted, after) = (cpu_ms(), post_all(&binder, &members[0].id, &activities), cpu_ms());
    let (entries, findings) = posted;
    let bound = entries.iter().filter(|entry| entry.factor.is_some()).count();
    let co2e: Amount = entries
        .iter()
        .filter_map(|entry| entry.gases.co2e(GwpSet::Ar6).ok())
        .sum();
    println!(
        "activities {ROWS} entries {} bound {bound} co2e_kg {co2e}",
        entries.len()
    );
    for (code, count, severity) in findings.counts() {
        println!("finding {code} {severity} {count}");
    }
    print_work(before, after);
}

/// Posts in chunks, as an import does.
fn post_all(binder: &Binder, member: &MemberId, activities: &[Activity]) -> (Vec<Entry>, FindingLog) {
    let (mut entries, mut findings) = (Vec::new(), FindingLog::default());
    for chunk in activities.chunks(16_384) {
        binder.post(member, chunk, &mut entries, &mut findings);
    }
    (entries, findings)
}

fn print_work(before: Option<u64>, after: Option<u64>) {
    if let Some((before, after)) = before.zip(after) {
        println!("work_cpu_ms {}", after - before);
    }
}
