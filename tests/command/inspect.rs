use serde_json::{Value, json};

use crate::home::{Home, NOW};

#[test]
fn a_look_at_a_token_says_first_that_it_is_not_verified() {
    let home = Home::new();
    let token = home.mint(r#"{"sub":"ada"}"#);
    for (arguments, input) in [
        (vec!["inspect", "--now", NOW, &token], ""),
        (vec!["inspect", "--now", NOW, "-"], token.as_str()),
    ] {
        let run = home.feed(&arguments, input);
        assert!(run.err.contains("not verified"), "{}", run.err);
        assert_eq!(run.err.lines().count(), 1);
        let text = run.text();
        assert!(text.starts_with("{\n  \"verified\": false,\n"), "{text}");
        let shown: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(shown["header"]["alg"], "ES256");
        assert_eq!(shown["claims"]["sub"], "ada");
        assert_eq!(
            shown["times"],
            json!({
                "iat": "2027-01-15T08:00:00Z (now)",
                "exp": "2027-01-15T08:10:00Z (in 10 minutes)",
            })
        );
    }
}

/// A token whose payload is this text; nobody needs to have signed it.
fn token(home: &Home, payload: &str) -> String {
    home.feed(&["sign", "--keys", "keys.json"], payload).text()
}

#[test]
fn times_are_said_where_they_are_numbers() {
    let home = Home::new();
    let times = |payload: &str| {
        let token = token(&home, payload);
        let shown = home.run(&["inspect", "--now", NOW, &token]).json();
        shown.get("times").cloned().unwrap_or_default()
    };
    assert_eq!(
        times(r#"{"nbf":1799999000.9,"exp":1e300,"iat":0}"#),
        json!({
            "iat": "1970-01-01T00:00:00Z (57 years ago)",
            "nbf": "2027-01-15T07:43:20Z (16 minutes ago)",
            "exp": "beyond the calendar",
        })
    );
    assert_eq!(times(r#"{"exp":"1800000000","iat":null}"#), Value::Null);
}

#[test]
fn a_strangers_text_cannot_disturb_the_terminal() {
    let home = Home::new();
    let token = token(&home, "{\"sub\":\"\u{9b}2J\u{202e}evil\",\"n\":1.10}");
    let text = home.run(&["inspect", &token]).text();
    assert!(text.contains(r#""\u009b2J\u202eevil""#), "{text}");
    assert!(
        text.contains("\"n\": 1.10"),
        "numbers keep their spelling: {text}"
    );
}

#[test]
fn what_is_no_token_cannot_be_looked_at() {
    let home = Home::new();
    home.run(&["inspect", "x"]).refused(1, "malformed");
    home.feed(&["inspect", "-"], "a.b.c.d.e")
        .refused(1, "encrypted");
    assert_eq!(home.run(&["inspect"]).code, 2);
}
