//! Several processes on one server: whatever is acknowledged is seen by all.
//! JETON_TEST_COUNT says how many tokens each process revokes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::server::Server;
use crate::store::{REALM, is_revoked, jti, now, open, revoke, soon};

/// What makes this program one of the processes: the server, a name of its own,
/// and how many tokens each revokes.
const LOCATION: &str = "JETON_TEST_LOCATION";
const NAME: &str = "JETON_TEST_NAME";
const COUNT: &str = "JETON_TEST_COUNT";
const PROCESSES: usize = 4;

fn count() -> usize {
    std::env::var(COUNT).map_or(1500, |count| count.parse().unwrap())
}

fn process(test: &str, server: &Server, name: &str) -> Child {
    let test = format!("processes::{test}");
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &test, "--ignored", "--nocapture"])
        .env(LOCATION, server.location())
        .env(NAME, name)
        .env(COUNT, count().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A number that differs from call to call, below `most`.
fn any(most: u64) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let random = std::collections::hash_map::RandomState::new();
    random.build_hasher().finish() % most
}

/// Not a test: one of the processes of the next.
#[test]
#[ignore = "a child process of another test"]
fn revoke_and_see_all() {
    let (Ok(location), Ok(name)) = (std::env::var(LOCATION), std::env::var(NAME)) else {
        return;
    };
    let store = open(&location);
    for number in 0..count() {
        revoke(&store, &format!("{name}-{number}"));
        thread::sleep(Duration::from_micros(any(300)));
    }
    soon("all of all processes is seen", || {
        (0..PROCESSES).all(|process| is_revoked(&store, &format!("{process}-{}", count() - 1)))
    });
    let missing = |id: &String| !is_revoked(&store, id);
    let mut all = (0..PROCESSES)
        .flat_map(|process| (0..count()).map(move |number| format!("{process}-{number}")));
    assert_eq!(all.find(missing), None);
    let mut others = (0..10 * PROCESSES * count()).map(|number| format!("other-{number}"));
    assert_eq!(others.find(|id| !missing(id)), None, "never revoked");
}

