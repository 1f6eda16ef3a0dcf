//! The payload that a minter's options make of a call's claims.

use std::borrow::Cow;

use super::claims::View;
use super::entry::Issued;
use super::minting::{Case, MinterOptions, Spelling};
use super::options::refused;
use crate::codec::json::{self, Kind, Members, Raw};
use crate::codec::numeric_date::NumericDate;
use crate::error::{Error, ErrorKind, Result};

/// The claims that options or the clock decide on, in the order in which RFC
/// 7519 lists them and in which they are written.
pub(super) const REGISTERED: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// A member's rank, its name as it is best written between quotes, and its value.
type Placed<'t> = (usize, Cow<'t, str>, &'t str);

impl MinterOptions {
    /// The payload for a token minted at `now`: the call's `claims` (a JSON
    /// object), byte for byte, with what the options add. `id` becomes the jti.
    ///
    /// Fails with [`ErrorKind::Options`] for a claim that the options decide on
    /// and don't let calls replace, and for one that isn't as they ask.
    pub(crate) fn payload(&self, claims: &[u8], now: i64, id: Option<&str>) -> Result<String> {
        let mut members = Members::new();
        let claims = json::checked_members(claims, json::DOCUMENT_DEPTH, &mut members)
            .map_err(|error| error.into_kind(ErrorKind::Options).at("claims"))?;
        let case = self.case(&View::new(claims, &members))?;
        let exp = self
            .lifetime
            .map(|lifetime| now.saturating_add(lifetime).to_string());
        let iat = match self.issued {
            Issued::Number => now.to_string(),
            Issued::Text => format!("\"{now}\""),
        };
        let jti = id.map(|id| ["\"", id, "\""].concat());
        let times = [("iat", Some(iat)), ("exp", exp), ("jti", jti)];
        let times = times
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let fixed = case.fixed.iter().chain(&self.template);
        let fixed = fixed.map(|(name, value)| (&**name, &**value));
        let mut decided: Vec<(&str, &str)> = Vec::with_capacity(16);
        decided.extend(fixed.chain(times));
        let mut all: Vec<Placed<'_>> = Vec::with_capacity(32);
        let added = decided
            .iter()
            .filter(|(name, _)| members.get(claims, name).is_none());
        all.extend(added.map(|(name, value)| (self.rank(name), json::escape(name), *value)));
        let spread = self.spread.as_ref().map(|spread| spread.claim.as_str());
        for (written, value) in members.iter(claims) {
            let name = json::unescape(written);
            if spread != Some(&name) {
                self.may_give(&name, value, &decided)?;
                all.push(self.placed(name, value));
            }
        }
        for (written, value) in self.spread(claims, &members)? {
            let name = json::unescape(written);
            let is_taken = decided.iter().any(|(taken, _)| *taken == name)
                || members.get(claims, &name).is_some();
            if !is_taken {
                all.push(self.placed(name, value));
            }
        }
        all.sort_by_key(|(rank, ..)| *rank);
        let lengths = all.iter().map(|(_, name, value)| name.len() + value.len());
        let mut payload = String::with_capacity(lengths.sum::<usize>() + 4 * all.len() + 2);
        for (_, name, value) in all {
            payload.push(if payload.is_empty() { '{' } else { ',' });
            match self.spelling {
                Spelling::Given => payload.extend(["\"", &name, "\":", value]),
                Spelling::Least | Spelling::Html => {
                    let html = self.spelling == Spelling::Html;
                    json::respell(&["\"", &name, "\":", value].concat(), html, &mut payload);
                }
            }
        }
        payload.push_str(if payload.is_empty() { "{}" } else { "}" });
        self.check(&payload, case)?;
        Ok(payload)
    }

    /// The first case that a call's claims fit.
    fn case(&self, claims: &View<'_>) -> Result<&Case> {
        let fits = |case: &&Case| case.when.match_all(|name| claims.find(name));
        self.cases.iter().find(fits).ok_or_else(|| {
            refused(
                "claims",
                "they fit none of the options' \"cases\", so nothing says whose token this is",
            )
        })
    }

