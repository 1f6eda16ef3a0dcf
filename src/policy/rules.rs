//! The rules that claims are held against, one function a rule, in the order
//! that is part of the contract: the first that fails is the verdict.

use super::call::Call;
use super::claims::View;
use super::consult::{Ahead, Consult, Facts};
use super::entry::{Entry, Expiry, Issuers};
use super::options::VerifierOptions;
use crate::codec::json::{Kind, Raw};
use crate::codec::numeric_date::NumericDate;
use crate::error::{Error, ErrorKind, Result};

/// What the rules read on their way, for the claims object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked<'t> {
    pub(crate) expires: Option<NumericDate>,
    /// From when on the token is refused as expired.
    pub(crate) ends: Option<i64>,
    pub(crate) issued: Option<NumericDate>,
    pub(crate) issuer: Option<Raw<'t>>,
}

/// What a verifier has besides its options.
pub(crate) struct Attached<'a> {
    pub(crate) consult: Option<&'a dyn Consult>,
    /// Whether it follows status lists.
    pub(crate) lists: bool,
}

/// Holds the claims of a token whose signature is good against `entry`.
pub(crate) fn check<'t>(
    options: &VerifierOptions,
    entry: &Entry,
    view: &View<'t>,
    call: &Call<'_>,
    attached: &Attached<'_>,
    now: i64,
) -> Result<Checked<'t>> {
    let issuer = check_issuer(entry, view)?;
    check_audience(entry, view)?;
    check_required(entry, view, attached)?;
    check_early(view, now, options.leeway)?;
    let (expires, ends) = check_expired(entry, view, now, options.leeway)?;
    let issued = view.issued(entry.issued)?;
    check_lifetime(entry, expires, issued)?;
    check_age(options, issued, now)?;
    if let Some(name) = entry.claims.mismatch(|name| view.find(name)) {
        return Err(Error::new(
            ErrorKind::Claim,
            format!("Invalid claim: \"{name}\" isn't as the options ask"),
        )
        .with_claim(name.to_owned()));
    }
    check_nonce(view, call)?;
    for rule in &entry.deny {
        rule.check(view, attached.consult, call.scope.unwrap_or_default())?;
    }
    Ok(Checked {
        expires,
        ends,
        issued,
        issuer,
    })
}

/// The last rule: whether what `facts` describe is revoked.
pub(crate) fn check_revoked(
    consult: &dyn Consult,
    facts: &Facts<'_>,
    ahead: &Ahead,
    now: i64,
) -> Result<()> {
    if consult.refuses(facts, ahead, now)? {
        return Err(Error::new(ErrorKind::Revoked, "JWT is revoked"));
    }
    Ok(())
}

/// RFC 8725bis section 3.11: `typ` compares as a media type, to which
/// "application/" is prefixed where it has no "/".
pub(crate) fn check_type(expected: &[Option<String>], given: Option<&str>) -> Result<()> {
    let fits = |expected: &Option<String>| match (expected, given) {
        (None, given) => given.is_none(),
        (Some(_), None) => false,
        (Some(expected), Some(given)) => {
            let (expected, given) = (media_type(expected), media_type(given));
            expected.0.eq_ignore_ascii_case(given.0) && expected.1.eq_ignore_ascii_case(given.1)
        }
    };
    if expected.iter().any(fits) {
        return Ok(());
    }
    let names = expected.iter().map(|one| match one {
        Some(name) => format!("\"{name}\""),
        None => "none".into(),
    });
    Err(Error::new(
        ErrorKind::Type,
        format!(
            "Invalid type: {} was expected as the header's typ",
            names.collect::<Vec<_>>().join(" or ")
        ),
    ))
}

fn media_type(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or(("application", name))
}

/// The `iss` must be one string, and one of those expected.
fn check_issuer<'t>(entry: &Entry, view: &View<'t>) -> Result<Option<Raw<'t>>> {
    let issuer = view.issuer;
    let (fits, expected) = match &entry.issuers {
        Issuers::Any => {
            let fits = issuer.is_none_or(|issuer| issuer.kind() == Kind::Text);
            (fits, None)
        }
        Issuers::These(these) => {
            let fits = issuer.is_some_and(|issuer| these.iter().any(|one| issuer.is_string(one)));
            (fits, Some(these))
        }
        Issuers::Under(under) => (is_under(issuer, view.audience, under), Some(under)),
    };
    if fits {
        return Ok(issuer);
    }
    Err(Error::new(
        ErrorKind::Issuer,
        format!(
            "Invalid issuer: {}{} was expected",
            listed(expected.map(Vec::as_slice)),
            match entry.issuers {
                Issuers::Under(_) => " and the audience's name behind it",
                Issuers::Any | Issuers::These(_) => "",
            }
        ),
    )
    .with_claim("iss"))
}

/// Whether the issuer is one of `under` with the audience's name behind it:
/// what comes before a colon, if there is one.
fn is_under(issuer: Option<Raw<'_>>, audience: Option<Raw<'_>>, under: &[String]) -> bool {
    let (Some(issuer), Some(audience)) =
        (issuer.and_then(Raw::string), audience.and_then(Raw::string))
    else {
        return false;
    };
    let name = audience.split(':').next().unwrap_or_default();
    !name.is_empty()
        && under
            .iter()
            .any(|one| issuer.strip_prefix(one.as_str()) == Some(name))
}

