//! What sets a proof of possession (RFC 9449) apart from other tokens: it is
//! verified with the key that it brings. This is the one place where a header's
//! `jwk` is read, and it is reached only where the options ask for proofs.

use std::sync::Arc;

use crate::codec::json::{Kind, Raw};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{KeyRef, Select, brought};
use crate::policy::{Proof, Request};

use super::header::Header;

/// Fails where a verifier of proofs is given key sets, or nothing to remember
/// used proofs with.
pub(super) fn check(proof: Proof, keys: &[Arc<dyn Select>], remembers: bool) -> Result<()> {
    let refused = |message| Err(Error::new(ErrorKind::Misconfigured, message));
    if !keys.is_empty() {
        return refused("options.proof: proofs bring their own keys, so give no key set");
    }
    if proof.replay && !remembers {
        return refused(
            "options.proof.replay: a proof is accepted once, and no revocations are attached that could remember it; attach some, or say \"replay\": false",
        );
    }
    Ok(())
}

/// The key in the header, if the request may be signed with it.
pub(super) fn key(header: &Header<'_>, request: &Request<'_>, now: i64) -> Result<KeyRef> {
    let unknown = |message| Error::new(ErrorKind::UnknownKey, message);
    let jwk = Raw::checked(header.text)
        .get("jwk")
        .filter(|jwk| jwk.kind() == Kind::Object)
        .ok_or_else(|| unknown("the token's header has no key: it isn't a proof"))?;
    let key = brought(jwk.text(), header.algorithm, now)?;
    if !request.is_by(key.thumbprint()) {
        return Err(unknown(
            "the proof's key isn't the one that was expected, by its thumbprint",
        ));
    }
    Ok(key)
}

/// The error for a proof that was used before.
pub(super) fn replayed() -> Error {
    Error::new(
        ErrorKind::Revoked,
        "JWT is revoked: this proof was used before",
    )
    .with_claim("jti")
}
