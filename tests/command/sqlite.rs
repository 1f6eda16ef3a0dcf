//! A store in a file: what one run of the command revokes, the next refuses.

use std::process::Command;

use serde_json::{Value, json};

use crate::home::{Home, NOW, finish};

const STORE: [&str; 2] = ["--revocations", "sqlite:revoked.db"];
const KEYS: [&str; 4] = ["--keys", "public.json", "--options", "verify.json"];

fn with<'a>(command: &[&'a str], more: &[&[&'a str]]) -> Vec<&'a str> {
    [command, &STORE, &["--now", NOW], &more.concat()].concat()
}

fn count(home: &Home) -> u64 {
    let status = home.run(&with(&["revocations", "status"], &[])).json();
    status["entries"].as_u64().unwrap()
}

#[test]
fn a_revocation_that_is_taken_back_refuses_no_more() {
    let home = Home::new();
    let token = home.mint("{\"project\": 42}");
    let named = [
        "--issuer",
        "https://issuer.example",
        "--claim",
        "project=42",
    ];
    let verify = with(&["verify"], &[&KEYS, &[&token]]);
    // An entry each for the number and for the text.
    assert_eq!(home.text(&with(&["revoke"], &[&named])).lines().count(), 2);
    home.run(&verify).refused(1, "revoked");
    for restored in [true, false] {
        let answer = home.run(&with(&["restore"], &[&named])).json();
        assert_eq!(answer, json!({"restored": restored}));
        home.run(&verify).json();
    }
    for half in [&named[..2], &named[2..]] {
        assert_eq!(home.run(&with(&["restore"], &[half])).code, 2);
    }
}

#[test]
fn what_is_revoked_is_refused_by_the_next_run_until_it_is_taken_back_by_its_end() {
    let home = Home::new();
    let (token, other) = (home.mint("{}"), home.mint("{}"));
    let entry = home.run(&with(&["revoke"], &[&KEYS, &["--token", &token]]));
    assert_eq!(entry.err, "", "nothing to warn of");
    assert_eq!(entry.json()["until"], 1_800_000_600);
    home.run(&with(&["verify"], &[&KEYS, &[&token]]))
        .refused(1, "revoked");
    home.run(&with(&["verify"], &[&KEYS, &[&other]])).json();
    let late = [
        "verify",
        STORE[0],
        STORE[1],
        "--now",
        "1800000600",
        KEYS[0],
        KEYS[1],
        KEYS[2],
        KEYS[3],
        &token,
    ];
    home.run(&late).refused(1, "expired");
}

#[test]
fn a_switch_and_an_export_go_into_the_file_and_come_out_of_it() {
    let home = Home::new();
    home.text(&with(
        &["revoke"],
        &[&["--issuer", "https://issuer.example", "--sub", "ada"]],
    ));
    home.text(&[
        "revocations",
        "switch",
        STORE[0],
        STORE[1],
        "--scope",
        "p1",
        "strict",
        "on",
    ]);
    let export = home.text(&with(&["revocations", "export"], &[]));
    home.write("export.json", &export);
    let import = [
        "revocations",
        "import",
        "--revocations",
        "sqlite:second.db",
        "--now",
        NOW,
        "export.json",
    ];
    assert_eq!(home.run(&import).json(), json!({"imported": 1}));
    let again = [
        "revocations",
        "export",
        "--revocations",
        "sqlite:second.db",
        "--now",
        NOW,
    ];
    assert_eq!(home.text(&again), export);
    let list = home.run(&with(&["revocations", "list"], &[])).json();
    assert_eq!(
        list["switches"],
        json!([{"scope": "p1", "name": "strict", "on": true}])
    );
    let late = [
        "revocations",
        "compact",
        STORE[0],
        STORE[1],
        "--now",
        "1800086400",
    ];
    assert_eq!(home.run(&late).json(), json!({"dropped": 1}));
    assert_eq!(count(&home), 0);
}

#[test]
fn a_store_that_cannot_be_read_ends_the_run_with_3_and_not_with_a_verdict() {
    let home = Home::new();
    let token = home.mint("{}");
    home.write(
        "revoked.db",
        "this is no database, and it is long enough to tell".repeat(20),
    );
    let message = home
        .run(&with(&["verify"], &[&KEYS, &[&token]]))
        .refused(3, "revocations-unavailable");
    assert!(message.contains("isn't an SQLite database"), "{message}");
    let path = [
        "verify",
        "--revocations",
        "sqlite:",
        KEYS[0],
        KEYS[1],
        KEYS[2],
        KEYS[3],
        &token,
    ];
    home.run(&path).refused(2, "options");
}

#[test]
fn a_full_disk_refuses_the_write_and_loses_nothing_that_was_written() {
    let home = Home::new();
    home.text(&with(
        &["revoke"],
        &[&["--issuer", "https://issuer.example", "--jti", "kept"]],
    ));
    let entries: Vec<Value> = (0..3000)
        .map(|id| {
            json!({"realm": "https://issuer.example", "claim": "jti", "value": id.to_string(),
                   "before": null, "until": null, "at": 1})
        })
        .collect();
    let import =
        json!({"format": "jeton-revocations", "version": 1, "entries": entries, "switches": []});
    home.write("import.json", import.to_string());
    let arguments = with(&["revocations", "import"], &[&["import.json"]]);

    // No file may grow beyond 200 kB: a write past that fails, as on a full disk.
    let mut limited = Command::new("bash");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_jeton"))
        .args(&arguments)
        .current_dir(home.path("."));
    finish(limited, b"").refused(3, "storage");
    assert_eq!(count(&home), 1);

    assert_eq!(home.run(&arguments).json(), json!({"imported": 3000}));
    assert_eq!(count(&home), 3001);
}

#[test]
fn what_the_store_has_revoked_comes_out_as_a_signed_list() {
    let home = Home::new();
    home.text(&with(
        &["revoke"],
        &[&[
            "--issuer",
            "https://issuer.example",
            "--claim",
            "/status/status_list/idx=1",
        ]],
    ));
    let list = |more: &[&str]| {
        let base = [
            "--uri",
            "https://issuer.example/1",
            "--size",
            "8",
            "--ttl",
            "300",
        ];
        let keys = ["--keys", "keys.json"];
        home.run(&with(
            &["revocations", "status-list"],
            &[&base, &keys, more],
        ))
    };
    let options = [
        "--options",
        r#"{"issuer":"https://issuer.example","lifetime":60}"#,
    ];
    let token = list(&options).text();
    let told = home.run(&["inspect", token.trim()]).json();
    assert_eq!(told["header"]["typ"], "statuslist+jwt");
    assert_eq!(told["claims"]["sub"], "https://issuer.example/1");
    assert_eq!(told["claims"]["ttl"], 300);
    // The bits 01000000, packed.
    assert_eq!(
        told["claims"]["status_list"],
        json!({"bits": 1, "lst": "eNpjAgAAAwAD"})
    );
    // The same by the token's own place.
    let token = home.mint(r#"{"status": {"status_list": {"idx": 2}}}"#);
    let by = ["--token", &token, "--by", "/status/status_list/idx"];
    let entry = home.run(&with(&["revoke"], &[&KEYS, &by])).json();
    assert_eq!(entry["value"], 2);
    home.run(&with(&["verify"], &[&KEYS, &[&token]]))
        .refused(1, "revoked");
    // Nobody's realm, another type, a place that isn't there.
    let nobody = list(&["--options", r#"{"lifetime":60}"#]);
    assert_eq!(nobody.code, 2);
    assert!(nobody.err.contains("--realm"), "{}", nobody.err);
    let named = list(&[
        "--options",
        r#"{"lifetime":60}"#,
        "--realm",
        "https://issuer.example",
    ]);
    assert_eq!(named.code, 0, "{}", named.err);
    let typed = r#"{"issuer":"https://issuer.example","lifetime":60,"type":"JWT"}"#;
    list(&["--options", typed]).refused(2, "misconfigured");
    home.text(&with(
        &["revoke"],
        &[&[
            "--issuer",
            "https://issuer.example",
            "--claim",
            "/status/status_list/idx=8",
        ]],
    ));
    list(&options).refused(2, "misconfigured");
}
