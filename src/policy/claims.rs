//! Verified claims, and the view of claims that are yet to be verified.
//!
//! They are two types, and only verify makes the first: whoever holds
//! [`Claims`] holds what a good signature vouches for.

use std::ops::Range;

use once_cell::race::OnceBox;

use super::entry::Issued;
use crate::codec::json::{EscapedStrings, Member, Members, Raw, escaped_strings};
use crate::codec::numeric_date::NumericDate;
use crate::error::{Error, ErrorKind, Result};

/// A checked payload on its way through the rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'t> {
    pub(crate) text: &'t str,
    members: Members<&'t [Member]>,
    /// The claims that are looked at more than once.
    pub(crate) issuer: Option<Raw<'t>>,
    pub(crate) audience: Option<Raw<'t>>,
}

impl<'t> View<'t> {
    /// A view of `text`, in which the scanner has found these `members`.
    pub(crate) fn new(text: &'t str, members: &'t Members) -> Self {
        Self {
            text,
            members: members.lent(),
            issuer: members.get(text, "iss"),
            audience: members.get(text, "aud"),
        }
    }

    /// The outermost claim `name`.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<Raw<'t>> {
        self.members.get(self.text, name)
    }

    /// The value of `name`: an outermost claim, or what a JSON pointer leads to
    /// when it begins with "/".
    #[inline]
    pub(crate) fn find(&self, name: &str) -> Option<Raw<'t>> {
        if name.starts_with('/') {
            Raw::checked(self.text).pointed(name)
        } else {
            self.get(name)
        }
    }

    /// The NumericDate `name`, if present. A wrong type is an error even where
    /// nobody asked for the claim.
    pub(crate) fn date(&self, name: &'static str) -> Result<Option<NumericDate>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        NumericDate::read(value).map(Some).ok_or_else(|| {
            let message = match name {
                "exp" => "\"exp\" isn't a NumericDate: a number of seconds was expected",
                "nbf" => "\"nbf\" isn't a NumericDate: a number of seconds was expected",
                _ => "\"iat\" isn't a NumericDate: a number of seconds was expected",
            };
            Error::new(ErrorKind::Claim, message).with_claim(name)
        })
    }

    /// The time of issue, read as the option `iat` says. Where it says that
    /// nobody looks at it, one that is there and good still counts for revocations.
    pub(crate) fn issued(&self, issued: Option<Issued>) -> Result<Option<NumericDate>> {
        match (issued, self.get("iat")) {
            (Some(Issued::Number), _) => self.date("iat"),
            (_, None) => Ok(None),
            (None, Some(value)) => Ok(NumericDate::read(value)),
            (Some(Issued::Text), Some(value)) => {
                NumericDate::of_text(value).map(Some).ok_or_else(|| {
                    Error::new(
                        ErrorKind::Claim,
                        "\"iat\" isn't seconds as text: a string of decimal digits was expected",
                    )
                    .with_claim("iat")
                })
            }
        }
    }
}

/// What verify found, to build [`Claims`] from.
pub(crate) struct Built<'t> {
    pub(crate) view: View<'t>,
    pub(crate) header: &'t str,
    pub(crate) algorithm: &'static str,
    pub(crate) kid: Option<&'t str>,
    pub(crate) thumbprint: &'t str,
    pub(crate) realm: &'t str,
    pub(crate) trust: usize,
    pub(crate) expires: Option<i64>,
    pub(crate) issued: Option<i64>,
    pub(crate) ends: Option<i64>,
}

/// The claims of a token whose signature and every rule held.
///
/// Immutable; any number of threads may read one.
#[derive(Debug)]
pub struct Claims {
    /// Payload, header, algorithm, kid, thumbprint and realm, each followed by a
    /// NUL, in one allocation: a verdict is often read in part and freed at once.
    text: Box<str>,
    header: Range<u32>,
    algorithm: Range<u32>,
    kid: Option<Range<u32>>,
    thumbprint: Range<u32>,
    realm: Range<u32>,
    members: Members<Box<[Member]>>,
    trust: usize,
    expires: Option<i64>,
    issued: Option<i64>,
    ends: Option<i64>,
    /// The strings that hold escapes, by their place, unescaped when one is
    /// first asked for: so that what [`Claims::text`] lends stays where it is.
    /// Threads that ask first may each make them, since a lock would be held for
    /// ever in a child that was forked meanwhile.
    unescaped: OnceBox<EscapedStrings>,
}

