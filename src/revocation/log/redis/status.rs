//! How a store is, in words and figures, and what is done by the way.

use std::fmt;
use std::sync::atomic::Ordering;

use redis::cmd;
use serde_json::{Map, Value, json};

use super::line::Fault;
use super::place::Store;
use super::{Redis, value};
use crate::revocation::log::Position;

/// How many changes, or rows, a compaction handles at a time.
const PIECE: usize = 500;
/// The most entries that are counted to tell how far behind a process is.
const MOST_LAG: usize = 1000;
/// The fields of the table that aren't about what it holds.
const OWN: [&str; 8] = [
    "version",
    "identity",
    "state",
    "folded",
    "count",
    "kept",
    "kept_count",
    "swept",
];

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "rediss://" } else { "redis://" })?;
        for (number, server) in self.servers.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(f, "{comma}{server}")?;
        }
        Ok(())
    }
}

/// A fault in words, with its remedy.
pub(super) fn explained(fault: &Fault) -> String {
    let (code, words) = match fault {
        Fault::Gone(words) => return words.clone(),
        Fault::Odd => return "it holds, or answers, what this version can't read".into(),
        Fault::Said { code, words } => (code.as_str(), words.as_str()),
    };
    match code {
        "NOPERM" => format!(
            "the server's user may not do what is needed (NOPERM {words}); docs/revocations.md \
             lists the rights"
        ),
        "ERR" if words.contains("permission") => format!(
            "the server's user may not do what is needed ({words}); docs/revocations.md lists the \
             rights"
        ),
        "WRONGPASS" => "the server refuses the user or the secret (WRONGPASS)".into(),
        "NOAUTH" => "the server asks who it is (NOAUTH): say the options user and secret".into(),
        "READONLY" => "the server is a replica now (READONLY)".into(),
        "LOADING" => "the server is still loading its data (LOADING)".into(),
        "OOM" => "the server's memory is full (OOM)".into(),
        "MISCONF" => "the server can't write its files and refuses changes (MISCONF)".into(),
        "NOREPLICAS" => "the server has too few replicas and refuses changes (NOREPLICAS)".into(),
        "WRONGTYPE" => "another program uses keys of this prefix (WRONGTYPE)".into(),
        code => format!("the server says {code} {words}"),
    }
}

impl Redis {
    /// Carries all of the log over into the table, and drops what has ended by `now`.
    pub(super) fn tidy(&mut self, now: i64) -> Result<(), Fault> {
        let mut before = -1;
        loop {
            let count = self.run(include_str!("lua/fold.lua"), |script| {
                script.arg(PIECE);
            })?;
            let count = value::number(&count)?;
            if count == before {
                break;
            }
            before = count;
        }
        let mut cursor = "0".to_owned();
        loop {
            let swept = self.run(include_str!("lua/sweep.lua"), |script| {
                script.arg(&cursor).arg(PIECE).arg(now);
            })?;
            cursor = value::text(value::pair(swept)?.0)?;
            if cursor == "0" {
                return Ok(());
            }
        }
    }

    /// The members of a status.
    pub(super) fn status(&mut self, position: &Position) -> Map<String, Value> {
        let mut members = Map::new();
        let reconnects = self.store.reconnects.load(Ordering::Relaxed);
        members.insert("reconnects".into(), reconnects.into());
        members.insert("lost".into(), self.is_lost.into());
        let mut warnings = Vec::new();
        match self.sizes(position) {
            Ok(sizes) => members.extend(sizes),
            Err(fault) => warnings.push(explained(&fault)),
        }
        let durable = match self.info() {
            Ok(info) => {
                let server = self.line.as_ref().map(|line| line.server.to_string());
                members.insert("server".into(), json!(server));
                members.insert("replicas".into(), info.number("connected_slaves").into());
                warnings.extend(info.warnings());
                Some(info.is_durable())
            }
            Err(fault) => {
                warnings.push(explained(&fault));
                None
            }
        };
        members.insert("durable".into(), json!(durable));
        members.insert("warnings".into(), json!(warnings));
        members
    }

    fn sizes(&mut self, position: &Position) -> Result<Map<String, Value>, Fault> {
        let [rows, own, entries, behind] = self.on_line(|line, store| {
            let mut rows = cmd("HLEN");
            rows.arg(&store.table);
            let mut own = cmd("HMGET");
            own.arg(&store.table).arg(&OWN);
            let mut entries = cmd("XLEN");
            entries.arg(&store.log);
            let mut behind = cmd("XRANGE");
            behind.arg(&store.log);
            behind
                .arg(format!("({}", value::id(position.stamp)))
                .arg("+");
            behind.arg("COUNT").arg(MOST_LAG);
            line.ask_all([&rows, &own, &entries, &behind])
        })?;
        let own = value::array(own)?.into_iter();
        let own = own.filter(|field| *field != redis::Value::Nil).count();
        let rows = value::number(&rows)? - i64::try_from(own).unwrap_or_default();
        let mut members = Map::new();
        members.insert("rows".into(), rows.into());
        members.insert("changes".into(), value::number(&entries)?.into());
        members.insert("lag".into(), value::array(behind)?.len().into());
        Ok(members)
    }

    fn info(&mut self) -> Result<Info, Fault> {
        self.on_line(|line, _| {
            let mut all = String::new();
            for section in ["persistence", "memory", "replication"] {
                all += &value::text(line.ask(cmd("INFO").arg(section))?)?;
            }
            Ok(Info(all))
        })
    }
}

/// What a server tells of itself: lines of a name, a colon and a value.
struct Info(String);

impl Info {
    fn get(&self, name: &str) -> &str {
        let mut values = self.0.lines().filter_map(|line| {
            let (found, value) = line.split_once(':')?;
            (found == name).then_some(value.trim_end())
        });
        values.next().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.get(name).parse().ok()
    }

    fn is_durable(&self) -> bool {
        self.get("aof_enabled") == "1" && self.get("aof_last_write_status") == "ok"
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.get("aof_enabled") != "1" {
            warnings.push(
                "the server has no append-only file: what it acknowledges, it loses when it is \
                 restarted (appendonly yes)"
                    .into(),
            );
        } else if self.get("aof_last_write_status") != "ok" {
            warnings.push("the server's last write to its append-only file failed".into());
        }
        let policy = self.get("maxmemory_policy");
        if policy.starts_with("allkeys") {
            warnings.push(format!(
                "the server drops whole keys when its memory is full (maxmemory-policy {policy}); \
                 noeviction doesn't"
            ));
        }
        warnings
    }
}
