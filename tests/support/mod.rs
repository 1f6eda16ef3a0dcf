//! What the test suites share: the vectors' files, their runner and their
//! generator, and tokens made to measure.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

pub mod bless;
pub mod engine;
pub mod forge;
pub mod layout;
pub mod run;
pub mod vectors;
