//! The part of a URL that an issuer begins with, as browsers and servers for
//! JavaScript write it: lower case, without the default port, without a path.
//!
//! Only what has one spelling in every such program is taken: plain ASCII
//! hosts, and addresses as they are usually written.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The scheme and authority of the URL `base`, or what is wrong with it.
pub(super) fn of(base: &str) -> Result<String, &'static str> {
    let (scheme, rest) = base
        .split_once("://")
        .ok_or("a URL was expected, as in https://api.example")?;
    let scheme = scheme.to_ascii_lowercase();
    let default = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => return Err("the URL's scheme isn't https or http"),
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("the URL holds a user's name, which has no place in an issuer");
    }
    let (host, port) = match authority.split_once(']') {
        Some((address, port)) => (address, port),
        None => match authority.split_once(':') {
            Some((host, _)) => (host, authority.strip_prefix(host).unwrap_or_default()),
            None => (authority, ""),
        },
    };
    let host = normal(host)?;
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return Err("the URL's host can't be read"),
        Some("") => None,
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(
            port.parse::<u16>()
                .map_err(|_| "the URL's port is above 65535")?,
        ),
        Some(_) => return Err("the URL's port isn't a number"),
    };
    Ok(match port.filter(|port| *port != default) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// A host in its one spelling.
fn normal(host: &str) -> Result<String, &'static str> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address
            .parse()
            .map_err(|_| "the URL's IPv6 address can't be read")?;
        return match address.to_ipv4_mapped() {
            None => Ok(format!("[{address}]")),
            Some(_) => Err("the URL's address is an IPv4 address inside IPv6: write it as IPv4"),
        };
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if host.is_empty() || !host.bytes().all(plain) {
        return Err(
            "the URL's host isn't plain ASCII; write an international name in punycode (xn--…)",
        );
    }
    let last = host.trim_end_matches('.').rsplit('.').next();
    let is_number = last.is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    if is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err("the URL's host looks like an IPv4 address and isn't one");
    }
    Ok(host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_spelling() {
        for (base, origin) in [
            ("https://api.stack-auth.com", "https://api.stack-auth.com"),
            ("https://api.stack-auth.com/", "https://api.stack-auth.com"),
            (
                "https://HOST.example:443/some/path/",
                "https://host.example",
            ),
            ("HTTP://Host.example:80?x#y", "http://host.example"),
            ("http://localhost:8102", "http://localhost:8102"),
            ("https://h.example:08443/a:b@c", "https://h.example:8443"),
            ("https://h.example:", "https://h.example"),
            ("https://h.example:80", "https://h.example:80"),
            ("http://127.0.0.1:8102/", "http://127.0.0.1:8102"),
            ("http://[0:0::1]:8102/x", "http://[::1]:8102"),
            ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
            (
                "https://xn--mnchen-3ya.example",
                "https://xn--mnchen-3ya.example",
            ),
        ] {
            assert_eq!(of(base).as_deref(), Ok(origin), "{base}");
        }
        for base in [
            "",
            "api.stack-auth.com",
            "ftp://h.example",
            "https://",
            "https:///path",
            "https://user@h.example",
            "https://user:x@h.example/",
            "https://h.example:65536",
            "https://h.example:1x",
            "https://münchen.example",
            "https://h%2eexample",
            "https://h example",
            "http://127.1",
            "http://0x7f.0.0.1.0x1",
            "http://[::1",
            "http://[::1]x",
            "http://[::ffff:1.2.3.4]",
        ] {
            assert!(of(base).is_err(), "{base}");
        }
    }
}
