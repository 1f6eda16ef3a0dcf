//! What has been revoked, and which switches are on.
//!
//! A rule is (realm, claim, value) with a cut-off and an end. Verification asks
//! the index, which holds keyed hashes and takes no lock; people read the log,
//! which holds the rules themselves, and which several processes may share.
//! Rules name claims and never a token's text, so a token that is spelt anew
//! stays revoked.

mod bell;
mod consult;
mod document;
mod freshness;
mod index;
mod log;
mod mark;
mod names;
mod of_claims;
mod options;
mod own;
mod rule;
mod shared;
mod state;
mod status_list;
mod store;
mod switches;
mod used;

pub use rule::{Entry, Rule, Subject, Value};
pub use store::Revocations;
