//! The claim `status` of tokens whose issuer publishes Token Status Lists: a
//! place in one of them, and what stands there.

use std::collections::HashMap;
use std::sync::Arc;

use super::claims::View;
use super::entry::Entry;
use crate::codec::json::{Kind, Raw};
use crate::error::{Error, ErrorKind, Result};

/// A list, as verify asks it. It must neither block nor do I/O.
pub trait StatusList: Send + Sync {
    /// What tokens call it: the `uri` in their claim.
    fn uri(&self) -> &str;

    /// Fails unless what stands at `index` lets a token pass at `now`: with
    /// [`ErrorKind::Revoked`]; with [`ErrorKind::Claim`] where the list ends
    /// before; with [`ErrorKind::RevocationsUnavailable`] or
    /// [`ErrorKind::RevocationsStale`] where there is no list that could say.
    ///
    /// [`ErrorKind::Revoked`]: crate::ErrorKind::Revoked
    /// [`ErrorKind::Claim`]: crate::ErrorKind::Claim
    /// [`ErrorKind::RevocationsUnavailable`]: crate::ErrorKind::RevocationsUnavailable
    /// [`ErrorKind::RevocationsStale`]: crate::ErrorKind::RevocationsStale
    fn check(&self, index: u64, now: i64) -> Result<()>;
}

/// The lists that a verifier follows, by what tokens call them. No other is ever
/// looked at, whatever a token names.
#[derive(Default)]
pub(crate) struct Lists(HashMap<Box<str>, Arc<dyn StatusList>>);

impl Lists {
    /// Fails with [`ErrorKind::Misconfigured`] where two have one name.
    pub(crate) fn new(lists: Vec<Arc<dyn StatusList>>) -> Result<Self> {
        let wrong = |what| Err(Error::new(ErrorKind::Misconfigured, what));
        if lists.is_empty() {
            return wrong("there is no list to follow");
        }
        let mut known = HashMap::new();
        for list in lists {
            let uri = Box::from(list.uri());
            if known.insert(uri, list).is_some() {
                return wrong("two of the lists have the same uri");
            }
        }
        Ok(Self(known))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rule after revocations: the status of a token that has one.
    pub(crate) fn check(&self, entry: &Entry, view: &View<'_>, now: i64) -> Result<()> {
        let Some(status) = view.get("status").filter(|_| !self.is_empty()) else {
            return Ok(());
        };
        if status.kind() != Kind::Object {
            return Err(invalid("an object was expected"));
        }
        let Some(place) = status.get("status_list") else {
            // It goes by a mechanism that isn't known here.
            return if entry.requires_status() {
                Err(Error::new(
                    ErrorKind::Missing,
                    "the claim \"status\" has no member \"status_list\"",
                )
                .with_claim("status"))
            } else {
                Ok(())
            };
        };
        let index = place.get("idx").and_then(Raw::integer);
        let index = index.and_then(|index| u64::try_from(index).ok());
        let index = index.ok_or_else(|| invalid("\"idx\" must be a whole number of 0 or more"))?;
        let uri = place.get("uri").and_then(Raw::string);
        let uri = uri.ok_or_else(|| invalid("\"uri\" must be a string"))?;
        let list = self.0.get(&*uri);
        let list = list.ok_or_else(|| invalid("it names a list that isn't followed here"))?;
        list.check(index, now)
            .map_err(|error| error.with_claim("status"))
    }
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::Claim, format!("Invalid status: {what}")).with_claim("status")
}
