//! Stack Auth: ES256 under keys that are derived from the server's secret and
//! the token's audience.
//!
//! An audience is a project's id and, for users who are restricted or anonymous,
//! a suffix; each has an issuer of its own and keys of its own.

mod audience;
mod audiences;
mod derivation;
mod jwks;
mod minter;
mod origin;
mod verifier;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) use audiences::Audiences;
pub(super) use jwks::body;

use super::derived::{Derived, Secrets};
use super::{System, wrong};
use crate::codec::document::said;
use crate::error::Result;
use audience::{Kind, is_project};
use derivation::Root;

/// Where the issuers' URLs begin unless the parameter `base` says so.
const BASE: &str = "https://api.stack-auth.com";

/// Why a user may be restricted.
const REASONS: [&str; 3] = [
    "anonymous",
    "email_not_verified",
    "restricted_by_administrator",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StackAuth {
    #[serde(rename = "name")]
    _name: String,
    /// The id; null: whichever the token's audience says.
    #[serde(default, deserialize_with = "said")]
    project: Option<Option<String>>,
    #[serde(default = "base")]
    base: Vec<String>,
    /// Which users besides the ordinary ones.
    #[serde(default)]
    allow: Vec<Kind>,
    /// Whose keys are published besides the ordinary ones'.
    #[serde(default)]
    include: Vec<Kind>,
    /// Whether published coordinates lack their leading zeros.
    #[serde(default)]
    short: bool,
    /// How long minted tokens live.
    #[serde(default)]
    lifetime: Option<String>,
}

fn base() -> Vec<String> {
    vec![BASE.into()]
}

impl System for StackAuth {
    fn check(&self) -> Result<()> {
        if self.project.is_none() {
            return Err(wrong(
                "project",
                "say the project's id, or null to take it from each token's audience",
            ));
        }
        self.origins()?;
        if self.allow.contains(&Kind::Anonymous) && !self.allow.contains(&Kind::Restricted) {
            return Err(wrong(
                "allow",
                "\"anonymous\" goes with \"restricted\": an anonymous user is a restricted one",
            ));
        }
        Ok(())
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        verifier::options(self)
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        minter::options(self)
    }

    fn derive(&self, secrets: Secrets<'_>) -> Result<Derived> {
        let roots = Root::of(secrets)?;
        let Some(project) = self.project.as_ref().and_then(Option::as_deref) else {
            return Ok(Derived::on_demand(Audiences::new(roots)));
        };
        // Any other audience may stand in a project's place here, so that its
        // keys can be had too; only this one name is taken.
        if project.is_empty() || project == derivation::TAKEN {
            return Err(wrong("project", "this can't be a project's id"));
        }
        let mut keys = Vec::new();
        for kind in Kind::ALL {
            let audience = kind.audience(project);
            for root in &roots {
                keys.extend(root.keys(&audience)?);
            }
        }
        let kinds = match self.include.iter().max() {
            None | Some(Kind::Normal) => 1,
            Some(Kind::Restricted) => 2,
            // An anonymous user is a restricted one, so theirs come along.
            Some(Kind::Anonymous) => 3,
        };
        let first = keys.len() / Kind::ALL.len() * kinds;
        Ok(Derived::published(keys, first, self.short))
    }
}

impl StackAuth {
    /// The project that a token is held against or minted for; none for any.
    fn project(&self) -> Result<Option<&str>> {
        match self.project.as_ref().and_then(Option::as_deref) {
            Some(project) if !is_project(project) => Err(wrong(
                "project",
                "a project's id was expected: 1 to 64 letters, digits, \"-\" and \"_\", and not \"kid\"",
            )),
            project => Ok(project),
        }
    }

    /// Where the issuers' URLs begin, each once.
    fn origins(&self) -> Result<Vec<String>> {
        let mut origins = Vec::new();
        for (index, base) in self.base.iter().enumerate() {
            let origin =
                origin::of(base).map_err(|message| wrong(&format!("base[{index}]"), message))?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        if origins.is_empty() {
            return Err(wrong("base", "an empty list accepts no issuer"));
        }
        Ok(origins)
    }
}
