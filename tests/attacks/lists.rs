//! Attacks on Token Status Lists: a list that isn't the issuer's, one that was
//! once, one that takes the verifier's memory; and tokens that avoid theirs.

use std::sync::Arc;

use jeton::{
    Algorithm, Call, ErrorKind, KeySet, ListOptions, Named, Ring, Source, Verifier, VerifierOptions,
};
use serde_json::{Value, json};

use crate::support::forge::encode;

const URI: &str = "https://a.test/statuslists/1";
/// Past for the clock, which judges lists as they come.
const NOW: i64 = 1_700_000_000;
/// The standard's example of one bit: 1 0 0 1 1 1 0 1 1 1 0 0 0 1 0 1.
const ONE_BIT: &str = "eNrbuRgAAhcBXQ";
/// And that of two bits: 1 2 0 3 0 1 0 1 1 2 3 3.
const TWO_BITS: &str = "eNo76fITAAPfAgc";

/// An issuer with its keys, a list that it publishes, and who follows it.
struct House {
    keys: Arc<Ring>,
    source: Arc<Source>,
    verifier: Verifier,
}

fn ring() -> Arc<Ring> {
    let set = KeySet::generate(Named::One(Algorithm::Ed25519), None, None);
    Arc::new(Ring::new(set.unwrap()))
}

fn list_options(more: Value) -> ListOptions {
    let mut options =
        json!({"uri": URI, "issuer": "https://a.test", "stale": null, "refresh": false});
    let members = more.as_object().unwrap().clone();
    options.as_object_mut().unwrap().extend(members);
    ListOptions::read(options.to_string().as_bytes()).unwrap()
}

fn house(options: Value) -> House {
    house_requiring(options, json!({}))
}

fn house_requiring(options: Value, policy: Value) -> House {
    let keys = ring();
    let source = Source::open_list(list_options(options), keys.clone()).unwrap();
    let mut document = json!({"issuer": "https://a.test", "audience": null});
    let members = policy.as_object().unwrap().clone();
    document.as_object_mut().unwrap().extend(members);
    let policy = VerifierOptions::read(document.to_string().as_bytes()).unwrap();
    let verifier = Verifier::new(vec![keys.clone()], None, policy).unwrap();
    let verifier = verifier.following(vec![source.clone()]).unwrap();
    House {
        keys,
        source,
        verifier,
    }
}

