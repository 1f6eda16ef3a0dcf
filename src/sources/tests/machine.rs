//! When to fetch: every path, with moments made up here.

use crate::sources::machine::{LONGEST_PAUSE, Machine, Pace, SECOND, Verdict};

const PACE: Pace = Pace {
    minimum: 60 * SECOND,
    maximum: 3600 * SECOND,
    cooldown: 30 * SECOND,
    budget: Some(120),
    stale: Some(7200 * SECOND),
    pause: LONGEST_PAUSE,
    patience: 5 * SECOND,
};
const HOUR: i64 = 3600 * SECOND;

/// Whether a fetch is due, which then begins.
fn begins(machine: &mut Machine, now: i64) -> bool {
    machine.claim(now).is_some()
}

/// A machine whose first answer came at 0, to be used for `life` seconds.
fn fetched(pace: Pace, life: i64) -> Machine {
    let mut machine = Machine::new(pace, 0);
    assert!(begins(&mut machine, 0));
    machine.good(0, life * SECOND, 0);
    machine
}

#[test]
fn the_first_fetch_is_due_at_once_and_one_at_a_time_is_under_way() {
    let mut machine = Machine::new(PACE, 7);
    assert_eq!(machine.next(), 7);
    assert!(begins(&mut machine, 7));
    assert!(!begins(&mut machine, 8), "one is under way");
    assert_eq!(machine.claim_now(8), None);
    assert_eq!(machine.next(), 7 + 5 * SECOND, "then it counts as lost");
    assert!(begins(&mut machine, 7 + 5 * SECOND));
    machine.abandon();
    assert!(begins(&mut machine, 9), "as in a forked child");
}

#[test]
fn a_fetch_that_took_too_long_is_told_from_the_one_after_it() {
    let mut machine = Machine::new(PACE, 0);
    let first = machine.claim(0).unwrap();
    let lost = machine.next();
    // Until another has begun: late is better than never.
    assert!(machine.awaits(first));
    let second = machine.claim(lost).unwrap();
    assert!(!machine.awaits(first), "its answer is older");
    assert!(machine.awaits(second));
    machine.good(6 * SECOND, 600 * SECOND, 0);
    assert!(!machine.awaits(second), "an answer counts once");
}

#[test]
fn what_a_lost_fetch_was_for_is_still_due() {
    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(1, 0), Verdict::Asks);
    assert!(begins(&mut machine, 0));
    assert_eq!(machine.next(), 5 * SECOND);
    let lost = 5 * SECOND;
    assert_eq!(machine.stranger(2, lost), Verdict::Pending);
    assert!(begins(&mut machine, lost), "long before the timer's");
    machine.abandon();
    assert_eq!(machine.stranger(3, lost), Verdict::Pending);
    assert!(begins(&mut machine, lost), "in a child, too");
}

#[test]
fn an_answer_is_refreshed_at_eight_tenths_of_its_life_or_a_tenth_earlier() {
    for (life, jitter, due) in [
        (600, 0, 480),
        (600, 1000, 420),
        (600, 500, 450),
        // Within the bounds, whatever the server says.
        (0, 0, 48),
        (5, 0, 48),
        (100_000, 0, 2880),
        (i64::MAX / SECOND, 0, 2880),
    ] {
        let mut machine = Machine::new(PACE, 0);
        machine.good(1000, life * SECOND, jitter);
        assert_eq!(machine.next(), 1000 + due * SECOND, "{life} {jitter}");
        assert!(!begins(&mut machine, 1000 + due * SECOND - 1));
        assert!(begins(&mut machine, 1000 + due * SECOND));
    }
}

#[test]
fn an_answer_isnt_kept_beyond_what_stale_allows() {
    let pace = Pace {
        stale: Some(100 * SECOND),
        ..PACE
    };
    assert_eq!(fetched(pace, 3600).next(), 80 * SECOND);
}

