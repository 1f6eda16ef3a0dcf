//! The options of a minter, and the payload that they make of a call's claims.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::codec::document::{self, given, said};
use crate::codec::json::{self, Kind, Members, Raw};
use crate::codec::numeric_date::NumericDate;
use crate::crypto::Named;
use crate::error::{Error, ErrorKind, Result};

use super::options::algorithm;

/// The claims that options or the clock decide on, in the order in which RFC
/// 7519 lists them and in which they are written.
const REGISTERED: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MinterDocument {
    #[serde(default)]
    issuer: Option<String>,
    #[serde(default)]
    audience: Option<Value>,
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
    claims: Map<String, Value>,
    #[serde(default)]
    r#override: Vec<String>,
    #[serde(default)]
    order: Vec<String>,
    #[serde(default)]
    system: Option<Value>,
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
    lifetime: Option<i64>,
    /// Names and JSON of issuer, audience and the template.
    fixed: Vec<(String, String)>,
    replaceable: Vec<String>,
    order: Vec<String>,
}

impl MinterOptions {
    /// Reads a minter's options document.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] names the field at fault; [`ErrorKind::Unsupported`]
    /// one that this version doesn't have.
    pub fn read(text: &[u8]) -> Result<Self> {
        let document: MinterDocument = document::read("options", text)?;
        if document.system.is_some() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "options.system: not in this version; leave it out",
            ));
        }
        let Some(lifetime) = document.lifetime else {
            return Err(refused(
                "options.lifetime",
                "say how many seconds a token lives, or null for one that never expires",
            ));
        };
        if lifetime.is_some_and(|seconds| !(1..=31_556_952_000).contains(&seconds)) {
            return Err(refused(
                "options.lifetime",
                "a positive number of seconds was expected",
            ));
        }
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
        for (name, text) in [
            ("type", &r#type),
            ("issuer", &document.issuer),
            ("kid", &document.kid),
        ] {
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
        let mut fixed = Vec::new();
        if let Some(issuer) = document.issuer {
            fixed.push(("iss".into(), Value::String(issuer).to_string()));
        }
        if let Some(audience) = document.audience {
            let text = audience.to_string();
            well_formed("aud", Raw::checked(&text))
                .map_err(|error| error.at("options.audience"))?;
            fixed.push(("aud".into(), text));
        }
        fixed.extend(
            document
                .claims
                .into_iter()
                .map(|(name, value)| (name, value.to_string())),
        );
        Ok(Self {
            algorithm: named,
            kid: document.kid,
            r#type,
            id,
            lifetime,
            fixed,
            replaceable: document.r#override,
            order: document.order,
        })
    }

    /// The payload for a token minted at `now`: the call's `claims` (a JSON
    /// object), byte for byte, with what the options add. `id` becomes the jti.
    ///
    /// Fails with [`ErrorKind::Options`] for a claim that the options decide on
    /// and don't let calls replace.
    pub(crate) fn payload(&self, claims: &[u8], now: i64, id: Option<&str>) -> Result<String> {
        let mut members = Members::new();
        let claims = json::checked_members(claims, json::DOCUMENT_DEPTH, &mut members)
            .map_err(|error| error.into_kind(ErrorKind::Options).at("claims"))?;
        let exp = self
            .lifetime
            .map(|lifetime| now.saturating_add(lifetime).to_string());
        let iat = now.to_string();
        let jti = id.map(|id| format!("\"{id}\""));
        let times = [("iat", Some(iat)), ("exp", exp), ("jti", jti)];
        let times = times
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let fixed = self.fixed.iter().map(|(name, value)| (&**name, &**value));
        // Each with its rank, and its name as it is best written between quotes.
        let mut all: Vec<(usize, Cow<'_, str>, &str)> = fixed
            .chain(times)
            .filter(|(name, _)| members.get(claims, name).is_none())
            .map(|(name, value)| (self.rank(name), json::escape(name), value))
            .collect();
        for (written, value) in members.iter(claims) {
            let name = json::unescape(written);
            self.may_give(&name, value)?;
            let rank = self.rank(&name);
            let name = match name {
                Cow::Borrowed(plain) => plain.into(),
                Cow::Owned(meant) => json::escape(&meant).into_owned().into(),
            };
            all.push((rank, name, value.text()));
        }
        all.sort_by_key(|(rank, ..)| *rank);
        let lengths = all.iter().map(|(_, name, value)| name.len() + value.len());
        let mut payload = String::with_capacity(lengths.sum::<usize>() + 4 * all.len() + 2);
        for (_, name, value) in all {
            payload.push(if payload.is_empty() { '{' } else { ',' });
            payload.extend(["\"", &name, "\":", value]);
        }
        payload.push_str(if payload.is_empty() { "{}" } else { "}" });
        Ok(payload)
    }

    /// Where a member stands: those of the option `order`, the registered, the rest.
    fn rank(&self, name: &str) -> usize {
        let order = self.order.iter().map(String::as_str);
        order
            .chain(REGISTERED.iter().copied())
            .position(|one| one == name)
            .unwrap_or(self.order.len() + REGISTERED.len())
    }

    fn may_give(&self, name: &str, value: Raw<'_>) -> Result<()> {
        let decided = (REGISTERED.contains(&name) && name != "sub")
            || self.fixed.iter().any(|(fixed, _)| fixed == name);
        if decided && !self.replaceable.iter().any(|one| one == name) {
            return Err(refused(
                &format!("claims.{name}"),
                format!("the options decide on this claim; to let calls replace it, say \"override\": [\"{name}\"]"),
            )
            .with_claim(name.to_owned()));
        }
        well_formed(name, value).map_err(|error| error.at(format_args!("claims.{name}")))
    }
}

/// RFC 7519 section 4.1: what the registered claims must be, whoever reads them.
fn well_formed(name: &str, value: Raw<'_>) -> Result<()> {
    let wanted = match name {
        "iss" | "sub" | "jti" if value.kind() != Kind::Text => "a string was expected",
        "exp" | "nbf" | "iat" if NumericDate::read(value).is_none() => {
            "a number of seconds was expected"
        }
        "aud"
            if value.kind() != Kind::Text
                && (value.kind() != Kind::Array
                    || value.items().next().is_none()
                    || value.items().any(|item| item.kind() != Kind::Text)) =>
        {
            "a string or a list of strings was expected"
        }
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::Options, wanted).with_claim(name.to_owned()))
}

fn refused(place: &str, message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message).at(place)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_as_written_and_names_are_escaped_where_they_must_be() {
        let options = MinterOptions::read(
            br#"{"issuer": "a", "lifetime": 60, "claims": {"say \"x\"": 1, "role": "user"}, "override": ["role"]}"#,
        );
        let claims = br#"{ "s\u0075b" : "\u0061" , "r\u006fle" : [ 1 ] , "z" : 1e0 }"#;
        assert_eq!(
            options.unwrap().payload(claims, 40, Some("7")).unwrap(),
            r#"{"iss":"a","sub":"\u0061","exp":100,"iat":40,"jti":"7","say \"x\"":1,"role":[ 1 ],"z":1e0}"#
        );
        let options = MinterOptions::read(br#"{"lifetime": null, "id": null, "order": ["z"]}"#);
        let payload = options.unwrap().payload(br#"{"a":1,"z":2}"#, 40, None);
        assert_eq!(payload.unwrap(), r#"{"z":2,"iat":40,"a":1}"#);
    }
}
