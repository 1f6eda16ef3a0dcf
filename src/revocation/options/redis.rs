//! The options of `redis://` and `rediss://`.

use std::env;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Common, Place};
use crate::codec::document::{Object, given, read, said};
use crate::error::{Error, ErrorKind, Result};
use crate::revocation::log::redis::{self, Secret, Settings};
use crate::revocation::rule::fault;

const PREFIX: &str = "jeton";
const LONGEST_PREFIX: usize = 128;
/// The most replicas that a change may wait for.
const MOST_REPLICAS: u32 = 100;
/// The longest time, in seconds, that a write may wait for a connection.
const LONGEST_PATIENCE: u64 = 3600;
/// The longest file of trusted certificates, in bytes.
const LONGEST_CA: u64 = 4 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedisOptions {
    #[serde(default = "super::default_names")]
    names: usize,
    #[serde(default, deserialize_with = "said")]
    stale: Option<Option<u64>>,
    #[serde(default, deserialize_with = "given")]
    timeout: Option<u64>,
    #[serde(default)]
    patience: u64,
    #[serde(default)]
    wait: u32,
    #[serde(default, deserialize_with = "given")]
    prefix: Option<String>,
    #[serde(default, deserialize_with = "given")]
    user: Option<String>,
    #[serde(default, deserialize_with = "given")]
    secret: Option<Object<SecretOptions>>,
    #[serde(default, deserialize_with = "given")]
    ca: Option<PathBuf>,
    #[serde(default, deserialize_with = "given")]
    sentinel: Option<String>,
    #[serde(default, deserialize_with = "given")]
    journal: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretOptions {
    #[serde(default, deserialize_with = "given")]
    file: Option<PathBuf>,
    #[serde(default, deserialize_with = "given")]
    env: Option<String>,
}

/// Reads what `scheme`, the `rest` of the location and the options say.
pub(super) fn place(scheme: &str, rest: &str, options: &str) -> Result<Place> {
    let options: RedisOptions = read("options", options.as_bytes())?;
    let common = Common::read(options.names, options.stale, options.timeout)?;
    let prefix = options.prefix.unwrap_or_else(|| PREFIX.to_owned());
    let is_tag = !prefix.contains(['{', '}']) && !prefix.is_empty();
    if !is_tag || prefix.len() > LONGEST_PREFIX {
        let expected = format!("must be 1 to {LONGEST_PREFIX} bytes, without braces");
        return Err(fault("prefix", expected));
    }
    if options.wait > MOST_REPLICAS {
        let expected = format!("must be 0 to {MOST_REPLICAS} replicas");
        return Err(fault("wait", expected));
    }
    if options.patience > LONGEST_PATIENCE {
        let expected = format!("must be 0 to {LONGEST_PATIENCE} seconds");
        return Err(fault("patience", expected));
    }
    for (field, text) in [("user", &options.user), ("sentinel", &options.sentinel)] {
        if text.as_deref() == Some("") {
            return Err(fault(field, "must not be empty"));
        }
    }
    for (field, path) in [("ca", &options.ca), ("journal", &options.journal)] {
        if path
            .as_ref()
            .is_some_and(|path| path.as_os_str().is_empty())
        {
            return Err(fault(field, "must be the name of a file"));
        }
    }
    if options.journal.is_some() && cfg!(not(feature = "sqlite")) {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "journal: this build has no SQLite (feature sqlite)",
        ));
    }
    let secret = options
        .secret
        .map(|secret| secret_of(secret.0))
        .transpose()?;
    if options.user.is_some() && secret.is_none() {
        return Err(fault("secret", "say where the secret of the user is"));
    }
    let settings = Settings {
        prefix,
        user: options.user,
        secret,
        ca: options.ca.map(certificates).transpose()?,
        sentinel: options.sentinel,
        wait: options.wait,
        timeout: common.timeout,
        patience: std::time::Duration::from_secs(options.patience),
        journal: options.journal,
        stale: common.stale,
    };
    Ok(Place::Shared {
        names: common.names,
        stale: common.stale,
        open: Box::new(redis::Place::new(scheme, rest, settings)?),
    })
}

fn secret_of(options: SecretOptions) -> Result<Secret> {
    match (options.file, options.env) {
        (Some(path), None) if !path.as_os_str().is_empty() => Ok(Secret::File(path)),
        (None, Some(name)) if !name.is_empty() && !name.contains(['=', '\0']) => {
            match env::var(&name) {
                Ok(secret) => Ok(Secret::Known(Zeroizing::new(secret))),
                Err(_) => Err(fault(
                    "secret",
                    format_args!("the environment has no {name}, or it isn't UTF-8"),
                )),
            }
        }
        _ => Err(fault(
            "secret",
            "say {\"file\": PATH} or {\"env\": NAME}: where the secret is, never the secret",
        )),
    }
}

fn certificates(path: PathBuf) -> Result<Vec<u8>> {
    let place = path.display();
    let unreadable = |error| fault("ca", format_args!("{place}: {error}"));
    if fs::metadata(&path).map_err(unreadable)?.len() > LONGEST_CA {
        let expected = format!("{place}: longer than {LONGEST_CA} bytes");
        return Err(fault("ca", expected));
    }
    fs::read(&path).map_err(unreadable)
}
