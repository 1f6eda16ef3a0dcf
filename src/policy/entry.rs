//! What belongs together in a verifier's options: the issuers, audiences, keys
//! and rules of one entry of `trust`, or of the document itself where it has none.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::deny::{Deny, DenyOption};
use super::matcher::Matchers;
use super::options::{algorithms, refused, seconds};
use crate::codec::document::{Object, given, said};
use crate::crypto::Algorithm;
use crate::error::Result;

/// One string or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a string or a list of strings")]
pub(super) enum OneOrMany {
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

/// The issuers as options spell them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a string, a list of strings or {\"under\": …}")]
pub(super) enum IssuerOption {
    These(OneOrMany),
    Under(Object<Under>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Under {
    under: OneOrMany,
}

/// The types as options spell them: a null in the list is a header without one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a string or a list of strings and null")]
pub(super) enum TypeOption {
    One(String),
    Many(Vec<Option<String>>),
}

impl TypeOption {
    fn into_list(self, place: &str) -> Result<Vec<Option<String>>> {
        let list = match self {
            Self::One(one) => vec![Some(one)],
            Self::Many(many) => many,
        };
        if list.is_empty() {
            return Err(refused(
                place,
                "an empty list accepts nothing; null waives the check",
            ));
        }
        if list.iter().flatten().any(String::is_empty) {
            return Err(refused(
                place,
                "an empty string was given; null stands for none",
            ));
        }
        Ok(list)
    }
}

/// How a token says when it was issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Issued {
    /// As RFC 7519 has it.
    #[default]
    Number,
    /// A string of decimal digits.
    Text,
}

/// Whether a token is good in the second of its exp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expiry {
    /// No longer, as RFC 7519 has it.
    #[default]
    Exclusive,
    /// Still.
    Inclusive,
}

/// The options that an entry may have. Those that it lacks are the document's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryOptions {
    #[serde(default, deserialize_with = "said")]
    pub(super) issuer: Option<Option<IssuerOption>>,
    #[serde(default, deserialize_with = "said")]
    pub(super) audience: Option<Option<OneOrMany>>,
    #[serde(default)]
    pub(super) keys: usize,
    #[serde(default, deserialize_with = "given")]
    pub(super) algorithms: Option<Vec<String>>,
    #[serde(default, deserialize_with = "said")]
    pub(super) r#type: Option<Option<TypeOption>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) require: Option<Vec<String>>,
    #[serde(default, deserialize_with = "said")]
    pub(super) iat: Option<Option<Issued>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) exp: Option<Expiry>,
    #[serde(default, deserialize_with = "given")]
    pub(super) claims: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) deny: Option<Vec<Object<DenyOption>>>,
    #[serde(default, deserialize_with = "said")]
    pub(super) lifetime: Option<Option<i64>>,
    #[serde(default, deserialize_with = "said")]
    pub(super) realm: Option<Option<String>>,
}

impl EntryOptions {
    /// The same, with what it lacks taken from `top`; issuer and audience are its own.
    fn under(self, top: &Self) -> Self {
        Self {
            algorithms: self.algorithms.or_else(|| top.algorithms.clone()),
            r#type: self.r#type.or_else(|| top.r#type.clone()),
            require: self.require.or_else(|| top.require.clone()),
            iat: self.iat.or(top.iat),
            exp: self.exp.or(top.exp),
            claims: self.claims.or_else(|| top.claims.clone()),
            deny: self.deny.or_else(|| top.deny.clone()),
            lifetime: self.lifetime.or(top.lifetime),
            realm: self.realm.or_else(|| top.realm.clone()),
            ..self
        }
    }

