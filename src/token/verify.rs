//! Verify: the walk of a token from bytes to verified claims.
//!
//! Nothing is allocated before the signature is good (texts of unusual size
//! and shape aside), no lock is taken, and nothing of a token that fails can
//! be read. The order of the steps is part of the contract.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::codec::base64url;
use crate::codec::compact::{self, Compact};
use crate::codec::json::{Members, Raw};
use crate::crypto::Algorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{Key, KeyRef, Select, Wanted};
use crate::policy::{
    self, Ahead, Attached, Built, Call, Claims, Consult, Entry, Facts, Issuers, Lists, Request,
    StatusList, VerifierOptions, View,
};

use super::header::{self, Header};
use super::known::Known;
use super::proof;
use super::scratch::Scratch;

/// The longest signature: RSA with 8192 bits.
pub(super) const LONGEST_SIGNATURE: usize = 1024;
/// Payloads up to this size are decoded on the stack: all of a token of the
/// default limit.
const ORDINARY: usize = 12_288;

/// Checks tokens against one policy. Immutable; any number of threads may share it.
pub struct Verifier {
    keys: Vec<Arc<dyn Select>>,
    consult: Option<Arc<dyn Consult>>,
    lists: Lists,
    options: VerifierOptions,
    /// Whether a rule hangs on a switch, so that calls must name a scope.
    scoped: bool,
    known: Known,
}

impl Verifier {
    /// A verifier over `keys`, which an entry of `trust` names by its index.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] where options, keys and revocations don't fit together.
    pub fn new(
        keys: Vec<Arc<dyn Select>>,
        revocations: Option<Arc<dyn Consult>>,
        options: VerifierOptions,
    ) -> Result<Self> {
        let refused = |message: String| Err(Error::new(ErrorKind::Misconfigured, message));
        if let Some(proof) = options.proof {
            proof::check(proof, &keys, revocations.is_some())?;
        }
        for (index, entry) in options.entries.iter().enumerate() {
            let set = keys.get(entry.keys);
            if set.is_none() && !options.is_of_proofs() {
                return refused(format!(
                    "options.trust[{index}].keys: there is no key set {}, only {}",
                    entry.keys,
                    keys.len()
                ));
            }
            let bound = set.is_some_and(|set| set.binds_audiences());
            let any_audience = entry.audiences.is_none() && !bound;
            if matches!(entry.issuers, Issuers::Under(_)) && any_audience {
                return refused(
                    "options.audience: where the issuer goes by it, say it, or derive keys that are each for one audience".into(),
                );
            }
            let any_issuer = matches!(entry.issuers, Issuers::Any);
            if revocations.is_some() && any_issuer && entry.realm.is_none() {
                return refused(
                    "options.realm: with revocations attached and the issuer waived, say the realm of their rules".into(),
                );
            }
        }
        let scoped = options.is_switched();
        if scoped && revocations.is_none() {
            return refused("options.deny: a rule hangs on a switch, and no revocations are attached to keep it".into());
        }
        if options.revocable && revocations.is_none() {
            return refused("options.revocable: revocations must be attached, and none are".into());
        }
        Ok(Self {
            keys,
            consult: revocations,
            lists: Lists::default(),
            options,
            scoped,
            known: Known::new(),
        })
    }

    /// The same verifier, that follows `lists` besides: a token's `status` must
    /// be in one of them, and good there. A token without one is refused as
    /// [`ErrorKind::Missing`], unless the option `require` says otherwise.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] where there is none, or tokens would call two
    /// of them the same.
    pub fn following(&self, lists: Vec<Arc<dyn StatusList>>) -> Result<Self> {
        Ok(Self {
            keys: self.keys.clone(),
            consult: self.consult.clone(),
            lists: Lists::new(lists)?,
            options: self.options.clone(),
            scoped: self.scoped,
            known: Known::new(),
        })
    }

