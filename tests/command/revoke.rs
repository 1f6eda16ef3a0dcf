use serde_json::{Value, json};

use crate::home::{Home, NOW};

const RULE: [&str; 7] = [
    "revoke",
    "--revocations",
    "memory:",
    "--now",
    NOW,
    "--issuer",
    "https://issuer.example",
];

fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

#[test]
fn a_rule_is_printed_as_the_entry_that_it_became() {
    let home = Home::new();
    let entry = |more: &[&str]| {
        let run = home.run(&with(&RULE, more));
        assert!(run.err.contains("this process only"), "{}", run.err);
        run.json()
    };
    let realm = "https://issuer.example";
    let at = 1_800_000_000;
    assert_eq!(
        entry(&["--jti", "7"]),
        json!({"realm": realm, "claim": "jti", "value": "7", "before": null, "until": at + 86_400, "at": at})
    );
    assert_eq!(
        entry(&["--sub", "ada"]),
        json!({"realm": realm, "claim": "sub", "value": "ada", "before": at, "until": at + 86_400, "at": at})
    );
    assert_eq!(
        entry(&["--sub", "ada", "--before", "1700000000", "--lifetime", "60"]),
        json!({"realm": realm, "claim": "sub", "value": "ada", "before": 1_700_000_000, "until": at + 60, "at": at})
    );
    assert_eq!(
        entry(&["--kid", "k1", "--until", "1900000000"]),
        json!({"realm": realm, "key": "k1", "before": null, "until": 1_900_000_000, "at": at})
    );
    assert_eq!(
        entry(&["--claim", "sid=a=b", "--lifetime", "1"]),
        json!({"realm": realm, "claim": "sid", "value": "a=b", "before": null, "until": at + 1, "at": at})
    );
}

#[test]
fn a_whole_number_is_refused_as_a_number_and_as_a_text() {
    let home = Home::new();
    let text = home.text(&with(&RULE, &["--claim", "project=42"]));
    let values: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["value"].clone())
        .collect();
    assert_eq!(values, [json!("42"), json!(42)]);
}

#[test]
fn a_token_is_revoked_by_its_jti_until_it_would_have_ended() {
    let home = Home::new();
    let token = home.mint("{}");
    let keys = [
        "revoke",
        "--revocations",
        "memory:",
        "--now",
        NOW,
        "--keys",
        "public.json",
        "--options",
        "verify.json",
    ];
    let claims = home
        .run(&[
            "verify",
            "--keys",
            "public.json",
            "--options",
            "verify.json",
            "--now",
            NOW,
            &token,
        ])
        .json();
    let expected = |until: i64| {
        json!({"realm": "https://issuer.example", "claim": "jti", "value": claims["jti"],
               "before": null, "until": until, "at": 1_800_000_000})
    };
    let entry = |more: &[&str]| home.run(&with(&keys, more)).json();
    assert_eq!(entry(&["--token", &token]), expected(1_800_000_600));
    let read = with(&keys, &["--token", "-"]);
    assert_eq!(
        home.feed(&read, format!("{token}\n")).json(),
        expected(1_800_000_600)
    );
    assert_eq!(
        entry(&["--token", &token, "--lifetime", "5"]),
        expected(1_800_000_005)
    );
    assert_eq!(
        entry(&["--token", &token, "--until", "1900000000"]),
        expected(1_900_000_000)
    );

    let (head, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", "A".repeat(86));
    home.run(&with(&keys, &["--token", &forged]))
        .refused(1, "signature");
    home.run(&with(&keys[..7], &["--token", &token]))
        .refused(2, "options");
    home.run(&[
        "revoke",
        "--revocations",
        "memory:",
        "--token",
        &token,
        "--options",
        "verify.json",
    ])
    .refused(2, "misuse");
}

#[test]
fn a_rule_that_makes_no_sense_is_a_matter_of_usage() {
    let home = Home::new();
    for arguments in [
        &["revoke"][..],
        &["revoke", "--revocations", "memory:"],
        &["revoke", "--issuer", "a", "--jti", "1"],
        &["revoke", "--revocations", "memory:", "--jti", "1"],
        &RULE,
        &with(&RULE, &["--jti", "1", "--sub", "2"]),
        &with(
            &RULE,
            &["--jti", "1", "--until", "1900000000", "--lifetime", "1"],
        ),
        &with(&RULE, &["--jti", "1", "--lifetime", "0"]),
        &with(&RULE, &["--claim", "no-value"]),
        &with(&RULE, &["--token", "x"]),
    ] {
        let run = home.run(arguments);
        assert_eq!((run.code, run.out.is_empty()), (2, true), "{arguments:?}");
    }
    let message = home
        .run(&with(&RULE, &["--jti", "1", "--until", "1700000000"]))
        .refused(2, "options");
    assert!(message.contains("until"), "{message}");
    home.run(&[
        "revoke",
        "--revocations",
        "memory",
        "--issuer",
        "a",
        "--jti",
        "1",
    ])
    .refused(2, "options");
}

#[test]
fn a_store_is_looked_after() {
    let home = Home::new();
    let run = |arguments: &[&str], input: &str| {
        let (action, rest) = arguments.split_first().unwrap();
        let flags = ["revocations", action, "--revocations", "memory:"];
        let run = home.feed(&with(&flags, rest), input);
        assert!(run.code != 0 || run.err.contains("this process only"));
        run
    };
    assert_eq!(
        run(&["list"], "").json(),
        json!({"entries": [], "switches": []})
    );
    assert_eq!(run(&["compact"], "").json(), json!({"dropped": 0}));
    let status = run(&["status"], "").json();
    assert_eq!(
        (&status["location"], &status["entries"]),
        (&json!("memory:"), &json!(0))
    );
    for state in ["on", "off"] {
        assert_eq!(
            run(&["switch", "--scope", "p", "s", state], "").json(),
            json!({"scope": "p", "name": "s", "on": state == "on"})
        );
    }
    assert_eq!(run(&["switch", "--scope", "p", "s", "maybe"], "").code, 2);
    assert_eq!(run(&["switch", "s", "on"], "").code, 2);
    run(&["switch", "--scope", "", "s", "on"], "").refused(2, "options");

    let export = run(&["export"], "").text();
    let entry = r#"{"realm":"r","claim":"jti","value":"1","before":null,"until":null,"at":1}"#;
    let filled = export.replace("\"entries\":[]", &format!("\"entries\":[{entry}]"));
    home.write("export.json", &filled);
    assert_eq!(
        run(&["import", "export.json"], "").json(),
        json!({"imported": 1})
    );
    assert_eq!(
        run(&["import", "-"], &filled).json(),
        json!({"imported": 1})
    );
    let misspelt = filled.replace("\"realm\"", "\"relm\"");
    assert!(
        run(&["import", "-"], &misspelt)
            .refused(2, "options")
            .contains("realm")
    );
    run(&["import", "nowhere"], "").refused(2, "options");
    assert_eq!(home.run(&["revocations", "list"]).code, 2);
}
