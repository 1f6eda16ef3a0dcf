use crate::home::Home;

#[test]
fn any_payload_comes_back_byte_for_byte() {
    let home = Home::new();
    let verify = ["verify-signature", "--keys", "public.json", "-"];
    for payload in [
        &b""[..],
        b"\n",
        b"\0\xff\xfe\n\n",
        b"{not json",
        &[7; 100_000],
    ] {
        home.write("payload", payload);
        let by_file = home.text(&["sign", "--keys", "keys.json", "payload"]);
        let by_input = home
            .feed(&["sign", "--keys", "keys.json", "-"], payload)
            .text();
        for token in [by_file, by_input] {
            let limits = ["--options", r#"{"limits":{"bytes":1048576}}"#];
            let run = home.feed(&[&verify[..], &limits].concat(), format!("{token}\n"));
            assert_eq!((run.code, run.err.as_str()), (0, ""));
            assert_eq!(run.out, payload);
        }
    }
}

#[test]
fn a_signature_that_does_not_hold_is_refused_like_a_token() {
    let home = Home::new();
    let token = home.feed(&["sign", "--keys", "keys.json"], "hello").text();
    let verify = |more: &[&str], token: &str| {
        home.run(
            &[
                &["verify-signature", "--keys", "public.json"],
                more,
                &[token],
            ]
            .concat(),
        )
    };
    let good = verify(&[], &token);
    assert_eq!((good.code, good.out.as_slice()), (0, &b"hello"[..]));
    let (head, _) = token.rsplit_once('.').unwrap();
    verify(&[], &format!("{head}.{}", "A".repeat(86))).refused(1, "signature");
    verify(&[], "x").refused(1, "malformed");
    verify(&["--options", r#"{"algorithms":["RS256"]}"#], &token).refused(1, "algorithm");
    verify(&["--options", r#"{"type":"greeting"}"#], &token).refused(1, "type");
    verify(&["--options", r#"{"issuer":null}"#], &token).refused(2, "options");
    assert_ne!(
        home.run(&["verify-signature", "--keys", "public.json", "--help"])
            .code,
        0
    );
    let greeting = home
        .feed(
            &[
                "sign",
                "--keys",
                "keys.json",
                "--options",
                r#"{"type":"greeting"}"#,
            ],
            "hi",
        )
        .text();
    assert_eq!(
        verify(&["--options", r#"{"type":"greeting"}"#], &greeting).code,
        0
    );
}

#[test]
fn what_cannot_be_signed_is_a_matter_of_usage() {
    let home = Home::new();
    home.feed(&["sign", "--keys", "public.json"], "x")
        .refused(2, "misconfigured");
    home.feed(
        &["sign", "--keys", "keys.json", "--options", r#"{"kid":"x"}"#],
        "x",
    )
    .refused(2, "unknown-key");
    home.feed(&["sign", "--keys", "keys.json"], vec![0; (1 << 20) + 1])
        .refused(2, "misuse");
    home.feed(&["sign", "--keys", "keys.json"], vec![0; 1 << 20])
        .refused(2, "too-large");
    home.run(&["sign", "--keys", "keys.json", "nowhere"])
        .refused(2, "misuse");
}
