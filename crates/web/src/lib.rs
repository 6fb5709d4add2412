//! The pages: where the cluster sees its goals, and a company loads its files.
//!
//! For: routes, forms, HTML, cookies. Not for: rights (they are `app`'s), SQL, Parquet.
