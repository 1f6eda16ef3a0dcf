//! DPoP proofs on the command line: RFC 9449's own, and what a script may forget.

use crate::home::{Home, Run};

/// Figure 12, the proof of a GET with the access token below.
const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
const ACCESS: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU\n";
const JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
const ANY: &str = r#"{"system":{"name":"dpop","replay":false}}"#;

const REQUEST: [&str; 6] = [
    "--method",
    "GET",
    "--uri",
    "https://resource.example.org/protectedresource?page=2",
    "--access-token-file",
    "access.txt",
];

fn home() -> Home {
    let home = Home::new();
    home.write("access.txt", ACCESS);
    home
}

fn verify(home: &Home, options: &str, more: &[&str]) -> Run {
    let flags = ["verify", "--now", "1562262618", "--options", options];
    home.run(&[&flags, more, &["--", PROOF]].concat())
}

/// The claim at fault of a proof that is refused.
#[track_caller]
fn fault(run: Run) -> String {
    let object = run.failure(1);
    object["claim"].as_str().unwrap().to_owned()
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&REQUEST, more].concat()
}

#[test]
fn a_proof_is_verified_for_its_request_without_keys() {
    let home = home();
    let claims = verify(&home, ANY, &with(&["--jkt", JKT])).json();
    assert_eq!(claims["jti"], "e1j3V_bKic8-LAEB");
    let other = ["--method", "POST"];
    let request = [&other, &REQUEST[2..], &["--jkt", JKT]].concat();
    assert_eq!(fault(verify(&home, ANY, &request)), "htm");
    home.write("access.txt", "another\n");
    assert_eq!(fault(verify(&home, ANY, &with(&["--jkt", JKT]))), "ath");
    verify(&home, ANY, &with(&["--jkt", "another"])).refused(1, "unknown-key");
    let nonce = with(&["--jkt", JKT, "--nonce", "n"]);
    assert_eq!(fault(verify(&home, ANY, &nonce)), "nonce");
}

#[test]
fn what_a_script_forgets_is_wrong_usage() {
    let home = home();
    verify(&home, ANY, &REQUEST).refused(2, "misuse");
    verify(&home, ANY, &REQUEST[..2]).refused(2, "misuse");
    verify(&home, ANY, &[]).refused(2, "misuse");
    verify(
        &home,
        r#"{"system":{"name":"dpop"}}"#,
        &with(&["--jkt", JKT]),
    )
    .refused(2, "misconfigured");
    let keys = with(&["--jkt", JKT, "--keys", "public.json"]);
    verify(&home, ANY, &keys).refused(2, "misconfigured");
    let file = ["--access-token-file", "absent.txt"];
    verify(
        &home,
        ANY,
        &[&REQUEST[..4], &file, &["--jkt", JKT]].concat(),
    )
    .refused(2, "misuse");
    // Without an access token none is expected: the ath is the client's matter.
    verify(&home, ANY, &REQUEST[..4]).text();
}

#[test]
fn a_request_is_told_to_no_other_verifier() {
    let home = home();
    let token = home.mint("{}");
    let flags = [
        "verify",
        "--keys",
        "public.json",
        "--options",
        "verify.json",
    ];
    let run = home.run(&[&flags, &REQUEST[..2], &["--", token.as_str()]].concat());
    run.refused(2, "misuse");
}

#[test]
#[cfg(feature = "sqlite")]
fn a_proof_that_another_process_accepted_is_refused() {
    let home = home();
    let once = r#"{"system":{"name":"dpop"}}"#;
    let request = with(&["--jkt", JKT, "--revocations", "sqlite:used.db"]);
    verify(&home, once, &request).text();
    assert_eq!(fault(verify(&home, once, &request)), "jti");
}
