//! Stores on a real server, which the tests start on free ports of this machine
//! alone and end with them. JETON_TEST_REDIS names another program than
//! redis-server, such as valkey-server.

#![cfg(feature = "redis")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod access;
#[path = "../support/authority.rs"]
mod authority;
mod basics;
mod cluster;
#[cfg(feature = "cli")]
mod command;
mod failover;
#[cfg(feature = "sqlite")]
mod journal;
mod lost;
mod outage;
mod processes;
mod proxy;
mod server;
mod store;
mod used;
