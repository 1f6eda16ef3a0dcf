//! Memory as the machine has it: asked for before it is needed, and in pages.

use std::ffi::c_void;
use std::ops::Deref;
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::AtomicU64;

/// Begins to load the start of `value` into the cache, and doesn't wait for it:
/// a hint, which changes no value and no verdict.
#[inline]
pub(crate) fn prefetch<T>(value: &T) {
    let address: *const T = value;
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads and writes nothing, whatever the address.
        unsafe { _mm_prefetch(address.cast(), _MM_HINT_T0) }
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, readonly, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

/// From how many bytes on words have pages of their own.
const LARGE: usize = 1 << 16;
/// The length of a large page, where the system has such.
const HUGE: usize = 1 << 21;

/// A fixed number of words that begin as 0 and that threads share.
///
/// Many of them are pages of their own, which go back to the system as a whole:
/// among smaller things, what grows piece by piece would leave holes behind that
/// its next size doesn't fit into. They are large pages where that can be, since
/// to find a small one costs as much as to read what is in it.
pub(crate) enum Words {
    Few(Box<[AtomicU64]>),
    Pages(Pages),
}

impl Words {
    pub(crate) fn zeroed(count: usize) -> Self {
        Pages::zeroed(count).map_or_else(
            || Self::Few((0..count).map(|_| AtomicU64::new(0)).collect()),
            Self::Pages,
        )
    }
}

impl Deref for Words {
    type Target = [AtomicU64];

    #[inline]
    fn deref(&self) -> &[AtomicU64] {
        match self {
            Self::Few(words) => words,
            // SAFETY: the pages hold as many words, each a valid one whatever its
            // bits are, and stay until they are dropped.
            Self::Pages(pages) => unsafe {
                slice::from_raw_parts(pages.start.as_ptr(), pages.count)
            },
        }
    }
}

pub(crate) struct Pages {
    start: NonNull<AtomicU64>,
    count: usize,
    /// All that was mapped, from before `start` on: where and how many bytes.
    mapped: (NonNull<c_void>, usize),
}

impl Pages {
    /// None where they would be few, or the system has none to give.
    fn zeroed(count: usize) -> Option<Self> {
        let bytes = count.checked_mul(size_of::<AtomicU64>())?;
        if bytes < LARGE {
            return None;
        }
        // Room to begin at a large page: what isn't used is addresses, not memory.
        let spare = if bytes < HUGE { 0 } else { HUGE };
        let length = bytes + spare;
        let mapped = map(length)?;
        let mut start = mapped;
        if bytes >= HUGE {
            let address = mapped.addr().get();
            let ahead = address.next_multiple_of(HUGE) - address;
            // SAFETY: no more is ahead than there is to spare.
            start = unsafe { mapped.byte_add(ahead) };
            #[cfg(target_os = "linux")]
            // SAFETY: a hint about pages that are mapped; without it they are small.
            unsafe {
                libc::madvise(start.as_ptr(), bytes, libc::MADV_HUGEPAGE);
            }
        }
        Some(Self {
            start: start.cast(),
            count,
            mapped: (mapped, length),
        })
    }
}

fn map(length: usize) -> Option<NonNull<c_void>> {
    let (read_write, own) = (
        libc::PROT_READ | libc::PROT_WRITE,
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
    );
    // SAFETY: new pages at a place of the system's choice.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, read_write, own, -1, 0) };
    NonNull::new(start).filter(|_| start != libc::MAP_FAILED)
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: this was mapped with this length, and nobody has it now.
        unsafe {
            libc::munmap(self.mapped.0.as_ptr(), self.mapped.1);
        }
    }
}

// SAFETY: plain memory, of words that threads may share.
unsafe impl Send for Pages {}
// SAFETY: as above.
unsafe impl Sync for Pages {}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn words_begin_as_0_and_keep_what_is_stored_however_many_there_are() {
        for count in [0, 1, LARGE / 8 - 1, LARGE / 8, HUGE / 8 - 1, HUGE / 8, HUGE] {
            let words = Words::zeroed(count);
            assert_eq!(words.len(), count);
            for (number, word) in words.iter().enumerate() {
                assert_eq!(word.swap(number as u64, Ordering::Relaxed), 0);
            }
            let sum: u64 = words.iter().map(|word| word.load(Ordering::Relaxed)).sum();
            let count = count as u64;
            assert_eq!(sum, count * count.saturating_sub(1) / 2);
        }
    }

    #[test]
    fn many_words_have_pages_of_their_own_which_begin_a_cache_line() {
        assert!(matches!(Words::zeroed(LARGE / 8 - 1), Words::Few(_)));
        let many = Words::zeroed(LARGE / 8);
        assert!(matches!(many, Words::Pages(_)));
        assert_eq!(std::ptr::from_ref(&many[0]).addr() % 64, 0);
    }
}
