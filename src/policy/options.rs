//! The options of a verifier: the document, and what it compiles to.
//!
//! Closed by default: an issuer and an audience must be said, or waived by an
//! explicit null; an unknown field is an error, so no check is lost to a typo.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::deny::{Deny, DenyOption, matchers};
use super::matcher::Matcher;
use crate::codec::document::{self, Object, given, said, suggestion};
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind, Result};

/// The most seconds of clock difference that may be forgiven.
const LEEWAY: u32 = 600;
/// The longest `lifetime` and `age` that may be said: a thousand years.
const LONGEST: i64 = 31_556_952_000;

/// One string or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a string or a list of strings")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_list(self, place: &str) -> Result<Vec<String>> {
        let list = match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        };
        if list.is_empty() {
            return Err(refused(
                place,
                "an empty list accepts nothing; null waives the check",
            ));
        }
        if list.iter().any(String::is_empty) {
            return Err(refused(
                place,
                "an empty string was given (an unset variable?); null waives the check",
            ));
        }
        Ok(list)
    }
}

/// The options that may stand at the top or in an entry of `trust`.
#[derive(Clone, Debug, Default, Deserialize)]
struct Shared {
    issuer: Option<Option<OneOrMany>>,
    audience: Option<Option<OneOrMany>>,
    algorithms: Option<Vec<String>>,
    r#type: Option<Option<String>>,
    require: Option<Vec<String>>,
    claims: Option<Map<String, Value>>,
    deny: Option<Vec<Object<DenyOption>>>,
    lifetime: Option<Option<i64>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustOption {
    #[serde(default, deserialize_with = "said")]
    issuer: Option<Option<OneOrMany>>,
    #[serde(default, deserialize_with = "said")]
    audience: Option<Option<OneOrMany>>,
    #[serde(default)]
    keys: usize,
    #[serde(default, deserialize_with = "given")]
    algorithms: Option<Vec<String>>,
    #[serde(default, deserialize_with = "said")]
    r#type: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    require: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    claims: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "given")]
    deny: Option<Vec<Object<DenyOption>>>,
    #[serde(default, deserialize_with = "said")]
    lifetime: Option<Option<i64>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifierDocument {
    #[serde(default, deserialize_with = "said")]
    issuer: Option<Option<OneOrMany>>,
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
    r#type: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    require: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    claims: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "given")]
    deny: Option<Vec<Object<DenyOption>>>,
    #[serde(default, deserialize_with = "given")]
    trust: Option<Vec<Object<TrustOption>>>,
    #[serde(default)]
    realm: Option<String>,
    #[serde(default)]
    report: Vec<String>,
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

/// What belongs together: these issuers' tokens, for these audiences, under
/// these keys.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) issuers: Option<Vec<String>>,
    pub(crate) audiences: Option<Vec<String>>,
    pub(crate) keys: usize,
    pub(crate) algorithms: Option<Vec<Algorithm>>,
    pub(crate) r#type: Option<String>,
    /// `None` stands for the default, which depends on revocations being attached.
    pub(crate) require: Option<Vec<String>>,
    pub(crate) claims: Vec<(String, Matcher)>,
    pub(crate) deny: Vec<Deny>,
    pub(crate) lifetime: Option<i64>,
}

/// A verifier's options, compiled. Immutable.
#[derive(Clone, Debug)]
pub struct VerifierOptions {
    pub(crate) entries: Vec<Entry>,
    pub(crate) leeway: i64,
    pub(crate) age: Option<i64>,
    pub(crate) realm: Option<String>,
    pub(crate) report: Vec<String>,
    pub(crate) limits: Limits,
}

impl VerifierOptions {
    /// Reads a verifier's options document.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] names the field at fault; [`ErrorKind::Unsupported`]
    /// one that this version doesn't have.
    pub fn read(text: &[u8]) -> Result<Self> {
        let document: VerifierDocument = document::read("options", text)?;
        for (name, given) in [("cache", &document.cache), ("system", &document.system)] {
            if given.is_some() {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!("options.{name}: not in this version; leave it out"),
                ));
            }
        }
        if document.leeway > LEEWAY {
            return Err(refused(
                "options.leeway",
                "at most 600 seconds may be forgiven",
            ));
        }
        if document.realm.as_deref() == Some("") {
            return Err(refused("options.realm", "the realm is empty"));
        }
        seconds("options.age", document.age)?;
        let limits = document.limits.0.check()?;
        let top = Shared {
            issuer: document.issuer,
            audience: document.audience,
            algorithms: document.algorithms,
            r#type: document.r#type,
            require: document.require,
            claims: document.claims,
            deny: document.deny,
            lifetime: document.lifetime,
        };
        let entries = match document.trust {
            None => vec![entry("options", top, 0)?],
            Some(trust) => entries(&top, trust)?,
        };
        Ok(Self {
            entries,
            leeway: i64::from(document.leeway),
            age: document.age,
            realm: document.realm,
            report: document.report,
            limits,
        })
    }
}

