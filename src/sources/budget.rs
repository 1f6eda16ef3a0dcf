//! How many fetches tokens may cause: so many in any hour, of which half can be
//! had at once and the others as the hour goes by.
//!
//! Were all to be had at once, whoever makes kids up would spend the hour's
//! budget in its first minutes and have the rest of it to himself. As it is the
//! next fetch is never farther away than an hour's share, whatever was spent.

const HOUR: i64 = 3_600_000;

pub(super) struct Budget {
    most: u32,
    /// How long it takes to earn one.
    share: i64,
    /// How far ahead of its earning a fetch may be spent.
    credit: i64,
    /// When all that was spent will have been earned.
    earned: i64,
}

impl Budget {
    /// At most `most` in any hour.
    pub(super) fn new(most: u32) -> Self {
        let at_once = most.div_ceil(2);
        // One more than is left: the last comes when the first is an hour old.
        let share = HOUR / i64::from(most - at_once + 1) + 1;
        Self {
            most,
            share,
            credit: share * i64::from(at_once.saturating_sub(1)),
            earned: i64::MIN,
        }
    }

    /// Takes one, if there is one.
    pub(super) fn spend(&mut self, now: i64) -> bool {
        let earned = self.earned.max(now);
        let has = self.most > 0 && earned - now <= self.credit;
        if has {
            self.earned = earned + self.share;
        }
        has
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When fetches were had by someone who asks every second.
    fn spent(most: u32, hours: i64) -> Vec<i64> {
        let mut budget = Budget::new(most);
        (0..hours * HOUR / 1000)
            .map(|second| 5 + second * 1000)
            .filter(|now| budget.spend(*now))
            .collect()
    }

    #[test]
    fn no_hour_has_more_than_the_budget_and_half_of_it_is_to_be_had_at_once() {
        for most in [1, 2, 3, 4, 10, 119, 120, 3600] {
            let spent = spent(most, 3);
            for (index, from) in spent.iter().enumerate() {
                let hour = spent.iter().skip(index);
                let hour = hour.take_while(|at| **at - from < HOUR).count();
                assert!(hour <= most as usize, "{most}: {hour} from {from}");
            }
            let mut budget = Budget::new(most);
            let at_once = (0..5000).filter(|_| budget.spend(7)).count();
            assert_eq!(at_once, most.div_ceil(2) as usize, "{most}");
        }
        assert!(spent(0, 1).is_empty());
    }

    #[test]
    fn whoever_spends_it_all_waits_for_an_hours_share_and_no_longer() {
        for most in [1, 2, 10, 120] {
            let share = HOUR / i64::from(most / 2 + 1);
            let spent = spent(most, 3);
            let gaps = spent.iter().zip(spent.iter().skip(1)).map(|(a, b)| b - a);
            let longest = gaps.max().unwrap_or_default();
            assert!(
                (share..=share + 1000).contains(&longest),
                "{most}: {longest}"
            );
        }
    }
}
