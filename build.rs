//! Checks which crypto back end was linked, and names the shared object.

#![allow(clippy::panic)] // A build script has no other way to say no.

/// The version of the C ABI: raised when something in include/jeton.h that a
/// program may rely on changes or goes. src/ffi/version.rs returns the same.
const ABI: u32 = 0;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let aws_lc_asked = std::env::var_os("CARGO_FEATURE_AWS_LC").is_some();
    let system_asked = std::env::var_os("CARGO_FEATURE_SYSTEM_OPENSSL").is_some();
    // What openssl-sys really found: with both features on, AWS-LC would win silently.
    let aws_lc_linked = std::env::var_os("DEP_OPENSSL_AWSLC").is_some();
    match (aws_lc_asked, system_asked) {
        (true, true) => panic!(
            "both crypto back ends are asked for: build with `--no-default-features --features system-openssl,…`"
        ),
        (false, false) => {
            panic!("no crypto back end: turn on the feature `aws-lc` or `system-openssl`")
        }
        (true, false) => assert!(aws_lc_linked, "openssl-sys didn't link AWS-LC"),
        (false, true) => assert!(!aws_lc_linked, "openssl-sys linked AWS-LC"),
    }
    println!("cargo:rustc-env=JETON_ABI={ABI}");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libjeton.so.{ABI}");
    }
}
