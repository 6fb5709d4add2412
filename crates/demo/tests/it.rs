//! The contract of the generator.

mod it {
    mod files;
    mod full;
    mod kit;
    mod schema;
}
