//! Whom a source believes: certificates, names, addresses, redirects, proxies.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jeton::ErrorKind;
use serde_json::json;

use crate::server::{Authority, Reply, Server, Speech};
use crate::{Issuer, published, source, verdict, verifier};

/// What a fetch from `server` says, trusting `authority`; empty where it is good.
fn outcome(authority: &Authority, server: &Server) -> String {
    let source = source(json!({
        "url": server.url("/"), "ca": authority.file(), "private": true, "refresh": false,
    }))
    .unwrap();
    match source.refresh() {
        Ok(()) => String::new(),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::KeysUnavailable);
            error.message().to_owned()
        }
    }
}

#[test]
fn a_server_is_believed_by_its_certificate_only() {
    let (authority, other) = (Authority::new(), Authority::new());
    let keys = published(&[&Issuer::new("a")]);
    let behaviour = move |_: &str| Reply::json(&keys);
    for (identity, speech, reason) in [
        (authority.localhost(), Speech::Tls, ""),
        (authority.issue("localhost", -9..-1), Speech::Tls, "expired"),
        (
            authority.issue("localhost", 1..9),
            Speech::Tls,
            "not yet valid",
        ),
        (
            authority.issue("other.test", -1..9),
            Speech::Tls,
            "ostname mismatch",
        ),
        (
            authority.issue("127.0.0.1", -1..9),
            Speech::Tls,
            "ostname mismatch",
        ),
        (other.localhost(), Speech::Tls, "isn't trusted"),
        (authority.localhost(), Speech::Tls11, "TLS 1.2"),
    ] {
        let server = Server::start_as(speech, 0, &identity, behaviour.clone());
        let message = outcome(&authority, &server);
        let as_expected = match reason {
            "" => message.is_empty(),
            reason => message.contains(reason) && message.starts_with("localhost: "),
        };
        assert!(as_expected, "{reason:?}: {message}");
        assert_eq!(server.hits(), usize::from(reason.is_empty()), "{reason:?}");
    }
}

#[test]
fn the_file_of_an_authority_must_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let path = folder.path().join(name);
        source(json!({"url": "https://localhost/", "ca": path, "refresh": false})).unwrap_err()
    };
    fs::write(folder.path().join("empty"), "").unwrap();
    fs::write(folder.path().join("text"), "no certificate").unwrap();
    for (name, reason) in [
        ("missing", "No such file"),
        ("empty", "no PEM"),
        ("text", "PEM"),
    ] {
        let error = open(name);
        assert_eq!(error.kind(), ErrorKind::Options);
        assert!(error.message().starts_with("options.ca: "), "{error}");
        assert!(error.message().contains(reason), "{name}: {error}");
    }
}

#[test]
fn addresses_that_arent_public_are_asked_only_where_that_is_allowed() {
    let authority = Authority::new();
    let keys = published(&[&Issuer::new("a")]);
    let server = Server::start(&authority.issue("127.0.0.1", -1..9), move |_| {
        Reply::json(&keys)
    });
    for (host, private, good) in [
        ("127.0.0.1", true, true),
        ("127.0.0.1", false, false),
        ("localhost", false, false),
        ("[::1]", false, false),
        ("[::ffff:127.0.0.1]", false, false),
        ("2130706433", false, false),
        ("0x7f.1", false, false),
    ] {
        let url = format!("https://{host}:{}/", server.port);
        let outcome = source(json!({
            "url": url, "ca": authority.file(), "private": private, "refresh": false,
        }))
        // What is written as an address needs no look-up to be refused.
        .and_then(|source| source.refresh());
        assert_eq!(outcome.is_ok(), good, "{host} {outcome:?}");
        if let Err(error) = outcome {
            let refused = error.message().contains("isn't public")
                || error.message().contains("no such host")
                || error.message().contains("exchange failed");
            assert!(refused, "{host}: {error}");
        }
    }
    assert_eq!(server.hits(), 1);
}