    /// The members of the claim that the option `spread` names, but for those
    /// whose names aren't theirs to give.
    fn spread<'t>(
        &self,
        claims: &'t str,
        members: &Members,
    ) -> Result<impl Iterator<Item = (&'t str, Raw<'t>)>> {
        let spread = self.spread.as_ref();
        let value = spread.and_then(|spread| members.get(claims, &spread.claim));
        if let (Some(spread), Some(value)) = (spread, value)
            && !matches!(value.kind(), Kind::Object | Kind::Null)
        {
            return Err(refused(
                &format!("claims.{}", spread.claim),
                "an object was expected, whose members become claims, or null",
            )
            .with_claim(spread.claim.clone()));
        }
        let except = spread.map_or(&[][..], |spread| &spread.except);
        let given = value.into_iter().flat_map(Raw::members);
        Ok(given.filter(|(written, _)| {
            let name = json::unescape(written);
            !REGISTERED.contains(&&*name) && !except.iter().any(|one| *one == name)
        }))
    }

    /// A member of the call's claims in its place.
    fn placed<'t>(&self, name: Cow<'t, str>, value: Raw<'t>) -> Placed<'t> {
        let rank = self.rank(&name);
        let name = match name {
            Cow::Borrowed(plain) => plain.into(),
            Cow::Owned(meant) => json::escape(&meant).into_owned().into(),
        };
        (rank, name, value.text())
    }

    /// Where a member stands: those of the option `order`, the registered, the rest.
    fn rank(&self, name: &str) -> usize {
        let order = self.order.iter().map(String::as_str);
        order
            .chain(REGISTERED.iter().copied())
            .position(|one| one == name)
            .unwrap_or(self.order.len() + REGISTERED.len())
    }

    /// Fails for a claim that is the options' to decide, unless the call gives
    /// it the very value that they do.
    fn may_give(&self, name: &str, value: Raw<'_>, decided: &[(&str, &str)]) -> Result<()> {
        let own = decided.iter().find(|(decided, _)| *decided == name);
        let is_decided = own.is_some() || (REGISTERED.contains(&name) && name != "sub");
        let is_same = own.is_some_and(|(_, own)| *own == value.text());
        if is_decided && !is_same && !self.replaceable.iter().any(|one| one == name) {
            return Err(refused(
                &format!("claims.{name}"),
                format!("the options decide on this claim; to let calls replace it, say \"override\": [\"{name}\"]"),
            )
            .with_claim(name.to_owned()));
        }
        well_formed(name, value, self.issued)
            .map_err(|error| error.at(format_args!("claims.{name}")))
    }

    /// Fails for a claim that isn't as the option `check` says, here or in `case`.
    fn check(&self, payload: &str, case: &Case) -> Result<()> {
        if self.check.is_empty() && case.check.is_empty() {
            return Ok(());
        }
        let mut members = Members::new();
        let payload =
            json::checked_members(payload.as_bytes(), json::DOCUMENT_DEPTH, &mut members)?;
        let view = View::new(payload, &members);
        let mut checks = [&self.check, &case.check].into_iter();
        match checks.find_map(|check| check.mismatch(|name| view.find(name))) {
            None => Ok(()),
            Some(name) => {
                let what = match view.find(name) {
                    Some(_) => "isn't as the options ask",
                    None => "is missing",
                };
                Err(refused(&format!("claims.{name}"), what).with_claim(name.to_owned()))
            }
        }
    }
}

/// RFC 7519 section 4.1: what the registered claims must be, whoever reads them.
pub(super) fn well_formed(name: &str, value: Raw<'_>, issued: Issued) -> Result<()> {
    let wanted = match name {
        "iss" | "sub" | "jti" if value.kind() != Kind::Text => "a string was expected",
        "iat" if issued == Issued::Text => match NumericDate::of_text(value) {
            Some(_) => return Ok(()),
            None => "a string of decimal digits was expected",
        },
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
