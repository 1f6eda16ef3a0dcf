//! A Token Status List over https, kept fresh by the refresher.

use std::sync::Arc;

use jeton::{Call, ErrorKind, JwsOptions, ListOptions, Source, Verifier, VerifierOptions, sign};
use serde_json::{Value, json};

use crate::server::{Authority, Reply, Server};
use crate::{Issuer, soon, status};

/// The token of the standard's list of one bit: place 0 is revoked, 1 is not.
fn list(issuer: &Issuer, uri: &str, issued: i64) -> String {
    let claims = json!({
        "iss": "https://a.test", "sub": uri, "iat": issued, "ttl": 1,
        "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
    });
    let options = JwsOptions::read(br#"{"type": "statuslist+jwt"}"#).unwrap();
    sign(&issuer.ring, claims.to_string().as_bytes(), &options).unwrap()
}

#[test]
fn a_list_is_asked_for_as_one_and_outlasts_a_server_that_breaks() {
    let authority = Authority::new();
    let issuer = Issuer::new("a");
    let server = Server::start(&authority.localhost(), |_| Reply::status(503));
    let uri = server.url("/statuslists/1");
    let options = json!({
        "uri": uri, "issuer": "https://a.test", "stale": 3600, "ca": authority.file(),
        "private": true, "minimum": 1, "timeout": 60,
    });
    let options = ListOptions::read(options.to_string().as_bytes()).unwrap();
    let source = Source::open_list(options, issuer.ring.clone()).unwrap();
    let policy = br#"{"issuer": "https://a.test", "audience": null, "require": ["status"]}"#;
    let policy = VerifierOptions::read(policy).unwrap();
    let verifier = Verifier::new(vec![issuer.ring.clone()], None, policy).unwrap();
    let verifier = verifier.following(vec![source.clone()]).unwrap();
    let at = |index: u64| {
        let place = json!({"status": {"status_list": {"idx": index, "uri": uri}}});
        let token = issuer
            .minter
            .mint(place.to_string().as_bytes(), &Call::default());
        let verdict = verifier.verify(token.unwrap().as_bytes(), &Call::default());
        verdict.map(drop).map_err(|error| error.kind())
    };
    assert_eq!(at(1), Err(ErrorKind::RevocationsUnavailable));
    let failures = |source: &Arc<Source>| status(source)["failures"].as_u64().unwrap();
    soon("a failure", || failures(&source) > 0);
    let good = list(&issuer, &uri, 1_700_000_000);
    server.behave(move |head| {
        if head
            .to_lowercase()
            .contains("accept: application/statuslist+jwt\r\n")
        {
            Reply::Answer(200, vec![], good.clone().into_bytes())
        } else {
            Reply::status(406)
        }
    });
    soon("the list", || at(1).is_ok());
    assert_eq!(at(0), Err(ErrorKind::Revoked));

    // An older one, from a cache that lags behind, and one of nobody.
    let before = failures(&source);
    let older = list(&issuer, &uri, 1_600_000_000);
    server.behave(move |_| Reply::Answer(200, vec![], older.clone().into_bytes()));
    soon("a refusal", || failures(&source) > before);
    assert!(
        status(&source)["last_error"]
            .as_str()
            .unwrap()
            .contains("older")
    );
    assert_eq!((at(0), at(1)), (Err(ErrorKind::Revoked), Ok(())));
    assert_ne!(status(&source)["list"], Value::Null);
}
