use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::home::{Home, NOW, Run, finish};

/// When the tokens of these tests are made.
fn now() -> i64 {
    NOW.parse().unwrap()
}

fn rotate(home: &Home, now: i64, flags: &[&str]) -> Run {
    let now = now.to_string();
    let arguments = ["keys", "rotate", "--now", &now, "keys.json"];
    home.run(&[&arguments[..], flags].concat())
}

/// The kids of a report's or a JWK Set's keys.
fn kids(keys: &Value) -> Vec<String> {
    let keys = keys.as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn published(home: &Home, now: i64) -> Vec<String> {
    let public = home.run(&["keys", "public", "--now", &now.to_string(), "keys.json"]);
    home.write("public.json", &public.out);
    kids(&public.json()["keys"])
}

fn minted(home: &Home, now: i64) -> String {
    let flags = ["mint", "--keys", "keys.json", "--options", "mint.json"];
    home.text(&[&flags[..], &["--now", &now.to_string()]].concat())
}

/// The kid that a token names.
fn signer(home: &Home, token: &str) -> String {
    let shown = home.run(&["inspect", token]).json();
    shown["header"]["kid"].as_str().unwrap().to_owned()
}

fn verified(home: &Home, token: &str, now: i64) -> Run {
    let flags = [
        "verify",
        "--keys",
        "public.json",
        "--options",
        "verify.json",
    ];
    home.run(&[&flags[..], &["--now", &now.to_string(), token]].concat())
}

/// The names in the directory of keys.json.
fn names(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path("")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_first_rotation_signs_at_once_and_keeps_the_old_key_published() {
    let home = Home::new();
    let before = home.mint("{}");
    let old = signer(&home, &before);
    let run = rotate(&home, now(), &[]);
    assert!(run.err.contains("signs at once"), "{}", run.err);
    let report = run.json();
    let new = report["added"]["kid"].as_str().unwrap();
    assert_eq!(
        report,
        json!({
            "added": {"kid": new, "algorithm": "ES256", "nbf": now(), "exp": null},
            "keys": [
                {"kid": old, "algorithm": "ES256", "nbf": null, "exp": now() + 90_000},
                {"kid": new, "algorithm": "ES256", "nbf": now(), "exp": null},
            ],
            "dropped": [],
        })
    );
    assert_eq!(published(&home, now()), [old.as_str(), new]);
    assert_eq!(signer(&home, &minted(&home, now())), new);
    verified(&home, &before, now()).text();
}

#[test]
fn file_and_commands_agree_at_each_moment_of_a_rotation() {
    let home = Home::new();
    let first = rotate(&home, now(), &[]).json();
    let [old, current] = &kids(&first["keys"])[..] else {
        panic!("{first}")
    };
    let later = now() + 1000;
    let second = rotate(&home, later, &["--announce", "500", "--overlap", "2000"]).json();
    let next = second["added"]["kid"].as_str().unwrap();
    assert_eq!(second["added"]["nbf"], later + 500);
    assert_eq!(second["keys"][1]["exp"], later + 2500);
    for (time, signs, public) in [
        (later, current.as_str(), &[old.as_str(), current, next][..]),
        (later + 499, current, &[old, current, next]),
        (later + 500, next, &[old, current, next]),
        (later + 2499, next, &[old, current, next]),
        (later + 2500, next, &[old, next]),
        (now() + 89_999, next, &[old, next]),
        (now() + 90_000, next, &[next]),
    ] {
        let token = minted(&home, time);
        assert_eq!(signer(&home, &token), signs, "{time}");
        assert_eq!(published(&home, time), public, "{time}");
        verified(&home, &token, time).text();
    }
    // A token of the key before lives on beside the next key, up to its key's end.
    published(&home, later + 500);
    let token = minted(&home, later + 499);
    verified(&home, &token, later + 1098).text();
    verified(&home, &token, later + 2500).refused(1, "unknown-key");
    // What has ended goes with the next rotation.
    let third = rotate(&home, now() + 100_000, &[]).json();
    assert_eq!(kids(&third["dropped"]), [old.clone(), current.clone()]);
    assert_eq!(kids(&third["keys"])[0], next);
}

#[test]
fn a_key_that_is_past_its_exp_or_not_begun_signs_nothing() {
    let home = Home::new();
    let mut keys: Value =
        serde_json::from_slice(&fs::read(home.path("keys.json")).unwrap()).unwrap();
    keys["keys"][0]["nbf"] = 2000.into();
    keys["keys"][0]["exp"] = 3000.into();
    home.write("keys.json", keys.to_string());
    let mint = |now| {
        let flags = ["mint", "--keys", "keys.json", "--options", "mint.json"];
        home.run(&[&flags[..], &["--now", now]].concat())
    };
    for time in ["1999", "3000"] {
        let message = mint(time).refused(2, "key");
        assert!(message.contains("(nbf 2000, exp 3000)"), "{message}");
    }
    mint("2000").text();
    let run = home.run(&["keys", "public", "--now", "3000", "keys.json"]);
    assert!(
        run.err.contains("left out: 1 key(s) past their exp"),
        "{}",
        run.err
    );
    assert_eq!(run.text(), r#"{"keys":[]}"#);
}

#[test]
fn rotating_too_early_changes_nothing_and_says_what_is_waiting() {
    let home = Home::new();
    rotate(&home, now(), &[]).text();
    let second = rotate(&home, now() + 1, &[]).json();
    let before = fs::metadata(home.path("keys.json")).unwrap();
    let content = fs::read(home.path("keys.json")).unwrap();
    let again = rotate(&home, now() + 2, &[]);
    let waiting = second["added"]["kid"].as_str().unwrap();
    let told = format!("no key was added: kid {waiting:?} is waiting, and signs from ");
    assert!(again.err.contains(&told), "{}", again.err);
    assert!(again.err.contains("(in 1 hour)"), "{}", again.err);
    let report = again.json();
    assert_eq!(report["added"], Value::Null);
    assert_eq!(report["keys"], second["keys"]);
    let after = fs::metadata(home.path("keys.json")).unwrap();
    assert_eq!(after.ino(), before.ino(), "not even replaced");
    assert_eq!(fs::read(home.path("keys.json")).unwrap(), content);
}

#[test]
fn a_key_is_followed_in_time_where_it_has_an_end_of_its_own() {
    let home = Home::new();
    let mut keys: Value =
        serde_json::from_slice(&fs::read(home.path("keys.json")).unwrap()).unwrap();
    keys["keys"][0]["exp"] = (now() + 60).into();
    home.write("keys.json", keys.to_string());
    let run = rotate(&home, now(), &[]);
    assert!(run.err.contains("announced for less long"), "{}", run.err);
    assert_eq!(run.json()["added"]["nbf"], now() + 60);
}

#[test]
fn the_next_key_is_as_the_flags_say() {
    let home = Home::new();
    home.write(
        "keys.json",
        home.text(&["keys", "generate", "--algorithm", "RS256"]),
    );
    let run = rotate(
        &home,
        now(),
        &["--algorithm", "PS256", "--bits", "3072", "--kid", "k"],
    );
    let report = run.json();
    assert_eq!(report["added"]["kid"], "k");
    assert_eq!(report["added"]["algorithm"], "PS256");
    assert_eq!(published(&home, now())[1], "k");
    let public = fs::read(home.path("public.json")).unwrap();
    let public: Value = serde_json::from_slice(&public).unwrap();
    assert_eq!(public["keys"][1]["n"].as_str().unwrap().len(), 512);
    let run = rotate(&home, now(), &["--kid", "k"]);
    assert!(run.refused(2, "options").contains("kid"));
}

#[test]
fn only_the_owner_can_read_a_file_that_was_rotated() {
    let home = Home::new();
    let path = home.path("keys.json");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let run = rotate(&home, now(), &[]);
    assert!(
        run.err.contains("others could read the file"),
        "{}",
        run.err
    );
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    // Only root may give a file away.
    let nobody = 65_534;
    let given = std::os::unix::fs::chown(&path, Some(nobody), Some(nobody)).is_ok();
    let run = rotate(&home, now() + 1, &[]);
    assert!(!run.err.contains("others could"), "{}", run.err);
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!(metadata.mode() & 0o7777, 0o600);
    if given {
        assert_eq!((metadata.uid(), metadata.gid()), (nobody, nobody));
    }
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_replaced() {
    let home = Home::new();
    fs::create_dir(home.path("safe")).unwrap();
    fs::rename(home.path("keys.json"), home.path("safe/real.json")).unwrap();
    symlink("safe/real.json", home.path("keys.json")).unwrap();
    rotate(&home, now(), &[]).text();
    assert!(
        fs::symlink_metadata(home.path("keys.json"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(published(&home, now()).len(), 2);
    let left: Vec<_> = fs::read_dir(home.path("safe")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_rotation_that_fails_leaves_the_file_and_nothing_else() {
    let home = Home::new();
    let before = (names(&home), fs::read(home.path("keys.json")).unwrap());
    let untouched = || {
        let after = (names(&home), fs::read(home.path("keys.json")).unwrap());
        assert!(after == before);
    };
    // No byte can be written to a file.
    let command = format!(
        "trap '' XFSZ; ulimit -f 0; exec '{}' keys rotate keys.json",
        env!("CARGO_BIN_EXE_jeton")
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &command]).current_dir(home.path(""));
    let message = finish(shell, b"").refused(3, "storage");
    assert!(message.contains("keys.json: "), "{message}");
    untouched();
    for flags in [
        &["--algorithm", "none"][..],
        &["--bits", "256"],
        &["--kid", ""],
    ] {
        rotate(&home, now(), flags).refused(2, "options");
        untouched();
    }
    for flags in [
        &["--overlap", "0"][..],
        &["--announce", "-1"],
        &["--announce", "soon"],
    ] {
        assert_eq!(rotate(&home, now(), flags).code, 2);
        untouched();
    }
}

#[test]
fn what_a_killed_run_has_left_is_cleared_away() {
    let home = Home::new();
    home.write(".keys.json.new", "half a key");
    rotate(&home, now(), &[]).text();
    assert!(!names(&home).contains(&".keys.json.new".into()));
    assert_eq!(published(&home, now()).len(), 2);
}

#[test]
fn what_is_no_file_of_private_keys_is_not_rotated() {
    let home = Home::new();
    let run = |file| home.run(&["keys", "rotate", file]);
    let message = run("nowhere.json").refused(2, "key");
    assert!(message.contains("nowhere.json"), "{message}");
    assert!(run(".").refused(2, "key").contains("not a file"));
    assert!(
        run("public.json")
            .refused(2, "key")
            .contains("no private key")
    );
    let pem = openssl::rsa::Rsa::generate(2048).unwrap();
    home.write("rsa.pem", pem.private_key_to_pem().unwrap());
    assert!(run("rsa.pem").refused(2, "key").contains("only a JWK"));
    for elsewhere in ["-", "https://issuer.example/jwks"] {
        assert!(run(elsewhere).refused(2, "misuse").contains("in place"));
    }
    home.write(
        "bad.json",
        r#"{"keys":[{"kty":"oct","alg":"HS256","kid":"a","k":"AA","exp":"x"}]}"#,
    );
    let message = run("bad.json").refused(2, "key");
    assert!(
        message.contains("keys[0] (kid \"a\"): \"exp\" must be"),
        "{message}"
    );
}

#[test]
fn rotations_at_once_lose_no_key_and_readers_find_whole_files() {
    let home = Home::new();
    let keys = home.text(&["keys", "generate", "--algorithm", "EdDSA"]);
    home.write("keys.json", &keys);
    let now = NOW.to_owned();
    let flags = [
        "keys",
        "rotate",
        "--announce",
        "0",
        "--now",
        &now,
        "keys.json",
    ];
    let mut children: Vec<_> = (0..8)
        .map(|_| {
            let mut command = home.command(&flags);
            command.stdout(Stdio::piped()).stderr(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    let mut reads = 0;
    while children
        .iter_mut()
        .any(|child| child.try_wait().unwrap().is_none())
    {
        let content = fs::read(home.path("keys.json")).unwrap();
        let found: Value = serde_json::from_slice(&content).expect("a whole file");
        assert!(!kids(&found["keys"]).is_empty());
        reads += 1;
    }
    assert!(reads > 0);
    let mut added: Vec<_> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            report["added"]["kid"].as_str().unwrap().to_owned()
        })
        .collect();
    let generated: Value = serde_json::from_str(&keys).unwrap();
    added.extend(kids(&generated["keys"]));
    let mut found = published(&home, NOW.parse().unwrap());
    added.sort();
    found.sort();
    assert_eq!(found, added);
}
