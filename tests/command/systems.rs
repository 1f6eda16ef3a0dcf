//! Systems on the command line: their secrets from the environment, their keys
//! derived, and their tokens made, checked and revoked.

use serde_json::{Value, json};

use crate::home::{Home, NOW, Run, finish};

const STACK_AUTH: &str = "23-wuNpik0gIW4mruTz25rbIvhuuvZFrLOLtL7J4tyo";
const STACK_AUTH_OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const USER: &str = r#"{"sub":"u","refresh_token_id":"r","name":null,"email":null,"email_verified":false,
    "selected_team_id":null,"is_anonymous":false,"is_restricted":false,"restricted_reason":null,
    "requires_totp_mfa":false}"#;
const PORTER: &str = r#"{"system":{"name":"porter"}}"#;
const PORTER_USER: &str =
    r#"{"iby":1,"project_id":0,"secret":"","sub":"1","sub_kind":"user","token_id":""}"#;
const PORTER_API: &str =
    r#"{"iby":7,"project_id":42,"secret":"ff","sub":"api","sub_kind":"api","token_id":"0011"}"#;

/// Runs the command with the systems' secrets in its environment.
fn run(home: &Home, arguments: &[&str]) -> Run {
    let mut command = home.command(arguments);
    command
        .env("STACK_SERVER_SECRET", STACK_AUTH)
        .env("STACK_SERVER_SECRET_OLD", STACK_AUTH_OLD)
        .env("PYLON_JWT_SECRET", "0123456789abcdef0123456789abcdef")
        .env("TOKEN_GENERATOR_SECRET", "fakesecret")
        .env("EMPTY", "");
    finish(command, b"")
}

fn stack_auth(more: &str) -> String {
    format!(r#"{{"system":{{"name":"stack-auth"{more}}}}}"#)
}

/// The arguments of a command, with options and the secret of this name.
fn with<'a>(command: &[&'a str], options: &'a str, secret: &'a str) -> Vec<&'a str> {
    [
        command,
        &["--options", options, "--secret-env", secret, "--now", NOW],
    ]
    .concat()
}

