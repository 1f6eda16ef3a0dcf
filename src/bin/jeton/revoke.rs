//! `jeton revoke`: a token, or whatever a rule names.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{ArgGroup, Args};
use jeton::{Consult, Result, Revocations, Verifier, VerifierOptions};
use serde_json::{Map, Value};

use crate::args::{self, CallArgs, OptionsArg, StoreArg};
use crate::input;
use crate::key_args::{self, KeyArgs};
use crate::output::{self, Outcome};
use crate::verify;

/// Refuses a token, a session, a user or a key from now on
///
/// Prints the entry as it now stands: what is refused, up to which time of
/// issue ("before"; null: whenever issued) and until when ("until").
#[derive(Args)]
#[command(
    group(ArgGroup::new("what").required(true).args(["token", "issuer"])),
    group(ArgGroup::new("subject").args(["jti", "sub", "kid", "claim"]).conflicts_with("token")),
    after_long_help = r#"Examples:
  One token, which must be good; the entry ends when the token would have:
  $ jeton revoke --revocations sqlite:revoked.db \
      --keys public.json --options verify.json --token - < token

  A token by its jti, for an hour:
  $ jeton revoke --revocations sqlite:revoked.db --lifetime 3600 \
      --issuer https://issuer.example --jti 4f2a

  Sign out a user everywhere: all tokens issued up to now:
  $ jeton revoke --revocations sqlite:revoked.db \
      --issuer https://issuer.example --sub ada"#
)]
pub(crate) struct Revoke {
    #[command(flatten)]
    store: StoreArg,

    /// The token to revoke, by its jti; or `-` for standard input
    #[arg(long)]
    token: Option<OsString>,

    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    #[command(flatten)]
    call: CallArgs,

    /// Whose tokens: the issuer, or the realm that the verifiers' options say
    #[arg(long, value_name = "ISS", requires = "subject")]
    issuer: Option<String>,

    /// The token with this jti
    #[arg(long, value_name = "ID")]
    jti: Option<String>,

    /// The tokens of this sub that were issued up to now, or --before
    #[arg(long)]
    sub: Option<String>,

    /// The tokens that the key with this kid, or thumbprint, verifies
    #[arg(long)]
    kid: Option<String>,

    /// The tokens with this value of a claim; a whole number is refused as a
    /// number and as a text, with an entry for each
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    claim: Option<(String, String)>,

    /// Only tokens issued at this time or before, in seconds since 1970
    #[arg(long, value_name = "SECONDS")]
    before: Option<i64>,

    /// The end of the entry, in seconds since 1970
    #[arg(long, value_name = "SECONDS", conflicts_with = "lifetime")]
    until: Option<i64>,

    /// The end of the entry, in seconds from now; by default 86400, and for
    /// --token the token's own end
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..1 << 53))]
    lifetime: Option<i64>,
}

/// How long an entry lasts where nothing says its end: a day.
const LIFETIME: i64 = 86_400;

fn name_and_value(text: &str) -> std::result::Result<(String, String), &'static str> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or("NAME=VALUE was expected")
}

impl Revoke {
    pub(crate) fn run(&self) -> Outcome {
        let store = self.store.open()?;
        let now = self.call.now.seconds();
        if let Some(token) = &self.token {
            let entry = self.by_token(&store, token, now)?;
            output::line(&entry.to_json()?)?;
        }
        for subject in self.subjects() {
            let rule = Value::Object(self.rule(subject, now));
            let entry = store.revoke(&rule.to_string(), now)?;
            output::line(&entry.to_json()?)?;
        }
        self.store.done()
    }

    /// Revokes a token that verifies. The store isn't asked: a token that is
    /// revoked already may be revoked again, and for longer.
    fn by_token(&self, store: &Revocations, token: &OsStr, now: i64) -> Result<jeton::Entry> {
        let options = VerifierOptions::read(&self.options.read()?)?;
        let rings = self.keys.rings()?;
        let nothing: Arc<dyn Consult> = Arc::new(args::nowhere()?);
        let verifier = Verifier::new(key_args::selectors(&rings), Some(nothing), options)?;
        let claims = verifier
            .verify(&input::token(token)?, &self.call.call())
            .map_err(|error| verify::explained(error, &rings))?;
        let mut rule = Map::new();
        self.add_times(&mut rule, now, None);
        store.revoke_claims(&claims, Value::Object(rule).to_string().as_bytes(), now)
    }

    /// What the flags name: a claim and its value, or a key.
    fn subjects(&self) -> Vec<Vec<(&str, Value)>> {
        let claim = |name: &str, value: Value| vec![("claim", name.into()), ("value", value)];
        let text =
            |name, value: &Option<String>| value.as_deref().map(|value| claim(name, value.into()));
        let mut subjects: Vec<_> = text("jti", &self.jti)
            .into_iter()
            .chain(text("sub", &self.sub))
            .collect();
        subjects.extend(self.kid.as_deref().map(|kid| vec![("key", kid.into())]));
        if let Some((name, value)) = &self.claim {
            subjects.push(claim(name, value.as_str().into()));
            // A command line has no types, and a revocation that misses its
            // token for want of one would be the worse mistake.
            if let Ok(number) = value.parse::<i64>()
                && number.unsigned_abs() < 1 << 53
            {
                subjects.push(claim(name, number.into()));
            }
        }
        subjects
    }

    fn rule(&self, subject: Vec<(&str, Value)>, now: i64) -> Map<String, Value> {
        let mut rule = Map::new();
        rule.insert("realm".into(), self.issuer.as_deref().into());
        for (name, value) in subject {
            rule.insert(name.into(), value);
        }
        self.add_times(&mut rule, now, Some(LIFETIME));
        rule
    }

    fn add_times(&self, rule: &mut Map<String, Value>, now: i64, lifetime: Option<i64>) {
        let end = self
            .lifetime
            .or(lifetime)
            .map(|lifetime| now.saturating_add(lifetime));
        for (name, seconds) in [("before", self.before), ("until", self.until.or(end))] {
            if let Some(seconds) = seconds {
                rule.insert(name.into(), seconds.into());
            }
        }
    }
}