#[test]
fn keys_are_stale_the_moment_after_the_bound_and_never_without_one() {
    let machine = fetched(PACE, 600);
    let bound = 7200 * SECOND;
    assert_eq!(machine.stale_from(), Some(bound + 1));
    for (now, stale) in [(0, false), (bound, false), (bound + 1, true)] {
        assert_eq!(machine.is_stale(now), stale, "{now}");
        assert_eq!(PACE.is_stale(0, now), stale, "{now}");
    }
    // An answer that came after the clock was read.
    assert!(!PACE.is_stale(10 + bound, 5));
    let boundless = Pace {
        stale: None,
        ..PACE
    };
    assert!(!fetched(boundless, 600).is_stale(i64::MAX));
    assert!(
        !Machine::new(PACE, 0).is_stale(i64::MAX),
        "nothing came yet"
    );
}

#[test]
fn failures_are_tried_again_after_ever_longer_pauses() {
    let mut machine = Machine::new(PACE, 0);
    let mut now = 0;
    for pause in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
        assert!(begins(&mut machine, now));
        machine.failed(now, None, 0);
        assert!(machine.is_failing());
        assert_eq!(machine.next(), now + pause * SECOND);
        now += pause * SECOND;
    }
    assert!(begins(&mut machine, now));
    machine.good(now, 600 * SECOND, 0);
    assert!(!machine.is_failing());
    let late = now + 480 * SECOND;
    assert!(begins(&mut machine, late));
    machine.failed(late, None, 1000);
    assert_eq!(machine.next(), late + SECOND / 2, "jitter halves it");
}

#[test]
fn a_server_that_asks_for_peace_gets_it_within_the_bounds() {
    for (asked, pause) in [
        (None, 1),
        (Some(0), 1),
        (Some(90), 90),
        (Some(90_000), 3600),
    ] {
        let mut machine = Machine::new(PACE, 0);
        assert!(begins(&mut machine, 0));
        machine.failed(0, asked.map(|asked| asked * SECOND), 0);
        assert_eq!(machine.next(), pause * SECOND, "{asked:?}");
    }
}

#[test]
fn a_failure_that_a_token_caused_puts_off_no_refresh() {
    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(1, 479 * SECOND), Verdict::Asks);
    assert!(begins(&mut machine, 479 * SECOND));
    machine.failed(479 * SECOND + 900, Some(HOUR), 0);
    assert_eq!(machine.next(), 480 * SECOND);
}

#[test]
fn an_unknown_kid_causes_one_fetch_and_waits_for_it() {
    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(1, 10), Verdict::Asks);
    assert!(machine.is_wanted());
    assert_eq!(machine.next(), i64::MIN, "at once");
    assert_eq!(machine.stranger(2, 11), Verdict::Pending, "the same fetch");
    assert!(begins(&mut machine, 12));
    assert_eq!(machine.stranger(3, 13), Verdict::Pending, "under way");
    machine.good(20, 600 * SECOND, 0);
    assert_eq!(machine.stranger(1, 21), Verdict::Unknown);
    assert_eq!(
        machine.stranger(4, 10 + 30 * SECOND - 1),
        Verdict::Unknown,
        "cooldown"
    );
    assert_eq!(machine.stranger(4, 10 + 30 * SECOND), Verdict::Asks);
}

#[test]
fn a_kid_that_stays_unknown_asks_ever_more_rarely_but_not_for_long() {
    let mut machine = fetched(
        Pace {
            budget: None,
            ..PACE
        },
        3600,
    );
    let mut asked = Vec::new();
    for now in 0..1200 {
        let now = now * SECOND;
        if machine.stranger(1, now) == Verdict::Asks {
            asked.push(now / SECOND);
            assert!(begins(&mut machine, now));
            machine.good(now, 3600 * SECOND, 0);
        }
    }
    // Whoever asks for a kid before there is one keeps it back for so long.
    assert_eq!(asked, [0, 30, 90, 210, 450, 690, 930, 1170]);
}

#[test]
fn a_kid_that_asks_again_later_is_told_apart_from_its_neighbour_in_the_table() {
    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(5, 0), Verdict::Asks);
    assert!(begins(&mut machine, 0));
    machine.good(1, 600 * SECOND, 0);
    let later = 30 * SECOND;
    // The same place of the table, another kid.
    assert_eq!(machine.stranger(5 + 256, later), Verdict::Asks);
}

