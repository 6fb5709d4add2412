//! SAF-T Financial.