/// The claims of a list; a member that is null is left out.
fn claims(bits: u64, lst: &str, more: Value) -> Value {
    let mut claims = json!({
        "iss": "https://a.test", "sub": URI, "iat": NOW,
        "status_list": {"bits": bits, "lst": lst},
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    claims
}

fn signed(keys: &Arc<Ring>, r#type: Value, claims: &Value) -> String {
    let options = json!({"type": r#type}).to_string();
    let options = jeton::JwsOptions::read(options.as_bytes()).unwrap();
    jeton::sign(keys, claims.to_string().as_bytes(), &options).unwrap()
}

impl House {
    /// Why the source refuses the token of a list, if it does.
    fn publish(&self, token: &str) -> Option<String> {
        self.source.claim().unwrap().expect("a fetch is due");
        let taken = self.source.accept(200, [], token.as_bytes());
        taken.err().map(|error| {
            assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable, "{error}");
            error.message().to_owned()
        })
    }

    fn list(&self, claims: &Value) -> Option<String> {
        self.publish(&signed(&self.keys, json!("statuslist+jwt"), claims))
    }

    /// The verdict on a token with this `status`.
    fn verdict(&self, status: &Value) -> Result<(), jeton::Error> {
        let mut claims = json!({"iss": "https://a.test", "exp": NOW + 60});
        if !status.is_null() {
            claims["status"] = status.clone();
        }
        let token = signed(&self.keys, json!("JWT"), &claims);
        let verdict = self.verifier.verify(token.as_bytes(), &Call::at(NOW));
        verdict.map(drop)
    }

    fn at(&self, index: u64) -> Option<ErrorKind> {
        let status = json!({"status_list": {"idx": index, "uri": URI}});
        self.verdict(&status).err().map(|error| error.kind())
    }
}

fn place(index: u64, uri: &str) -> Value {
    json!({"status_list": {"idx": index, "uri": uri}})
}

#[test]
fn every_place_of_the_standards_lists_says_what_it_says_there() {
    let one = house(json!({}));
    assert_eq!(one.list(&claims(1, ONE_BIT, json!({}))), None);
    let revoked = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    for (index, revoked) in (0..).zip(revoked) {
        let expected = (revoked == 1).then_some(ErrorKind::Revoked);
        assert_eq!(one.at(index), expected, "{index}");
    }
    let two = house(json!({"accept": ["suspended"]}));
    assert_eq!(two.list(&claims(2, TWO_BITS, json!({}))), None);
    for (index, status) in (0..).zip([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]) {
        let expected = matches!(status, 1 | 3).then_some(ErrorKind::Revoked);
        assert_eq!(two.at(index), expected, "{index}");
    }
}

#[test]
fn attack_a_suspended_token_passes_only_where_the_options_say_so() {
    let strict = house(json!({}));
    assert_eq!(strict.list(&claims(2, TWO_BITS, json!({}))), None);
    let error = strict.verdict(&place(1, URI)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revoked);
    assert_eq!(
        (error.message(), error.claim()),
        ("JWT is suspended", Some("status"))
    );
    assert_eq!(strict.at(3), Some(ErrorKind::Revoked));
    let lenient = house(json!({"accept": ["suspended", 3]}));
    assert_eq!(lenient.list(&claims(2, TWO_BITS, json!({}))), None);
    assert_eq!((lenient.at(1), lenient.at(3)), (None, None));
    assert_eq!(lenient.at(0), Some(ErrorKind::Revoked));
    for pass in [
        json!([0]),
        json!([1]),
        json!([2]),
        json!(["invalid"]),
        json!([256]),
        json!("suspended"),
    ] {
        let options = json!({"uri": URI, "issuer": null, "stale": null, "accept": pass});
        let error = ListOptions::read(options.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options, "{pass}");
    }
}

#[test]
fn attack_a_place_behind_the_end_is_no_good_place() {
    let house = house(json!({}));
    assert_eq!(house.list(&claims(1, ONE_BIT, json!({}))), None);
    assert_eq!(house.at(14), None);
    for index in [16, 17, 1 << 32, i64::MAX as u64] {
        assert_eq!(house.at(index), Some(ErrorKind::Claim), "{index}");
    }
}

#[test]
fn attack_a_status_that_cant_be_read_is_not_a_good_one() {
    let house = house(json!({}));
    assert_eq!(house.list(&claims(1, ONE_BIT, json!({}))), None);
    for status in [
        json!("valid"),
        json!([]),
        json!(0),
        json!({"status_list": null}),
        json!({"status_list": {}}),
        json!({"status_list": {"idx": 1}}),
        json!({"status_list": {"uri": URI}}),
        json!({"status_list": {"idx": -1, "uri": URI}}),
        json!({"status_list": {"idx": 1.5, "uri": URI}}),
        json!({"status_list": {"idx": "1", "uri": URI}}),
        json!({"status_list": {"idx": 1, "uri": [URI]}}),
    ] {
        let error = house.verdict(&status).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Claim, "{status}");
        assert_eq!(error.claim(), Some("status"));
    }
    assert_eq!(house.at(1), None);
}

#[test]
fn attack_a_token_names_a_list_of_its_own() {
    let house = house(json!({}));
    assert_eq!(house.list(&claims(1, ONE_BIT, json!({}))), None);
    for uri in [
        "https://evil.test/1",
        "https://a.test/statuslists/1/",
        "https://a.test/statuslists/",
        "HTTPS://a.test/statuslists/1",
        "",
    ] {
        let error = house.verdict(&place(1, uri)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Claim, "{uri}");
        assert!(!error.message().contains("evil"), "{error}");
    }
    // And nothing is fetched for it.
    assert_eq!(house.source.claim().unwrap(), None);
    assert_eq!(house.verdict(&place(1, URI)), Ok(()));
}

#[test]
fn attack_a_token_leaves_its_status_out() {
    let house = house(json!({}));
    assert_eq!(house.list(&claims(1, ONE_BIT, json!({}))), None);
    let of = |status: Value| house.verdict(&status).unwrap_err();
    assert_eq!(of(json!(null)).kind(), ErrorKind::Missing);
    assert_eq!(of(json!({"other": {}})).kind(), ErrorKind::Missing);
    assert_eq!(of(json!({})).claim(), Some("status"));
    // Where the options waive it, tokens without one pass, and no others.
    let waived = house_requiring(json!({}), json!({"require": ["exp"]}));
    assert_eq!(waived.list(&claims(1, ONE_BIT, json!({}))), None);
    assert_eq!(waived.verdict(&json!(null)), Ok(()));
    assert_eq!(waived.verdict(&json!({"other": {}})), Ok(()));
    assert_eq!(waived.at(0), Some(ErrorKind::Revoked));
}

#[test]
fn before_the_first_list_and_past_its_end_there_is_no_verdict() {
    let house = house(json!({}));
    assert_eq!(house.at(1), Some(ErrorKind::RevocationsUnavailable));
    let end = 4_000_000_000_i64;
    assert_eq!(house.list(&claims(1, ONE_BIT, json!({"exp": end}))), None);
    assert_eq!(house.at(1), None);
    let claims = json!({"iss": "https://a.test", "exp": end + 60, "status": place(1, URI)});
    let token = signed(&house.keys, json!("JWT"), &claims);
    let at = |now| {
        house
            .verifier
            .verify(token.as_bytes(), &Call::at(now))
            .map(drop)
    };
    assert_eq!(at(end - 1), Ok(()));
    assert_eq!(at(end).unwrap_err().kind(), ErrorKind::RevocationsStale);
    // A token that is refused anyway is refused for that.
    let revoked_and_expired = at(end + 60).unwrap_err();
    assert_eq!(revoked_and_expired.kind(), ErrorKind::Expired);
}

#[test]
fn attack_a_list_that_isnt_the_issuers_is_no_list() {
    let good = claims(1, ONE_BIT, json!({}));
    let cases = [
        (json!("JWT"), good.clone(), "Invalid type"),
        (json!(null), good.clone(), "Invalid type"),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"sub": "https://a.test/statuslists/2"})),
            "\"sub\"",
        ),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"sub": null})),
            "\"sub\" is missing",
        ),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"iss": "https://b.test"})),
            "Invalid issuer",
        ),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"iss": null})),
            "Invalid issuer",
        ),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"iat": null})),
            "\"iat\" is missing",
        ),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"iat": 4_000_000_000_i64})),
            "in the future",
        ),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"exp": NOW})),
            "JWT is expired",
        ),
        (
            json!("statuslist+jwt"),
            claims(1, ONE_BIT, json!({"status_list": null})),
            "\"status_list\" is missing",
        ),
    ];
    for (r#type, claims, reason) in cases {
        let house = house(json!({}));
        let refused = house
            .publish(&signed(&house.keys, r#type, &claims))
            .unwrap();
        assert!(
            refused.starts_with("the status list: ") && refused.contains(reason),
            "{refused}"
        );
        assert_eq!(house.at(1), Some(ErrorKind::RevocationsUnavailable));
    }
    let forged = house(json!({}));
    let refused = forged
        .publish(&signed(&ring(), json!("statuslist+jwt"), &good))
        .unwrap();
    assert!(
        refused.contains("key") || refused.contains("signature"),
        "{refused}"
    );
    let twin = house(json!({}));
    assert_eq!(
        twin.publish(&signed(
            &twin.keys,
            json!("application/statuslist+jwt"),
            &good
        )),
        None
    );
    assert_eq!(twin.at(1), None);
}

#[test]
fn attack_a_list_that_cant_be_unpacked_is_no_list() {
    let cut = &ONE_BIT[..ONE_BIT.len() - 2];
    for (claims, reason) in [
        (claims(3, ONE_BIT, json!({})), "bits"),
        (claims(0, ONE_BIT, json!({})), "bits"),
        (claims(16, ONE_BIT, json!({})), "bits"),
        (claims(1, "", json!({})), "zlib"),
        (claims(1, cut, json!({})), "zlib"),
        (claims(1, "AAAA", json!({})), "zlib"),
        (claims(1, "eNrbuRgAAhcBXQ==", json!({})), "base64url"),
        (claims(1, "eNrbuRgAAhcBX!", json!({})), "base64url"),
        // Another checksum: a byte was changed on the way.
        (claims(1, "eNrbuRgAAhcBXg", json!({})), "zlib"),
        (
            claims(
                1,
                ONE_BIT,
                json!({"status_list": {"bits": "1", "lst": ONE_BIT}}),
            ),
            "bits",
        ),
        (
            claims(1, ONE_BIT, json!({"status_list": {"bits": 1}})),
            "lst",
        ),
        (claims(1, ONE_BIT, json!({"status_list": [1]})), "bits"),
        (claims(1, ONE_BIT, json!({"ttl": 0})), "ttl"),
        (claims(1, ONE_BIT, json!({"ttl": -1})), "ttl"),
        (claims(1, ONE_BIT, json!({"ttl": "60"})), "ttl"),
    ] {
        let refused = house(json!({})).list(&claims).unwrap();
        assert!(refused.contains(reason), "{refused}");
    }
    let others = json!({"ttl": 43200, "aggregation": 1, "status_list": {"bits": 1, "lst": ONE_BIT, "aggregation_uri": "https://a.test/"}});
    assert_eq!(house(json!({})).list(&claims(1, ONE_BIT, others)), None);
}

/// What it takes of memory is counted in tests/allocations.rs.
#[test]
fn attack_a_small_list_that_unpacks_to_a_large_one_is_no_list() {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&[0; (2 << 20) + 1], 9);
    let bomb = encode(&packed);
    assert!(bomb.len() < 4096, "{}", bomb.len());
    let refused = house(json!({})).list(&claims(1, &bomb, json!({}))).unwrap();
    assert!(
        refused.contains("1048576 bytes (limits.unpacked)"),
        "{refused}"
    );
    let exact = house(json!({"limits": {"unpacked": (2 << 20) + 1}}));
    assert_eq!(exact.list(&claims(1, &bomb, json!({}))), None);
    assert_eq!(exact.at((16 << 20) + 7), None);
    assert_eq!(exact.at((16 << 20) + 8), Some(ErrorKind::Claim));
    let short = house(json!({"limits": {"unpacked": 2 << 20}}));
    assert!(short.list(&claims(1, &bomb, json!({}))).is_some());
}

