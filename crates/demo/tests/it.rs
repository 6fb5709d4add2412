//! The contract of the generator.

mod it {
    mod files;
    mod kit;
    mod schema;
}
