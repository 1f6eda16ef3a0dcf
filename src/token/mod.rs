//! Tokens: made, checked, looked at.

mod batch;
mod header;
mod inspect;
mod introspect;
mod jws;
mod known;
mod mint;
mod proof;
mod scratch;
mod verify;

pub use batch::MOST as BATCH_MOST;
pub use inspect::inspect;
pub use jws::{JwsOptions, sign, verify_signature};
pub use mint::Minter;
pub use verify::Verifier;
