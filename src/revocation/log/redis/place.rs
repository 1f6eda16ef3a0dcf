//! Where a store is and how it is spoken to: what the location and the options
//! say, once they have been found sound.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::Tls;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerFork;
use crate::revocation::rule::fault;

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;
/// The longest file with a secret, in bytes.
const LONGEST_SECRET: u64 = 64 * 1024;
/// The longest time between two looks at the whole of the store.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// One server's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Server {
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
        }
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Where the secret is.
pub(in crate::revocation) enum Secret {
    /// Read at each connection, so that it may change.
    File(PathBuf),
    Known(Zeroizing<String>),
}

/// What the options say.
pub(in crate::revocation) struct Settings {
    pub(in crate::revocation) prefix: String,
    pub(in crate::revocation) user: Option<String>,
    pub(in crate::revocation) secret: Option<Secret>,
    pub(in crate::revocation) ca: Option<Vec<u8>>,
    /// The name that the location's servers, which then are Sentinels, have for the store's.
    pub(in crate::revocation) sentinel: Option<String>,
    /// How many replicas must have a change before it is acknowledged.
    pub(in crate::revocation) wait: u32,
    /// How long an answer may take.
    pub(in crate::revocation) timeout: Duration,
    /// How long a write waits for a connection.
    pub(in crate::revocation) patience: Duration,
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    pub(in crate::revocation) journal: Option<PathBuf>,
    pub(in crate::revocation) stale: Option<Duration>,
}

/// The store, and what all connections to it share.
pub(super) struct Store {
    pub(super) servers: Vec<Server>,
    pub(super) database: u32,
    pub(super) secure: bool,
    pub(super) settings: Settings,
    /// The names of the two keys. Their common part in braces puts both into
    /// one slot of a cluster.
    pub(super) table: String,
    pub(super) log: String,
    /// What the names of used proofs begin with, in the same slot.
    pub(super) used: String,
    /// Made by each process, since its locks may be held in a parent.
    tls: PerFork<Tls>,
    /// How often a connection was made in the place of one that was lost.
    pub(super) reconnects: AtomicU64,
    /// How many changes of the log were in the table at the last look.
    pub(super) folded: AtomicI64,
}

impl Store {
    pub(super) fn new(scheme: &str, rest: &str, settings: Settings) -> Result<Self> {
        let (servers, database) = locate(rest, settings.sentinel.is_some())?;
        let secure = scheme == "rediss";
        if settings.ca.is_some() && !secure {
            return Err(Error::new(
                ErrorKind::Options,
                "options.ca: certificates are checked with rediss://, not with redis://",
            ));
        }
        let store = Self {
            table: format!("{{{}}}:table", settings.prefix),
            log: format!("{{{}}}:log", settings.prefix),
            used: format!("{{{}}}:used:", settings.prefix),
            servers,
            database,
            secure,
            settings,
            tls: PerFork::new(),
            reconnects: AtomicU64::new(0),
            folded: AtomicI64::new(0),
        };
        if secure {
            store.with_tls(|_| ())?;
        }
        Ok(store)
    }

    /// Calls `work` with this process's way to begin TLS.
    pub(super) fn with_tls<T>(&self, work: impl FnOnce(&Tls) -> T) -> Result<T> {
        let tls = self.tls.get_or_make(|| {
            let Some(ca) = &self.settings.ca else {
                return Tls::of_platform();
            };
            Tls::trusting(ca).map_err(|error| match error.kind() {
                ErrorKind::Options => error.at("options.ca"),
                _ => error,
            })
        })?;
        Ok(work(&tls.1))
    }

    /// The secret as it is now; the error says in words why there is none.
    pub(super) fn secret(&self) -> Result<Option<Zeroizing<String>>, String> {
        let path = match &self.settings.secret {
            None => return Ok(None),
            Some(Secret::Known(secret)) => return Ok(Some(secret.clone())),
            Some(Secret::File(path)) => path,
        };
        let place = path.display();
        let unreadable = |error: std::io::Error| format!("the secret's file {place}: {error}");
        if fs::metadata(path).map_err(unreadable)?.len() > LONGEST_SECRET {
            return Err(format!("the secret's file {place} is too long"));
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(unreadable)?);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| format!("the secret's file {place} isn't UTF-8"))?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Ok(Some(Zeroizing::new(text.to_owned())))
    }

    /// How often a follower looks at the whole of the store.
    pub(super) fn look(&self) -> Duration {
        let stale = self.settings.stale.unwrap_or(LONGEST_LOOK);
        (stale / 4).clamp(Duration::from_millis(10), LONGEST_LOOK)
    }
}

/// Reads `//HOST[:PORT],…[/DATABASE]`.
fn locate(rest: &str, sentinel: bool) -> Result<(Vec<Server>, u32)> {
    let expected = || {
        fault(
            "location",
            "say the server, as in redis://redis.example:6379/0; several are separated by commas",
        )
    };
    let rest = rest.strip_prefix("//").ok_or_else(expected)?;
    if rest.contains('@') {
        return Err(fault(
            "location",
            "holds a user or a password, which locations don't: say the options user and secret",
        ));
    }
    if rest.contains(['?', '#']) || rest.contains(char::is_whitespace) {
        return Err(expected());
    }
    let (servers, database) = rest.split_once('/').unwrap_or((rest, ""));
    let database = match database {
        "" => 0,
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            number.parse().map_err(|_| expected())?
        }
        _ => return Err(fault("location", "the database after / must be a number")),
    };
    let default = if sentinel { SENTINEL_PORT } else { PORT };
    let servers = servers
        .split(',')
        .map(|server| address(server, default).ok_or_else(expected));
    Ok((servers.collect::<Result<_>>()?, database))
}

fn address(text: &str, default: u16) -> Option<Server> {
    // An IPv6 address stands in brackets.
    let (host, rest) = match text.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = match rest.strip_prefix(':') {
        Some(port) => port.parse().ok().filter(|port| *port != 0)?,
        None if rest.is_empty() => default,
        None => return None,
    };
    (!host.is_empty()).then(|| Server::new(host, port))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_location_names_servers_and_a_database() {
        let read = |rest| locate(rest, false).unwrap();
        assert_eq!(read("//a"), (vec![Server::new("a", 6379)], 0));
        assert_eq!(read("//a:1/"), (vec![Server::new("a", 1)], 0));
        assert_eq!(read("//127.0.0.1:1/15").1, 15);
        let two = vec![Server::new("a", 1), Server::new("::1", 6379)];
        assert_eq!(read("//a:1,[::1]"), (two, 0));
        assert_eq!(locate("//s", true).unwrap().0, [Server::new("s", 26379)]);
        assert_eq!(Server::new("::1", 2).to_string(), "[::1]:2");
    }

    #[test]
    fn what_a_location_may_not_hold_is_refused_with_the_remedy() {
        for (rest, remedy) in [
            ("//ada:hunter2@a", "options user and secret"),
            ("//:hunter2@a", "options user and secret"),
            ("", "say the server"),
            ("a", "say the server"),
            ("//", "say the server"),
            ("//a,", "say the server"),
            ("//a:0", "say the server"),
            ("//a:65536", "say the server"),
            ("//[::1", "say the server"),
            ("//[::1]1", "say the server"),
            ("//a b", "say the server"),
            ("//a?db=1", "say the server"),
            ("//a/x", "must be a number"),
            ("//a/99999999999", "say the server"),
        ] {
            let error = locate(rest, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Options);
            assert!(error.message().contains(remedy), "{rest}: {error}");
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }
}
