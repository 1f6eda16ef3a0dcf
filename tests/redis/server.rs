//! A server of the test's own.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use redis::{Client, Cmd, ConnectionAddr, FromRedisValue, IntoConnectionInfo};
use tempfile::TempDir;

pub(crate) fn program() -> String {
    std::env::var("JETON_TEST_REDIS").unwrap_or_else(|_| "redis-server".into())
}

/// A port that nobody listens at just now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) struct Server {
    pub(crate) port: u16,
    program: String,
    folder: TempDir,
    /// Its file of settings, if it has one.
    file: Option<PathBuf>,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// One that keeps nothing but in memory.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// One that keeps what it acknowledges, whatever happens to it.
    pub(crate) fn durable() -> Self {
        Self::with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    pub(crate) fn with(arguments: &[&str]) -> Self {
        Self::of(&program(), free_port(), arguments)
    }

    pub(crate) fn of(program: &str, port: u16, arguments: &[&str]) -> Self {
        Self::made(program, port, None, arguments)
    }

    pub(crate) fn of_file(program: &str, port: u16, file: &Path, arguments: &[&str]) -> Self {
        Self::made(program, port, Some(file.to_owned()), arguments)
    }

    fn made(program: &str, port: u16, file: Option<PathBuf>, arguments: &[&str]) -> Self {
        let mut server = Self {
            port,
            program: program.to_owned(),
            folder: TempDir::new().unwrap(),
            file,
            arguments: arguments.iter().map(ToString::to_string).collect(),
            child: None,
        };
        server.start();
        server
    }

    pub(crate) fn start(&mut self) {
        let port = self.port.to_string();
        let log = fs::File::create(self.file("server.log")).unwrap();
        let mut command = Command::new(&self.program);
        match &self.file {
            Some(file) => command.arg(file),
            None => command.args(["--save", "", "--appendonly", "no"]),
        };
        command
            .args(&self.arguments)
            .args(["--port", &port, "--bind", "127.0.0.1", "--dir"])
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log);
        self.child = Some(command.spawn().unwrap_or_else(|error| {
            panic!("{}: {error}; scripts/setup installs it", self.program)
        }));
        let limit = Instant::now() + Duration::from_secs(30);
        while !self.answers() {
            if let Some(status) = self.child.as_mut().unwrap().try_wait().unwrap() {
                let log = fs::read_to_string(self.file("server.log")).unwrap();
                panic!("the server ended ({status}): {log}");
            }
            assert!(Instant::now() < limit, "the server doesn't answer");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether it answers at all: to want a password first is an answer.
    fn answers(&self) -> bool {
        match self.try_ask::<redis::Value>(&redis::cmd("PING")) {
            Ok(_) => true,
            Err(error) => error.code().is_some_and(|code| code != "LOADING"),
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn location(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn client(&self) -> Client {
        let address = ConnectionAddr::Tcp("127.0.0.1".into(), self.port);
        Client::open(address.into_connection_info().unwrap()).unwrap()
    }

    pub(crate) fn try_ask<T: FromRedisValue>(&self, command: &Cmd) -> redis::RedisResult<T> {
        let patience = Duration::from_secs(20);
        let mut connection = self.client().get_connection_with_timeout(patience)?;
        connection.set_read_timeout(Some(patience))?;
        command.query(&mut connection)
    }

    #[track_caller]
    pub(crate) fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = Cmd::new();
        command.arg(words);
        self.try_ask(&command).unwrap()
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.as_ref().unwrap().id();
        kill(Pid::from_raw(i32::try_from(pid).unwrap()), signal).unwrap();
    }

    /// Stops it, as a machine that hangs: connections stay, nothing answers.
    pub(crate) fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub(crate) fn go_on(&self) {
        self.signal(Signal::SIGCONT);
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
