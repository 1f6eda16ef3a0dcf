//! `jeton inspect`: what a token says of itself, for people.
//!
//! The result can't be mistaken for verify's: "verified" is false, and stands
//! first, and the claims stand one level down.

use std::ffi::OsString;

use clap::Args;
use serde_json::Value;

use crate::args::NowArg;
use crate::input;
use crate::json;
use crate::output::{self, Outcome};
use crate::times;

/// Shows what a token says, without checking it
///
/// Anybody can write such a token: look at it, and decide nothing by it. The
/// times are explained, relative to now.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  What a token says, and for how long it is meant to hold:
  $ jeton inspect - < token

  As it looked at another time:
  $ jeton inspect --now 1800000000 - < token"#)]
pub(crate) struct Inspect {
    #[command(flatten)]
    now: NowArg,

    /// The token, or `-` for standard input
    token: OsString,
}

impl Inspect {
    pub(crate) fn run(&self) -> Outcome {
        let mut shown = jeton::inspect(&input::token(&self.token)?)?;
        output::note("not verified: anybody could have written this token");
        if let Some(times) = explained(&shown, self.now.seconds()) {
            shown.truncate(shown.len().saturating_sub(1));
            shown.push_str(&format!(",\"times\":{times}}}"));
        }
        output::line(&json::pretty(&shown))
    }
}

/// The times of the claims in words, where there are any.
fn explained(shown: &str, now: i64) -> Option<Value> {
    let shown: Value = serde_json::from_str(shown).ok()?;
    let claims = shown.get("claims")?;
    let times: serde_json::Map<_, _> = ["iat", "nbf", "exp"]
        .into_iter()
        .filter_map(|name| {
            let seconds = claims.get(name)?.as_f64()?;
            Some((name.to_owned(), times::explain(seconds, now).into()))
        })
        .collect();
    (!times.is_empty()).then_some(Value::Object(times))
}
