//! Logs: the rules as people read them, in order. Verification never asks them.

pub(super) mod memory;
