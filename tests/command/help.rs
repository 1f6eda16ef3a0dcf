use std::process::Command;

use serde_json::{Value, json};

use crate::home::{Home, NOW, finish};

/// Every command that has a help of its own, with examples.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["keys", "generate"],
    &["keys", "public"],
    &["keys", "derive"],
    &["keys", "rotate"],
    &["keys", "thumbprint"],
    &["mint"],
    &["verify"],
    &["inspect"],
    &["revoke"],
    &["restore"],
    &["revocations", "list"],
    &["revocations", "switch"],
    &["revocations", "export"],
    &["revocations", "import"],
    &["revocations", "compact"],
    &["revocations", "status-list"],
    &["revocations", "status"],
    &["sign"],
    &["verify-signature"],
    &["options", "show"],
];

/// RFC 9449, figure 2.
const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

/// The commands after "$ ", with the lines that each goes on over.
fn examples(help: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::<String>::new(), false);
    for line in help.lines() {
        let example = match line.trim_start().strip_prefix("$ ") {
            Some(example) => {
                found.push(String::new());
                example
            }
            None if open => line,
            None => continue,
        };
        let last = found.last_mut().unwrap();
        last.push_str(example);
        last.push('\n');
        open = example.ends_with(['\\', '|']);
    }
    found
}

#[test]
fn every_example_of_the_help_works() {
    let home = Home::new();
    let secret = "correct horse battery staple correct";
    let pem = openssl::rsa::Rsa::generate(2048).unwrap();
    home.write("rsa.pem", pem.private_key_to_pem().unwrap());
    home.write("message.txt", "hello\n");
    home.write(
        "revocations.json",
        home.text(&["revocations", "export", "--revocations", "memory:"]),
    );
    let shell = |script: &str| {
        let directory = std::path::Path::new(env!("CARGO_BIN_EXE_jeton"))
            .parent()
            .unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-ec", script])
            .current_dir(home.path(""))
            .env("PATH", format!("{}:{path}", directory.display()))
            .env("SECRET", secret)
            .env(
                "STACK_SERVER_SECRET",
                "23-wuNpik0gIW4mruTz25rbIvhuuvZFrLOLtL7J4tyo",
            )
            .env(
                "STACK_SERVER_SECRET_OLD",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            );
        command
    };
    let hmac = "jeton mint --secret-env SECRET --algorithm HS256 --options mint.json --now ";
    let hmac = finish(shell(&format!("{hmac} {NOW}")), b"").text();
    for command in COMMANDS {
        let help = home.text(&[command, &["--help"][..]].concat());
        let examples = examples(&help);
        assert!(!examples.is_empty(), "{command:?} teaches by no example");
        let (_, after) = help.split_once("Examples:").unwrap();
        let widest = after.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{command:?}: would wrap on a terminal");
        for example in examples {
            // Tokens of the examples live for minutes: each gets fresh ones.
            let script = format!(
                "jeton mint --keys keys.json --options mint.json > token\n\
                 cat token token > tokens.txt\n\
                 jeton sign --keys keys.json message.txt > message.jws\n\
                 {example}"
            );
            let mut child = shell(&script);
            child.env("HMAC_TOKEN", &hmac).env("PROOF", PROOF);
            let run = finish(child, b"");
            assert_eq!(run.code, 0, "{example}{}", run.err);
        }
    }
}

#[test]
fn help_and_version_are_asked_for_or_come_with_an_error() {
    let home = Home::new();
    let version = home.text(&["--version"]);
    assert_eq!(version, format!("jeton {}", env!("CARGO_PKG_VERSION")));
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &["verify", "--help"],
        &["help", "verify"],
    ] {
        let run = home.run(arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}");
        assert!(!run.out.is_empty());
    }
    for arguments in [&[][..], &["keys"], &["revocations"], &["options"]] {
        let run = home.run(arguments);
        assert_eq!((run.code, run.out.len()), (2, 0), "{arguments:?}");
        assert!(run.err.contains("Usage"), "{}", run.err);
    }
    let run = home.run(&["verfy"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("verify"), "{}", run.err);
}

#[test]
fn options_are_shown_with_their_defaults_said() {
    let home = Home::new();
    let text = home.text(&["options", "show", "--options", "verify.json"]);
    let shown: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(shown["issuer"], json!(["https://issuer.example"]));
    assert_eq!(shown["audience"], json!(["api"]));
    assert_eq!(shown["leeway"], 0);
    assert_eq!(shown["limits"]["bytes"], 16_384);
    assert_eq!(home.text(&["options", "show", "--options", &text]), text);
    let show = |options| home.run(&["options", "show", "--options", options]);
    let message = show(r#"{"issuer":null,"system":{"name":"porter"}}"#).refused(2, "options");
    assert!(
        message.contains("options.issuer: the system decides"),
        "{message}"
    );
    show(r#"{"issuer":null}"#).refused(2, "options");
    let message = show(r#"{"issuer":null,"audience":null,"leaway":5}"#).refused(2, "options");
    assert!(message.contains("did you mean \"leeway\"?"), "{message}");
}
