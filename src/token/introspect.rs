//! Introspection: the verdict on a token as an authorization server tells it to
//! a resource server that asks (RFC 7662 section 2.2).

use super::verify::Verifier;
use crate::codec::json::{self, Raw};
use crate::codec::numeric_date::NumericDate;
use crate::error::Result;
use crate::policy::{Call, Claims};

/// What is said of every token that is refused: no reason, which would help
/// whoever guesses.
const INACTIVE: &str = "{\"active\":false}";

impl Verifier {
    /// Verifies `token`, and answers as RFC 7662 asks: `{"active":true, …}` with
    /// the claims, or exactly `{"active":false}` where it is refused.
    ///
    /// # Errors
    ///
    /// Whatever is no verdict: keys or revocations that can't be had, misuse.
    pub fn introspect(&self, token: &[u8], call: &Call<'_>) -> Result<String> {
        match self.verify(token, call) {
            Ok(claims) => Ok(answer(&claims)),
            Err(error) if error.kind().is_refusal() => Ok(INACTIVE.into()),
            Err(error) => Err(error),
        }
    }
}

/// The claims as they were signed, but for those that the answer says itself.
fn answer(claims: &Claims) -> String {
    let mut answer = String::with_capacity(claims.json().len() + 16);
    answer.push_str("{\"active\":true");
    for (name, value) in Raw::checked(claims.json()).members() {
        // Timestamps are whole numbers there, rounded as verifying rounds them.
        let seconds = match &*json::unescape(name) {
            "active" => continue,
            "exp" => claims.expires(),
            "iat" => claims.issued(),
            "nbf" => NumericDate::read(value).map(NumericDate::ceil),
            _ => {
                answer.extend([",\"", name, "\":", value.text()]);
                continue;
            }
        };
        if let Some(seconds) = seconds {
            answer.extend([",\"", name, "\":", &seconds.to_string()]);
        }
    }
    answer.push('}');
    answer
}
