//! The contract of the pages: who may see and do what, that every figure opens, that nothing is said twice or not
//! at all, that forms of others are refused.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod api;
mod attacks;
mod circular;
mod codes;
mod figures;
mod forms;
mod house;
mod importing;
mod jobs;
mod mishaps;
mod provider;
mod rights;
mod texts;
