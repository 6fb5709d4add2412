//! Worked examples of EN ISO 14083 and properties that hold for any chain.

#[path = "it/examples.rs"]
mod examples;
#[path = "it/properties.rs"]
mod properties;