    /// Compiles one entry.
    pub(super) fn compile(self, place: &str) -> Result<Entry> {
        let field = |name: &str| format!("{place}.{name}");
        let must = |name: &str| {
            refused(
                &field(name),
                format!(
                    "say which {name}s are accepted: a string, a list, or null to waive the check"
                ),
            )
        };
        let issuers = match self.issuer.ok_or_else(|| must("issuer"))? {
            None => Issuers::Any,
            Some(IssuerOption::These(these)) => Issuers::These(these.into_list(&field("issuer"))?),
            Some(IssuerOption::Under(Object(Under { under }))) => {
                Issuers::Under(under.into_list(&field("issuer.under"))?)
            }
        };
        let audiences = self
            .audience
            .ok_or_else(|| must("audience"))?
            .map(|given| given.into_list(&field("audience")))
            .transpose()?;
        let lifetime = self.lifetime.flatten();
        seconds(&field("lifetime"), lifetime)?;
        if matches!(&self.realm, Some(Some(realm)) if realm.is_empty()) {
            return Err(refused(
                &field("realm"),
                "an empty string was given; null stands for none",
            ));
        }
        let types = self.r#type.flatten();
        let types = types
            .map(|types| types.into_list(&field("type")))
            .transpose()?;
        if self.require.iter().flatten().any(String::is_empty) {
            return Err(refused(&field("require"), "an empty name was given"));
        }
        Ok(Entry {
            issuers,
            audiences,
            keys: self.keys,
            algorithms: self
                .algorithms
                .map(|list| algorithms(&field("algorithms"), &list))
                .transpose()?,
            types,
            require: self.require,
            issued: self.iat.unwrap_or(Some(Issued::default())),
            expiry: self.exp.unwrap_or_default(),
            claims: Matchers::read(&field("claims"), &self.claims.unwrap_or_default())?,
            deny: self
                .deny
                .iter()
                .flatten()
                .enumerate()
                .map(|(index, rule)| Deny::compile(&format!("{place}.deny[{index}]"), &rule.0))
                .collect::<Result<_>>()?,
            lifetime,
            realm: self.realm.flatten(),
        })
    }
}

/// Compiles `trust`, whose entries take from the top what they don't say.
pub(super) fn entries(top: &EntryOptions, trust: Vec<Object<EntryOptions>>) -> Result<Vec<Entry>> {
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
    let mut waived = false;
    let mut entries = Vec::with_capacity(trust.len());
    for (index, Object(own)) in trust.into_iter().enumerate() {
        let place = format!("options.trust[{index}]");
        let wrong = |message: &'static str| Err(refused(&format!("{place}.issuer"), message));
        let entry = own.under(top).compile(&place)?;
        // The issuer chooses the entry, so each must have its own.
        match &entry.issuers {
            Issuers::Any if waived => {
                return wrong(
                    "only one entry can waive the issuer: it takes the tokens that no other entry's issuer fits",
                );
            }
            Issuers::Any => waived = true,
            Issuers::These(issuers) if issuers.iter().any(|issuer| seen.contains(issuer)) => {
                return wrong(
                    "this issuer stands in an earlier entry already: it chooses the entry",
                );
            }
            Issuers::These(issuers) => seen.extend(issuers.iter().cloned()),
            Issuers::Under(_) if several => {
                return wrong("\"under\" is for a single entry: it can't choose one of several");
            }
            Issuers::Under(_) => {}
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// What belongs together: these issuers' tokens, for these audiences, under
/// these keys.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) issuers: Issuers,
    pub(crate) audiences: Option<Vec<String>>,
    pub(crate) keys: usize,
    pub(crate) algorithms: Option<Vec<Algorithm>>,
    /// The typ expected, any of; none for a header without one.
    pub(crate) types: Option<Vec<Option<String>>>,
    /// `None` stands for the default, which depends on revocations being attached.
    pub(crate) require: Option<Vec<String>>,
    /// `None`: the iat isn't looked at.
    pub(crate) issued: Option<Issued>,
    pub(crate) expiry: Expiry,
    pub(crate) claims: Matchers,
    pub(crate) deny: Vec<Deny>,
    pub(crate) lifetime: Option<i64>,
    pub(crate) realm: Option<String>,
}

/// Whose tokens.
#[derive(Clone, Debug)]
pub(crate) enum Issuers {
    /// Anybody's.
    Any,
    These(Vec<String>),
    /// The issuer is one of these and, right after it, the audience up to a colon.
    Under(Vec<String>),
}
