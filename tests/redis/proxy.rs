//! The way to a server, which may fail while both ends are well.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

#[derive(Default)]
struct State {
    /// Nothing goes through, and no connection ends.
    held: AtomicBool,
    /// Answers go through a few bytes at a time.
    slow: AtomicBool,
    /// The next answer is lost, and its connection with it.
    cut: AtomicBool,
    connections: Mutex<Vec<TcpStream>>,
}

pub(crate) struct Proxy {
    port: u16,
    state: Arc<State>,
}

impl Proxy {
    pub(crate) fn new(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { break };
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
                    continue;
                };
                let ends = [client.try_clone().unwrap(), server.try_clone().unwrap()];
                shared.connections.lock().unwrap().extend(ends);
                let ways = [
                    (
                        client.try_clone().unwrap(),
                        server.try_clone().unwrap(),
                        false,
                    ),
                    (server, client, true),
                ];
                for (from, to, is_answer) in ways {
                    let state = Arc::clone(&shared);
                    thread::spawn(move || pass(from, to, is_answer, &state));
                }
            }
        });
        Self { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn location(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn hold(&self, held: bool) {
        self.state.held.store(held, Ordering::SeqCst);
    }

    pub(crate) fn slow(&self, slow: bool) {
        self.state.slow.store(slow, Ordering::SeqCst);
    }

    /// Loses the next answer to anybody who isn't waiting for news.
    pub(crate) fn cut_next_answer(&self) {
        self.state.cut.store(true, Ordering::SeqCst);
    }

    pub(crate) fn cut_all(&self) {
        for connection in self.state.connections.lock().unwrap().drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, is_answer: bool, state: &State) {
    let mut buffer = [0; 65_536];
    loop {
        let slow = is_answer && state.slow.load(Ordering::SeqCst);
        let most = if slow { 512 } else { buffer.len() };
        let Ok(length @ 1..) = from.read(&mut buffer[..most]) else {
            break;
        };
        let piece = &buffer[..length];
        // The answer to an append begins with the id of its entry.
        let acknowledges = is_answer && piece.starts_with(b"$") && piece.contains(&b'-');
        if acknowledges && state.cut.swap(false, Ordering::SeqCst) {
            break;
        }
        while state.held.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        if slow {
            thread::sleep(Duration::from_millis(1));
        }
        if to.write_all(piece).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
