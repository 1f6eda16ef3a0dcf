//! One fetch: what is asked, what is taken for an answer, and how long it lasts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jeton::{ErrorKind, Source};
use serde_json::{Value, json};

use crate::server::{Authority, Reply, Server, Speech};
use crate::{Issuer, published, source, status, verdict, verifier};

/// A source with a time that is never up.
fn over(authority: &Authority, server: &Server) -> Arc<Source> {
    within(60, authority, server)
}

fn within(timeout: u64, authority: &Authority, server: &Server) -> Arc<Source> {
    source(json!({
        "url": server.url("/keys?x=1"), "ca": authority.file(), "private": true,
        "refresh": false, "timeout": timeout,
    }))
    .unwrap()
}

#[test]
fn a_request_says_who_asks_for_what_and_then_whether_it_has_changed() {
    let authority = Authority::new();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&authority.localhost(), move |head| {
        if head.to_lowercase().contains("if-none-match: \"v1\"") {
            Reply::Answer(304, vec![("cache-control", "max-age=900".into())], vec![])
        } else {
            let headers = vec![
                ("etag", "\"v1\"".into()),
                ("cache-control", "max-age=600".into()),
            ];
            Reply::Answer(200, headers, keys.to_string().into_bytes())
        }
    });
    let source = over(&authority, &server);
    source.refresh().unwrap();
    let head = server.last_request().to_lowercase();
    assert!(head.starts_with("get /keys?x=1 http/1.1\r\n"), "{head}");
    assert!(
        head.contains(&format!("host: localhost:{}\r\n", server.port)),
        "{head}"
    );
    assert!(head.contains(&format!(
        "user-agent: jeton/{}\r\n",
        env!("CARGO_PKG_VERSION")
    )));
    assert!(
        head.contains("accept: application/jwk-set+json, application/json\r\n"),
        "{head}"
    );
    assert!(!head.contains("if-none-match"), "{head}");
    let next = |source: &Source| status(source)["next"].as_i64().unwrap();
    assert!((420..=480).contains(&next(&source)), "{}", next(&source));
    source.refresh().unwrap();
    assert!((630..=720).contains(&next(&source)), "{}", next(&source));
    assert_eq!(verdict(&verifier(&source), &issuer.token()), Ok(()));
    assert_eq!(server.hits(), 2);
}

#[test]
fn an_answer_that_is_none_keeps_the_keys_and_says_what_it_was() {
    let authority = Authority::new();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]).to_string();
    let server = Server::start(&authority.localhost(), |_| Reply::Silence);
    let source = over(&authority, &server);
    let good = Reply::json(&keys);
    server.behave(move |_| good.clone());
    source.refresh().unwrap();
    let verifier = verifier(&source);

    let one: Value = issuer.jwk();
    let many = json!({"keys": vec![one; 10_000]}).to_string();
    let raw = |head: &str, body: &str| Reply::Raw(format!("{head}\r\n\r\n{body}").into_bytes());
    let length = keys.len();
    let mib = vec![b' '; 1 << 20];
    for (reply, reason) in [
        (
            Reply::json("<html>down</html>"),
            "not a JWK Set|key document",
        ),
        (Reply::status(503), "status 503"),
        (Reply::Answer(200, vec![], vec![]), "key document"),
        (Reply::json(&many), "longer than|10000 keys"),
        (
            raw(
                &format!("HTTP/1.1 200 OK\r\ncontent-length: {}", length + 9),
                &keys,
            ),
            "ended before",
        ),
        (
            raw(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked",
                &format!("{length:x}\r\n{}", &keys[..length - 9]),
            ),
            "ended before",
        ),
        (
            raw("HTTP/1.1 200 OK\r\ncontent-length: 104857600", ""),
            "longer than",
        ),
        (
            Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), mib.clone()),
            "longer than",
        ),
        (
            Reply::Endless(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
                [b"100000\r\n", &mib[..], b"\r\n"].concat(),
            ),
            "longer than",
        ),
        (
            Reply::Endless(
                b"HTTP/1.1 200 OK\r\n".to_vec(),
                b"x-more: and more\r\n".repeat(100),
            ),
            "head is longer|HTTP",
        ),
        (Reply::Raw(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()), "HTTP"),
        (Reply::Raw(vec![]), "ended before|exchange failed|HTTP"),
        (Reply::status(304), "status 304"),
    ] {
        server.behave(move |_| reply.clone());
        let error = source.refresh().unwrap_err();
        let fits = reason.split('|').any(|part| error.message().contains(part));
        assert!(fits, "{reason}: {error}");
        assert!(!error.message().contains("x=1"), "no query: {error}");
        assert_eq!(verdict(&verifier, &issuer.token()), Ok(()), "{reason}");
    }
}

