//! TLS as a client, on the same library as all other crypto. Certificates and
//! names are always checked; nothing here can turn that off.

use std::io::{self, Read, Write};

use openssl::ssl::{
    ErrorCode, HandshakeError, SslConnector, SslConnectorBuilder, SslMethod, SslStream, SslVersion,
};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509VerifyResult};

use super::{failed, raw};
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerFork;

/// Whom the platform trusts: read once by each process, for all who connect.
static PLATFORM: PerFork<Tls> = PerFork::new();

/// How to begin TLS connections: whom to trust.
#[derive(Clone)]
pub(crate) struct Tls(SslConnector);

/// A connection, once the server has shown who it is.
pub(crate) struct Stream<S>(SslStream<S>);

/// Why there is no connection.
pub(crate) enum Refused {
    /// What is below TLS failed.
    Io(io::Error),
    /// The server isn't trusted, or speaks no TLS that is; in words.
    Peer(String),
}

impl Tls {
    /// Trusts the certificates of `ca`, PEM, and no others.
    pub(crate) fn trusting(ca: &[u8]) -> Result<Self> {
        let mut builder = builder()?;
        trust(&mut builder, ca)?;
        Ok(Self(builder.build()))
    }

    /// Trusts those whom the platform trusts, or SSL_CERT_FILE and SSL_CERT_DIR.
    pub(crate) fn of_platform() -> Result<Self> {
        let made = PLATFORM.get_or_make(|| {
            let mut builder = builder()?;
            trust_platform(&mut builder);
            Ok(Self(builder.build()))
        })?;
        Ok(made.1.clone())
    }

    /// Begins TLS with the server called `host`.
    pub(crate) fn connect<S: Read + Write>(
        &self,
        host: &str,
        stream: S,
    ) -> Result<Stream<S>, Refused> {
        let outcome = self.0.connect(host, stream);
        let refused = match outcome {
            Ok(stream) => return Ok(Stream(stream)),
            Err(HandshakeError::SetupFailure(_)) => Refused::Peer("TLS can't be set up".into()),
            Err(HandshakeError::Failure(broken) | HandshakeError::WouldBlock(broken)) => {
                let verified = broken.ssl().verify_result();
                let error = broken.into_error();
                let is_io =
                    error.code() == ErrorCode::SYSCALL || error.code() == ErrorCode::WANT_READ;
                if is_io {
                    let lost = || io::Error::from(io::ErrorKind::UnexpectedEof);
                    Refused::Io(error.into_io_error().unwrap_or_else(|_| lost()))
                } else if verified == X509VerifyResult::OK || !has_judged(verified) {
                    Refused::Peer("no TLS 1.2 or later could be agreed on".into())
                } else {
                    let reason = verified.error_string();
                    Refused::Peer(format!("its certificate isn't trusted: {reason}"))
                }
            }
        };
        raw::clear_errors();
        Err(refused)
    }
}

fn builder() -> Result<SslConnectorBuilder> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).map_err(|_| failed())?;
    builder
        .set_min_proto_version(Some(SslVersion::TLS1_2))
        .map_err(|_| failed())?;
    Ok(builder)
}

/// Whether a certificate has been looked at; before that AWS-LC answers as for
/// a call that should not have been made.
fn has_judged(verified: X509VerifyResult) -> bool {
    const X509_V_ERR_INVALID_CALL: i32 = 65;
    verified.as_raw() != X509_V_ERR_INVALID_CALL
}

fn trust(builder: &mut SslConnectorBuilder, ca: &[u8]) -> Result<()> {
    let unusable = |what: &'static str| {
        raw::clear_errors();
        Error::new(ErrorKind::Options, what)
    };
    let certificates =
        X509::stack_from_pem(ca).map_err(|_| unusable("not a PEM file of certificates"))?;
    if certificates.is_empty() {
        return Err(unusable("the file holds no PEM certificate"));
    }
    let mut store = X509StoreBuilder::new().map_err(|_| failed())?;
    for certificate in certificates {
        store.add_cert(certificate).map_err(|_| failed())?;
    }
    builder.set_cert_store(store.build());
    Ok(())
}

/// The places where the platform keeps its certificates, beside those that the
/// library was built with. The environment is read and never written.
fn trust_platform(builder: &mut SslConnectorBuilder) {
    let found = openssl_probe::probe();
    let files = found.cert_file.iter().map(|file| (Some(file), None));
    let folders = found.cert_dir.iter().map(|folder| (None, Some(folder)));
    for (file, folder) in files.chain(folders) {
        // A place that can't be read trusts nobody.
        if builder
            .load_verify_locations(file.map(|f| f.as_path()), folder.map(|f| f.as_path()))
            .is_err()
        {
            raw::clear_errors();
        }
    }
}

impl<S> Stream<S> {
    /// What lies below.
    pub(crate) fn below(&mut self) -> &mut S {
        self.0.get_mut()
    }
}

impl<S: Read + Write> Read for Stream<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let outcome = self.0.read(buffer);
        if outcome.is_err() {
            raw::clear_errors();
        }
        outcome
    }
}

impl<S: Read + Write> Write for Stream<S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let outcome = self.0.write(buffer);
        if outcome.is_err() {
            raw::clear_errors();
        }
        outcome
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
