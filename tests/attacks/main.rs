//! The classes of attack that broke other JWT libraries, each with what must
//! still be accepted. Those on fetching are with the sources.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod claims;
mod forms;
mod header;
mod keys;
mod lists;
mod proofs;
mod signatures;
#[path = "../support/mod.rs"]
mod support;
mod systems;