impl Claims {
    pub(crate) fn new(built: Built<'_>) -> Self {
        let parts = [
            built.view.text,
            built.header,
            built.algorithm,
            built.kid.unwrap_or_default(),
            built.thumbprint,
            built.realm,
        ];
        let length = parts.iter().map(|part| part.len() + 1).sum();
        let mut text = String::with_capacity(length);
        let mut spans = parts.map(|part| {
            let start = text.len() as u32;
            text.push_str(part);
            let end = text.len() as u32;
            text.push('\0');
            start..end
        });
        let [_, header, algorithm, kid, thumbprint, realm] = &mut spans;
        Self {
            header: std::mem::take(header),
            algorithm: std::mem::take(algorithm),
            kid: built.kid.map(|_| std::mem::take(kid)),
            thumbprint: std::mem::take(thumbprint),
            realm: std::mem::take(realm),
            members: built.view.members.kept(),
            text: text.into_boxed_str(),
            trust: built.trust,
            expires: built.expires,
            issued: built.issued,
            ends: built.ends,
            unescaped: OnceBox::new(),
        }
    }

    fn part(&self, span: &Range<u32>) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The value of `name`: an outermost claim, or what a JSON pointer leads to
    /// when it begins with "/".
    pub(crate) fn find(&self, name: &str) -> Option<Raw<'_>> {
        if name.starts_with('/') {
            Raw::checked(self.json()).pointed(name)
        } else {
            self.raw(name)
        }
    }

    /// The whole payload, byte for byte as it was signed. A NUL follows it.
    #[must_use]
    pub fn json(&self) -> &str {
        self.part(&(0..self.header.start - 1))
    }

    /// The protected header, as it was signed. A NUL follows it.
    #[must_use]
    pub fn header(&self) -> &str {
        self.part(&self.header)
    }

    /// The algorithm, by the name that the header gave it.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.part(&self.algorithm)
    }

    /// The kid of the key that verified, if it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_ref().map(|span| self.part(span))
    }

    /// The RFC 7638 thumbprint (SHA-256) of the key that verified.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        self.part(&self.thumbprint)
    }

    /// The realm of revocation rules that this token falls in.
    #[must_use]
    pub fn realm(&self) -> &str {
        self.part(&self.realm)
    }

    /// Which entry of the option `trust` accepted the token; 0 without the option.
    #[must_use]
    pub fn trust(&self) -> usize {
        self.trust
    }

    /// The `exp`, rounded up to whole seconds; none where there is none.
    #[must_use]
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// The `iat`, rounded down to whole seconds; none where there is none.
    #[must_use]
    pub fn issued(&self) -> Option<i64> {
        self.issued
    }

    /// From when on no verifier of this policy accepts the token any more.
    #[must_use]
    pub fn ends(&self) -> Option<i64> {
        self.ends
    }

    /// Whether at `now` the token still has more than `remaining` seconds and
    /// was issued less than `age` seconds ago: time to renew it when not. A
    /// token without exp or iat isn't held to that half.
    #[must_use]
    pub fn is_fresh(&self, now: i64, remaining: i64, age: i64) -> bool {
        self.expires
            .is_none_or(|expires| expires.saturating_sub(now) > remaining)
            && self
                .issued
                .is_none_or(|issued| now.saturating_sub(issued) < age)
    }

    /// Whether there is a claim `name`; names that begin with "/" are JSON
    /// pointers (RFC 6901), here and below.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The claim's JSON, as signed.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.find(name).map(Raw::text)
    }

    /// The text of a claim that is a string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let value = self.find(name)?;
        if let Some(plain) = value.plain() {
            return Some(plain);
        }
        let written = value.quoted()?;
        let place = written.as_ptr() as usize - self.text.as_ptr() as usize;
        let unescaped = self
            .unescaped
            .get_or_init(|| Box::new(escaped_strings(self.json())));
        let found = unescaped
            .binary_search_by_key(&place, |(place, _)| *place)
            .ok()?;
        unescaped.get(found).map(|(_, text)| &**text)
    }

    /// A claim that is a whole number within 64 bits, written without fraction or exponent.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.find(name)?.integer()
    }

    /// A claim that is true or false.
    #[must_use]
    pub fn boolean(&self, name: &str) -> Option<bool> {
        self.find(name)?.boolean()
    }

    /// A claim for the rules of revocation, which look at outermost claims only.
    pub(crate) fn raw(&self, name: &str) -> Option<Raw<'_>> {
        self.members.get(self.json(), name)
    }
}
