//! What the crate promises, by way of its public face.
mod it {
    mod checks;
    mod ranking;
    mod streams;
}
