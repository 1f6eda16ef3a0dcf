//! `dpop`: proofs of possession (RFC 9449), for whoever receives them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{System, members, refused};
use crate::error::Result;

/// The realm of revocations: a rule about a key refuses all of its proofs.
const REALM: &str = "dpop";

/// For how many seconds a proof is good: it is made for a request that is sent
/// at once.
const WINDOW: i64 = 30;
/// How far, in seconds, clients' clocks may be off: theirs are set by nobody.
const LEEWAY: u32 = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dpop {
    #[serde(rename = "name")]
    _name: String,
    /// What clients may sign with.
    #[serde(default = "algorithms")]
    algorithms: Vec<String>,
    #[serde(default = "window")]
    window: i64,
    #[serde(default = "leeway")]
    leeway: u32,
    /// Whether a proof is accepted once only.
    #[serde(default = "replay")]
    replay: bool,
}

/// Those with short keys: whoever sends a proof chooses how much it costs.
fn algorithms() -> Vec<String> {
    ["ES256", "ES384", "ES512", "EdDSA"].map(Into::into).into()
}

fn window() -> i64 {
    WINDOW
}

fn leeway() -> u32 {
    LEEWAY
}

fn replay() -> bool {
    true
}

impl System for Dpop {
    fn check(&self) -> Result<()> {
        // Each parameter is an option, which is checked as such.
        Ok(())
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        Ok(members(json!({
            // A proof says neither who made it nor whom it is for, but by its key and its htu.
            "issuer": null,
            "audience": null,
            "algorithms": self.algorithms,
            "type": "dpop+jwt",
            "require": ["jti", "htm", "htu", "iat"],
            "leeway": self.leeway,
            "realm": REALM,
            "proof": { "window": self.window, "replay": self.replay },
        })))
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        Err(refused(
            "proofs are made by clients, each with its own key: it has no minter options",
        ))
    }
}
