//! `jeton restore`: takes a revocation back.

use clap::Args;
use serde_json::{Value, json};

use crate::args::{NowArg, StoreArg};
use crate::output::{self, Outcome};
use crate::subject::SubjectArgs;

/// Takes a revocation back, and prints whether it was in force
///
/// Names what `jeton revoke` named; tokens that something else refuses stay refused.
#[derive(Args)]
#[command(
    mut_arg("issuer", |issuer| issuer.required(true)),
    after_long_help = r#"Examples:
  A token that was revoked by its jti, or with --token:
  $ jeton restore --revocations sqlite:revoked.db \
      --issuer https://issuer.example --jti 4f2a

  All that a user had been signed out of:
  $ jeton restore --revocations sqlite:revoked.db \
      --issuer https://issuer.example --sub ada"#
)]
pub(crate) struct Restore {
    #[command(flatten)]
    store: StoreArg,

    #[command(flatten)]
    now: NowArg,

    #[command(flatten)]
    subject: SubjectArgs,
}

impl Restore {
    pub(crate) fn run(&self) -> Outcome {
        let store = self.store.open()?;
        let mut restored = false;
        for target in self.subject.targets() {
            restored |= store.restore(&Value::Object(target).to_string(), self.now.seconds())?;
        }
        output::line(&json!({ "restored": restored }).to_string())?;
        self.store.done()
    }
}
