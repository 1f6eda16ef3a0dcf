//! The options of a verifier: the document, and what it compiles to.
//!
//! Closed by default: an issuer and an audience must be said, or waived by an
//! explicit null; an unknown field is an error, so no check is lost to a typo.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::deny::DenyOption;
use super::entry::{
    Entry, EntryOptions, Expiry, Issued, IssuerOption, OneOrMany, TypeOption, entries,
};
use super::proof::Proof;
use crate::codec::document::{self, Object, given, said, suggestion};
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind, Result};

/// The most seconds of clock difference that may be forgiven.
const LEEWAY: u32 = 600;
/// The longest `lifetime` and `age` that may be said: a thousand years.
const LONGEST: i64 = 31_556_952_000;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifierDocument {
    #[serde(default, deserialize_with = "said")]
    issuer: Option<Option<IssuerOption>>,
    #[serde(default, deserialize_with = "said")]
    audience: Option<Option<OneOrMany>>,
    #[serde(default, deserialize_with = "given")]
    algorithms: Option<Vec<String>>,
    #[serde(default)]
    leeway: u32,
    #[serde(default, deserialize_with = "said")]
    lifetime: Option<Option<i64>>,
    #[serde(default)]
    age: Option<i64>,
    #[serde(default, deserialize_with = "said")]
    r#type: Option<Option<TypeOption>>,
    #[serde(default, deserialize_with = "given")]
    require: Option<Vec<String>>,
    #[serde(default, deserialize_with = "said")]
    iat: Option<Option<Issued>>,
    #[serde(default, deserialize_with = "given")]
    exp: Option<Expiry>,
    #[serde(default, deserialize_with = "given")]
    claims: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "given")]
    deny: Option<Vec<Object<DenyOption>>>,
    #[serde(default, deserialize_with = "given")]
    trust: Option<Vec<Object<EntryOptions>>>,
    #[serde(default, deserialize_with = "said")]
    realm: Option<Option<String>>,
    #[serde(default)]
    report: Vec<String>,
    #[serde(default)]
    revocable: bool,
    #[serde(default, deserialize_with = "given")]
    proof: Option<Object<Proof>>,
    #[serde(default)]
    limits: Object<Limits>,
    #[serde(default)]
    cache: Option<Value>,
    #[serde(default)]
    system: Option<Value>,
}

/// What bounds a token.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The longest token, in bytes.
    pub bytes: usize,
    /// The deepest nesting of its JSON.
    pub depth: usize,
    /// The longest kid, in bytes.
    pub kid: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16_384,
            depth: 32,
            kid: 256,
        }
    }
}

impl Limits {
    pub(crate) fn check(self) -> Result<Self> {
        for (name, value, most) in [
            ("bytes", self.bytes, 1 << 20),
            ("depth", self.depth, 64),
            ("kid", self.kid, 1024),
        ] {
            if value == 0 || value > most {
                return Err(refused(
                    "options.limits",
                    format!("\"{name}\" lies between 1 and {most}"),
                ));
            }
        }
        Ok(self)
    }
}

/// A verifier's options, compiled. Immutable.
#[derive(Clone, Debug)]
pub struct VerifierOptions {
    pub(crate) entries: Vec<Entry>,
    pub(crate) leeway: i64,
    pub(crate) age: Option<i64>,
    pub(crate) report: Vec<String>,
    /// Whether revocations must be attached.
    pub(crate) revocable: bool,
    /// What a proof must be, where the tokens are such.
    pub(crate) proof: Option<Proof>,
    pub(crate) limits: Limits,
}

impl VerifierOptions {
    /// Reads a verifier's options document, in which no system stands any more.
    pub(crate) fn plain(text: &[u8]) -> Result<Self> {
        let document: VerifierDocument = document::read("options", text)?;
        if document.cache.is_some() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "options.cache: not in this version; leave it out",
            ));
        }
        if document.system.is_some() {
            return Err(unexpanded());
        }
        if document.leeway > LEEWAY {
            return Err(refused(
                "options.leeway",
                "at most 600 seconds may be forgiven",
            ));
        }
        seconds("options.age", document.age)?;
        let limits = document.limits.0.check()?;
        let proof = document.proof.map(|Object(proof)| proof);
        if proof.is_some() && document.trust.is_some() {
            return Err(refused(
                "options.proof",
                "proofs bring their own keys: \"trust\", which chooses among key sets, can't stand beside it",
            ));
        }
        let top = EntryOptions {
            issuer: document.issuer,
            audience: document.audience,
            keys: 0,
            algorithms: document.algorithms,
            r#type: document.r#type,
            require: document.require,
            iat: document.iat,
            exp: document.exp,
            claims: document.claims,
            deny: document.deny,
            lifetime: document.lifetime,
            realm: document.realm,
        };
        let entries = match document.trust {
            None => vec![top.compile("options")?],
            Some(trust) => entries(&top, trust)?,
        };
        if let (Some(proof), [entry]) = (&proof, entries.as_slice()) {
            proof.check(entry)?;
        }
        Ok(Self {
            entries,
            leeway: i64::from(document.leeway),
            age: document.age,
            report: document.report,
            revocable: document.revocable,
            proof,
            limits,
        })
    }
}

impl VerifierOptions {
    /// Whether the tokens are proofs, each with a key of its own: a verifier of
    /// them is made without key sets.
    #[must_use]
    pub fn is_of_proofs(&self) -> bool {
        self.proof.is_some()
    }

    /// Whether a rule hangs on a switch, so that calls must name a scope.
    #[must_use]
    pub fn is_switched(&self) -> bool {
        let mut rules = self.entries.iter().flat_map(|entry| &entry.deny);
        rules.any(super::Deny::is_switched)
    }
}

/// Reads an allow-list: "EdDSA" stands for both of its curves.
pub(crate) fn algorithms(place: &str, list: &[String]) -> Result<Vec<Algorithm>> {
    if list.is_empty() {
        return Err(refused(place, "an empty list allows no algorithm"));
    }
    let mut allowed = Vec::new();
    for (index, name) in list.iter().enumerate() {
        let named = algorithm(&format!("{place}[{index}]"), name)?;
        allowed.extend(Algorithm::ALL.iter().filter(|one| named.fits(**one)));
    }
    Ok(allowed)
}

/// Reads the name of an algorithm.
pub(crate) fn algorithm(place: &str, name: &str) -> Result<Named> {
    Algorithm::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Algorithm::ALL.iter().map(|known| known.name()).collect();
        refused(
            place,
            format!("unknown algorithm \"{name}\"{}", suggestion(name, &known)),
        )
    })
}

/// The error for a system that nobody has expanded into ordinary options.
pub(super) fn unexpanded() -> Error {
    Error::new(ErrorKind::Internal, "options.system: not expanded")
}

pub(super) fn seconds(place: &str, given: Option<i64>) -> Result<()> {
    match given {
        Some(seconds) if !(1..=LONGEST).contains(&seconds) => {
            Err(refused(place, "a positive number of seconds was expected"))
        }
        _ => Ok(()),
    }
}

pub(super) fn refused(place: &str, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message).at(place)
}
