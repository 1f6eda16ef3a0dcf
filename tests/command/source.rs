//! Keys from a URL, of a real TLS server.

use serde_json::{Value, json};

use crate::home::{Home, NOW};

#[path = "../https/server.rs"]
#[allow(dead_code)]
mod server;

use server::{Authority, Reply, Server};

/// A server of the home's public keys, and what the command needs to trust it.
fn serve(home: &Home, authority: &Authority) -> (Server, String) {
    let keys = std::fs::read_to_string(home.path("public.json")).unwrap();
    let server = Server::start(&authority.localhost(), move |_| Reply::json(&keys));
    let trust = json!({"ca": authority.file(), "private": true});
    (server, trust.to_string())
}

#[test]
fn keys_of_a_url_verify_as_those_of_a_file_do() {
    let (home, authority) = (Home::new(), Authority::new());
    let (server, trust) = serve(&home, &authority);
    let (token, url) = (home.mint(r#"{"sub": "ada"}"#), server.url("/jwks"));
    let flags = [
        "verify",
        "--keys",
        &url,
        "--source",
        &trust,
        "--options",
        "verify.json",
        "--now",
        NOW,
    ];
    assert_eq!(
        home.run(&[&flags[..], &[&token]].concat()).json()["sub"],
        "ada"
    );
    let lines = home.feed(
        &[&flags[..], &["--lines"]].concat(),
        format!("{token}\n{token}\n"),
    );
    assert_eq!(lines.text().matches("\"status\":\"ok\"").count(), 2);
    let set = home.text(&["keys", "public", "--source", &trust, &url]);
    assert_eq!(
        set,
        std::fs::read_to_string(home.path("public.json")).unwrap()
    );

    // A kid that isn't there: asked for once more, and then unknown.
    let other = Home::new();
    let stranger = other.mint("{}");
    home.run(&[&flags[..], &[&stranger]].concat())
        .refused(1, "unknown-key");
    let hits = server.hits();
    let lines = home.feed(
        &[&flags[..], &["--lines"]].concat(),
        format!("{stranger}\n"),
    );
    assert_eq!(lines.code, 1);
    assert!(
        String::from_utf8(lines.out)
            .unwrap()
            .contains("\"unknown-key\"")
    );
    assert!(server.hits() >= hits + 2);
}

#[test]
fn the_status_of_a_source_shows_its_keys_and_when_they_are_fetched_again() {
    let (home, authority) = (Home::new(), Authority::new());
    let (server, trust) = serve(&home, &authority);
    let url = server.url("/jwks");
    let status = home
        .run(&["source", "status", &url, "--source", &trust])
        .json();
    assert_eq!(status["url"], url.as_str());
    assert_eq!(status["keys"][0]["algorithm"], "ES256");
    assert_eq!(
        (&status["fetches"], &status["last_error"]),
        (&json!(1), &Value::Null)
    );
    assert!((1..=240).contains(&status["next"].as_i64().unwrap()));
}

#[test]
fn keys_that_cannot_be_had_end_the_run_with_3() {
    let (home, authority) = (Home::new(), Authority::new());
    let (server, trust) = serve(&home, &authority);
    let (token, url) = (home.mint("{}"), server.url("/jwks"));
    // Not trusted.
    let private = r#"{"private": true}"#;
    let verify = ["verify", "--options", "verify.json", "--keys", &url, &token];
    let message = home
        .run(&[&verify[..], &["--source", private]].concat())
        .refused(3, "keys-unavailable");
    assert!(message.contains("isn't trusted"), "{message}");
    let message = home.run(&verify).refused(3, "keys-unavailable");
    assert!(message.contains("isn't public"), "{message}");
    server.behave(|_| Reply::status(500));
    for run in [
        home.run(&["source", "status", &url, "--source", &trust]),
        home.run(&[&verify[..], &["--source", &trust]].concat()),
    ] {
        assert!(run.refused(3, "keys-unavailable").contains("status 500"));
    }
}

#[test]
fn flags_about_a_url_say_what_is_wrong_with_them() {
    let home = Home::new();
    let status = |url: &str, source: &str| home.run(&["source", "status", url, "--source", source]);
    for (url, source, part) in [
        ("http://issuer.example/", "{}", "must begin with https://"),
        (
            "https://issuer.example/",
            r#"{"url": "https://a"}"#,
            "said by another flag",
        ),
        (
            "https://issuer.example/",
            r#"{"refresh": true}"#,
            "said by another flag",
        ),
        ("https://issuer.example/", r#"{"privat": true}"#, "private"),
        ("https://issuer.example/", "{\"private\"", "--source"),
        (
            "https://issuer.example/",
            r#"{"ca": "missing.pem"}"#,
            "missing.pem",
        ),
    ] {
        let message = status(url, source).refused(2, "options");
        assert!(message.contains(part), "{part}: {message}");
    }
}
