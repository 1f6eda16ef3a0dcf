//! A proof of possession (RFC 9449, DPoP): a token that vouches for one request,
//! signed with a key that it brings itself.
//!
//! Such a key is anybody's. What it is worth comes from the access token that is
//! bound to it: so a call must say which access token came with the request and
//! whose key that is for, or that there is none. What was forgotten is a
//! mistake, and not a check less.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::Call;
use super::claims::Claims;
use super::entry::Entry;
use super::options::refused;
use crate::codec::base64url::encode;
use crate::codec::uri;
use crate::crypto::{Family, sha256};
use crate::error::{Error, ErrorKind, Result};

/// The longest `window`, in seconds: the memory of used proofs grows with it.
const LONGEST: i64 = 600;
/// The longest `jti`, in bytes (section 11.1).
const LONGEST_ID: usize = 256;

/// The option `proof`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proof {
    /// For how many seconds from its iat on a proof is accepted.
    window: i64,
    /// Whether a proof is accepted once only.
    #[serde(default = "once")]
    pub(crate) replay: bool,
}

fn once() -> bool {
    true
}

impl Proof {
    /// Fails where the window is none, or the other options leave out what makes
    /// a token a proof.
    pub(super) fn check(&self, entry: &Entry) -> Result<()> {
        if !(1..=LONGEST).contains(&self.window) {
            return Err(refused(
                "options.proof.window",
                format!("1 to {LONGEST} seconds were expected"),
            ));
        }
        if entry.types.is_none() {
            return Err(refused(
                "options.type",
                "say the typ of proofs, such as \"dpop+jwt\": without it any token with a key in its header is one",
            ));
        }
        match entry.algorithms.as_deref() {
            None => Err(refused(
                "options.algorithms",
                "say which algorithms proofs may be signed with: there are no keys to tell",
            )),
            Some(list)
                if list
                    .iter()
                    .any(|one| matches!(one.family(), Family::Hmac(_))) =>
            {
                Err(refused(
                    "options.algorithms",
                    "a proof's key is public: only asymmetric algorithms will do",
                ))
            }
            Some(_) => Ok(()),
        }
    }
}

/// The request that a proof must be for, as the call tells of it.
pub(crate) struct Request<'c> {
    proof: Proof,
    method: &'c str,
    /// None for what is no URI, which no proof is for.
    target: Option<String>,
    ath: Option<String>,
    jkt: Option<&'c str>,
}

/// A proof that is as it must be, for whoever remembers those that were used.
pub(crate) struct Used {
    /// The same for the same jti, key and URI (section 11.1), and no other.
    pub(crate) id: String,
    /// From when on it is refused by every clock that is right within the leeway.
    pub(crate) end: i64,
}

impl<'c> Request<'c> {
    /// Reads what `call` says of a request, where the options have a `proof`.
    ///
    /// Fails with [`ErrorKind::Misuse`] where that is too little, or too much.
    pub(crate) fn of(proof: Option<Proof>, call: &Call<'c>) -> Result<Option<Self>> {
        let misuse = |message| Err(Error::new(ErrorKind::Misuse, message));
        let said = [call.method, call.uri, call.access_token, call.jkt];
        let Some(proof) = proof else {
            return match said.iter().any(Option::is_some) {
                true => misuse("the call tells of a request, and the options ask for no proof"),
                false => Ok(None),
            };
        };
        let (Some(method), Some(uri)) = (call.method.filter(|method| !method.is_empty()), call.uri)
        else {
            return misuse("the options ask for a proof: say the request's method and uri");
        };
        if !uri::is_absolute(uri) {
            return misuse(
                "the call's uri must be the whole of it, such as https://api.example/orders",
            );
        }
        let ath = match (call.access_token, call.jkt) {
            (None, _) => {
                return misuse("say the access token that came with the proof (empty for none)");
            }
            (Some(""), _) => None,
            (Some(_), None) => {
                return misuse("say the jkt that the access token is bound to, its cnf.jkt");
            }
            (Some(token), Some(_)) => Some(encode(&sha256(token.as_bytes()))),
        };
        Ok(Some(Self {
            proof,
            method,
            target: uri::target(uri),
            ath,
            jkt: call.jkt,
        }))
    }

    /// Whether the proof may be signed with the key that has this thumbprint.
    pub(crate) fn is_by(&self, thumbprint: &str) -> bool {
        self.jkt.is_none_or(|jkt| jkt == thumbprint)
    }

    /// Whether a proof that was used must be remembered.
    pub(crate) fn is_once(&self) -> bool {
        self.proof.replay
    }

    /// Holds the verified claims of a proof against the request (section 4.3).
    pub(crate) fn check(&self, claims: &Claims, leeway: i64, now: i64) -> Result<Used> {
        let id = text(claims, "jti")?;
        if !(1..=LONGEST_ID).contains(&id.len()) {
            return Err(mismatch("jti", "1 to 256 bytes were expected"));
        }
        if text(claims, "htm")? != self.method {
            return Err(mismatch("htm", "the proof is for another method"));
        }
        let target = uri::target(&text(claims, "htu")?);
        let Some(target) = target.filter(|target| self.target.as_ref() == Some(target)) else {
            return Err(mismatch("htu", "the proof is for another URI"));
        };
        let issued = claims.issued().ok_or_else(|| missing("iat"))?;
        if issued > now.saturating_add(leeway) {
            return Err(
                Error::new(ErrorKind::Early, "JWT was issued in the future").with_claim("iat")
            );
        }
        let last = issued
            .saturating_add(self.proof.window)
            .saturating_add(leeway);
        if now > last {
            return Err(Error::new(
                ErrorKind::TooOld,
                format!(
                    "JWT is too old: proofs of at most {} seconds are accepted",
                    self.proof.window
                ),
            )
            .with_claim("iat"));
        }
        if let Some(ath) = &self.ath
            && text(claims, "ath")? != ath.as_str()
        {
            return Err(mismatch("ath", "the proof is for another access token"));
        }
        let id = json!([claims.realm(), claims.thumbprint(), target, id]).to_string();
        Ok(Used {
            id: encode(&sha256(id.as_bytes())),
            end: last.saturating_add(leeway).saturating_add(1),
        })
    }
}

/// The claim `name`, a text that must be there.
fn text<'c>(claims: &'c Claims, name: &'static str) -> Result<Cow<'c, str>> {
    let claim = claims.find(name).ok_or_else(|| missing(name))?;
    claim
        .string()
        .ok_or_else(|| mismatch(name, "a string was expected"))
}

fn missing(name: &'static str) -> Error {
    Error::new(
        ErrorKind::Missing,
        format!("the claim \"{name}\" is missing"),
    )
    .with_claim(name)
}

fn mismatch(name: &'static str, what: &str) -> Error {
    Error::new(ErrorKind::Claim, format!("Invalid {name}: {what}")).with_claim(name)
}
