//! `jeton revoke`: a token, or whatever a rule names.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{ArgGroup, Args};
use jeton::{Consult, Result, Revocations, Verifier, VerifierOptions};
use serde_json::{Map, Value};

use crate::args::{self, CallArgs, OptionsArg, StoreArg};
use crate::input;
use crate::key_args::KeyArgs;
use crate::output::{self, Outcome};
use crate::subject::SubjectArgs;
use crate::verify;

/// Refuses a token, a session, a user or a key from now on
///
/// Prints the entry as it now stands: what is refused, up to which time of
/// issue ("before"; null: whenever issued) and until when ("until").
#[derive(Args)]
#[command(
    group(ArgGroup::new("what").required(true).args(["token", "issuer"])),
    mut_group("subject", |group| group.conflicts_with("token")),
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

    /// The token to revoke, or `-` for standard input
    #[arg(long)]
    token: Option<OsString>,

    /// The claim to revoke the token by: jti for this one, another for all that
    /// share it, such as a session
    #[arg(long, value_name = "NAME", default_value = "jti", requires = "token")]
    by: String,

    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    #[command(flatten)]
    call: CallArgs,

    #[command(flatten)]
    subject: SubjectArgs,

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

impl Revoke {
    pub(crate) fn run(&self) -> Outcome {
        let store = self.store.open()?;
        let now = self.call.now.seconds();
        if let Some(token) = &self.token {
            let entry = self.by_token(&store, token, now)?;
            output::line(&entry.to_json()?)?;
        }
        for mut rule in self.subject.targets() {
            self.add_times(&mut rule, now, Some(LIFETIME));
            let entry = store.revoke(&Value::Object(rule).to_string(), now)?;
            output::line(&entry.to_json()?)?;
        }
        self.store.done()
    }

    /// Revokes a token that verifies. The store isn't asked: a token that is
    /// revoked already may be revoked again, and for longer.
    fn by_token(&self, store: &Revocations, token: &OsStr, now: i64) -> Result<jeton::Entry> {
        let document = self.options.read()?;
        let options = VerifierOptions::read(&document)?;
        let keys = self.keys.sets(&document)?;
        let nothing: Arc<dyn Consult> = Arc::new(args::nowhere()?);
        let verifier = Verifier::new(keys.selectors, Some(nothing), options)?;
        let claims = verifier
            .verify(&input::token(token)?, &self.call.call())
            .map_err(|error| verify::explained(error, &keys.rings))?;
        let mut rule = Map::new();
        rule.insert("claim".into(), self.by.as_str().into());
        self.add_times(&mut rule, now, None);
        store.revoke_claims(&claims, Value::Object(rule).to_string().as_bytes(), now)
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
