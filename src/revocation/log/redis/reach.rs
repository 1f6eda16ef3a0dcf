//! From the location to a connection with the server that takes writes.

use std::io::Write as _;
use std::time::Duration;

use redis::{Cmd, Value, cmd};
use zeroize::Zeroizing;

use super::line::{Fault, Line};
use super::place::{Server, Store};
use super::value;

/// The most redirections of a cluster that are followed.
const MOST_MOVES: usize = 5;
/// The oldest version whose streams have what is used here.
const OLDEST: (u32, u32) = (6, 2);

/// What a server says of itself.
struct Greeting {
    is_cluster: bool,
    is_master: bool,
}

/// A connection to the store's master; the fault is the last server's, with its name.
pub(super) fn reach(store: &Store) -> Result<Line, Fault> {
    let mut last = Fault::Odd;
    for server in &store.servers {
        let reached = match &store.settings.sentinel {
            None => reach_by(store, server),
            Some(name) => ask_sentinel(store, server, name)
                .map_err(|fault| named(fault, store, server))
                .and_then(|master| reach_by(store, &master)),
        };
        match reached {
            Ok(line) => return Ok(line),
            Err(fault) => last = fault,
        }
    }
    Err(last)
}

/// Names the server that a fault is about, where there could be another.
fn named(fault: Fault, store: &Store, server: &Server) -> Fault {
    match fault {
        Fault::Gone(words) if store.servers != [server.clone()] => {
            Fault::Gone(format!("{server}: {words}"))
        }
        fault => fault,
    }
}

/// Follows a cluster's redirections from `server` to whoever has the store.
fn reach_by(store: &Store, server: &Server) -> Result<Line, Fault> {
    let mut server = server.clone();
    for _ in 0..MOST_MOVES {
        let (mut line, greeting) =
            greet(store, &server).map_err(|fault| named(fault, store, &server))?;
        let moved = if greeting.is_cluster {
            moved(&mut line, store)?
        } else {
            None
        };
        match moved {
            Some(next) => server = next,
            None if greeting.is_master => return Ok(line),
            None => {
                let words = "it is a replica; name its master, all of them, or their Sentinels";
                return Err(named(Fault::Gone(words.into()), store, &server));
            }
        }
    }
    Err(Fault::Gone(
        "the cluster's servers redirect in a circle".into(),
    ))
}

/// Where another server of the cluster has the store.
fn moved(line: &mut Line, store: &Store) -> Result<Option<Server>, Fault> {
    match line.ask(cmd("HGET").arg(&store.table).arg("identity")) {
        Ok(_) => Ok(None),
        Err(Fault::Said { code, words }) if code == "MOVED" => {
            let address = words.split(' ').nth(1).unwrap_or_default();
            let (host, port) = address.rsplit_once(':').ok_or(Fault::Odd)?;
            let port = port.parse().map_err(|_| Fault::Odd)?;
            // An empty host is the one that says so.
            let host = if host.is_empty() {
                &line.server.host
            } else {
                host
            };
            Ok(Some(Server::new(host, port)))
        }
        Err(fault) => Err(fault),
    }
}

/// Asks a Sentinel where the server called `name` is.
fn ask_sentinel(store: &Store, sentinel: &Server, name: &str) -> Result<Server, Fault> {
    let mut line = Line::connect(store, sentinel)?;
    let mut question = cmd("SENTINEL");
    question.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
    let answer = match line.ask(&question) {
        // It wants to know who asks; the same user as of the server itself.
        Err(fault) if fault.is("NOAUTH") => {
            hello(&mut line, store)?;
            line.ask(&question)?
        }
        answer => answer?,
    };
    if answer == Value::Nil {
        let words = "the Sentinel knows no server of this name (option sentinel)";
        return Err(Fault::Gone(words.into()));
    }
    let parts = value::texts(answer)?;
    match parts.as_slice() {
        [host, port] => Ok(Server::new(host, port.parse().map_err(|_| Fault::Odd)?)),
        _ => Err(Fault::Odd),
    }
}

/// Connects to one server, and says who we are and which database is meant.
fn greet(store: &Store, server: &Server) -> Result<(Line, Greeting), Fault> {
    let mut line = Line::connect(store, server)?;
    let answer = hello(&mut line, store)?;
    let mut greeting = Greeting {
        is_cluster: false,
        is_master: true,
    };
    let Value::Array(members) = answer else {
        return Err(Fault::Odd);
    };
    let mut members = members.into_iter();
    while let (Some(name), Some(value)) = (members.next(), members.next()) {
        let Ok(value) = value::text(value) else {
            continue;
        };
        match value::text(name)?.as_str() {
            "version" => check_version(&value)?,
            "mode" => greeting.is_cluster = value == "cluster",
            "role" => greeting.is_master = value == "master",
            _ => {}
        }
    }
    if store.database != 0 {
        line.ask(cmd("SELECT").arg(store.database))?;
    }
    Ok((line, greeting))
}

fn hello(line: &mut Line, store: &Store) -> Result<Value, Fault> {
    let secret = store.secret().map_err(Fault::Gone)?;
    let mut words = vec!["HELLO", "2"];
    if let Some(secret) = &secret {
        let user = store.settings.user.as_deref().unwrap_or("default");
        words.extend(["AUTH", user, secret]);
    }
    words.extend(["SETNAME", "jeton"]);
    // Packed here and in one piece, so that no copy of the secret stays behind.
    let length = words.iter().map(|word| word.len() + 32).sum();
    let mut packed = Zeroizing::new(Vec::with_capacity(length));
    _ = write!(packed, "*{}\r\n", words.len());
    for word in words {
        _ = write!(packed, "${}\r\n{word}\r\n", word.len());
    }
    line.send(&packed, Duration::ZERO)?;
    line.receive().map_err(|fault| match &fault {
        Fault::Said { code, words } if code == "ERR" && words.contains("unknown command") => {
            too_old()
        }
        _ => fault,
    })
}

fn check_version(version: &str) -> Result<(), Fault> {
    let mut numbers = version.split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) < OLDEST => Err(too_old()),
        _ => Ok(()),
    }
}

fn too_old() -> Fault {
    Fault::Gone("the server is too old: Redis 6.2 or later, or Valkey, is needed".into())
}

/// A script that works on the table and the log.
pub(super) fn script(store: &Store, text: &str) -> Cmd {
    let mut command = cmd("EVAL");
    command.arg(text).arg(2).arg(&store.table).arg(&store.log);
    command
}
