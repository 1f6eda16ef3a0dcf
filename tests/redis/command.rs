//! The command, on a store that lies on a server.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::server::Server;
use crate::store::{REALM, export, is_revoked, open, revoke, soon_tells, status};

fn run(server: &Server, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jeton"))
        .args(arguments)
        .args(["--revocations", &server.location()])
        .current_dir(server.file("."))
        .output()
        .unwrap()
}

#[track_caller]
fn done(server: &Server, arguments: &[&str]) -> Value {
    let output = run(server, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The status and the message of a run that ends with `code`.
#[track_caller]
fn refused(server: &Server, arguments: &[&str], code: i32) -> (String, String) {
    let output = run(server, arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    let text = |name: &str| said[name].as_str().unwrap().to_owned();
    (text("status"), text("message"))
}

#[test]
fn what_is_revoked_is_refused_by_others_and_listed_switched_compacted_and_taken_along() {
    let server = Server::new();
    let store = open(&server.location());
    done(&server, &["revoke", "--issuer", REALM, "--jti", "1"]);
    done(
        &server,
        &[
            "revoke",
            "--issuer",
            REALM,
            "--jti",
            "2",
            "--lifetime",
            "60",
        ],
    );
    let switch = ["revocations", "switch", "--scope", "p1", "strict", "on"];
    done(&server, &switch);
    store.refresh().unwrap();
    assert!(is_revoked(&store, "1") && is_revoked(&store, "2"));
    assert!(store.is_on("p1", "strict").unwrap());
    let list = done(&server, &["revocations", "list"]);
    assert_eq!(list["entries"].as_array().unwrap().len(), 2);
    let late = ["revocations", "compact", "--now", "4000000000"];
    assert_eq!(done(&server, &late), json!({"dropped": 2}));
    let told = done(&server, &["revocations", "status"]);
    assert_eq!(told["entries"], 0);
    assert_eq!(told["location"], server.location());
    std::fs::write(server.file("import.json"), export(&["3"])).unwrap();
    let import = done(&server, &["revocations", "import", "import.json"]);
    assert_eq!(import, json!({"imported": 1}));
}

#[test]
fn options_are_given_with_the_location_and_a_secret_never_is() {
    let server = Server::new();
    server.ask::<()>(&["CONFIG", "SET", "requirepass", "sesame"]);
    std::fs::write(server.file("secret"), "sesame").unwrap();
    let told = ["revocations", "status"];
    let (status, message) = refused(&server, &told, 3);
    assert_eq!(status, "revocations-unavailable");
    assert!(
        message.contains("say the options user and secret"),
        "{message}"
    );
    let options = r#"{"secret": {"file": "secret"}, "prefix": "tenant"}"#;
    let with = [&told[..], &["--revocations-options", options]].concat();
    assert_eq!(done(&server, &with)["entries"], 0);
    std::fs::write(server.file("options.json"), options).unwrap();
    let with = [&told[..], &["--revocations-options", "options.json"]].concat();
    assert_eq!(done(&server, &with)["entries"], 0);
    let wrong = [
        &told[..],
        &["--revocations-options", r#"{"secret": "sesame"}"#],
    ]
    .concat();
    let (status, message) = refused(&server, &wrong, 2);
    assert_eq!(status, "options");
    assert!(!message.contains("sesame"), "{message}");
}

#[test]
fn a_server_that_is_away_or_has_lost_something_ends_a_run_with_3() {
    let mut server = Server::new();
    let store = open(&server.location());
    revoke(&store, "1");
    server.ask::<()>(&["FLUSHALL"]);
    soon_tells(&store, "lost");
    for run in [
        &["revocations", "status"][..],
        &["revocations", "list"],
        &["revocations", "export"],
    ] {
        assert_eq!(refused(&server, run, 3).0, "revocations-stale", "{run:?}");
    }
    let revoke = ["revoke", "--issuer", REALM, "--jti", "2"];
    let (status_name, message) = refused(&server, &revoke, 3);
    assert_eq!(status_name, "storage");
    assert!(
        message.contains("import an export of them first"),
        "{message}"
    );
    std::fs::write(server.file("import.json"), export(&["1"])).unwrap();
    done(&server, &["revocations", "import", "import.json"]);
    assert_eq!(done(&server, &["revocations", "status"])["lost"], false);
    assert_eq!(status(&open(&server.location()))["entries"], 1);
    server.kill();
    let away = refused(&server, &["revocations", "status"], 3);
    assert_eq!(away.0, "revocations-unavailable");
}
