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
pub(crate) fn thread_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the place for the time is there.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(failed, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// How many times as much two threads do of `work` as one does: the medians of
/// that, of what a loop that shares nothing gains, and of our gain where the
/// loop's is 2.
///
/// A machine that others use has its second core now and then only. So a round
/// doesn't count where one thread hadn't a core all the time, nor where the
/// loop, just before and just after our two threads, gained less than two cores
/// give. What our two threads lose themselves always counts.
pub(crate) fn scaling(effort: Effort, work: &(dyn Fn() + Sync)) -> Compared {
    let alone: &(dyn Fn() + Sync) = &|| {
        let mut value = black_box(1_u64);
        for _ in 0..500 {
            value = value.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        }
        black_box(value);
    };
    let (mut ours, mut loops, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..4 * effort.rounds {
        let one = [alone, work].map(|work| throughput(effort, 1, work));
        let [before, two, after] =
            [alone, work, alone].map(|work| throughput(effort, 2, work).often);
        let loops_gain = [before / one[0].often, after / one[0].often];
        let is_disturbed =
            one.iter().any(|one| one.core < 0.97) || loops_gain.iter().any(|gain| *gain < 1.95);
        let is_late = round >= 3 * effort.rounds + ours.len();
        if is_disturbed && !is_late {
            continue;
        }
        let gain = two / one[1].often;
        let loops_gain = loops_gain.iter().sum::<f64>() / 2.0;
        ours.push(gain);
        loops.push(loops_gain);
        shares.push(2.0 * gain / loops_gain);
        if ours.len() == effort.rounds {
            break;
        }
    }
    Compared {
        nanoseconds: median(ours),
        against: median(loops),
        ratio: median(shares),
    }
}

/// What threads did in one window.
struct Throughput {
    /// How often a second they did their work, all together.
    often: f64,
    /// For what part of the time the first of them had a core.
    core: f64,
}

fn throughput(effort: Effort, threads: usize, work: &(dyn Fn() + Sync)) -> Throughput {
    let barrier = Barrier::new(threads);
    let one = || {
        work();
        barrier.wait();
        let (begun, core) = (Instant::now(), thread_time());
        let mut done = 0_u32;
        loop {
            for _ in 0..16 {
                work();
            }
            done += 16;
            let taken = begun.elapsed();
            if taken >= effort.window {
                return Throughput {
                    often: f64::from(done) / taken.as_secs_f64(),
                    core: (thread_time() - core).as_secs_f64() / taken.as_secs_f64(),
                };
            }
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(one)).collect();
        let own = one();
        let others = others.into_iter().map(|other| other.join().unwrap().often);
        Throughput {
            often: own.often + others.sum::<f64>(),
            core: own.core,
        }
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