#[test]
fn a_fetch_ends_in_time_whatever_the_server_does() {
    let authority = Authority::new();
    let identity = authority.localhost();
    let keys = published(&[&Issuer::new("a")]).to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{keys}",
        keys.len()
    );
    let trickle = Reply::Trickle(answer.clone().into_bytes(), Duration::from_secs(1));
    // The body alone comes slowly, each byte well within the limit.
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", keys.len());
    let slow_body = Reply::Trickle(
        format!("{head}{keys}").into_bytes(),
        Duration::from_millis(20),
    );
    for (speech, reply) in [
        (Speech::Mute, Reply::Silence),
        (Speech::Tls, Reply::Silence),
        (Speech::Tls, trickle),
        (Speech::Tls, slow_body),
        // Below TLS, where one record takes as long as the bytes it is made of.
        (
            Speech::Dripping(Duration::from_millis(20)),
            Reply::json(&keys),
        ),
    ] {
        let server = Server::start_as(speech, 0, &identity, move |_| reply.clone());
        let source = within(1, &authority, &server);
        let began = Instant::now();
        let error = source.refresh().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::KeysUnavailable);
        assert!(error.message().contains("within 1 s"), "{error}");
        // No measure of speed: it must end at all.
        assert!(began.elapsed() < Duration::from_secs(30));
    }
    let server = Server::start(&identity, move |_| Reply::Raw(answer.clone().into_bytes()));
    over(&authority, &server).refresh().unwrap();
}

#[test]
fn a_server_that_goes_and_comes_back_is_asked_again() {
    let authority = Authority::new();
    let identity = authority.localhost();
    let (old, new) = (Issuer::new("old"), Issuer::new("new"));
    let keys = published(&[&old]);
    let server = Server::start(&identity, move |_| Reply::json(&keys));
    let source = over(&authority, &server);
    let verifier = verifier(&source);
    assert_eq!(
        verdict(&verifier, &old.token()),
        Err(ErrorKind::KeysUnavailable)
    );
    source.refresh().unwrap();
    let port = server.port;
    drop(server);
    let error = source.refresh().unwrap_err();
    assert!(error.message().contains("refused"), "{error}");
    assert_eq!(verdict(&verifier, &old.token()), Ok(()));
    assert_eq!(verdict(&verifier, &new.token()), Err(ErrorKind::KeyPending));

    let keys = published(&[&new]);
    let _server = Server::start_as(Speech::Tls, port, &identity, move |_| Reply::json(&keys));
    source.refresh().unwrap();
    assert_eq!(verdict(&verifier, &new.token()), Ok(()));
    assert_ne!(verdict(&verifier, &old.token()), Ok(()));
}

#[test]
fn an_issuers_metadata_leads_to_its_keys() {
    let authority = Authority::new();
    let identity = authority.localhost();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&identity, |_| Reply::Silence);
    let (name, jwks) = (server.url("/tenant"), server.url("/jwks"));
    let metadata = json!({"issuer": name, "jwks_uri": jwks}).to_string();
    for place in [
        "GET /tenant/.well-known/openid-configuration ",
        "GET /.well-known/oauth-authorization-server/tenant ",
    ] {
        let (keys, metadata) = (keys.clone(), metadata.clone());
        server.behave(move |head| {
            if head.starts_with(place) {
                Reply::json(&metadata)
            } else if head.starts_with("GET /jwks ") {
                Reply::json(&keys)
            } else {
                Reply::status(404)
            }
        });
        let source = source(json!({
            "issuer": name, "ca": authority.file(), "private": true, "refresh": false,
        }))
        .unwrap();
        source.refresh().unwrap();
        assert_eq!(
            verdict(&verifier(&source), &issuer.token()),
            Ok(()),
            "{place}"
        );
    }
}