    /// Verifies `token`, and hands over its claims.
    ///
    /// # Errors
    ///
    /// The first rule that doesn't hold, the signature's before any claim's.
    pub fn verify(&self, token: &[u8], call: &Call<'_>) -> Result<Claims> {
        if self.scoped && call.scope.is_none() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "a rule hangs on a switch: say the call's scope (empty for none)",
            ));
        }
        let request = Request::of(self.options.proof, call)?;
        let parts = compact::cut(token, self.options.limits.bytes)?;
        let mut signature = Scratch::<LONGEST_SIGNATURE>::new();
        let signature = decode_signature(&parts, &mut signature)?;
        let mut ordinary = Scratch::<ORDINARY>::new();
        let large;
        let payload = if ordinary.holds(parts.payload) {
            ordinary.decode(parts.payload)?
        } else {
            large = base64url::decode(parts.payload)?;
            &large
        };
        let mut header = Scratch::<{ header::LONGEST }>::new();
        let header = match self.known.find(parts.header) {
            Some(known) => known,
            None => header::read(header.decode(parts.header)?, &self.options.limits)?,
        };
        self.decoded(&parts, &header, payload, signature, call, request.as_ref())
    }

    /// Waits for keys that `error`, from [`Verifier::verify`], has missed: until
    /// a fetch of them has ended, which may bring them or not. Then verify again.
    ///
    /// # Errors
    ///
    /// `error` itself where no fetch can change the verdict;
    /// [`ErrorKind::KeysUnavailable`] where the fetch failed and there are no
    /// keys at all; [`ErrorKind::Timeout`] after `limit`, or where too many wait.
    pub fn wait(&self, error: &Error, limit: Duration) -> Result<()> {
        let awaited = error.awaited().ok_or_else(|| error.clone())?;
        let keys = self
            .keys
            .get(awaited.keys)
            .ok_or_else(|| Error::new(ErrorKind::Misuse, "the error is another verifier's"))?;
        keys.wait(awaited.settled, limit)
    }

    fn decoded(
        &self,
        parts: &Compact<'_>,
        header: &Header<'_>,
        payload: &[u8],
        signature: &[u8],
        call: &Call<'_>,
        request: Option<&Request<'_>>,
    ) -> Result<Claims> {
        let mut members = Members::new();
        let text = header::checked_object(payload, &self.options.limits, &mut members)?;
        let view = View::new(text, &members);
        let trust = self.entry(&view)?;
        let (_, entry) = trust;
        // The key and the claims are judged at the same time.
        let now = call.time();
        let call = &Call { now, ..*call };
        let key = self.key(entry, header, &view, request, now)?;
        let ahead = self.prepare(&view, entry, &key);
        check_signature(&key, parts, signature)?;
        // A proof's key is anybody's, and so would be the places.
        if request.is_none() {
            self.known.keep(parts.header, header);
        }
        self.with_good_signature(header, &view, trust, &key, &ahead, call)
            .and_then(|claims| match request {
                None => Ok(claims),
                Some(request) => self.as_proof(request, claims, now),
            })
            .map_err(|error| self.reported(error, &view))
    }

    /// The entry of `trust` that vouches for the unverified issuer.
    fn entry(&self, view: &View<'_>) -> Result<(usize, &Entry)> {
        if let [entry] = self.options.entries.as_slice() {
            return Ok((0, entry));
        }
        let entries = || self.options.entries.iter().enumerate();
        let is_named = |entry: &Entry| match &entry.issuers {
            Issuers::These(these) => view
                .issuer
                .is_some_and(|issuer| these.iter().any(|one| issuer.is_string(one))),
            Issuers::Any | Issuers::Under(_) => false,
        };
        entries()
            .find(|(_, entry)| is_named(entry))
            .or_else(|| entries().find(|(_, entry)| matches!(entry.issuers, Issuers::Any)))
            // Not `issuer`: that verdict is for tokens whose signature holds.
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::UnknownKey,
                    "no entry of \"trust\" has keys for the token's issuer",
                )
            })
    }

    /// The one key that may have signed: header, key and allow-list agree on it.
    fn key(
        &self,
        entry: &Entry,
        header: &Header<'_>,
        view: &View<'_>,
        request: Option<&Request<'_>>,
        now: i64,
    ) -> Result<KeyRef> {
        let allowed = |agrees: &dyn Fn(Algorithm) -> bool| {
            let list = entry.algorithms.as_deref();
            list.is_none_or(|list| list.iter().any(|one| agrees(*one)))
        };
        if !allowed(&|one| header.algorithm.fits(one)) {
            return Err(not_allowed());
        }
        let now = now.saturating_sub(self.options.leeway);
        let key = match request {
            Some(request) => proof::key(header, request, now)?,
            None => self.selected(entry, header, view, now)?,
        };
        let agreed = key.algorithm();
        if header.algorithm.fits(agreed) && allowed(&|one| one == agreed) {
            Ok(key)
        } else {
            Err(not_allowed())
        }
    }

    /// The key of the entry's set that the header and the claims name.
    fn selected(
        &self,
        entry: &Entry,
        header: &Header<'_>,
        view: &View<'_>,
        now: i64,
    ) -> Result<KeyRef> {
        let keys = self
            .keys
            .get(entry.keys)
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a key set is gone"))?;
        let wanted = Wanted {
            algorithm: header.algorithm,
            kid: header.kid.as_deref(),
            issuer: view.issuer.and_then(Raw::plain),
            audience: view.audience.and_then(Raw::plain),
            now,
        };
        keys.select(&wanted)
            .map_err(|error| error.of_keys(entry.keys))
    }

    /// Lets the revocations see what they will be asked about.
    fn prepare(&self, view: &View<'_>, entry: &Entry, key: &Key) -> Ahead {
        let Some(consult) = self.consult.as_deref() else {
            return Ahead::default();
        };
        let realm = match &entry.realm {
            Some(realm) => Some(realm.as_str()),
            None => view.issuer.and_then(Raw::plain),
        };
        // An issuer with escapes isn't worth the trouble: this only saves time.
        realm.map_or_else(Ahead::default, |realm| {
            consult.prepare(&facts(realm, key, None, &|name| view.find(name)))
        })
    }

    fn with_good_signature(
        &self,
        header: &Header<'_>,
        view: &View<'_>,
        (trust, entry): (usize, &Entry),
        key: &Key,
        ahead: &Ahead,
        call: &Call<'_>,
    ) -> Result<Claims> {
        if let Some(expected) = &entry.types {
            policy::check_type(expected, header.r#type.as_deref())?;
        }
        let now = call.time();
        let consult = self.consult.as_deref();
        let attached = Attached {
            consult,
            lists: !self.lists.is_empty(),
        };
        let checked = policy::check(&self.options, entry, view, call, &attached, now)?;
        let issued = checked.issued.map(|issued| issued.floor());
        let realm = match &entry.realm {
            Some(realm) => Cow::Borrowed(realm.as_str()),
            None => checked.issuer.and_then(Raw::string).unwrap_or_default(),
        };
        if let Some(consult) = consult {
            let claims = |name: &str| view.find(name);
            policy::check_revoked(consult, &facts(&realm, key, issued, &claims), ahead, now)?;
        }
        self.lists.check(entry, view, now)?;
        Ok(Claims::new(Built {
            view: *view,
            header: header.text,
            algorithm: header.algorithm.name(),
            kid: key.kid(),
            thumbprint: key.thumbprint(),
            realm: &realm,
            trust,
            expires: checked.expires.map(|expires| expires.ceil()),
            issued,
            ends: checked.ends,
        }))
    }

    /// The claims, if they are a proof for this request that nobody has used.
    fn as_proof(&self, request: &Request<'_>, claims: Claims, now: i64) -> Result<Claims> {
        let used = request.check(&claims, self.options.leeway, now)?;
        match self.consult.as_deref().filter(|_| request.is_once()) {
            Some(consult) if !consult.first_use(&used.id, used.end, now)? => Err(proof::replayed()),
            Some(_) | None => Ok(claims),
        }
    }

    /// The error with the claims that the option `report` lets it carry.
    fn reported(&self, error: Error, view: &View<'_>) -> Error {
        if self.options.report.is_empty() {
            return error;
        }
        let present = self.options.report.iter().filter_map(|name| {
            let value = view.get(name)?;
            Some(format!(
                "{}:{}",
                serde_json::Value::from(name.as_str()),
                value.text()
            ))
        });
        let report = format!("{{{}}}", present.collect::<Vec<_>>().join(","));
        error.with_report(report.into_boxed_str())
    }
}

fn facts<'a>(
    realm: &'a str,
    key: &'a Key,
    issued: Option<i64>,
    claims: &'a dyn Fn(&str) -> Option<Raw<'a>>,
) -> Facts<'a> {
    Facts {
        realm,
        kid: key.kid(),
        thumbprint: key.thumbprint(),
        issued,
        claims,
    }
}

/// The signature's bytes; none at all where it is longer than any that holds.
pub(super) fn decode_signature<'b>(
    parts: &Compact<'_>,
    buffer: &'b mut Scratch<LONGEST_SIGNATURE>,
) -> Result<&'b [u8]> {
    if buffer.holds(parts.signature) {
        return buffer.decode(parts.signature);
    }
    compact::check_spelling(parts.signature).map(|()| &[][..])
}

/// Whether `key` signed; a signature of another length than its kind has is no signature.
pub(super) fn check_signature(key: &Key, parts: &Compact<'_>, signature: &[u8]) -> Result<()> {
    if key.verify(parts.signed, signature) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Signature, "Invalid signature"))
}

pub(super) fn not_allowed() -> Error {
    Error::new(
        ErrorKind::Algorithm,
        "the token's algorithm isn't allowed, or not its key's",
    )
}
