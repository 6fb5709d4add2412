//! The contract of the verbs, on the demonstration's files: what goes in once counts once, for those who may see it.
#![allow(
    clippy::unwrap_used,
    clippy::unnecessary_wraps,
    reason = "a test may stop at once, and fail-points have one shape"
)]

mod it {
    mod account;
    mod kit;

    mod articles;
    mod campaign;
    mod circular;
    mod circular_board;
    mod circular_network;
    mod circular_private;
    mod evidence;
    mod flows;
    mod importing;
    mod keeping;
    mod lasting;
    mod outlook;
    mod rebinding;
    mod recompute;
    mod releases;
    mod rights;
    mod truth;
    mod why;
}