/// The `aud` must be a string or a list of strings, one of them expected.
fn check_audience(entry: &Entry, view: &View<'_>) -> Result<()> {
    let audience = view.audience;
    let well_formed = audience.is_none_or(|audience| match audience.kind() {
        Kind::Text => true,
        Kind::Array => audience.items().all(|item| item.kind() == Kind::Text),
        Kind::Number | Kind::Boolean | Kind::Null | Kind::Object => false,
    });
    let is_expected = |value: Raw<'_>| {
        entry
            .audiences
            .iter()
            .flatten()
            .any(|one| value.is_string(one))
    };
    let fits = entry.audiences.is_none()
        || audience
            .is_some_and(|audience| is_expected(audience) || audience.items().any(is_expected));
    if well_formed && fits {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Audience,
        format!(
            "Invalid audience: {} was expected",
            listed(entry.audiences.as_deref())
        ),
    )
    .with_claim("aud"))
}

/// What the options ask for, for a message.
fn listed(list: Option<&[String]>) -> String {
    match list {
        None => "a string".into(),
        Some(list) => list
            .iter()
            .map(|one| format!("\"{one}\""))
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

fn check_required(entry: &Entry, view: &View<'_>, attached: &Attached<'_>) -> Result<()> {
    let missing = |name: &str| {
        Error::new(
            ErrorKind::Missing,
            format!("the claim \"{name}\" is missing"),
        )
        .with_claim(name.to_owned())
    };
    let absent = |name: &&str| view.get(name).is_none();
    let found = match &entry.require {
        Some(list) => list.iter().map(String::as_str).find(absent),
        None => [
            ("exp", true),
            ("jti", attached.consult.is_some()),
            ("status", attached.lists),
        ]
        .into_iter()
        .filter_map(|(name, asked)| asked.then_some(name))
        .find(absent),
    };
    found.map_or(Ok(()), |name| Err(missing(name)))
}

fn check_early(view: &View<'_>, now: i64, leeway: i64) -> Result<()> {
    match view.date("nbf")? {
        Some(from) if from.ceil().saturating_sub(leeway) > now => {
            Err(Error::new(ErrorKind::Early, "JWT isn't valid yet").with_claim("nbf"))
        }
        _ => Ok(()),
    }
}

/// A token is expired at its `exp`, not a second later (RFC 7519 section 4.1.4),
/// unless the options say so. The `exp`, and the second from which on the token
/// is refused.
fn check_expired(
    entry: &Entry,
    view: &View<'_>,
    now: i64,
    leeway: i64,
) -> Result<(Option<NumericDate>, Option<i64>)> {
    let expires = view.date("exp")?;
    let ends = expires.map(|at| {
        let end = match entry.expiry {
            Expiry::Exclusive => at.ceil(),
            Expiry::Inclusive => at.floor().saturating_add(1),
        };
        end.saturating_add(leeway)
    });
    if ends.is_some_and(|ends| ends <= now) {
        return Err(Error::new(ErrorKind::Expired, "JWT is expired").with_claim("exp"));
    }
    Ok((expires, ends))
}

fn check_lifetime(
    entry: &Entry,
    expires: Option<NumericDate>,
    issued: Option<NumericDate>,
) -> Result<()> {
    let Some(longest) = entry.lifetime else {
        return Ok(());
    };
    let expires = needed(expires, "exp", "lifetime")?;
    let issued = needed(issued, "iat", "lifetime")?;
    if expires.since(issued) > longest as f64 {
        return Err(Error::new(
            ErrorKind::Lifetime,
            format!("JWT lives too long: at most {longest} seconds are accepted"),
        )
        .with_claim("exp"));
    }
    Ok(())
}

fn check_age(options: &VerifierOptions, issued: Option<NumericDate>, now: i64) -> Result<()> {
    let Some(oldest) = options.age else {
        return Ok(());
    };
    let issued = needed(issued, "iat", "age")?;
    if issued.floor() > now {
        return Err(Error::new(ErrorKind::Early, "JWT was issued in the future").with_claim("iat"));
    }
    if now.saturating_sub(issued.floor()) > oldest {
        return Err(Error::new(
            ErrorKind::TooOld,
            format!("JWT is too old: at most {oldest} seconds are accepted"),
        )
        .with_claim("iat"));
    }
    Ok(())
}

fn needed(date: Option<NumericDate>, name: &'static str, option: &str) -> Result<NumericDate> {
    date.ok_or_else(|| {
        Error::new(
            ErrorKind::Missing,
            format!("the claim \"{name}\" is missing, which the option \"{option}\" needs"),
        )
        .with_claim(name)
    })
}

fn check_nonce(view: &View<'_>, call: &Call<'_>) -> Result<()> {
    match call.nonce {
        Some(nonce)
            if !view
                .get("nonce")
                .is_some_and(|claim| claim.is_string(nonce)) =>
        {
            Err(Error::new(ErrorKind::Claim, "Invalid nonce").with_claim("nonce"))
        }
        _ => Ok(()),
    }
}
