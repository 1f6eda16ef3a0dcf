//! Who may speak to the server, and which server is spoken to.

use jeton::{ErrorKind, Result, Revocations};
use serde_json::json;

use crate::authority::{Authority, Identity};
use crate::server::{Server, free_port};
use crate::store::{events, is_revoked, jti, open, opened, revoke, soon, soon_tells, status};

/// What docs/revocations.md says that a writer and a reader need.
fn rights(of: &str) -> Vec<String> {
    let page = include_str!("../../docs/revocations.md");
    let mark = format!("ACL SETUSER {of} ");
    let line = page
        .lines()
        .find_map(|line| line.trim().strip_prefix(&mark));
    let words = line.unwrap_or_else(|| panic!("the page has no {mark}"));
    words
        .split(' ')
        .map(|word| word.replace("SECRET", "sesame"))
        .collect()
}

fn add_user(server: &Server, name: &str, rights: &[String]) {
    let mut words = vec!["ACL", "SETUSER", name];
    words.extend(rights.iter().map(String::as_str));
    server.ask::<()>(&words);
}

/// A store as `user`, whose secret is in a file.
fn as_user(server: &Server, user: &str, secret: &str) -> Result<Revocations> {
    let file = server.file("secret");
    std::fs::write(&file, format!("{secret}\n")).unwrap();
    let options = json!({"stale": null, "user": user, "timeout": 5, "secret": {"file": file}});
    opened(&server.location(), &options.to_string())
}

#[track_caller]
fn assert_unavailable<T>(outcome: Result<T>, words: &str) {
    let error = outcome.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable, "{error}");
    assert!(error.message().contains(words), "{error}");
    assert!(!error.message().contains("sesame"), "{error}");
}

#[test]
fn a_server_with_a_password_lets_in_who_knows_it() {
    let server = Server::new();
    server.ask::<()>(&["CONFIG", "SET", "requirepass", "sesame"]);
    let without = opened(&server.location(), r#"{"stale": null}"#);
    assert_unavailable(without, "say the options user and secret");
    let file = server.file("secret");
    let options = json!({"stale": null, "secret": {"file": file}}).to_string();
    assert_unavailable(opened(&server.location(), &options), "the secret's file");
    std::fs::write(&file, "open sesame").unwrap();
    let wrong = opened(&server.location(), &options);
    assert_unavailable(wrong, "refuses the user or the secret (WRONGPASS)");
    std::fs::write(&file, "sesame\n").unwrap();
    let store = opened(&server.location(), &options).unwrap();
    revoke(&store, "1");
    assert!(is_revoked(&store, "1"));
}

#[test]
fn a_secret_that_is_changed_in_its_file_is_used_for_the_next_connection() {
    let mut server = Server::durable();
    add_user(&server, "jeton", &rights("jeton"));
    let store = as_user(&server, "jeton", "sesame").unwrap();
    revoke(&store, "1");
    server.kill();
    server.start();
    let mut changed = rights("jeton");
    changed.push(">second".into());
    std::fs::write(server.file("secret"), "second").unwrap();
    soon_tells(&store, "connection-lost");
    add_user(&server, "jeton", &changed);
    soon("it is let in again", || store.refresh().is_ok());
    soon_tells(&store, "recovered");
}

#[test]
fn the_rights_on_the_page_are_enough_to_write_and_to_read() {
    let server = Server::new();
    add_user(&server, "jeton", &rights("jeton"));
    add_user(&server, "reader", &rights("reader"));
    let reader = as_user(&server, "reader", "sesame").unwrap();
    let writer = as_user(&server, "jeton", "sesame").unwrap();
    for id in 0..3000 {
        revoke(&writer, &id.to_string());
    }
    writer.compact(1).unwrap();
    assert_eq!(status(&writer)["rows"], 3000);
    assert_eq!(status(&writer)["durable"], false, "it may ask");
    assert!(writer.remember("a", 60, 5).unwrap());
    assert!(!writer.remember("a", 60, 5).unwrap());
    soon("the reader has them", || is_revoked(&reader, "2999"));
    let late = as_user(&server, "reader", "sesame").unwrap();
    assert!(is_revoked(&late, "0"));
    assert_eq!(events(&late), [] as [&str; 0]);
    let error = late.revoke(&jti("x"), 5).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.message().contains("NOPERM"), "{error}");
    assert!(error.message().contains("docs/revocations.md"), "{error}");
    assert!(is_revoked(&late, "x") && !is_revoked(&reader, "x"));
    // Another prefix is another tenant's.
    let options = json!({"stale": null, "user": "jeton", "prefix": "other",
                         "secret": {"file": server.file("secret")}});
    let other = opened(&server.location(), &options.to_string());
    assert_unavailable(other, "docs/revocations.md");
}