/// Compiles `trust`, whose entries take from the top what they don't say.
fn entries(top: &Shared, trust: Vec<Object<TrustOption>>) -> Result<Vec<Entry>> {
    if top.issuer.is_some() || top.audience.is_some() {
        return Err(refused(
            "options",
            "\"issuer\" and \"audience\" stand in the entries of \"trust\" where there is \"trust\"",
        ));
    }
    if trust.is_empty() {
        return Err(refused("options.trust", "an empty list trusts nobody"));
    }
    let several = trust.len() > 1;
    let mut seen: Vec<String> = Vec::new();
    let mut entries = Vec::with_capacity(trust.len());
    for (index, Object(own)) in trust.into_iter().enumerate() {
        let place = format!("options.trust[{index}]");
        let keys = own.keys;
        let entry = entry(
            &place,
            Shared {
                issuer: own.issuer,
                audience: own.audience,
                algorithms: own.algorithms.or_else(|| top.algorithms.clone()),
                r#type: own.r#type.or_else(|| top.r#type.clone()),
                require: own.require.or_else(|| top.require.clone()),
                claims: own.claims.or_else(|| top.claims.clone()),
                deny: own.deny.or_else(|| top.deny.clone()),
                lifetime: own.lifetime.or(top.lifetime),
            },
            keys,
        )?;
        // The issuer chooses the entry, so each must have its own.
        if several && entry.issuers.is_none() {
            return Err(refused(
                &format!("{place}.issuer"),
                "only a single entry can waive the issuer: it chooses the entry",
            ));
        }
        for issuer in entry.issuers.iter().flatten() {
            if seen.contains(issuer) {
                return Err(refused(
                    &format!("{place}.issuer"),
                    "this issuer stands in an earlier entry already: it chooses the entry",
                ));
            }
        }
        seen.extend(entry.issuers.iter().flatten().cloned());
        entries.push(entry);
    }
    Ok(entries)
}

fn entry(place: &str, options: Shared, keys: usize) -> Result<Entry> {
    let field = |name: &str| format!("{place}.{name}");
    let must = |name: &str, said: Option<Option<OneOrMany>>| {
        said.ok_or_else(|| {
            refused(
                &field(name),
                format!(
                    "say which {name}s are accepted: a string, a list, or null to waive the check"
                ),
            )
        })?
        .map(|given| given.into_list(&field(name)))
        .transpose()
    };
    let lifetime = options.lifetime.flatten();
    seconds(&field("lifetime"), lifetime)?;
    if let Some(Some(r#type)) = &options.r#type
        && r#type.is_empty()
    {
        return Err(refused(
            &field("type"),
            "the type is empty; null waives the check",
        ));
    }
    if options.require.iter().flatten().any(String::is_empty) {
        return Err(refused(&field("require"), "an empty name was given"));
    }
    Ok(Entry {
        issuers: must("issuer", options.issuer)?,
        audiences: must("audience", options.audience)?,
        keys,
        algorithms: options
            .algorithms
            .map(|list| algorithms(&field("algorithms"), &list))
            .transpose()?,
        r#type: options.r#type.flatten(),
        require: options.require,
        claims: matchers(&field("claims"), &options.claims.unwrap_or_default())?,
        deny: options
            .deny
            .iter()
            .flatten()
            .enumerate()
            .map(|(index, rule)| Deny::compile(&format!("{place}.deny[{index}]"), &rule.0))
            .collect::<Result<_>>()?,
        lifetime,
    })
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

fn seconds(place: &str, given: Option<i64>) -> Result<()> {
    match given {
        Some(seconds) if !(1..=LONGEST).contains(&seconds) => {
            Err(refused(place, "a positive number of seconds was expected"))
        }
        _ => Ok(()),
    }
}

fn refused(place: &str, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message).at(place)
}
