//! What the client's connections go through: names looked up with care, a limit
//! on the whole, and TLS.

use std::fmt;
use std::io::{Read, Write};
use std::time::Instant;

use ureq::Timeout;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter, time,
};

use super::client::PRIVATE;
use crate::crypto::{Refused, Stream, Tls};
use crate::sources::address::is_public;

/// A failure of our own parts, in words, on its way through the client.
#[derive(Debug)]
pub(super) struct Fault(pub(super) String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// Looks names up, and lets through what may be asked.
#[derive(Debug)]
pub(super) struct Guarded {
    resolver: DefaultResolver,
    private: bool,
    /// The proxy is the operator's word; it may stand in a private network.
    proxy: Option<Uri>,
}

impl Guarded {
    pub(super) fn new(private: bool, proxy: Option<Uri>) -> Self {
        Self {
            resolver: DefaultResolver::default(),
            private,
            proxy,
        }
    }
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.resolver.resolve(uri, config, timeout)?;
        if self.private || self.proxy.as_ref() == Some(uri) {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            let fault = Fault(PRIVATE.to_owned());
            return Err(ureq::Error::Other(Box::new(fault)));
        }
        Ok(public)
    }
}

/// Bounds a connection by the time that is left when it is made, however many
/// steps it is used in: a proxy's answer is awaited byte by byte, each with all
/// of that time.
#[derive(Debug)]
pub(super) struct InTime;

impl<In: Transport> Connector<In> for InTime {
    type Out = Bounded<In>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let end = match details.timeout.after {
            time::Duration::Exact(after) => Instant::now().checked_add(after),
            time::Duration::NotHappening => None,
        };
        Ok(chained.map(|transport| Bounded { transport, end }))
    }
}

/// A connection until its end.
#[derive(Debug)]
pub(super) struct Bounded<T> {
    transport: T,
    end: Option<Instant>,
}

impl<T> Bounded<T> {
    /// The same, or what is left where that is less.
    fn within(&self, mut timeout: NextTimeout) -> Result<NextTimeout, ureq::Error> {
        if let Some(end) = self.end {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ureq::Error::Timeout(Timeout::Global));
            }
            timeout.after = timeout.after.min(left.into());
        }
        Ok(timeout)
    }
}

impl<T: Transport> Transport for Bounded<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let timeout = self.within(timeout)?;
        self.transport.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let timeout = self.within(timeout)?;
        self.transport.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}

/// Begins TLS.
pub(super) struct Secure(pub(super) Tls);

impl fmt::Debug for Secure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secure")
    }
}

impl<In: Transport> Connector<In> for Secure {
    type Out = Either<In, Secured>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        // The way to a proxy is plain; what goes through it isn't.
        if !details.needs_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().unwrap_or_default();
        let host = host.trim_matches(['[', ']']);
        let boxed: Box<dyn Transport> = Box::new(transport);
        let mut adapter = TransportAdapter::new(boxed, details.current_time.clone());
        adapter.set_timeout(details.timeout);
        let stream = self
            .0
            .connect(host, adapter)
            .map_err(|refused| match refused {
                Refused::Io(error) => ureq::Error::from(error),
                Refused::Peer(reason) => ureq::Error::Other(Box::new(Fault(reason))),
            })?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Either::B(Secured { buffers, stream })))
    }
}

/// A connection under TLS.
pub(super) struct Secured {
    buffers: LazyBuffers,
    stream: Stream<TransportAdapter>,
}

impl fmt::Debug for Secured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secured")
    }
}

impl Transport for Secured {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.below().set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output)?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.below().set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.below().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
