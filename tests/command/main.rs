//! The command `jeton`, run as a shell would: its names, flags, outputs and
//! exit statuses are a contract, since other programs read them.

#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod help;
mod home;
mod inspect;
mod keys;
mod lines;
mod proofs;
mod revoke;
mod rotate;
mod sign;
#[cfg(feature = "https")]
mod source;
#[cfg(feature = "sqlite")]
mod sqlite;
mod systems;
mod verify;
