//! A real TLS server on loopback, with an authority of its own, that behaves as
//! it is told: well, badly, or not at all.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use openssl::ssl::{SslAcceptor, SslMethod, SslVersion};

#[path = "../support/authority.rs"]
mod authority;

pub(crate) use authority::{Authority, Identity};

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// A status, headers, and a body with its length.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// These bytes and the end of the connection.
    Raw(Vec<u8>),
    /// These bytes one by one, with a pause after each.
    Trickle(Vec<u8>, Duration),
    /// The first bytes, and then the others again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing, until the client goes.
    Silence,
}

impl Reply {
    pub(crate) fn json(body: impl ToString) -> Self {
        Self::Answer(200, vec![], body.to_string().into_bytes())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, vec![], vec![])
    }

    pub(crate) fn redirect(target: impl Into<String>) -> Self {
        Self::Answer(302, vec![("location", target.into())], vec![])
    }
}

/// How a server speaks, before any request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    Tls,
    /// An outdated protocol.
    Tls11,
    /// It accepts connections and says nothing.
    Mute,
    /// As it should, but for a pause after each byte on the wire.
    Dripping(Duration),
}

type Behaviour = Box<dyn Fn(&str) -> Reply + Send + Sync>;

/// What the threads of a server share.
struct Shared {
    behaviour: Mutex<Behaviour>,
    /// The heads of the requests, as they came.
    requests: Mutex<Vec<String>>,
    stopped: AtomicBool,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// A server that does as `behaviour` says with the head of each request.
    pub(crate) fn start(
        identity: &Identity,
        behaviour: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_as(Speech::Tls, 0, identity, behaviour)
    }

    pub(crate) fn start_as(
        speech: Speech,
        port: u16,
        identity: &Identity,
        behaviour: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut acceptor = SslAcceptor::mozilla_intermediate(SslMethod::tls_server()).unwrap();
        if speech == Speech::Tls11 {
            acceptor
                .set_min_proto_version(Some(SslVersion::TLS1))
                .unwrap();
            acceptor
                .set_max_proto_version(Some(SslVersion::TLS1_1))
                .unwrap();
            acceptor.set_cipher_list("ALL").unwrap();
        }
        acceptor.set_certificate(&identity.certificate).unwrap();
        acceptor.set_private_key(&identity.key).unwrap();
        let acceptor = Arc::new(acceptor.build());
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(Box::new(behaviour)),
            requests: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let own = Arc::clone(&shared);
        let listening = thread::spawn(move || {
            for stream in listener.incoming() {
                if own.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), own) = (stream, Arc::clone(&own)) else {
                    continue;
                };
                let acceptor = Arc::clone(&acceptor);
                thread::spawn(move || match speech {
                    Speech::Mute => wait_for_the_end(&mut &stream),
                    Speech::Tls | Speech::Tls11 => serve(&acceptor, stream, &own),
                    Speech::Dripping(pause) => {
                        let (near, far) = UnixStream::pair().unwrap();
                        thread::spawn(move || drip(&stream, &far, pause));
                        serve(&acceptor, near, &own);
                    }
                });
            }
        });
        Self {
            port,
            shared,
            listening: Some(listening),
        }
    }

    /// The URL of `path` on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// Behaves otherwise from now on.
    pub(crate) fn behave(&self, behaviour: impl Fn(&str) -> Reply + Send + Sync + 'static) {
        *self.shared.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    /// How many requests have come.
    pub(crate) fn hits(&self) -> usize {
        self.shared.requests.lock().unwrap().len()
    }

    /// The head of the last request.
    pub(crate) fn last_request(&self) -> String {
        self.shared
            .requests
            .lock()
            .unwrap()
            .last()
            .cloned()
            .unwrap_or_default()
    }
}

impl Drop for Server {
    /// Stops listening; the port is free when this returns.
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
    }
}

/// Any failure here is the client's doing, and the test sees it there.
fn serve(acceptor: &SslAcceptor, stream: impl Read + Write, shared: &Shared) {
    let Ok(mut tls) = acceptor.accept(stream) else {
        return;
    };
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match tls.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let reply = (shared.behaviour.lock().unwrap())(&head);
    shared.requests.lock().unwrap().push(head);
    let _ = match reply {
        Reply::Answer(status, headers, body) => answer(&mut tls, status, &headers, &body),
        Reply::Raw(bytes) => tls.write_all(&bytes),
        Reply::Trickle(bytes, pause) => bytes.iter().try_for_each(|byte| {
            thread::sleep(pause);
            tls.write_all(&[*byte])
        }),
        Reply::Endless(first, again) => {
            let mut sent = tls.write_all(&first);
            while sent.is_ok() {
                sent = tls.write_all(&again);
            }
            sent
        }
        Reply::Silence => {
            wait_for_the_end(&mut tls);
            Ok(())
        }
    };
    let _ = tls.shutdown();
}

/// Passes bytes on, those to the client one by one.
fn drip(client: &TcpStream, server: &UnixStream, pause: Duration) {
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    let (mut from, mut to) = (server, client);
    let mut byte = [0];
    while from.read(&mut byte).is_ok_and(|read| read == 1) && to.write_all(&byte).is_ok() {
        thread::sleep(pause);
    }
}

fn answer(
    tls: &mut impl Write,
    status: u16,
    headers: &[(&'static str, String)],
    body: &[u8],
) -> std::io::Result<()> {
    write!(
        tls,
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n",
        body.len()
    )?;
    for (name, value) in headers {
        write!(tls, "{name}: {value}\r\n")?;
    }
    tls.write_all(b"connection: close\r\n\r\n")?;
    tls.write_all(body)
}

fn wait_for_the_end(stream: &mut impl Read) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
}
