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

/// A machine whose first answer came at 0, to be used for `life` seconds.
fn fetched(pace: Pace, life: i64) -> Machine {
    let mut machine = Machine::new(pace, 0);
    assert!(machine.claim(0));
    machine.good(0, life * SECOND, 0);
    machine
}

#[test]
fn the_first_fetch_is_due_at_once_and_one_at_a_time_is_under_way() {
    let mut machine = Machine::new(PACE, 7);
    assert_eq!(machine.next(), 7);
    assert!(machine.claim(7));
    assert!(!machine.claim(8), "one is under way");
    assert!(!machine.claim_now(8));
    assert_eq!(machine.next(), 7 + 5 * SECOND, "then it counts as lost");
    assert!(machine.claim(7 + 5 * SECOND));
    machine.abandon();
    assert!(machine.claim(9), "as in a forked child");
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
        assert!(!machine.claim(1000 + due * SECOND - 1));
        assert!(machine.claim(1000 + due * SECOND));
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
    assert_eq!(machine.stale_from(), Some(7200 * SECOND + 1));
    assert_eq!(
        fetched(
            Pace {
                stale: None,
                ..PACE
            },
            600
        )
        .stale_from(),
        None
    );
    assert_eq!(Machine::new(PACE, 0).stale_from(), None, "nothing came yet");
}

#[test]
fn failures_are_tried_again_after_ever_longer_pauses() {
    let mut machine = Machine::new(PACE, 0);
    let mut now = 0;
    for pause in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
        assert!(machine.claim(now));
        machine.failed(now, None, 0);
        assert!(machine.is_failing());
        assert_eq!(machine.next(), now + pause * SECOND);
        now += pause * SECOND;
    }
    assert!(machine.claim(now));
    machine.good(now, 600 * SECOND, 0);
    assert!(!machine.is_failing());
    let late = now + 480 * SECOND;
    assert!(machine.claim(late));
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
        assert!(machine.claim(0));
        machine.failed(0, asked.map(|asked| asked * SECOND), 0);
        assert_eq!(machine.next(), pause * SECOND, "{asked:?}");
    }
}

#[test]
fn a_failure_that_a_token_caused_puts_off_no_refresh() {
    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(1, 479 * SECOND), Verdict::Pending);
    assert!(machine.claim(479 * SECOND));
    machine.failed(479 * SECOND + 900, Some(HOUR), 0);
    assert_eq!(machine.next(), 480 * SECOND);
}

#[test]
fn an_unknown_kid_causes_one_fetch_and_waits_for_it() {
    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(1, 10), Verdict::Pending);
    assert!(machine.is_wanted());
    assert_eq!(machine.next(), i64::MIN, "at once");
    assert_eq!(machine.stranger(2, 11), Verdict::Pending, "the same fetch");
    assert!(machine.claim(12));
    assert_eq!(machine.stranger(3, 13), Verdict::Pending, "under way");
    machine.good(20, 600 * SECOND, 0);
    assert_eq!(machine.stranger(1, 21), Verdict::Unknown);
    assert_eq!(
        machine.stranger(4, 10 + 30 * SECOND - 1),
        Verdict::Unknown,
        "cooldown"
    );
    assert_eq!(machine.stranger(4, 10 + 30 * SECOND), Verdict::Pending);
}

#[test]
fn a_kid_that_stays_unknown_asks_ever_more_rarely() {
    let mut machine = fetched(
        Pace {
            budget: None,
            ..PACE
        },
        3600,
    );
    let mut asked = Vec::new();
    for now in 0..4 * 3600 {
        let now = now * SECOND;
        if machine.claim(now) {
            machine.good(now, 3600 * SECOND, 0);
        }
        if machine.stranger(1, now) == Verdict::Pending {
            asked.push(now / SECOND);
            assert!(machine.claim(now));
            machine.good(now, 3600 * SECOND, 0);
        }
    }
    let gaps: Vec<_> = asked
        .iter()
        .zip(asked.iter().skip(1))
        .map(|(a, b)| b - a)
        .collect();
    assert_eq!(gaps, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
}

#[test]
fn a_kid_that_asks_again_later_is_told_apart_from_its_neighbour_in_the_table() {
    let mut machine = fetched(PACE, 600);
    assert_eq!(machine.stranger(5, 0), Verdict::Pending);
    assert!(machine.claim(0));
    machine.good(1, 600 * SECOND, 0);
    let later = 30 * SECOND;
    // The same place of the table, another kid.
    assert_eq!(machine.stranger(5 + 1024, later), Verdict::Pending);
}

#[test]
fn made_up_kids_cause_no_more_fetches_than_the_budget_in_any_hour() {
    let pace = Pace {
        cooldown: SECOND,
        budget: Some(120),
        ..PACE
    };
    let mut machine = fetched(pace, 3600);
    let mut fetches = Vec::new();
    // A million made-up kids over three hours, and a server that knows none.
    for number in 0..1_000_000 {
        let now = number * 3 * HOUR / 1_000_000;
        let timer = machine.claim(now);
        if timer {
            machine.good(now, 3600 * SECOND, 0);
        }
        machine.stranger(number.unsigned_abs(), now);
        if machine.is_wanted() {
            assert!(machine.claim(now));
            machine.good(now, 3600 * SECOND, 0);
            fetches.push(now);
        }
    }
    assert!(
        fetches.len() >= 360,
        "the budget can be used: {}",
        fetches.len()
    );
    for (index, from) in fetches.iter().enumerate() {
        let hour = fetches
            .iter()
            .skip(index)
            .take_while(|at| **at - from < HOUR);
        assert!(hour.count() <= 120, "in the hour from {from}");
    }
}

#[test]
fn a_rotation_is_found_while_made_up_kids_rain_and_so_is_the_timers_turn() {
    let mut machine = fetched(PACE, 600);
    // The budget is gone.
    let pace = Pace {
        budget: Some(0),
        ..PACE
    };
    let mut drained = fetched(pace, 600);
    for number in 0..10_000_u64 {
        drained.stranger(number, SECOND);
    }
    assert!(!drained.is_wanted());
    assert!(!drained.claim(480 * SECOND - 1));
    assert!(drained.claim(480 * SECOND), "the timer asks nobody");

    // The cooldown has just begun: the new kid is found when it ends.
    assert_eq!(machine.stranger(1, SECOND), Verdict::Pending);
    assert!(machine.claim(SECOND));
    machine.good(SECOND, 600 * SECOND, 0);
    for number in 2..10_000 {
        assert_eq!(machine.stranger(number, 2 * SECOND), Verdict::Unknown);
    }
    assert_eq!(machine.stranger(77_777, 31 * SECOND), Verdict::Pending);
}

#[test]
fn while_the_issuer_cant_be_asked_no_kid_is_called_unknown() {
    let mut machine = fetched(PACE, 600);
    assert!(machine.claim(480 * SECOND));
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
    assert!(machine.claim(1_000 * SECOND));
}
