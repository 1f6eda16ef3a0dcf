//! A Token Status List, made from the log: for verifiers that follow the list
//! and not the store.

use miniz_oxide::deflate::compress_to_vec_zlib;
use serde::{Deserialize, Serialize};

use super::Revocations;
use super::rule::{Entry, Subject, Value, fault, to_json};
use crate::codec::base64url;
use crate::codec::document::{given, read};
use crate::error::{Error, ErrorKind, Result};
use crate::policy::Call;
use crate::token::Minter;

/// What the header of a list's token says that it is.
const TYPE: &str = "statuslist+jwt";
/// Where a token says its place in the list: the claim of rules about places.
const PLACE: &str = "/status/status_list/idx";
/// A list of eight million places is a megabyte, before it is packed.
const LARGEST: usize = 1 << 23;
const LONGEST_TTL: u64 = 31_536_000;
/// The level of compression that the standard recommends: the highest.
const LEVEL: u8 = 9;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    uri: String,
    realm: String,
    size: usize,
    #[serde(default, deserialize_with = "given")]
    claim: Option<String>,
    #[serde(default)]
    ttl: Option<u64>,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u64>,
    status_list: List,
}

#[derive(Serialize)]
struct List {
    bits: u8,
    lst: String,
}

impl Revocations {
    /// The signed token of a list of one bit a place, in which each rule in force
    /// about a place marks it as invalid. `minter` signs, and says the iss and
    /// for how long the list is good; its option `type` must be "statuslist+jwt".
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] for a minter of another type, for a rule about
    /// a place that the list doesn't have, and where no log is kept.
    pub fn status_list(&self, minter: &Minter, options: &str, call: &Call<'_>) -> Result<String> {
        let options: Options = read("options", options.as_bytes())?;
        options.check()?;
        let misconfigured = |message: String| Err(Error::new(ErrorKind::Misconfigured, message));
        if !minter.writes_type(TYPE) {
            return misconfigured(format!("the minter's option \"type\" must be \"{TYPE}\""));
        }
        let call = &Call {
            now: call.time(),
            ..*call
        };
        let mut bits = vec![0_u8; options.size.div_ceil(8)];
        for entry in self.entries(call.now)? {
            let Some(index) = options.place(&entry) else {
                continue;
            };
            let place = usize::try_from(index).ok().filter(|at| *at < options.size);
            let Some((byte, bit)) = place.and_then(|at| Some((bits.get_mut(at / 8)?, at % 8)))
            else {
                let size = options.size;
                return misconfigured(format!(
                    "options.size: a rule is about the place {index}, and the list has {size}"
                ));
            };
            *byte |= 1 << bit;
        }
        let list = List {
            bits: 1,
            lst: base64url::encode(&compress_to_vec_zlib(&bits, LEVEL)),
        };
        let claims = Claims {
            sub: &options.uri,
            ttl: options.ttl,
            status_list: list,
        };
        minter.mint(to_json(&claims)?.as_bytes(), call)
    }
}

impl Options {
    fn check(&self) -> Result<()> {
        for (field, text) in [("uri", &self.uri), ("realm", &self.realm)] {
            if text.is_empty() {
                return Err(fault(field, "must not be empty").at("options"));
            }
        }
        if self.claim.as_deref() == Some("") {
            return Err(fault("claim", "must not be empty").at("options"));
        }
        if !(1..=LARGEST).contains(&self.size) {
            return Err(fault("size", format_args!("must be 1 to {LARGEST}")).at("options"));
        }
        match self.ttl {
            Some(ttl) if !(1..=LONGEST_TTL).contains(&ttl) => {
                Err(fault("ttl", format_args!("must be 1 to {LONGEST_TTL} seconds")).at("options"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The place that a rule is about. Its cut-off makes no difference: a place
    /// is one token's.
    fn place(&self, entry: &Entry) -> Option<i64> {
        match &entry.rule.subject {
            Subject::Claim {
                name,
                value: Value::Integer(place),
            } if *entry.rule.realm == *self.realm
                && **name == *self.claim.as_deref().unwrap_or(PLACE) =>
            {
                Some(*place)
            }
            Subject::Claim { .. } | Subject::Key(_) => None,
        }
    }
}
