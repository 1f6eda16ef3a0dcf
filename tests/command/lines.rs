use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::Arc;

use jeton::{Call, KeyOptions, KeySet, Minter, MinterOptions, Ring};
use serde_json::{Value, json};

use crate::home::{Home, MINT, NOW};

const FLAGS: [&str; 8] = [
    "verify",
    "--keys",
    "public.json",
    "--options",
    "verify.json",
    "--now",
    NOW,
    "--lines",
];

fn objects(out: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(out).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

/// A minter with the keys of `home`, for many tokens.
fn minter(home: &Home, options: &str) -> Minter {
    let keys = std::fs::read(home.path("keys.json")).unwrap();
    let keys = KeySet::from_document(&keys, &KeyOptions::default()).unwrap();
    let options = MinterOptions::read(options.as_bytes()).unwrap();
    Minter::new(Arc::new(Ring::new(keys)), options).unwrap()
}

#[test]
fn ten_thousand_tokens_are_answered_in_their_order() {
    let home = Home::new();
    let minter = minter(&home, MINT);
    let now = NOW.parse().unwrap();
    let mint = |number: usize, now| {
        let claims = format!("{{\"sub\":\"{number}\"}}");
        minter.mint(claims.as_bytes(), &Call::at(now)).unwrap()
    };
    let mut input = String::new();
    for number in 0..10_000 {
        match number % 5 {
            0..=2 => input.push_str(&mint(number, now)),
            3 => input.push_str(&mint(number, now - 1000)),
            _ => input.push_str(&format!("{number}.{number}")),
        }
        input.push('\n');
    }
    let run = home.feed(&FLAGS, &input);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let answers = objects(&run.out);
    assert_eq!(answers.len(), 10_000);
    for (number, answer) in answers.iter().enumerate() {
        match number % 5 {
            0..=2 => {
                assert_eq!(answer["status"], "ok");
                assert_eq!(answer["claims"]["sub"], number.to_string());
            }
            3 => assert_eq!(
                *answer,
                json!({"status": "expired", "message": "JWT is expired", "claim": "exp"})
            ),
            _ => assert_eq!(answer["status"], "malformed"),
        }
    }
}

#[test]
fn the_exit_status_says_whether_all_are_good() {
    let home = Home::new();
    let token = home.mint("{}");
    assert_eq!(home.feed(&FLAGS, format!("{token}\n{token}\n")).code, 0);
    assert_eq!(
        home.feed(&FLAGS, &token).code,
        0,
        "the last newline may be missing"
    );
    assert_eq!(home.feed(&FLAGS, format!("{token}\nx\n{token}\n")).code, 1);
    home.run(&FLAGS).refused(1, "malformed");
    let options = [
        "verify",
        "--keys",
        "public.json",
        "--options",
        "{}",
        "--lines",
    ];
    home.feed(&options, &token).refused(2, "options");
    assert_eq!(home.run(&[&FLAGS[..], &[&token]].concat()).code, 2);
    assert_eq!(home.run(&FLAGS[..7]).code, 2, "neither a token nor --lines");
}

#[test]
fn a_line_that_is_no_token_is_answered_like_any_other() {
    let home = Home::new();
    let token = home.mint("{}");
    let long = "a".repeat(40_000_000);
    let input = format!("{token}\n\n{token}\r\n{long}\n {token}\n{token}\n");
    let statuses: Vec<_> = objects(&home.feed(&FLAGS, input).out)
        .into_iter()
        .map(|answer| answer["status"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        statuses,
        [
            "ok",
            "malformed",
            "malformed",
            "too-large",
            "malformed",
            "ok"
        ]
    );
}

#[test]
fn the_limit_of_the_options_holds_for_lines() {
    let home = Home::new();
    let claims = format!("{{\"x\":\"{}\"}}", "y".repeat(20_000));
    let token = home.mint(&claims);
    let verify = |options: &str| {
        let flags = [
            "verify",
            "--keys",
            "public.json",
            "--options",
            options,
            "--now",
            NOW,
            "--lines",
        ];
        objects(&home.feed(&flags, format!("{token}\n")).out)[0]["status"].clone()
    };
    assert_eq!(verify(r#"{"issuer":null,"audience":null}"#), "too-large");
    let exactly = format!(
        r#"{{"issuer":null,"audience":null,"limits":{{"bytes":{}}}}}"#,
        token.len()
    );
    assert_eq!(verify(&exactly), "ok");
    let fewer = format!(
        r#"{{"issuer":null,"audience":null,"limits":{{"bytes":{}}}}}"#,
        token.len() - 1
    );
    assert_eq!(verify(&fewer), "too-large");
}

#[test]
fn claims_written_over_several_lines_come_out_on_one() {
    let home = Home::new();
    let payload = "{\"sub\":\n\"a\\nb\",\r\n\"exp\":1900000000}";
    let token = home.feed(&["sign", "--keys", "keys.json"], payload).text();
    let options = r#"{"issuer":null,"audience":null,"report":["sub"]}"#;
    let flags = |now| {
        [
            "verify",
            "--keys",
            "public.json",
            "--options",
            options,
            "--now",
            now,
            "--lines",
        ]
    };
    let run = home.feed(&flags(NOW), format!("{token}\n"));
    assert_eq!(run.out.iter().filter(|byte| **byte == b'\n').count(), 1);
    assert_eq!(objects(&run.out)[0]["claims"]["sub"], "a\nb");
    let expired = home.feed(&flags("2000000000"), format!("{token}\n"));
    assert_eq!(objects(&expired.out)[0]["claims"]["sub"], "a\nb");
}

#[test]
fn a_program_that_waits_for_each_answer_gets_it() {
    let home = Home::new();
    let token = home.mint("{}");
    let mut child = home
        .command(&FLAGS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for line in [token.as_str(), "x", &token] {
        writeln!(stdin, "{line}").unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["status"] == "ok", line != "x");
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn it_ends_quietly_when_nobody_reads_its_answers() {
    let home = Home::new();
    let mut child = home
        .command(&FLAGS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    while stdin.write_all(b"x\nx\nx\n").is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert!(output.stderr.is_empty());
}
