//! The client: a well-known one, over our TLS and our choice of addresses.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, IF_NONE_MATCH, LOCATION};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, TcpConnector};
use ureq::{Agent, Body, Proxy};

use super::transport::{Fault, Guarded, InTime, Secure};
use crate::crypto::Tls;
use crate::error::{Error, ErrorKind, Result};
use crate::sources::address::is_public;
use crate::sources::message::{Headers, Request, Response, too_long};
use crate::sources::options::{HttpsOptions, fault};

/// The longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// The most redirects that are followed, all within one origin.
const MOST_REDIRECTS: usize = 3;

pub(in crate::sources) struct Https {
    agent: Agent,
    timeout: Duration,
    bytes: usize,
    private: bool,
}

impl Https {
    /// A client that trusts the certificates of `ca`, or else the platform's.
    pub(in crate::sources) fn new(options: &HttpsOptions, ca: Option<&[u8]>) -> Result<Self> {
        let tls = match ca {
            Some(ca) => Tls::trusting(ca).map_err(|error| match error.kind() {
                ErrorKind::Options => fault("ca", error.message()),
                _ => error,
            })?,
            None => Tls::of_platform()?,
        };
        let proxy = options
            .proxy
            .as_deref()
            .map(|proxy| Proxy::new(proxy).map_err(|_| fault("proxy", "not the URL of a proxy")));
        let proxy = proxy.transpose()?;
        let resolver = Guarded::new(
            options.private,
            proxy.as_ref().map(|proxy| proxy.uri().clone()),
        );
        let config = Agent::config_builder()
            .https_only(true)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(LONGEST_HEAD)
            // A connection that is kept would be shared with forked children.
            .max_idle_connections(0)
            .proxy(proxy)
            .user_agent(concat!("jeton/", env!("CARGO_PKG_VERSION")))
            .build();
        let connector =
            ().chain(ConnectProxyConnector::default())
                .chain(TcpConnector::default())
                .chain(InTime)
                .chain(Secure(tls));
        Ok(Self {
            agent: Agent::with_parts(config, connector, resolver),
            timeout: options.timeout,
            bytes: options.bytes,
            private: options.private,
        })
    }

    /// Whether `url`, the value of `option`, is one that can be asked.
    pub(in crate::sources) fn check(&self, option: &str, url: &str) -> Result<()> {
        let uri: Option<Uri> = url.parse().ok();
        let host = uri.as_ref().and_then(Uri::host);
        let address = host.ok_or_else(|| fault(option, "not a URL"))?;
        if !self.private && literal(address).is_some_and(|address| !is_public(address)) {
            return Err(fault(option, PRIVATE));
        }
        Ok(())
    }

    /// Asks once, redirects within the origin included.
    pub(in crate::sources) fn get(&self, request: &Request, deadline: Instant) -> Result<Response> {
        let mut uri: Uri = request
            .url
            .parse()
            .map_err(|_| unavailable("the URL can't be read"))?;
        let host = uri.host().unwrap_or_default().to_owned();
        let named = |error: Error| error.at(&host);
        if !self.private && literal(&host).is_some_and(|address| !is_public(address)) {
            return Err(named(private_address()));
        }
        for _ in 0..=MOST_REDIRECTS {
            let answer = self
                .exchange(&uri, request.etag.as_deref(), deadline)
                .map_err(|error| named(self.explained(error)))?;
            let Some(target) = redirect(&answer) else {
                return self.read(answer).map_err(named);
            };
            uri = followed(&uri, target).map_err(named)?;
        }
        Err(named(unavailable("too many redirects")))
    }

    fn exchange(
        &self,
        uri: &Uri,
        etag: Option<&str>,
        deadline: Instant,
    ) -> Result<ureq::http::Response<Body>, ureq::Error> {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut builder = self
            .agent
            .get(uri)
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .header(ACCEPT_ENCODING, "identity");
        if let Some(etag) = etag {
            builder = builder.header(IF_NONE_MATCH, etag);
        }
        builder
            .config()
            // Nothing would mean no limit.
            .timeout_global(Some(left.max(Duration::from_millis(1))))
            .build()
            .call()
    }

