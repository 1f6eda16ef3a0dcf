//! The options of a minter: the document, and what it compiles to.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::codec::document::{self, Object, given, said};
use crate::codec::json::Raw;
use crate::crypto::Named;
use crate::error::Result;

use super::entry::Issued;
use super::matcher::Matchers;
use super::options::{algorithm, refused, seconds, unexpanded};
use super::payload::{REGISTERED, well_formed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MinterDocument {
    #[serde(default)]
    issuer: Option<String>,
    #[serde(default)]
    audience: Option<Value>,
    #[serde(default)]
    cases: Vec<Object<CaseOption>>,
    #[serde(default, deserialize_with = "said")]
    lifetime: Option<Option<i64>>,
    #[serde(default, deserialize_with = "given")]
    algorithm: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, deserialize_with = "said")]
    r#type: Option<Option<String>>,
    #[serde(default, deserialize_with = "said")]
    id: Option<Option<String>>,
    #[serde(default)]
    iat: Issued,
    #[serde(default)]
    claims: Map<String, Value>,
    #[serde(default)]
    check: Map<String, Value>,
    #[serde(default)]
    spread: Option<Object<SpreadOption>>,
    #[serde(default)]
    r#override: Vec<String>,
    #[serde(default)]
    order: Vec<String>,
    #[serde(default)]
    spelling: Spelling,
    #[serde(default)]
    system: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseOption {
    when: Map<String, Value>,
    #[serde(default)]
    issuer: Option<String>,
    #[serde(default)]
    audience: Option<Value>,
    #[serde(default)]
    check: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpreadOption {
    claim: String,
    except: Vec<String>,
}

/// A minter's options, compiled. Immutable.
#[derive(Clone, Debug)]
pub struct MinterOptions {
    pub(crate) algorithm: Option<Named>,
    pub(crate) kid: Option<String>,
    /// The header's typ; none for no typ.
    pub(crate) r#type: Option<String>,
    /// Whether tokens get a jti of their own.
    pub(crate) id: bool,
    pub(super) lifetime: Option<i64>,
    pub(super) issued: Issued,
    /// One at least; the first that a call's claims fit decides.
    pub(super) cases: Vec<Case>,
    /// Names and JSON of the template.
    pub(super) template: Vec<(String, String)>,
    pub(super) check: Matchers,
    pub(super) spread: Option<Spread>,
    pub(super) replaceable: Vec<String>,
    pub(super) order: Vec<String>,
    pub(super) spelling: Spelling,
}

/// How the values that a call gives are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Spelling {
    /// As the call gives them.
    #[default]
    Given,
    /// Without white space and with the escapes that JSON needs alone.
    Least,
    /// As [`Spelling::Least`], and with escapes for what HTML and JavaScript mark.
    Html,
}

/// What the claims of some calls are given, and must be.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) when: Matchers,
    /// Names and JSON of issuer and audience.
    pub(super) fixed: Vec<(String, String)>,
    pub(super) check: Matchers,
}

/// A claim of a call whose members become claims of their own.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    pub(super) claim: String,
    /// Names that its members can't have: they are left out.
    pub(super) except: Vec<String>,
}

impl MinterOptions {
    /// Reads a minter's options document, in which no system stands any more.
    pub(crate) fn plain(text: &[u8]) -> Result<Self> {
        let document: MinterDocument = document::read("options", text)?;
        if document.system.is_some() {
            return Err(unexpanded());
        }
        let Some(lifetime) = document.lifetime else {
            return Err(refused(
                "options.lifetime",
                "say how many seconds a token lives, or null for one that never expires",
            ));
        };
        seconds("options.lifetime", lifetime)?;
        let named = document
            .algorithm
            .map(|name| algorithm("options.algorithm", &name))
            .transpose()?;
        let id = match document.id.unwrap_or(Some("uuid".into())).as_deref() {
            None => false,
            Some("uuid") => true,
            Some(_) => return Err(refused("options.id", "\"uuid\" or null was expected")),
        };
        let r#type = document.r#type.unwrap_or(Some("JWT".into()));
        for (name, text) in [("type", &r#type), ("kid", &document.kid)] {
            if text.as_deref() == Some("") {
                return Err(refused(
                    &format!("options.{name}"),
                    "an empty string was given",
                ));
            }
        }
        if let Some(name) = document
            .claims
            .keys()
            .find(|name| REGISTERED.contains(&name.as_str()) && *name != "sub")
        {
            return Err(refused(
                &format!("options.claims.{name}"),
                "not a claim for the template: use the options issuer, audience, lifetime and id, or \"override\"",
            ));
        }
        Ok(Self {
            algorithm: named,
            kid: document.kid,
            r#type,
            id,
            lifetime,
            issued: document.iat,
            cases: cases(document.cases, document.issuer, document.audience)?,
            template: document
                .claims
                .into_iter()
                .map(|(name, value)| (name, value.to_string()))
                .collect(),
            check: Matchers::read("options.check", &document.check)?,
            spread: document
                .spread
                .map(|Object(SpreadOption { claim, except })| Spread { claim, except }),
            replaceable: document.r#override,
            order: document.order,
            spelling: document.spelling,
        })
    }

    /// The audiences of the tokens that it makes, where each is one text.
    pub(crate) fn audiences(&self) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        self.cases.iter().map(|case| {
            let (_, audience) = case.fixed.iter().find(|(name, _)| name == "aud")?;
            Raw::checked(audience).string()
        })
    }
}

/// The cases, or the one that the document itself is.
fn cases(
    given: Vec<Object<CaseOption>>,
    issuer: Option<String>,
    audience: Option<Value>,
) -> Result<Vec<Case>> {
    if given.is_empty() {
        return Ok(vec![Case {
            when: Matchers::default(),
            fixed: fixed("options", issuer, audience)?,
            check: Matchers::default(),
        }]);
    }
    if issuer.is_some() || audience.is_some() {
        return Err(refused(
            "options",
            "\"issuer\" and \"audience\" stand in the \"cases\" where there are any",
        ));
    }
    let compile = |(index, Object(case)): (usize, Object<CaseOption>)| {
        let place = format!("options.cases[{index}]");
        Ok(Case {
            when: Matchers::read(&format!("{place}.when"), &case.when)?,
            fixed: fixed(&place, case.issuer, case.audience)?,
            check: Matchers::read(&format!("{place}.check"), &case.check)?,
        })
    };
    given.into_iter().enumerate().map(compile).collect()
}

/// Names and JSON of issuer and audience.
fn fixed(
    place: &str,
    issuer: Option<String>,
    audience: Option<Value>,
) -> Result<Vec<(String, String)>> {
    let mut fixed = Vec::new();
    if let Some(issuer) = issuer {
        if issuer.is_empty() {
            return Err(refused(
                &format!("{place}.issuer"),
                "an empty string was given",
            ));
        }
        fixed.push(("iss".into(), Value::String(issuer).to_string()));
    }
    if let Some(audience) = audience {
        let text = audience.to_string();
        well_formed("aud", Raw::checked(&text), Issued::Number)
            .map_err(|error| error.at(format_args!("{place}.audience")))?;
        fixed.push(("aud".into(), text));
    }
    Ok(fixed)
}
