//! What a process takes over from a shared log, beside what it said itself.

use std::sync::Arc;

use parking_lot::MutexGuard;

use super::{Ledger, State, Tables};
use crate::fork;
use crate::revocation::log::{Change, News, Stamp};
use crate::revocation::mark::Mark;
use crate::revocation::names::Names;
use crate::revocation::own::Word;
use crate::revocation::switches::Map;

impl Ledger {
    /// What this process said about `mark` after what the log tells just now.
    fn against(&mut self, mark: Mark) -> Option<Word> {
        let told = self.told;
        self.own.as_mut()?.against(mark, told)
    }
}

/// What a change is about.
enum Target<'a> {
    Rule(Mark),
    Switch(&'a str, &'a str),
}

impl State {
    /// Notes that changes, in force here already, are in the shared log, at
    /// `stamp` if it has such.
    pub(in crate::revocation) fn are_appended(&self, changes: &[Change], stamp: Option<Stamp>) {
        let _gate = fork::inside();
        let ledger = &mut *self.ledger.lock();
        let Some(own) = &mut ledger.own else { return };
        for change in changes {
            match self.target(change) {
                Target::Rule(mark) => own.is_appended(mark, stamp),
                Target::Switch(scope, name) => own.is_switched(scope, name, stamp),
            }
        }
    }

    /// Notes that changes couldn't be appended: what was revoked stays so here,
    /// whatever the log says; about the rest its next word counts.
    pub(in crate::revocation) fn are_unsent(&self, changes: &[Change], now: i64) {
        let _gate = fork::inside();
        let ledger = &mut *self.ledger.lock();
        let Some(own) = &mut ledger.own else { return };
        own.tidy(now);
        for change in changes {
            match (change, self.target(change)) {
                (_, Target::Switch(scope, name)) => own.is_switched(scope, name, None),
                (Change::Restore { .. }, Target::Rule(mark)) => own.is_not_restored(mark),
                (_, Target::Rule(_)) => {}
            }
        }
    }