fn kids(set: &Value) -> Vec<&str> {
    let keys = set["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect()
}

#[test]
fn keys_are_derived_as_the_server_publishes_them() {
    let home = Home::new();
    let derive = |options: &str, more: &[&str]| {
        let flags = [
            "keys",
            "derive",
            "--options",
            options,
            "--secret-env",
            "STACK_SERVER_SECRET",
        ];
        run(&home, &[&flags, more].concat())
    };
    let all = r#"{"system": {"name": "stack-auth", "project": "internal", "include": ["restricted", "anonymous"], "short": true}}"#;
    let set = derive(all, &[]).json();
    let expected = [
        "M5zZLA6iQw2n",
        "YllKZ6LZIF_3",
        "Wxg1H4Lo4CEx",
        "GdLi8GXCBnIs",
        "FInOUGcpZb24",
        "Rb-x5tnB7YSS",
    ];
    assert_eq!(kids(&set), expected);
    assert!(set["keys"][0].get("d").is_none());
    let private = derive(all, &["--private"]).json();
    assert_eq!(
        private["keys"][0]["d"],
        "IheOz2KuLWZ5b7tD6WwR4GohgzC6R-LctuIy4hdKMGk"
    );
    let one = stack_auth(r#","project":"internal""#);
    assert_eq!(kids(&derive(&one, &[]).json()), expected[..2]);
    let rotating = derive(&one, &["--old-secret-env", "STACK_SERVER_SECRET_OLD"]).json();
    assert_eq!(kids(&rotating)[..2], expected[..2]);
    assert_eq!(kids(&rotating).len(), 4);

    let message = derive(&stack_auth(r#","project":null"#), &[]).refused(2, "misconfigured");
    assert!(message.contains("\"project\""), "{message}");
    derive(&stack_auth(""), &[]).refused(2, "options");
    derive("{}", &[]).refused(2, "options");
    derive(&one, &["--old-secret-env", "NOT_THERE"]).refused(2, "key");
    let none = ["keys", "derive", "--options", &one];
    run(&home, &none).refused(2, "misuse");
    run(&home, &[&none[..], &["--secret-env", "EMPTY"]].concat()).refused(2, "key");
}

#[test]
fn a_secret_may_come_from_a_file() {
    let home = Home::new();
    home.write("secret", format!("{STACK_AUTH}\n"));
    let one = stack_auth(r#","project":"internal""#);
    let set = home.run(&[
        "keys",
        "derive",
        "--options",
        &one,
        "--secret-file",
        "secret",
    ]);
    assert_eq!(kids(&set.json())[0], "M5zZLA6iQw2n");
}

#[test]
fn one_document_mints_and_verifies() {
    let home = Home::new();
    let one = stack_auth(r#","project":"internal","base":["https://api.example"]"#);
    let any = stack_auth(r#","project":null,"base":["https://api.example"]"#);
    let mint = |options: &str| {
        let flags = with(&["mint", "--claims", USER], options, "STACK_SERVER_SECRET");
        run(&home, &flags)
    };
    let token = mint(&one).text();
    for options in [&one, &any] {
        let verify = with(&["verify"], options, "STACK_SERVER_SECRET");
        let claims = run(&home, &[&verify[..], &[&token]].concat()).json();
        assert_eq!(
            claims["iss"],
            "https://api.example/api/v1/projects/internal"
        );
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            600
        );
        // Minted under the secret that is being rotated out.
        let old = with(&["verify"], options, "STACK_SERVER_SECRET_OLD");
        let rotating = [
            &old[..],
            &["--old-secret-env", "STACK_SERVER_SECRET", &token],
        ]
        .concat();
        assert_eq!(run(&home, &rotating).code, 0);
        run(&home, &[&old[..], &[&token]].concat()).refused(1, "unknown-key");
    }
    mint(&any).refused(2, "options");
    // By the keys that the server publishes, as those who have no secret do.
    let derive = [
        "keys",
        "derive",
        "--options",
        &one,
        "--secret-env",
        "STACK_SERVER_SECRET",
    ];
    home.write("published.json", run(&home, &derive).text());
    let published = [
        "verify",
        "--options",
        &one,
        "--keys",
        "published.json",
        "--now",
        NOW,
        &token,
    ];
    assert_eq!(run(&home, &published).code, 0);
}

#[test]
fn an_expired_token_says_whose_it_was() {
    let home = Home::new();
    let one = stack_auth(r#","project":"internal""#);
    let mint = with(&["mint", "--claims", USER], &one, "STACK_SERVER_SECRET");
    let token = run(&home, &mint).text();
    let late = [
        "verify",
        "--options",
        &one,
        "--secret-env",
        "STACK_SERVER_SECRET",
        "--now",
        "1800000600",
        &token,
    ];
    let failure = run(&home, &late).failure(1);
    assert_eq!(failure["status"], "expired");
    let whose =
        json!({"aud": "internal", "sub": "u", "refresh_token_id": "r", "exp": 1_800_000_600});
    assert_eq!(failure["claims"], whose);
}

#[test]
fn a_system_needs_no_algorithm_and_takes_none() {
    let home = Home::new();
    let options = r#"{"system": {"name": "pylon", "issuer": "https://a.example"}}"#;
    let mint = with(
        &["mint", "--claims", r#"{"sub":"u"}"#],
        options,
        "PYLON_JWT_SECRET",
    );
    let token = run(&home, &mint).text();
    let verify = [
        "verify",
        "--options",
        options,
        "--secret-env",
        "PYLON_JWT_SECRET",
    ];
    let now = ["--now", NOW, &token];
    let claims = run(&home, &[&verify[..], &now].concat()).json();
    assert_eq!(claims["iss"], "https://a.example");
    let message = run(
        &home,
        &[&verify[..], &["--algorithm", "HS256"], &now].concat(),
    )
    .refused(2, "misuse");
    assert!(message.contains("--algorithm"), "{message}");
    let old = ["--old-secret-env", "STACK_SERVER_SECRET"];
    run(&home, &[&verify[..], &old, &now].concat()).refused(2, "options");
    let unpinned = r#"{"system": {"name": "pylon", "issuer": null}}"#;
    let verify = with(&["verify"], unpinned, "PYLON_JWT_SECRET");
    run(&home, &[&verify[..], &[&token]].concat()).refused(2, "misconfigured");
    // Without a system a secret needs its algorithm, and has no older one.
    let plain = with(
        &["verify"],
        r#"{"issuer":null,"audience":null}"#,
        "PYLON_JWT_SECRET",
    );
    run(&home, &[&plain[..], &[&token]].concat()).refused(2, "options");
    run(&home, &[&plain[..], &old, &[&token]].concat()).refused(2, "misuse");
    run(
        &home,
        &[
            &plain[..],
            &["--keys", "keys.json", "--algorithm", "HS256", &token],
        ]
        .concat(),
    )
    .refused(2, "misuse");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_projects_switch_refuses_its_users_tokens_at_once_and_no_longer() {
    let home = Home::new();
    let mint = |claims: &str| {
        let flags = with(
            &["mint", "--claims", claims],
            PORTER,
            "TOKEN_GENERATOR_SECRET",
        );
        run(&home, &flags).text()
    };
    let (user, api) = (mint(PORTER_USER), mint(PORTER_API));
    let store = ["--revocations", "sqlite:porter.db"];
    let verify = |token: &str, more: &[&str]| {
        let flags = with(&["verify"], PORTER, "TOKEN_GENERATOR_SECRET");
        run(&home, &[&flags[..], &store, more, &[token]].concat())
    };
    let switch = |state: &str| {
        let scope = ["--scope", "42", "reject_user_jwt_tokens", state];
        let flags = [&["revocations", "switch"][..], &store, &scope].concat();
        assert_eq!(run(&home, &flags).code, 0);
    };
    let project = ["--scope", "42"];
    assert_eq!(verify(&user, &project).code, 0);
    switch("on");
    let failure = verify(&user, &project).failure(1);
    assert_eq!(failure["status"], "denied");
    assert_eq!(failure["claims"]["sub_kind"], "user", "for the audit");
    assert_eq!(verify(&api, &project).code, 0);
    assert_eq!(verify(&user, &["--scope", "43"]).code, 0);
    assert_eq!(verify(&user, &[]).code, 0);
    switch("off");
    assert_eq!(verify(&user, &project).code, 0);
    // Without a store no switch is on anywhere.
    let flags = with(
        &["verify", "--scope", "42"],
        PORTER,
        "TOKEN_GENERATOR_SECRET",
    );
    assert_eq!(run(&home, &[&flags[..], &[&user]].concat()).code, 0);

    let revoke = with(&["revoke"], PORTER, "TOKEN_GENERATOR_SECRET");
    let by = ["--by", "token_id", "--lifetime", "60", "--token", &api];
    let entry = run(&home, &[&revoke[..], &store, &by].concat()).json();
    assert_eq!(
        (&entry["realm"], &entry["claim"], &entry["value"]),
        (&json!("porter"), &json!("token_id"), &json!("0011"))
    );
    verify(&api, &project).refused(1, "revoked");
    assert_eq!(verify(&user, &project).code, 0);
}

#[cfg(feature = "sqlite")]
#[test]
fn a_blocklist_is_consulted_unless_it_is_waived() {
    let home = Home::new();
    let system = |more: &str| {
        format!(
            r#"{{"system":{{"name":"protekt","project":"p1","issuer":"https://a.example"{more}}}}}"#
        )
    };
    let options = system("");
    let generate = ["keys", "generate", "--algorithm", "RS256"];
    home.write("rsa.json", home.text(&generate));
    let flags = ["--options", &options, "--keys", "rsa.json", "--now", NOW];
    let token = home.text(&[&["mint", "--claims", r#"{"sub":"u"}"#][..], &flags].concat());
    let message = home
        .run(&[&["verify"][..], &flags, &[&token]].concat())
        .refused(2, "misconfigured");
    assert!(message.contains("options.revocable"), "{message}");
    let store = ["--revocations", "sqlite:protekt.db"];
    let verify = [&["verify"][..], &store, &flags, &[&token]].concat();
    assert_eq!(home.run(&verify).code, 0);
    home.run(&[&["revoke"][..], &store, &flags, &["--token", &token]].concat())
        .json();
    home.run(&verify).refused(1, "revoked");
    let local = system(r#","blocklist":null"#);
    let local = [
        "verify",
        "--options",
        &local,
        "--keys",
        "rsa.json",
        "--now",
        NOW,
        &token,
    ];
    assert_eq!(home.run(&local).code, 0);
}

#[test]
fn a_single_sign_on_has_keys_beside_the_secret() {
    let home = Home::new();
    let options = r#"{"system":{"name":"porter","foreign":[{"issuer":"https://issuer.example","audience":"api"}]}}"#;
    home.write(
        "rsa.json",
        home.text(&["keys", "generate", "--algorithm", "RS256"]),
    );
    let mint = [
        "mint",
        "--keys",
        "rsa.json",
        "--options",
        "mint.json",
        "--now",
        NOW,
    ];
    let foreign = home.text(&mint);
    let own = with(
        &["mint", "--claims", PORTER_USER],
        PORTER,
        "TOKEN_GENERATOR_SECRET",
    );
    let own = run(&home, &own).text();
    let verify = with(
        &["verify", "--keys", "rsa.json"],
        options,
        "TOKEN_GENERATOR_SECRET",
    );
    for token in [&foreign, &own] {
        assert_eq!(run(&home, &[&verify[..], &[token]].concat()).code, 0);
    }
    let without = with(&["verify"], options, "TOKEN_GENERATOR_SECRET");
    run(&home, &[&without[..], &[&foreign]].concat()).refused(2, "misconfigured");
}

#[test]
fn what_a_system_comes_to_is_shown_and_reads_as_the_same() {
    let home = Home::new();
    let systems = [
        r#"{"system":{"name":"pylon","issuer":"https://a.example"},"report":["sub"],"leeway":5}"#,
        r#"{"system":{"name":"porter","strict":true},"deny":[{"name":"n","when":{"sub":"1"}}]}"#,
        r#"{"system":{"name":"protekt","project":"p","issuer":"i","audience":"project_id"}}"#,
        r#"{"system":{"name":"stack-auth","project":"internal","allow":["restricted"]}}"#,
        r#"{"system":{"name":"stack-auth","project":null,"base":["https://b.example"]}}"#,
    ];
    let show = |purpose: &str, options: &str| {
        home.run(&["options", "show", "--for", purpose, "--options", options])
    };
    for options in systems {
        let shown = show("verifier", options).text();
        assert!(!shown.contains("\"system\""), "{shown}");
        assert_eq!(show("verifier", &shown).text(), shown);
    }
    for options in &systems[..4] {
        let options = options.split_inclusive('}').next().unwrap().to_owned() + "}";
        let shown = show("minter", &options).text();
        assert_eq!(show("minter", &shown).text(), shown, "{options}");
    }
    for options in &systems[..2] {
        let options = options.split_inclusive('}').next().unwrap().to_owned() + "}";
        let shown = show("bearer", &options).text();
        assert_eq!(show("bearer", &shown).text(), shown, "{options}");
    }
    let shown: Value = serde_json::from_str(&show("verifier", systems[0]).text()).unwrap();
    assert_eq!(shown["issuer"], json!(["https://a.example"]));
    assert_eq!(shown["iat"], Value::Null);
    assert_eq!(
        (&shown["leeway"], &shown["report"]),
        (&json!(5), &json!(["sub"]))
    );
    let message = show("minter", systems[0]).refused(2, "options");
    assert!(
        message.contains("options.report: the system decides"),
        "{message}"
    );
    assert_eq!(home.run(&["options", "show", "--for", "nothing"]).code, 2);
}
