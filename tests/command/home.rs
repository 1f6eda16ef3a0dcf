//! A directory to run the command in, with keys and options, and what a run
//! came to.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const MINT: &str =
    r#"{"issuer": "https://issuer.example", "audience": "api", "lifetime": 600}"#;
pub(crate) const VERIFY: &str = r#"{"issuer": "https://issuer.example", "audience": "api"}"#;
/// When the tokens of these tests are made.
pub(crate) const NOW: &str = "1800000000";

pub(crate) struct Home(TempDir);

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Home {
    /// A directory with keys.json, public.json, mint.json and verify.json.
    pub(crate) fn new() -> Self {
        let home = Self(TempDir::new().unwrap());
        home.write("mint.json", MINT);
        home.write("verify.json", VERIFY);
        let keys = home.text(&["keys", "generate", "--algorithm", "ES256"]);
        home.write("keys.json", &keys);
        home.write("public.json", home.text(&["keys", "public", "keys.json"]));
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
        command
            .current_dir(self.0.path())
            .args(arguments)
            .env_remove("SECRET");
        command
    }

    /// Runs the command with nothing on standard input.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        self.feed(arguments, b"")
    }

    /// Runs the command with `input` on standard input.
    pub(crate) fn feed<S: AsRef<OsStr>>(&self, arguments: &[S], input: impl AsRef<[u8]>) -> Run {
        finish(self.command(arguments), input.as_ref())
    }

    /// What a run that must do well writes, without the newline at its end.
    pub(crate) fn text<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        self.run(arguments).text()
    }

    /// A token with these claims, made at [`NOW`].
    pub(crate) fn mint(&self, claims: &str) -> String {
        let keys = ["mint", "--keys", "keys.json", "--options", "mint.json"];
        self.text(&[&keys[..], &["--now", NOW, "--claims", claims]].concat())
    }
}

/// Runs `command` to its end.
pub(crate) fn finish(mut command: Command, input: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A command that needn't read all of it may end before it has.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: output.stdout,
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    #[track_caller]
    pub(crate) fn text(self) -> String {
        assert_eq!(self.code, 0, "{}", self.err);
        let text = String::from_utf8(self.out).unwrap();
        text.strip_suffix('\n').unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// The one JSON object on standard error of a run that failed with `code`,
    /// with nothing on standard output.
    #[track_caller]
    pub(crate) fn failure(self, code: i32) -> Value {
        assert_eq!(self.code, code, "{}", self.err);
        assert!(self.out.is_empty(), "a failure wrote to standard output");
        let line = self.err.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "more than one line: {line}");
        let object: Value = serde_json::from_str(line).expect(line);
        assert!(object["status"].is_string() && object["message"].is_string());
        object
    }

    /// [`Self::failure`] with this status; its message.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, status: &str) -> String {
        let object = self.failure(code);
        assert_eq!(object["status"], status, "{object}");
        object["message"].as_str().unwrap().to_owned()
    }
}
