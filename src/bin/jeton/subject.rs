//! What a rule is about, as flags: whose tokens, and which of them.

use clap::{ArgGroup, Args};
use serde_json::{Map, Value};

#[derive(Args)]
#[command(group(ArgGroup::new("subject").args(["jti", "sub", "kid", "claim"])))]
pub(crate) struct SubjectArgs {
    /// Whose tokens: the issuer, or the realm that the verifiers' options say
    #[arg(long, value_name = "ISS", requires = "subject")]
    issuer: Option<String>,

    /// The token with this jti
    #[arg(long, value_name = "ID")]
    jti: Option<String>,

    /// The tokens of this sub; by default those issued up to now
    #[arg(long)]
    sub: Option<String>,

    /// The tokens that the key with this kid, or thumbprint, verifies
    #[arg(long)]
    kid: Option<String>,

    /// The tokens with this value of a claim; a whole number is taken for a
    /// number and for a text, with an entry for each
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    claim: Option<(String, String)>,
}

fn name_and_value(text: &str) -> Result<(String, String), &'static str> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or("NAME=VALUE was expected")
}

impl SubjectArgs {
    /// What the flags name, as the members of rules: a realm with a claim and
    /// its value, or with a key.
    pub(crate) fn targets(&self) -> Vec<Map<String, Value>> {
        let target = |members: &[(&str, Value)]| {
            let mut target = Map::new();
            target.insert("realm".into(), self.issuer.as_deref().into());
            for (name, value) in members {
                target.insert((*name).into(), value.clone());
            }
            target
        };
        let claim = |name: &str, value: Value| target(&[("claim", name.into()), ("value", value)]);
        let mut targets = Vec::new();
        for (name, value) in [("jti", &self.jti), ("sub", &self.sub)] {
            targets.extend(value.as_deref().map(|value| claim(name, value.into())));
        }
        let kid = self.kid.as_deref();
        targets.extend(kid.map(|kid| target(&[("key", kid.into())])));
        if let Some((name, value)) = &self.claim {
            targets.push(claim(name, value.as_str().into()));
            // A command line has no types, and a revocation that misses its
            // token for want of one would be the worse mistake.
            if let Ok(number) = value.parse::<i64>()
                && number.unsigned_abs() < 1 << 53
            {
                targets.push(claim(name, number.into()));
            }
        }
        targets
    }
}