    fn read(&self, mut answer: ureq::http::Response<Body>) -> Result<Response> {
        let mut headers = Headers::default();
        for (name, value) in answer.headers() {
            if let Ok(value) = value.to_str() {
                headers.keep(name.as_str(), value);
            }
        }
        let status = answer.status().as_u16();
        let body = if status == 200 {
            self.body(&mut answer)?
        } else {
            Vec::new()
        };
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    fn body(&self, answer: &mut ureq::http::Response<Body>) -> Result<Vec<u8>> {
        let announced = answer
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > self.bytes) {
            return Err(too_long(self.bytes));
        }
        let limit = self.bytes as u64;
        let body = answer.body_mut().with_config().limit(limit).read_to_vec();
        let body = body.map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(_) => too_long(self.bytes),
            other => self.explained(other),
        })?;
        if announced.is_some_and(|length| length != body.len()) {
            return Err(unavailable("the answer ended before its length"));
        }
        Ok(body)
    }

    /// The client's error in our words: no URL, no path of this machine.
    fn explained(&self, error: ureq::Error) -> Error {
        match error {
            ureq::Error::Timeout(_) => self.too_late(),
            ureq::Error::HostNotFound => unavailable("no such host"),
            ureq::Error::ConnectionFailed => unavailable("no connection could be made"),
            ureq::Error::LargeResponseHeader(..) => unavailable(format!(
                "the answer's head is longer than {LONGEST_HEAD} bytes"
            )),
            ureq::Error::Io(error) => self.explained_io(&error),
            ureq::Error::Other(other) => match other.downcast::<Fault>() {
                Ok(fault) => unavailable(fault.0),
                Err(_) => unavailable("the exchange failed"),
            },
            ureq::Error::ConnectProxyFailed(_) => unavailable("the proxy refused to connect"),
            ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
                unavailable("the answer isn't HTTP as it should be")
            }
            _ => unavailable("the exchange failed"),
        }
    }

    fn explained_io(&self, error: &std::io::Error) -> Error {
        use std::io::ErrorKind as Io;
        match error.kind() {
            Io::TimedOut | Io::WouldBlock => self.too_late(),
            Io::ConnectionRefused => unavailable("the connection was refused"),
            Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe => {
                unavailable("the connection ended before the answer did")
            }
            kind => unavailable(format!("the exchange failed: {kind}")),
        }
    }

    fn too_late(&self) -> Error {
        let seconds = self.timeout.as_secs();
        unavailable(format!("no answer within {seconds} s (option timeout)"))
    }
}

fn unavailable(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::KeysUnavailable, message)
}

pub(super) const PRIVATE: &str =
    "its address isn't public; allow it by the option private, if it is meant";

fn private_address() -> Error {
    unavailable(PRIVATE)
}

/// The address that a URL's host is written as.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// Where an answer sends us, if it does.
fn redirect(answer: &ureq::http::Response<Body>) -> Option<&str> {
    let moved = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    moved.then(|| answer.headers().get(LOCATION)?.to_str().ok())?
}

/// The target of a redirect, which must be on the same origin (RFC 6454).
fn followed(from: &Uri, target: &str) -> Result<Uri> {
    let elsewhere = |host: &str| {
        unavailable(format!(
            "redirects to another origin ({host:.100}), which isn't followed"
        ))
    };
    if target.starts_with('/') && !target.starts_with("//") {
        let authority = from.authority().map(|authority| authority.as_str());
        let absolute = format!("https://{}{target}", authority.unwrap_or_default());
        return absolute
            .parse()
            .map_err(|_| unavailable("redirects to what is no URL"));
    }
    let uri: Uri = target
        .parse()
        .map_err(|_| unavailable("redirects to what is no URL"))?;
    let port = |uri: &Uri| uri.port_u16().unwrap_or(443);
    let names_user = uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'));
    let same = uri.scheme_str() == Some("https")
        && !names_user
        && uri.host().is_some_and(|host| {
            from.host()
                .is_some_and(|own| own.eq_ignore_ascii_case(host))
        })
        && port(&uri) == port(from);
    if same {
        Ok(uri)
    } else {
        Err(elsewhere(uri.host().unwrap_or("no host")))
    }
}
