//! Sources over files, with the real thread.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::hosts::{kind, opened, set};
use crate::error::ErrorKind;
use crate::sources::{Source, SourceOptions};

/// Waits until `holds`; the limit is only there so that a failing test ends.
#[track_caller]
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn over(path: &Path) -> std::sync::Arc<Source> {
    opened(json!({"file": path, "stale": 60}))
}

fn replace(path: &Path, content: impl AsRef<[u8]>) {
    let new = path.with_extension("new");
    fs::write(&new, content).unwrap();
    fs::rename(&new, path).unwrap();
}

#[test]
fn a_file_is_read_at_once_and_again_when_another_takes_its_place() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, set(&["a"])).unwrap();
    let source = over(&path);
    assert_eq!(kind(&source, "a"), Ok(()));
    replace(&path, set(&["b"]));
    soon("the new key is there", || kind(&source, "b").is_ok());
    assert_ne!(kind(&source, "a"), Ok(()));
}

#[test]
fn a_swapped_link_is_followed_as_mounted_secrets_do_it() {
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name);
    for (version, kid) in [("..1", "a"), ("..2", "b")] {
        fs::create_dir(place(version)).unwrap();
        fs::write(place(version).join("keys.json"), set(&[kid])).unwrap();
    }
    symlink("..1", place("..data")).unwrap();
    symlink("..data/keys.json", place("keys.json")).unwrap();
    let source = over(&place("keys.json"));
    assert_eq!(kind(&source, "a"), Ok(()));
    symlink("..2", place("..data_tmp")).unwrap();
    fs::rename(place("..data_tmp"), place("..data")).unwrap();
    soon("the new key is there", || kind(&source, "b").is_ok());
}

#[test]
fn a_broken_or_missing_file_keeps_the_keys_and_says_so() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, set(&["a"])).unwrap();
    let source = over(&path);
    let failed = |part: &str| {
        let status: serde_json::Value =
            serde_json::from_str(&source.status_json().unwrap()).unwrap();
        status["last_error"]
            .as_str()
            .is_some_and(|error| error.contains(part))
    };
    for (content, part) in [
        (&b"{\"keys\": [{\""[..], "key document"),
        (b"", "key document"),
    ] {
        replace(&path, content);
        soon("it is told", || failed(part));
        assert_eq!(kind(&source, "a"), Ok(()));
    }
    fs::remove_file(&path).unwrap();
    soon("it is told", || failed("os error 2"));
    assert_eq!(kind(&source, "a"), Ok(()));
    replace(&path, set(&["b"]));
    soon("the new key is there", || kind(&source, "b").is_ok());
    soon("nothing is wrong any more", || !failed(""));
}

#[test]
fn a_file_that_is_overwritten_under_its_old_time_is_read_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, set(&["a"])).unwrap();
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    let source = over(&path);
    assert_eq!(kind(&source, "a"), Ok(()));
    // As long as the other.
    fs::write(&path, set(&["b"])).unwrap();
    let file = fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(written).unwrap();
    soon("the new key is there", || kind(&source, "b").is_ok());
}

#[test]
fn a_pipe_in_a_files_place_holds_nobody_up() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, set(&["a"])).unwrap();
    let source = over(&path);
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    fs::rename(&pipe, &path).unwrap();
    soon("it is told", || {
        source.status_json().unwrap().contains("not a file")
    });
    assert_eq!(kind(&source, "a"), Ok(()));
    replace(&path, set(&["b"]));
    soon("the new key is there", || kind(&source, "b").is_ok());
}

#[test]
fn a_source_needs_a_good_file_to_begin_with() {
    let folder = TempDir::new().unwrap();
    for (content, part) in [
        (None, "os error 2"),
        (Some("no keys"), "not a key document"),
    ] {
        let path = folder.path().join("keys");
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let options = json!({"file": path, "stale": null}).to_string();
        let options = SourceOptions::read(options.as_bytes()).unwrap();
        let error = Source::open(options, "").unwrap_err();
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn keys_of_a_file_that_stays_away_become_stale_and_come_back() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, set(&["a"])).unwrap();
    let source = opened(json!({"file": path, "stale": 1}));
    fs::remove_file(&path).unwrap();
    soon("it is stale", || {
        kind(&source, "a") == Err(ErrorKind::KeysUnavailable)
    });
    soon("it is told", || source.events_json().contains("\"stale\""));
    soon("who waits is told why", || {
        let error = source.wait(Duration::ZERO).unwrap_err();
        error.kind() == ErrorKind::KeysUnavailable && error.message().contains("os error 2")
    });
    replace(&path, set(&["a"]));
    source.wait(Duration::from_secs(30)).unwrap();
    soon("it serves again", || kind(&source, "a").is_ok());
}

#[test]
fn a_source_that_isnt_refreshed_is_read_when_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.pem");
    let pem = openssl::rsa::Rsa::generate(2048)
        .unwrap()
        .public_key_to_pem()
        .unwrap();
    fs::write(&path, pem).unwrap();
    let source =
        opened(json!({"file": path, "stale": null, "refresh": false, "algorithm": "RS256"}));
    assert_eq!(source.ring().load().len(), 1);
    replace(&path, set(&["a"]));
    assert_ne!(kind(&source, "a"), Ok(()));
    source.refresh().unwrap();
    assert_eq!(kind(&source, "a"), Ok(()));
    assert_eq!(source.claim().unwrap_err().kind(), ErrorKind::Misuse);
}
