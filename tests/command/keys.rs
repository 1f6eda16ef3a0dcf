use serde_json::Value;

use crate::home::Home;

fn members(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap();
    let keys = document["keys"].as_array().unwrap();
    keys.iter()
        .flat_map(|key| key.as_object().unwrap().keys().cloned())
        .collect()
}

#[test]
fn a_key_of_each_kind_is_made_and_shown_without_its_private_part() {
    let home = Home::new();
    for (algorithm, kty, private) in [
        ("HS256", "oct", "k"),
        ("RS256", "RSA", "d"),
        ("PS512", "RSA", "d"),
        ("ES256", "EC", "d"),
        ("ES384", "EC", "d"),
        ("ES512", "EC", "d"),
        ("EdDSA", "OKP", "d"),
        ("Ed25519", "OKP", "d"),
    ] {
        let generate = ["keys", "generate", "--algorithm", algorithm, "--kid", "k1"];
        let keys = home.text(&generate);
        let document: Value = serde_json::from_str(&keys).unwrap();
        assert_eq!(document["keys"].as_array().unwrap().len(), 1);
        assert_eq!(document["keys"][0]["kty"], kty);
        assert_eq!(document["keys"][0]["alg"], algorithm);
        assert_eq!(document["keys"][0]["kid"], "k1");
        assert!(document["keys"][0][private].is_string());

        home.write("k.json", &keys);
        let public = home.text(&["keys", "public", "k.json"]);
        for name in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(!members(&public).iter().any(|member| member == name));
        }
        assert_eq!(members(&public).is_empty(), kty == "oct");
        assert_eq!(home.feed(&["keys", "public", "-"], &keys).text(), public);
    }
}

#[test]
fn a_key_without_a_kid_is_named_by_its_thumbprint() {
    let home = Home::new();
    let keys = home.text(&["keys", "generate", "--algorithm", "ES256"]);
    let document: Value = serde_json::from_str(&keys).unwrap();
    home.write("k.json", keys);
    assert_eq!(
        home.text(&["keys", "thumbprint", "k.json"]),
        document["keys"][0]["kid"].as_str().unwrap()
    );
}

#[test]
fn bits_are_for_keys_that_come_in_sizes() {
    let home = Home::new();
    let generate =
        |algorithm, bits| home.run(&["keys", "generate", "--algorithm", algorithm, "--bits", bits]);
    let n = |keys: Value| keys["keys"][0]["n"].as_str().unwrap().len();
    assert_eq!(n(generate("RS256", "2048").json()), 342);
    assert_eq!(n(generate("RS256", "3072").json()), 512);
    let k = generate("HS256", "512").json();
    assert_eq!(k["keys"][0]["k"].as_str().unwrap().len(), 86);
    for (algorithm, bits) in [("RS256", "1024"), ("ES256", "256"), ("HS256", "128")] {
        assert!(
            generate(algorithm, bits)
                .refused(2, "options")
                .contains("bits")
        );
    }
    assert_eq!(generate("RS256", "many").code, 2);
    let unknown = home.run(&["keys", "generate", "--algorithm", "none"]);
    assert!(unknown.refused(2, "options").contains("ES256"));
    assert_eq!(home.run(&["keys", "generate"]).code, 2);
}

/// RFC 7638 section 3.1.
const RFC_KEY: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;

#[test]
fn a_thumbprint_is_that_of_rfc_7638_one_a_line() {
    let home = Home::new();
    home.write("rfc.json", RFC_KEY);
    let expected = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    assert_eq!(home.text(&["keys", "thumbprint", "rfc.json"]), expected);

    let other = RFC_KEY.replace("2011-04-29", "other");
    let set = format!("{{\"keys\":[{RFC_KEY},{other}]}}");
    let run = home.feed(&["keys", "thumbprint", "-"], set);
    assert_eq!(run.text(), format!("{expected}\n{expected}"));
}

#[test]
fn a_pem_file_is_read_with_the_algorithm_that_is_said() {
    let home = Home::new();
    let pem = openssl::rsa::Rsa::generate(2048).unwrap();
    home.write("rsa.pem", pem.private_key_to_pem().unwrap());
    let message = home.run(&["keys", "public", "rsa.pem"]).refused(2, "key");
    assert!(message.contains("algorithm"), "{message}");

    let public = home
        .run(&["keys", "public", "--algorithm", "PS256", "rsa.pem"])
        .json();
    assert_eq!(public["keys"][0]["alg"], "PS256");
    assert!(public["keys"][0].get("d").is_none());
    let wrong = home.run(&["keys", "public", "--algorithm", "ES256", "rsa.pem"]);
    assert_eq!(wrong.code, 2);
}

#[test]
fn keys_that_are_not_in_use_are_told_beside_the_result() {
    let home = Home::new();
    let bare = RFC_KEY.replace(r#","alg":"RS256","kid":"2011-04-29""#, "");
    let encryption = RFC_KEY.replace("\"kid\"", "\"use\":\"enc\",\"kid\"");
    home.write(
        "set.json",
        format!("{{\"keys\":[{RFC_KEY},{bare},{encryption}]}}"),
    );
    for command in ["public", "thumbprint"] {
        let run = home.run(&["keys", command, "set.json"]);
        assert_eq!(run.code, 0);
        assert!(run.err.contains("not in use: keys[1]"), "{}", run.err);
        assert!(run.err.contains("not in use: keys[2]"), "{}", run.err);
        assert_eq!(run.err.lines().count(), 2);
    }
    home.write(
        "hmac.json",
        home.text(&["keys", "generate", "--algorithm", "HS256"]),
    );
    let run = home.run(&["keys", "public", "hmac.json"]);
    assert!(run.err.contains("HMAC"), "{}", run.err);
    assert_eq!(run.text(), r#"{"keys":[]}"#);
}

#[test]
fn a_file_that_holds_no_keys_is_told_by_what_it_looks_like() {
    let home = Home::new();
    for (content, looks) in [
        (&b""[..], "empty"),
        (b"<html>", "HTML"),
        (b"[]", "array"),
        (b"{]", "JSON"),
        (b"\xff\xfe{\0", "UTF-16"),
    ] {
        home.write("bad", content);
        let message = home.run(&["keys", "public", "bad"]).refused(2, "key");
        assert!(message.contains(looks), "{message}");
    }
    let message = home
        .run(&["keys", "public", "nowhere.json"])
        .refused(2, "key");
    assert!(message.contains("nowhere.json"), "{message}");
    home.run(&["keys", "public", "."]).refused(2, "key");
    home.write("large", vec![b' '; (1 << 20) + 1]);
    let message = home.run(&["keys", "public", "large"]).refused(2, "key");
    assert!(message.contains("1 MiB"), "{message}");
}
