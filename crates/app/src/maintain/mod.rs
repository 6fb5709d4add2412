//! Keeping an installation well: checking, compacting, backing up, restoring, explaining, upgrading.

pub mod backup;
mod compact;
mod doctor;
mod upgrade;
mod verify;

pub use backup::{BackupReport, RestoreReport};
pub use compact::Compacted;
pub use doctor::{DoctorReport, Problem};
pub use upgrade::{UpgradePlan, upgrade};
pub use verify::VerifyReport;