#[test]
fn redirects_are_followed_within_the_origin_and_not_without_end() {
    let authority = Authority::new();
    let identity = authority.localhost();
    let keys = published(&[&Issuer::new("a")]);
    let elsewhere = {
        let keys = keys.clone();
        Server::start(&identity, move |_| Reply::json(&keys))
    };
    let server = Server::start(&identity, |_| Reply::Silence);
    let (own, other) = (server.port, elsewhere.port);
    for (target, reason) in [
        ("/moved".to_owned(), ""),
        (format!("https://localhost:{own}/moved"), ""),
        (format!("https://LOCALHOST:{own}/moved"), ""),
        ("/again".to_owned(), "too many redirects"),
        (
            format!("https://localhost:{other}/"),
            "another origin (localhost)",
        ),
        (
            format!("https://127.0.0.1:{own}/moved"),
            "another origin (127.0.0.1)",
        ),
        (format!("http://localhost:{own}/moved"), "another origin"),
        (
            format!("https://user:password@localhost:{own}/moved"),
            "another origin",
        ),
        (format!("//localhost:{other}/"), "redirects to"),
        ("moved".to_owned(), "redirects to"),
        ("file:///etc/passwd".to_owned(), "redirects to"),
    ] {
        let (keys, to) = (keys.clone(), target.clone());
        server.behave(move |head| match head {
            moved if moved.starts_with("GET /moved ") => Reply::json(&keys),
            _ => Reply::redirect(to.clone()),
        });
        let message = outcome(&authority, &server);
        let as_expected = if reason.is_empty() {
            message.is_empty()
        } else {
            message.contains(reason)
        };
        assert!(as_expected, "{target}: {message}");
    }
    assert_eq!(elsewhere.hits(), 0);
}

/// Reads the request that a proxy gets, and gives back whom it is for.
fn asked_for(client: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let target = head.strip_prefix("CONNECT ").unwrap();
    target.split(' ').next().unwrap().to_owned()
}

/// A proxy that opens tunnels, and counts them.
fn proxy() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tunnels);
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut server = TcpStream::connect(asked_for(&mut client)).unwrap();
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from, &mut to));
            thread::spawn(move || std::io::copy(&mut server, &mut client));
        }
    });
    (port, tunnels)
}

/// A proxy whose answer takes ever so long, and one that wants a password.
fn bad_proxy(answer: impl AsRef<[u8]> + Send + 'static, pause: Duration) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            asked_for(&mut client);
            for byte in answer.as_ref() {
                thread::sleep(pause);
                if client.write_all(&[*byte]).is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[test]
fn a_proxy_that_is_slow_or_refuses_is_no_way_around_the_limits() {
    let authority = Authority::new();
    let long = format!("HTTP/1.1 200 OK\r\nx-y: {}", "y".repeat(200));
    let slow = bad_proxy(long, Duration::from_millis(300));
    let locked = bad_proxy(b"HTTP/1.1 407 Who?\r\n\r\n", Duration::ZERO);
    for (port, reason) in [(slow, "within 1 s"), (locked, "the proxy refused")] {
        let source = source(json!({
            "url": "https://issuer.test/", "ca": authority.file(), "refresh": false, "timeout": 1,
            "proxy": format!("http://user:hunter2@127.0.0.1:{port}"),
        }))
        .unwrap();
        let began = Instant::now();
        let error = source.refresh().unwrap_err();
        assert!(error.message().contains(reason), "{error}");
        // No measure of speed: the slow one's answer alone takes a minute.
        assert!(began.elapsed() < Duration::from_secs(30));
        let told = format!(
            "{error}{}{}",
            source.status_json().unwrap(),
            source.events_json()
        );
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_proxy_is_used_where_the_options_name_one_and_sees_only_a_tunnel() {
    let authority = Authority::new();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&authority.localhost(), move |_| Reply::json(&keys));
    let (port, tunnels) = proxy();
    let source = source(json!({
        "url": server.url("/"), "ca": authority.file(), "refresh": false,
        "proxy": format!("http://127.0.0.1:{port}"),
    }))
    .unwrap();
    source.refresh().unwrap();
    assert_eq!(verdict(&verifier(&source), &issuer.token()), Ok(()));
    assert_eq!(tunnels.load(Ordering::SeqCst), 1);

    let wrong = crate::source(json!({
        "url": server.url("/"), "refresh": false, "proxy": "socks5://127.0.0.1:1",
    }));
    assert!(wrong.unwrap_err().message().contains("options.proxy"));
}