/// Made-up kids, a new one every ten milliseconds, at an issuer who publishes
/// the kid 0 at `rotated`: when fetches were made, and when it was found.
fn besieged(pace: Pace, hours: i64, rotated: i64) -> (Vec<i64>, Option<i64>) {
    let mut machine = fetched(pace, 3600);
    let (mut fetches, mut found) = (Vec::new(), None);
    for tick in 1..hours * HOUR / 10 {
        let now = tick * 10;
        machine.stranger(tick.unsigned_abs(), now);
        let by_token = machine.is_wanted();
        if begins(&mut machine, now) {
            machine.good(now, 3600 * SECOND, 0);
            if by_token {
                fetches.push(now);
            }
            if now >= rotated && found.is_none() {
                found = Some(now);
            }
        }
    }
    (fetches, found)
}

#[test]
fn made_up_kids_cause_no_more_fetches_than_the_budget_in_any_hour() {
    for most in [1, 10, 120] {
        let pace = Pace {
            cooldown: SECOND,
            budget: Some(most),
            ..PACE
        };
        let (fetches, _) = besieged(pace, 3, 0);
        assert!(fetches.len() >= most as usize, "it can be used");
        for (index, from) in fetches.iter().enumerate() {
            let hour = fetches.iter().skip(index);
            let hour = hour.take_while(|at| **at - from < HOUR).count();
            assert!(hour <= most as usize, "{hour} in the hour from {from}");
        }
    }
}

#[test]
fn a_budget_that_made_up_kids_have_spent_holds_a_rotation_up_for_its_share_of_an_hour() {
    for (budget, cooldown, longest) in [
        // The cooldown is the longer of the two where the budget lasts.
        (3600, 30, 30),
        (120, 1, 60),
        (10, 1, 600),
        // The timer's turn comes at 2880 seconds, whatever tokens may ask for.
        (1, 1, 2880),
        (0, 1, 2880),
    ] {
        let pace = Pace {
            cooldown: cooldown * SECOND,
            budget: Some(budget),
            ..PACE
        };
        for rotated in [HOUR / 2, HOUR, 100 * 60 * SECOND] {
            let (_, found) = besieged(pace, 3, rotated);
            let late = found.unwrap() - rotated;
            assert!(late <= longest * SECOND, "{budget}: {late} ms late");
        }
    }
}

#[test]
fn the_timer_asks_no_budget_and_a_cooldown_ends() {
    let pace = Pace {
        budget: Some(0),
        ..PACE
    };
    let mut drained = fetched(pace, 600);
    for number in 0..10_000_u64 {
        assert_eq!(drained.stranger(number, SECOND), Verdict::Unknown);
    }
    assert!(!begins(&mut drained, 480 * SECOND - 1));
    assert!(begins(&mut drained, 480 * SECOND));

    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(1, SECOND), Verdict::Asks);
    assert!(begins(&mut machine, SECOND));
    machine.good(SECOND, 600 * SECOND, 0);
    for number in 2..10_000 {
        assert_eq!(machine.stranger(number, 2 * SECOND), Verdict::Unknown);
    }
    assert_eq!(machine.stranger(77_777, 31 * SECOND), Verdict::Asks);
}

#[test]
fn while_the_issuer_cant_be_asked_no_kid_is_called_unknown() {
    let mut machine = fetched(PACE, 600);
    assert!(begins(&mut machine, 480 * SECOND));
    machine.failed(480 * SECOND, None, 0);
    assert_eq!(machine.stranger(1, 480 * SECOND + 1), Verdict::Pending);
    assert!(!machine.is_wanted(), "the next attempt comes by itself");
}

#[test]
fn a_seeded_machine_refreshes_when_the_seed_is_due() {
    let mut machine = Machine::new(PACE, 1_000 * SECOND);
    machine.seed(900 * SECOND, 0, 0);
    assert_eq!(machine.next(), 948 * SECOND, "the shortest life");
    assert_eq!(machine.stale_from(), Some(8100 * SECOND + 1));
    assert!(begins(&mut machine, 1_000 * SECOND));
}