#[test]
fn a_user_without_a_right_is_told_which() {
    let server = Server::new();
    revoke(&open(&server.location()), "1");
    for (missing, command) in [("-xrange", "xrange"), ("-role", "role")] {
        let mut rights = rights("jeton");
        rights.push(missing.into());
        add_user(&server, "short", &rights);
        assert_unavailable(as_user(&server, "short", "sesame"), command);
        server.ask::<i64>(&["ACL", "DELUSER", "short"]);
    }
    let mut rights = rights("jeton");
    rights.push("-xread".into());
    add_user(&server, "deaf", &rights);
    let store = as_user(&server, "deaf", "sesame").unwrap();
    soon_tells(&store, "connection-lost");
    let error = status(&store)["last_error"].to_string();
    assert!(error.contains("xread"), "{error}");
}

/// A server with TLS, which Debian's has and not every build of Valkey's; and
/// the port to speak TLS at.
fn secure(identity: &Identity) -> (Server, u16) {
    let folder = tempfile::TempDir::new().unwrap().keep();
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, identity.certificate.to_pem().unwrap()).unwrap();
    std::fs::write(&key, identity.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let port = free_port();
    let server = Server::of(
        "redis-server",
        free_port(),
        &[
            "--tls-port",
            &port.to_string(),
            "--tls-cert-file",
            certificate.to_str().unwrap(),
            "--tls-key-file",
            key.to_str().unwrap(),
            "--tls-ca-cert-file",
            certificate.to_str().unwrap(),
            "--tls-auth-clients",
            "no",
        ],
    );
    std::fs::remove_dir_all(folder).unwrap();
    (server, port)
}

#[test]
fn over_tls_only_a_server_of_the_trusted_authority_and_name_is_believed() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (_server, port) = secure(&authority.localhost());
    let at = |host: &str, ca: &Authority| {
        let options = json!({"stale": null, "ca": ca.file()}).to_string();
        opened(&format!("rediss://{host}:{port}"), &options)
    };
    let store = at("localhost", &authority).unwrap();
    let second = at("localhost", &authority).unwrap();
    revoke(&store, "1");
    soon("the follower hears it over TLS", || {
        is_revoked(&second, "1")
    });
    assert_unavailable(at("localhost", &other), "isn't trusted");
    assert_unavailable(at("127.0.0.1", &authority), "isn't trusted");
    let platform = opened(&format!("rediss://localhost:{port}"), r#"{"stale": null}"#);
    assert_unavailable(platform, "isn't trusted");
    let plain = opened(
        &format!("redis://localhost:{port}"),
        r#"{"stale": null, "timeout": 1}"#,
    );
    assert_eq!(
        plain.err().unwrap().kind(),
        ErrorKind::RevocationsUnavailable
    );
}

#[test]
fn tls_with_a_server_that_has_none_fails_and_says_nothing_in_clear() {
    let server = Server::new();
    let options = r#"{"stale": null, "timeout": 1}"#;
    let secure = opened(&server.location().replace("redis:", "rediss:"), options);
    assert_unavailable(secure, "127.0.0.1");
    let ca = Authority::new().file();
    let options = json!({"stale": null, "ca": ca}).to_string();
    let error = opened(&server.location(), &options).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Options);
}