#[test]
fn what_four_processes_revoke_at_random_moments_is_seen_by_all_and_nothing_else() {
    let server = Server::new();
    let watcher = open(&server.location());
    let began = Instant::now();
    let processes: Vec<Child> = (0..PROCESSES)
        .map(|name| process("revoke_and_see_all", &server, &name.to_string()))
        .collect();
    for process in processes {
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
    println!(
        "{} revocations in {:?}",
        PROCESSES * count(),
        began.elapsed()
    );
    watcher.refresh().unwrap();
    for process in 0..PROCESSES {
        assert!((0..count()).all(|id| is_revoked(&watcher, &format!("{process}-{id}"))));
    }
    let late = open(&server.location());
    for process in 0..PROCESSES {
        assert!((0..count()).all(|id| is_revoked(&late, &format!("{process}-{id}"))));
    }
    assert!(!is_revoked(&late, "4-0"));
}

/// Not a test: one of the processes of the next.
#[test]
#[ignore = "a child process of another test"]
fn revoke_until_killed() {
    let (Ok(location), Ok(name)) = (std::env::var(LOCATION), std::env::var(NAME)) else {
        return;
    };
    let store = open(&location);
    let mut out = std::io::stdout();
    for number in 0.. {
        let id = format!("{name}-{number}");
        if store.revoke(&jti(&id), now()).is_err() {
            break;
        }
        writeln!(out, "revoked {id}").unwrap();
    }
}

#[test]
fn whatever_was_acknowledged_survives_processes_and_servers_that_are_killed() {
    let mut server = Server::durable();
    let mut acknowledged = Vec::new();
    for round in 0..3_u64 {
        let mut writers: Vec<Child> = (0..PROCESSES)
            .map(|name| process("revoke_until_killed", &server, &format!("{round}-{name}")))
            .collect();
        thread::sleep(Duration::from_millis(500 + 37 * round));
        server.kill();
        for writer in &mut writers {
            let mut lines = BufReader::new(writer.stdout.take().unwrap());
            let _ = writer.kill();
            let mut line = String::new();
            while lines.read_line(&mut line).unwrap() > 0 {
                if let Some(id) = line.strip_prefix("revoked ")
                    && let Some(id) = id.strip_suffix('\n')
                {
                    acknowledged.push(id.to_owned());
                }
                line.clear();
            }
            writer.wait().unwrap();
        }
        server.start();
    }
    println!("{} were acknowledged", acknowledged.len());
    assert!(acknowledged.len() > 100);
    let late = open(&server.location());
    for id in &acknowledged {
        assert!(is_revoked(&late, id), "{id} was lost");
    }
}

#[test]
fn how_soon_a_revocation_is_seen_beside_a_bare_reader_of_the_stream() {
    let server = Server::new();
    let (writer, reader) = (open(&server.location()), open(&server.location()));
    revoke(&writer, "first");
    soon("the reader is there", || is_revoked(&reader, "first"));
    let rounds = count();
    let (heard, bare) = mpsc::channel();
    let mut connection = server.client().get_connection().unwrap();
    thread::spawn(move || {
        let mut last = "$".to_owned();
        for _ in 0..rounds {
            let mut read = redis::cmd("XREAD");
            read.arg("BLOCK")
                .arg(0)
                .arg("STREAMS")
                .arg("{jeton}:log")
                .arg(&last);
            let answer: Vec<(String, Vec<(String, redis::Value)>)> =
                read.query(&mut connection).unwrap();
            let arrived = Instant::now();
            last.clone_from(&answer[0].1.last().unwrap().0);
            heard.send(arrived).unwrap();
        }
    });
    thread::sleep(Duration::from_millis(300));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..rounds {
        let id = number.to_string();
        let (writer, id) = (&writer, &id);
        let began = Instant::now();
        let seen = thread::scope(|scope| {
            scope.spawn(move || revoke(writer, id));
            while !is_revoked(&reader, id) {
                thread::yield_now();
            }
            Instant::now()
        });
        ours.push(seen - began);
        theirs.push(bare.recv().unwrap() - began);
        thread::sleep(Duration::from_micros(any(300)));
    }
    for (name, times) in [("jeton", &mut ours), ("bare XREAD", &mut theirs)] {
        times.sort();
        let at = |part: usize| times[(times.len() - 1) * part / 100];
        println!("{name}: seen after {:?} (p50), {:?} (p99)", at(50), at(99));
    }
}

/// Not a test: the process of the next.
#[test]
#[ignore = "a child process of another test"]
fn join() {
    let (Ok(location), Ok(last)) = (std::env::var(LOCATION), std::env::var(NAME)) else {
        return;
    };
    let began = Instant::now();
    let store = open(&location);
    assert!(is_revoked(&store, &last) && !is_revoked(&store, "none"));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    println!("answers after {:.2?}, {peak}", began.elapsed());
}

/// JETON_TEST_RULES says how many.
#[test]
fn a_new_process_joins_a_store_that_holds_many_rules() {
    let rules = std::env::var("JETON_TEST_RULES").map_or(100_000, |rules| rules.parse().unwrap());
    let server = Server::new();
    let store = open(&server.location());
    revoke(&store, "first");
    store.compact(5).unwrap();
    let id = |number: usize| format!("5f2c7b9a-0000-4000-8000-{number:012}");
    let mut connection = server.client().get_connection().unwrap();
    for piece in 0..rules / 1000 {
        let mut fill = redis::cmd("HSET");
        fill.arg("{jeton}:table");
        for number in piece * 1000..(piece + 1) * 1000 {
            fill.arg(format!(r#"["{REALM}","jti","{}"]"#, id(number)));
            fill.arg("* 4000000000 1700000000");
        }
        fill.query::<i64>(&mut connection).unwrap();
    }
    let output = process("join", &server, &id(rules - 1))
        .wait_with_output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("answers after"),
        "{said}"
    );
    let line = said.lines().find(|line| line.contains("answers")).unwrap();
    println!("a process that joins {rules} rules {line}");
}