    fn target<'a>(&self, change: &'a Change) -> Target<'a> {
        let (realm, subject) = match change {
            Change::Revoke(entry) => (&entry.rule.realm, &entry.rule.subject),
            Change::Restore { realm, subject } => (realm, subject),
            Change::Switch { scope, name, .. } => return Target::Switch(scope, name),
        };
        Target::Rule(self.marker.mark(realm, subject.as_ref()))
    }

    /// Applies what a shared log says, in its order.
    pub(in crate::revocation) fn apply(&self, news: Vec<News>, now: i64) {
        let _gate = fork::inside();
        let mut guard = self.ledger.lock();
        if guard.epoch != fork::epoch() {
            guard.epoch = fork::epoch();
            if let Some(own) = &mut guard.own {
                own.is_inherited();
            }
        }
        for one in news {
            let ledger = &mut *guard;
            match one {
                News::Reset => {
                    ledger.told = Stamp::default();
                    let names = Names::new(ledger.tables.names.limit());
                    let mut tables = Tables::new(0);
                    tables.names = names;
                    ledger.building = Some((tables, Map::new()));
                }
                News::Complete => self.complete(&mut guard, now),
                News::At(stamp) => ledger.told = stamp,
                News::Upto(position) => {
                    if let Some(own) = &mut ledger.own {
                        own.is_told(position.stamp);
                    }
                }
                News::Is(entry) => {
                    let subject = entry.rule.subject.as_ref();
                    let mark = self.marker.mark(&entry.rule.realm, subject);
                    let span = entry.rule.span();
                    let own = ledger.against(mark);
                    let tables = match &mut ledger.building {
                        Some((building, _)) => building,
                        None => &mut ledger.tables,
                    };
                    let renamed = match own {
                        None => tables.set(mark, subject, span, now),
                        Some(Word::Revoked(kept)) => {
                            let joined = kept.joined_to(span, now);
                            tables.set(mark, subject, joined, now)
                        }
                        Some(Word::Restored) => false,
                    };
                    if ledger.building.is_none() {
                        self.publish(&mut ledger.tables, renamed);
                    }
                }
                News::Change(Change::Revoke(entry)) => {
                    let subject = entry.rule.subject.as_ref();
                    let mark = self.marker.mark(&entry.rule.realm, subject);
                    if ledger.against(mark) == Some(Word::Restored) {
                        continue;
                    }
                    let span = entry.rule.span();
                    match &mut ledger.building {
                        Some((building, _)) => _ = building.record(mark, subject, span, now),
                        None => {
                            let (_, renamed) = ledger.tables.record(mark, subject, span, now);
                            self.publish(&mut ledger.tables, renamed);
                        }
                    }
                }
                News::Change(Change::Restore { realm, subject }) => {
                    let mark = self.marker.mark(&realm, subject.as_ref());
                    let own = ledger.against(mark);
                    let tables = match &mut ledger.building {
                        Some((building, _)) => building,
                        None => &mut ledger.tables,
                    };
                    match own {
                        Some(Word::Revoked(kept)) => {
                            tables.set(mark, subject.as_ref(), kept, now);
                        }
                        Some(Word::Restored) | None => {
                            tables.index.remove(&mut tables.pen, mark, now);
                        }
                    }
                }
                News::Change(Change::Switch { scope, name, on }) => {
                    let told = ledger.told;
                    let own = ledger.own.as_ref();
                    let holds = own.is_some_and(|own| own.holds_switch(&scope, &name, told));
                    match &mut ledger.building {
                        Some((_, switches)) => {
                            let on = if holds {
                                self.switches.is_on(&scope, &name)
                            } else {
                                on
                            };
                            switches.entry(scope).or_default().insert(name, on);
                        }
                        None if holds => {}
                        None => self.switches.set(&scope, &name, on),
                    }
                }
            }
        }
    }

    /// Forgets what was read anew and never became complete: what was known
    /// before is in force, and told on.
    pub(in crate::revocation) fn abandon(&self) {
        let _gate = fork::inside();
        self.ledger.lock().building = None;
    }

    /// Puts what was read anew in force, with what this process alone knows.
    fn complete(&self, ledger: &mut MutexGuard<'_, Ledger>, now: i64) {
        let ledger = &mut **ledger;
        let Some((mut tables, switches)) = ledger.building.take() else {
            return;
        };
        if let Some(own) = &mut ledger.own {
            own.is_told(ledger.told);
            for (mark, span) in own.revoked() {
                tables.index.record(&mut tables.pen, mark, span, now);
            }
        }
        // The names of what this process said, and of what nobody has compacted yet.
        tables.names.join(&ledger.tables.names, now);
        // Names first: a rule is found by those that are in force with it.
        self.publish(&mut tables, true);
        self.index.replace(&tables.index);
        tables.index = Arc::clone(&self.index);
        ledger.tables = tables;
        self.switches.replace(switches);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::revocation::log::Position;
    use crate::revocation::rule::{Entry, Rule, Subject, Value};

    const NOW: i64 = 5;

    fn subject() -> Subject<Box<str>> {
        Subject::Claim {
            name: "jti".into(),
            value: Value::Text("x".into()),
        }
    }

    fn rule() -> Rule {
        Rule {
            realm: "r".into(),
            subject: subject(),
            before: None,
            until: None,
            note: None,
        }
    }

    fn revoked() -> Change {
        Change::Revoke(Entry {
            rule: rule(),
            at: NOW,
        })
    }

    fn restored() -> Change {
        Change::Restore {
            realm: "r".into(),
            subject: subject(),
        }
    }

    fn tell(state: &State, stamp: u64, change: Change) {
        let news = vec![News::At((stamp, 0)), News::Change(change)];
        state.apply(news, NOW);
    }

    fn is_revoked(state: &State) -> bool {
        state.covers("r", subject().as_ref(), None, NOW)
    }

    #[test]
    fn an_older_word_of_others_never_undoes_what_was_said_here_and_a_newer_one_does() {
        let state = State::shared(4);
        state.revoke(&rule(), NOW).unwrap();
        tell(&state, 3, restored());
        assert!(is_revoked(&state), "not appended yet");
        state.are_appended(&[revoked()], Some((5, 0)));
        tell(&state, 4, restored());
        assert!(is_revoked(&state), "appended after it");
        tell(&state, 5, revoked());
        assert!(is_revoked(&state));
        tell(&state, 6, restored());
        assert!(!is_revoked(&state));
    }

    #[test]
    fn what_was_taken_back_here_stays_so_until_somebody_revokes_it_later() {
        let state = State::shared(4);
        tell(&state, 1, revoked());
        state.restore("r", subject().as_ref(), NOW);
        state.are_appended(&[restored()], Some((5, 0)));
        tell(&state, 3, revoked());
        assert!(!is_revoked(&state));
        tell(&state, 6, revoked());
        assert!(
            is_revoked(&state),
            "although its own word was never told back"
        );
    }

    #[test]
    fn what_could_not_be_appended_stands_whatever_is_told() {
        let state = State::shared(4);
        state.revoke(&rule(), NOW).unwrap();
        state.are_unsent(&[revoked()], NOW);
        tell(&state, 9, restored());
        let position = Position {
            stamp: (9, 0),
            ..Position::default()
        };
        state.apply(vec![News::Upto(position)], NOW);
        state.apply(vec![News::Reset, News::Complete], NOW);
        assert!(is_revoked(&state));
    }

    #[test]
    fn a_restoring_that_failed_gives_way_to_the_next_revocation() {
        let state = State::shared(4);
        tell(&state, 1, revoked());
        state.restore("r", subject().as_ref(), NOW);
        state.are_unsent(&[restored()], NOW);
        assert!(!is_revoked(&state), "it is in force here");
        tell(&state, 2, revoked());
        assert!(is_revoked(&state), "until somebody says otherwise");
    }

    #[test]
    fn a_log_that_is_read_anew_decides_about_all_that_it_holds_already() {
        let state = State::shared(4);
        state.revoke(&rule(), NOW).unwrap();
        state.are_appended(&[revoked()], Some((5, 0)));
        // Taken back at 7 by another, and both are in the table by now.
        state.apply(vec![News::Reset, News::At((8, 0)), News::Complete], NOW);
        assert!(!is_revoked(&state));
        // Of a table that is older than its word, that word stands.
        state.revoke(&rule(), NOW).unwrap();
        state.are_appended(&[revoked()], Some((10, 0)));
        state.apply(vec![News::Reset, News::At((9, 0)), News::Complete], NOW);
        assert!(is_revoked(&state));
    }

    #[test]
    fn a_reading_that_fails_changes_nothing_of_what_is_in_force() {
        let state = State::shared(4);
        tell(&state, 1, revoked());
        state.apply(vec![News::Reset], NOW);
        assert!(is_revoked(&state));
        state.abandon();
        tell(&state, 2, restored());
        assert!(!is_revoked(&state), "and news are in force again");
    }

    #[test]
    fn an_older_word_about_a_switch_doesnt_turn_it_back() {
        let state = State::shared(4);
        let set = |on| Change::Switch {
            scope: "s".into(),
            name: "n".into(),
            on,
        };
        let is_on = || state.switches().is_on("s", "n");
        state.switch("s", "n", true);
        tell(&state, 3, set(false));
        assert!(is_on());
        state.are_appended(&[set(true)], Some((5, 0)));
        tell(&state, 4, set(false));
        assert!(is_on());
        tell(&state, 6, set(false));
        assert!(!is_on());
    }
}
