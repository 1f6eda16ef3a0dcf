//! A second Rust static library: it brings its own copy of the standard
//! library, and uses what two copies might quarrel over, the allocator and
//! the unwinder.

use std::panic::{catch_unwind, resume_unwind};

/// Allocates, panics and catches the panic; returns the length of what it carried.
#[unsafe(no_mangle)]
pub extern "C" fn second_panics_and_recovers(count: u32) -> u32 {
    let caught = catch_unwind(|| {
        let text: String = (0..count).map(|number| number.to_string()).collect();
        // As `panic!`, without the message on stderr.
        resume_unwind(Box::new(text))
    });
    let length = match caught {
        Ok(()) => None,
        Err(payload) => payload.downcast_ref::<String>().map(String::len),
    };
    length.and_then(|length| u32::try_from(length).ok()).unwrap_or(0)
}