#[test]
fn attack_an_older_list_takes_no_revocation_back() {
    let house = house(json!({"minimum": 1, "maximum": 1}));
    assert_eq!(house.list(&claims(1, ONE_BIT, json!({}))), None);
    let due = || {
        while house.source.claim().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    let accept = |claims: &Value| {
        due();
        let token = signed(&house.keys, json!("statuslist+jwt"), claims);
        house.source.accept(200, [], token.as_bytes())
    };
    // All good, as it was a second before.
    let nothing = "eNpjYAAAAAIAAQ";
    let replayed = accept(&claims(1, nothing, json!({"iat": NOW - 1}))).unwrap_err();
    assert!(replayed.message().contains("older"), "{replayed}");
    assert_eq!(house.at(0), Some(ErrorKind::Revoked));
    // So a broken answer leaves the last good list.
    due();
    house.source.accept(200, [], b"<html>").unwrap_err();
    assert_eq!((house.at(0), house.at(1)), (Some(ErrorKind::Revoked), None));
    accept(&claims(1, nothing, json!({"iat": NOW}))).unwrap();
    assert_eq!(house.at(0), None);
}

#[test]
fn two_lists_have_two_names_and_none_is_no_list() {
    let house = house(json!({}));
    let twice = vec![
        house.source.clone() as Arc<dyn jeton::StatusList>,
        house.source.clone(),
    ];
    for lists in [twice, Vec::new()] {
        let error = house.verifier.following(lists).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
    }
}
