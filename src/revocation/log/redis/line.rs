//! One connection: the crate's commands and answers over a socket, or TLS, of
//! our own. The crate's own connections can neither use this library's TLS with
//! a CA of one's own, nor be woken while they wait, nor bound an answer's time
//! as a whole.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{Cmd, ErrorKind as Kind, Parser, RedisError, Value};

use super::place::{Server, Store};
use crate::crypto::{Refused, Stream};

/// Why there is no answer, or not the one that was hoped for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no connection, or none any more: in words.
    Gone(String),
    /// What the server says, by its code and in its words.
    Said { code: String, words: String },
    /// The answer isn't one that the command has.
    Odd,
}

impl Fault {
    pub(super) fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Said { code, .. } if code == wanted)
    }

    /// Whether the connection is of no more use.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Gone(_) | Self::Odd => true,
            // A server that isn't the master any more, or not yet; one that
            // wants another user; and a store that moved to another server.
            Self::Said { code, .. } => matches!(
                code.as_str(),
                "READONLY" | "LOADING" | "MASTERDOWN" | "NOAUTH" | "UNBLOCKED" | "MOVED" | "ASK"
            ),
        }
    }
}

pub(super) struct Line {
    pub(super) server: Server,
    wire: Wire,
    parser: Parser,
    timeout: Duration,
}

enum Wire {
    Plain(Socket),
    Tls(Box<Stream<Socket>>),
}

/// A socket whose reads and writes all end by one moment, or little later.
struct Socket {
    stream: Arc<TcpStream>,
    deadline: Instant,
    /// How long a read, and a write, may take as it is set.
    limits: [Duration; 2],
}

const READ: usize = 0;
const WRITE: usize = 1;

impl Socket {
    /// Sets how long the next read or write may take, unless it is as good as set.
    fn limit(&mut self, way: usize) -> io::Result<()> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let Some(set) = self.limits.get_mut(way) else {
            return Ok(());
        };
        if set.abs_diff(left) > left / 16 {
            match way {
                READ => self.stream.set_read_timeout(Some(left))?,
                _ => self.stream.set_write_timeout(Some(left))?,
            }
            *set = left;
        }
        Ok(())
    }
}

/// Tries again what a signal has interrupted; a time-out has one name.
fn steadily(mut work: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match work() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            outcome => return outcome,
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        steadily(|| {
            self.limit(READ)?;
            (&*self.stream).read(buffer)
        })
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        steadily(|| {
            self.limit(WRITE)?;
            (&*self.stream).write(buffer)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A forked child may hold it too, which would keep it open.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Line {
    /// Connects to `server`, which nothing has been said to yet.
    pub(super) fn connect(store: &Store, server: &Server) -> Result<Self, Fault> {
        let timeout = store.settings.timeout;
        let deadline = Instant::now() + timeout;
        let stream = dial(server, deadline).map_err(|error| gone(&error, timeout))?;
        let socket = Socket {
            stream: Arc::new(stream),
            deadline,
            limits: [Duration::ZERO; 2],
        };
        let wire = if store.secure {
            let stream = store
                .with_tls(|tls| tls.connect(&server.host, socket))
                .map_err(|error| Fault::Gone(error.message().to_owned()))?
                .map_err(|refused| match refused {
                    Refused::Io(error) => gone(&error, timeout),
                    Refused::Peer(reason) => Fault::Gone(reason),
                })?;
            Wire::Tls(Box::new(stream))
        } else {
            Wire::Plain(socket)
        };
        Ok(Self {
            server: server.clone(),
            wire,
            parser: Parser::new(),
            timeout,
        })
    }

    fn socket(&mut self) -> &mut Socket {
        match &mut self.wire {
            Wire::Plain(socket) => socket,
            Wire::Tls(stream) => stream.below(),
        }
    }

    /// What ends a wait for an answer, from another thread.
    pub(super) fn breaker(&mut self) -> impl Fn() + Send + 'static {
        let stream = Arc::downgrade(&self.socket().stream);
        move || {
            if let Some(stream) = stream.upgrade() {
                // It is gone already, or is now.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Sends packed commands; their answers may take `more` than the timeout.
    pub(super) fn send(&mut self, packed: &[u8], more: Duration) -> Result<(), Fault> {
        let timeout = self.timeout;
        self.socket().deadline = Instant::now() + timeout + more;
        let outcome = match &mut self.wire {
            Wire::Plain(socket) => socket.write_all(packed),
            Wire::Tls(stream) => stream.write_all(packed).and_then(|()| stream.flush()),
        };
        outcome.map_err(|error| gone(&error, timeout))
    }

    /// The next answer.
    pub(super) fn receive(&mut self) -> Result<Value, Fault> {
        let value = match &mut self.wire {
            Wire::Plain(socket) => self.parser.parse_value(socket),
            Wire::Tls(stream) => self.parser.parse_value(stream),
        };
        match value {
            Ok(Value::ServerError(error)) => Err(said(error.code(), error.details())),
            Ok(value) => Ok(value),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// One command, and its answer.
    pub(super) fn ask(&mut self, command: &Cmd) -> Result<Value, Fault> {
        self.send(&command.get_packed_command(), Duration::ZERO)?;
        self.receive()
    }

    /// Several commands at once; their answers, or the first that is a refusal.
    pub(super) fn ask_all<const N: usize>(
        &mut self,
        commands: [&Cmd; N],
    ) -> Result<[Value; N], Fault> {
        let mut packed = Vec::new();
        for command in commands {
            command.write_packed_command(&mut packed);
        }
        self.send(&packed, Duration::ZERO)?;
        let mut refused = None;
        let mut answers = [const { Value::Nil }; N];
        for answer in &mut answers {
            match self.receive() {
                Ok(value) => *answer = value,
                Err(fault @ Fault::Said { .. }) => _ = refused.get_or_insert(fault),
                Err(fault) => return Err(fault),
            }
        }
        refused.map_or(Ok(answers), Err)
    }

    fn failed(&self, error: &RedisError) -> Fault {
        if error.is_timeout() {
            return gone(&io::ErrorKind::TimedOut.into(), self.timeout);
        }
        match (error.kind(), error.code()) {
            (Kind::Io, _) => Fault::Gone("the connection ended".into()),
            (_, Some(code)) => said(code, error.detail()),
            (_, None) => Fault::Gone("what it answers isn't Redis's protocol".into()),
        }
    }
}

fn said(code: &str, words: Option<&str>) -> Fault {
    Fault::Said {
        code: code.to_owned(),
        // No page of text, whoever wrote it.
        words: words.unwrap_or_default().chars().take(200).collect(),
    }
}

fn gone(error: &io::Error, timeout: Duration) -> Fault {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, TimedOut, UnexpectedEof,
    };
    Fault::Gone(match error.kind() {
        TimedOut => format!(
            "it didn't answer within {} s (option timeout)",
            timeout.as_secs()
        ),
        ConnectionRefused => "the connection was refused".into(),
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof => {
            "the connection ended".into()
        }
        _ => format!("no connection: {error}"),
    })
}

/// A connection to the first of the server's addresses that takes one.
fn dial(server: &Server, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in (server.host.as_str(), server.port).to_socket_addrs()? {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
