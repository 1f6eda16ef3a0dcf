//! Measuring side by side, on a machine that others use too.
//!
//! What is compared takes turns in short windows, and each ratio is of
//! neighbours in time; the median of many is reported. A single thread is
//! measured by its own clock, which stands still while others have the core.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    window: Duration,
    rounds: usize,
}

impl Effort {
    pub(crate) fn new(quick: bool) -> Self {
        Self {
            window: Duration::from_millis(8),
            rounds: if quick { 9 } else { 101 },
        }
    }
}

/// Medians, over all rounds, of two things done in turns.
#[derive(Clone, Copy)]
pub(crate) struct Compared {
    /// What one of them took, in nanoseconds.
    pub(crate) nanoseconds: f64,
    pub(crate) against: f64,
    pub(crate) ratio: f64,
}

/// The first against the second: their times, and how often the second fits in the first.
pub(crate) fn compare(
    effort: Effort,
    first: &mut dyn FnMut(),
    second: &mut dyn FnMut(),
) -> Compared {
    let counts = [calls(effort, first), calls(effort, second)];
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..effort.rounds {
        // Who begins alternates, so that a drift favours neither.
        let [one, other] = if round % 2 == 0 {
            let one = window(counts[0], first);
            [one, window(counts[1], second)]
        } else {
            let other = window(counts[1], second);
            [window(counts[0], first), other]
        };
        ours.push(one);
        theirs.push(other);
        ratios.push(one / other);
    }
    Compared {
        nanoseconds: median(ours),
        against: median(theirs),
        ratio: median(ratios),
    }
}

/// How many calls fill a window.
fn calls(effort: Effort, work: &mut dyn FnMut()) -> usize {
    let mut calls = 1;
    loop {
        let begun = thread_time();
        for _ in 0..calls {
            work();
        }
        if thread_time() - begun >= effort.window {
            return calls;
        }
        calls *= 2;
    }
}

/// What one of `calls` calls takes, in nanoseconds.
fn window(calls: usize, work: &mut dyn FnMut()) -> f64 {
    let begun = thread_time();
    for _ in 0..calls {
        work();
    }
    (thread_time() - begun).as_nanos() as f64 / calls as f64
}

/// The time that this thread has had a core.
fn thread_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the place for the time is there.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(failed, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// How many times as much two threads do of `work` as one does, in a machine
/// whose two cores a loop that shares nothing shows to be two: the medians of
/// its speed-up and of the loop's, and 2 for as much as the loop.
pub(crate) fn scaling(effort: Effort, work: &(dyn Fn() + Sync)) -> Compared {
    let alone: &(dyn Fn() + Sync) = &|| {
        let mut value = black_box(1_u64);
        for _ in 0..500 {
            value = value.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        }
        black_box(value);
    };
    let (mut ours, mut loops, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..effort.rounds {
        let order = if round % 2 == 0 { [1, 2] } else { [2, 1] };
        let (mut speeds, mut controls) = ([0.0; 3], [0.0; 3]);
        for threads in order {
            controls[threads] = throughput(effort, threads, alone);
            speeds[threads] = throughput(effort, threads, work);
        }
        let (speedup, control) = (speeds[2] / speeds[1], controls[2] / controls[1]);
        ours.push(speedup);
        loops.push(control);
        shares.push(2.0 * speedup / control);
    }
    Compared {
        nanoseconds: median(ours),
        against: median(loops),
        ratio: median(shares),
    }
}

/// How often a second `threads` threads together do `work`.
fn throughput(effort: Effort, threads: usize, work: &(dyn Fn() + Sync)) -> f64 {
    let barrier = Barrier::new(threads);
    let one = || {
        work();
        barrier.wait();
        let begun = Instant::now();
        let mut done = 0_u32;
        loop {
            for _ in 0..16 {
                work();
            }
            done += 16;
            let taken = begun.elapsed();
            if taken >= effort.window {
                return f64::from(done) / taken.as_secs_f64();
            }
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(one)).collect();
        let own = one();
        own + others
            .into_iter()
            .map(|other| other.join().unwrap())
            .sum::<f64>()
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
