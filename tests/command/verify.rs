use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use serde_json::{Value, json};

use crate::home::{Home, MINT, NOW, VERIFY, finish};

const PUBLIC: [&str; 7] = [
    "verify",
    "--keys",
    "public.json",
    "--options",
    "verify.json",
    "--now",
    NOW,
];

fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

#[test]
fn a_good_token_prints_its_claims_and_nothing_else() {
    let home = Home::new();
    let token = home.mint(r#"{"sub":"ada", "n":  [1.50]}"#);
    let run = home.run(&with(&PUBLIC, &[&token]));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let text = run.text();
    assert!(text.contains("\"n\":[1.50]"), "as signed: {text}");
    let claims: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(claims["sub"], "ada");
    assert_eq!(claims["exp"], 1_800_000_600);
}

#[test]
fn a_token_from_standard_input_may_end_in_one_newline() {
    let home = Home::new();
    let token = home.mint("{}");
    let read = with(&PUBLIC, &["-"]);
    assert_eq!(home.feed(&read, &token).code, 0);
    assert_eq!(home.feed(&read, format!("{token}\n")).code, 0);
    for spoilt in [
        format!("{token}\n\n"),
        format!("{token}\r\n"),
        format!(" {token}"),
        String::new(),
        "\n".into(),
    ] {
        home.feed(&read, spoilt).refused(1, "malformed");
    }
    let argument = format!("{token}\n");
    home.run(&with(&PUBLIC, &[&argument]))
        .refused(1, "malformed");
}

#[test]
fn a_refused_token_is_one_object_on_standard_error() {
    let home = Home::new();
    let token = home.mint(r#"{"sub":"ada"}"#);
    let verify = |options: &str, now: &str| {
        let flags = [
            "verify",
            "--keys",
            "public.json",
            "--options",
            options,
            "--now",
            now,
        ];
        home.run(&with(&flags, &[&token]))
    };
    assert_eq!(
        verify("verify.json", "1800000600").failure(1),
        json!({"status": "expired", "message": "JWT is expired", "claim": "exp"})
    );
    for (options, status, claim) in [
        (r#"{"issuer":"x","audience":"api"}"#, "issuer", "iss"),
        (r#"{"issuer":null,"audience":"x"}"#, "audience", "aud"),
        (
            r#"{"issuer":null,"audience":null,"require":["sid"]}"#,
            "missing",
            "sid",
        ),
        (
            r#"{"issuer":null,"audience":null,"claims":{"sub":"x"}}"#,
            "claim",
            "sub",
        ),
    ] {
        let failure = verify(options, NOW).failure(1);
        assert_eq!(failure["status"], status);
        assert_eq!(failure["claim"], claim);
    }
    for (options, status) in [
        (
            r#"{"issuer":null,"audience":null,"algorithms":["RS256"]}"#,
            "algorithm",
        ),
        (r#"{"issuer":null,"audience":null,"type":"at+jwt"}"#, "type"),
        (
            r#"{"issuer":null,"audience":null,"limits":{"bytes":50}}"#,
            "too-large",
        ),
    ] {
        let failure = verify(options, NOW).failure(1);
        assert_eq!(failure["status"], status);
        assert!(failure.get("claim").is_none() || status == "type");
    }
}

#[test]
fn a_refusal_carries_the_claims_that_the_options_report() {
    let home = Home::new();
    let token = home.mint(r#"{"sub":"ada"}"#);
    let options = r#"{"issuer":null,"audience":null,"report":["sub","exp","sid"]}"#;
    let verify = ["verify", "--keys", "public.json", "--options", options];
    let failure = home
        .run(&with(&verify, &["--now", "1900000000", &token]))
        .failure(1);
    assert_eq!(
        failure["claims"],
        json!({"sub": "ada", "exp": 1_800_000_600})
    );
    let plain = home
        .run(&with(&PUBLIC[..5], &["--now", "1900000000", &token]))
        .failure(1);
    assert!(plain.get("claims").is_none());
}

#[test]
fn bytes_that_are_no_token_are_malformed_whatever_they_are() {
    let home = Home::new();
    for bytes in [&b"\xff\xfe"[..], b"a.b", b"...", b"\x1b[2J"] {
        let mut arguments: Vec<OsString> = PUBLIC.map(OsString::from).to_vec();
        arguments.push(OsString::from_vec(bytes.to_vec()));
        assert_eq!(home.run(&arguments).failure(1)["status"], "malformed");
        home.feed(&with(&PUBLIC, &["-"]), bytes)
            .refused(1, "malformed");
    }
    let read = with(&PUBLIC, &["-"]);
    home.feed(&read, vec![b'.'; 4 << 20])
        .refused(1, "too-large");
}

#[test]
fn options_that_are_missing_misspelt_or_unreadable_are_no_verdict() {
    let home = Home::new();
    let token = home.mint("{}");
    let verify = |options: &[&str]| {
        let flags = with(&["verify", "--keys", "public.json"], options);
        home.run(&with(&flags, &[&token]))
    };
    let message = verify(&[]).refused(2, "options");
    assert!(
        message.contains("issuer") && message.contains("null"),
        "{message}"
    );
    let message =
        verify(&["--options", r#"{"issuer":null,"audiance":"api"}"#]).refused(2, "options");
    assert!(message.contains("did you mean \"audience\"?"), "{message}");
    let message = verify(&["--options", "nowhere.json"]).refused(2, "options");
    assert!(message.contains("nowhere.json"), "{message}");
    let message = verify(&["--options", r#"{"system":{}}"#]).refused(2, "options");
    assert!(message.contains("stack-auth, pylon"), "{message}");
    home.write("long.json", vec![b' '; (1 << 20) + 1]);
    assert!(
        verify(&["--options", "long.json"])
            .refused(2, "options")
            .contains("1 MiB")
    );
    home.run(&["verify", "--options", VERIFY, &token])
        .refused(2, "misuse");
    let url = [
        "verify",
        "--options",
        VERIFY,
        "--keys",
        "http://issuer.example/jwks",
        &token,
    ];
    assert!(home.run(&url).refused(2, "options").contains("https://"));
}

#[test]
fn standard_input_is_for_one_thing_at_a_time() {
    let home = Home::new();
    let keys = home.text(&["keys", "public", "keys.json"]);
    let token = home.mint("{}");
    let flags = [
        "verify",
        "--keys",
        "-",
        "--options",
        "verify.json",
        "--now",
        NOW,
    ];
    assert_eq!(home.feed(&with(&flags, &[&token]), &keys).code, 0);
    for second in ["-", "--lines"] {
        let message = home
            .feed(&with(&flags, &[second]), &keys)
            .refused(2, "misuse");
        assert!(message.contains("standard input"), "{message}");
    }
}

#[test]
fn a_flag_in_a_tokens_place_is_never_a_good_token() {
    let home = Home::new();
    for flag in ["--help", "-h", "--lines", "--version", "-V", "-", "--", ""] {
        let run = home.run(&with(&PUBLIC, &[flag]));
        assert_ne!(run.code, 0, "{flag:?}");
    }
    let token = home.mint("{}");
    assert_eq!(home.run(&with(&PUBLIC, &["--", &token])).code, 0);
    home.run(&with(&PUBLIC, &["--", "--help"]))
        .refused(1, "malformed");
}

#[test]
fn a_token_is_never_printed_by_a_failure() {
    let home = Home::new();
    let token = home.mint(r#"{"sub":"ada"}"#);
    let elsewhere = format!("--now={token}");
    for arguments in [
        with(&PUBLIC[..5], &["--now", "1900000000", &token]),
        with(&PUBLIC, &[&token, &token]),
        with(&PUBLIC, &[&elsewhere]),
        vec!["verify", "--keys", &token, "--options", VERIFY, &token],
        vec![
            "verify",
            "--keys",
            "public.json",
            "--options",
            &token,
            &token,
        ],
        vec!["keys", "generate", &token],
        vec![
            "mint",
            "--keys",
            "keys.json",
            "--options",
            MINT,
            "--claims",
            &token,
        ],
        vec!["inspect", &token, "--now", &token],
        vec![&token],
    ] {
        let run = home.run(&arguments);
        assert_ne!(run.code, 0);
        assert!(run.out.is_empty());
        assert!(!run.err.contains(&token[20..60]), "{}", run.err);
    }
    let read = with(&PUBLIC, &["-"]);
    let run = home.feed(&read, format!("{token}x"));
    assert!(!run.err.contains(&token[20..60]), "{}", run.err);
}

#[test]
fn a_secret_comes_from_the_environment_or_a_file() {
    let home = Home::new();
    let secret = "correct horse battery staple correct";
    let flags = |command: &'static str, options: &'static str| {
        [
            command,
            "--secret-env",
            "SECRET",
            "--algorithm",
            "HS256",
            "--options",
            options,
            "--now",
            NOW,
        ]
    };
    let mut mint = home.command(&flags("mint", MINT));
    mint.env("SECRET", secret);
    let token = finish(mint, b"").text();
    let mut verify = home.command(&with(&flags("verify", VERIFY), &[&token]));
    verify.env("SECRET", secret);
    assert_eq!(finish(verify, b"").code, 0);

    home.write("plain", secret);
    home.write("newline", format!("{secret}\n"));
    home.write("newlines", format!("{secret}\n\n"));
    let from_file = |file| {
        let flags = ["verify", "--secret-file", file, "--algorithm", "HS256"];
        home.run(&with(&flags, &["--options", VERIFY, "--now", NOW, &token]))
    };
    assert_eq!(from_file("plain").code, 0);
    assert_eq!(from_file("newline").code, 0);
    from_file("newlines").refused(1, "signature");

    let message = home.run(&flags("mint", MINT)).refused(2, "key");
    assert!(message.contains("SECRET"), "{message}");
    let mut empty = home.command(&flags("mint", MINT));
    empty.env("SECRET", "");
    finish(empty, b"").refused(2, "weak-key");
    let mut short = home.command(&flags("mint", MINT));
    short.env("SECRET", "hunter2");
    let run = finish(short, b"");
    assert!(!run.err.contains("hunter2"));
    run.refused(2, "weak-key");
    let nameless = [
        "verify",
        "--secret-file",
        "plain",
        "--options",
        VERIFY,
        &token,
    ];
    assert!(home.run(&nameless).refused(2, "options").contains("HS256"));
    let public = [
        "verify",
        "--secret-file",
        "public.json",
        "--algorithm",
        "HS256",
    ];
    home.run(&with(&public, &["--options", VERIFY, &token]))
        .refused(2, "key");
    let both = [
        "verify",
        "--secret-file",
        "plain",
        "--keys",
        "public.json",
        "--options",
        VERIFY,
    ];
    assert_eq!(home.run(&with(&both, &[&token])).code, 2);
}

#[test]
fn several_key_sets_are_numbered_in_their_order() {
    let home = Home::new();
    let token = home.mint("{}");
    home.write(
        "other.json",
        home.text(&["keys", "generate", "--algorithm", "ES256"]),
    );
    let trust = r#"{"trust":[{"issuer":"https://other.example","audience":"api","keys":0},
                             {"issuer":"https://issuer.example","audience":"api","keys":1}]}"#;
    let verify = |sets: [&str; 2]| {
        let [first, second] = sets;
        home.run(&[
            "verify",
            "--keys",
            first,
            "--keys",
            second,
            "--options",
            trust,
            "--now",
            NOW,
            &token,
        ])
    };
    assert_eq!(verify(["other.json", "public.json"]).code, 0);
    verify(["public.json", "other.json"]).refused(1, "unknown-key");
    let one = [
        "verify",
        "--keys",
        "public.json",
        "--options",
        trust,
        "--now",
        NOW,
        &token,
    ];
    home.run(&one).refused(2, "misconfigured");
    let mint = [
        "mint",
        "--keys",
        "keys.json",
        "--keys",
        "keys.json",
        "--options",
        MINT,
    ];
    home.run(&mint).refused(2, "misuse");
}

#[test]
fn a_key_that_is_not_in_use_is_named_where_one_is_missing() {
    let home = Home::new();
    let pem = openssl::rsa::Rsa::generate(2048).unwrap();
    home.write("rsa.pem", pem.private_key_to_pem().unwrap());
    let bare = home.text(&["keys", "public", "--algorithm", "RS256", "rsa.pem"]);
    let es = home.text(&["keys", "public", "keys.json"]);
    let bare = bare.replace(r#""alg":"RS256","#, "");
    let set = format!(
        "{},{}",
        es.strip_suffix("]}").unwrap(),
        bare.strip_prefix(r#"{"keys":["#).unwrap()
    );
    home.write("set.json", set);
    let mint = [
        "mint",
        "--keys",
        "rsa.pem",
        "--algorithm",
        "RS256",
        "--options",
        MINT,
    ];
    let token = home.text(&with(&mint, &["--now", NOW]));
    let verify = [
        "verify",
        "--keys",
        "set.json",
        "--options",
        VERIFY,
        "--now",
        NOW,
        &token,
    ];
    let failure = home.run(&verify).failure(1);
    let message = failure["message"].as_str().unwrap();
    assert!(message.contains("not in use: keys[1]"), "{message}");
    assert_eq!(home.run(&with(&verify, &["--algorithm", "RS256"])).code, 0);
}

#[test]
fn a_rule_that_hangs_on_a_switch_needs_revocations() {
    let home = Home::new();
    let token = home.mint(r#"{"sub":"ada"}"#);
    let options = r#"{"issuer":null,"audience":null,"realm":"r",
                      "deny":[{"name":"no-ada","when":{"sub":"ada"},"switch":"no-ada"}]}"#;
    let verify = [
        "verify",
        "--keys",
        "public.json",
        "--options",
        options,
        "--now",
        NOW,
    ];
    home.run(&with(&verify, &[&token]))
        .refused(2, "misconfigured");
    for scope in [&[][..], &["--scope", "project-1"]] {
        let attached = with(&verify, &["--revocations", "memory:"]);
        assert_eq!(home.run(&with(&with(&attached, scope), &[&token])).code, 0);
    }
    // Nobody listens there.
    let away = with(&verify, &["--revocations", "redis://127.0.0.1:1", &token]);
    #[cfg(feature = "redis")]
    home.run(&away).refused(3, "revocations-unavailable");
    #[cfg(not(feature = "redis"))]
    home.run(&away).refused(2, "unsupported");
}

#[test]
fn claims_to_mint_come_inline_from_a_file_or_from_standard_input() {
    let home = Home::new();
    home.write("claims.json", r#"{"sub":"file"}"#);
    let mint = |claims: &[&str], input: &str| {
        let flags = [
            "mint",
            "--keys",
            "keys.json",
            "--options",
            "mint.json",
            "--now",
            NOW,
        ];
        let token = home.feed(&with(&flags, claims), input).text();
        home.run(&with(&PUBLIC, &[&token])).json()["sub"].clone()
    };
    assert_eq!(mint(&["--claims", r#" {"sub":"inline"}"#], ""), "inline");
    assert_eq!(mint(&["--claims", "claims.json"], ""), "file");
    assert_eq!(mint(&["--claims", "-"], r#"{"sub":"stdin"}"#), "stdin");
    assert_eq!(mint(&[], ""), Value::Null);
}

#[test]
fn what_cannot_be_minted_is_a_matter_of_usage() {
    let home = Home::new();
    let mint = |keys: &str, options: &str, claims: &str| {
        home.run(&[
            "mint",
            "--keys",
            keys,
            "--options",
            options,
            "--claims",
            claims,
        ])
    };
    let message = mint("keys.json", "{}", "{}").refused(2, "options");
    assert!(message.contains("lifetime"), "{message}");
    mint("keys.json", MINT, r#"{"iss":"x"}"#).refused(2, "options");
    mint("keys.json", MINT, "{]").refused(2, "options");
    mint("public.json", MINT, "{}").refused(2, "misconfigured");
    mint("keys.json", r#"{"lifetime":60,"kid":"x"}"#, "{}").refused(2, "unknown-key");
    mint("keys.json", r#"{"lifetime":60,"algorithm":"RS256"}"#, "{}").refused(2, "misconfigured");
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = home.command(&["mint", "--keys", "keys.json", "--options", "mint.json"]);
    let status = command
        .stdout(full)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(
        status.code(),
        Some(3),
        "a full disk may be empty again later"
    );
}
