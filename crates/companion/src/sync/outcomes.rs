//! What became of the changes that were offered.

use std::collections::BTreeMap;

use ::sync::wire::{Outcome, RefusalCode, Ruling, Verdict};
use contract::Topic;
use domain::codes::CodeList as _;
use domain::workflow::Refusal;
use domain::{ChangeHash, RecordId};

use super::apply::Applying;
use super::heads::advance_heads;
use crate::store::StoreError;
use crate::store::beyond::is_document_beyond;
use crate::store::change::{ChangeState, note_answer};
use crate::store::departed_step::{Word, note_ruling};
use crate::store::outbox::settle_change;
use crate::store::put_away::put_away_rewritten;

/// What a verdict means for the change.
enum Meaning {
    /// The server has it.
    There,
    /// It has its end.
    Ended(ChangeState, RefusalCode, String),
    /// It cannot be placed yet: something it builds on is missing there, or stands in the way.
    Waits,
    /// The number belongs to another change: another life of this device wrote it.
    Forked,
    /// It is not there: it goes up again.
    Lost,
    /// Not understood: nothing is assumed.
    Nothing,
}

fn read_verdict(verdict: &Verdict) -> Meaning {
    match verdict {
        Verdict::Accepted | Verdict::Known => Meaning::There,
        Verdict::Held { code } => Meaning::Ended(ChangeState::Held, *code, String::new()),
        Verdict::Refused { code, detail } => match code {
            // About the order of things, not about the work: it stays on its way. `ForeignActor`: made by an earlier
            // installation of this phone, and lost by the server; it is made again.
            RefusalCode::SequenceGap | RefusalCode::UnknownDependency | RefusalCode::ForeignActor => Meaning::Waits,
            RefusalCode::SequenceReused => Meaning::Forked,
            _ => Meaning::Ended(ChangeState::Refused, *code, detail.clone()),
        },
        Verdict::Absent => Meaning::Lost,
        Verdict::Unknown => Meaning::Nothing,
    }
}

impl Applying<'_> {
    /// Moves the rows that the server's word is about, by hash, and only those that were offered or asked about.
    pub(super) fn take_outcomes(&mut self, outcomes: &[Outcome]) -> Result<(), StoreError> {
        let mut there: BTreeMap<RecordId, Vec<ChangeHash>> = BTreeMap::new();
        let verdicts: BTreeMap<(RecordId, ChangeHash), &Verdict> =
            outcomes.iter().map(|outcome| ((outcome.document, outcome.hash), &outcome.verdict)).collect();
        for &(document, hash) in self.round.pushed.iter().chain(&self.round.awaited) {
            let Some(verdict) = verdicts.get(&(document, hash)) else { continue };
            match read_verdict(verdict) {
                Meaning::There => {
                    self.settle(document, hash, (ChangeState::Confirmed, "", ""))?;
                    put_away_rewritten(self.writing, document, hash)?;
                    there.entry(document).or_default().push(hash);
                }
                Meaning::Ended(state, code, detail) => {
                    self.settle(document, hash, (state, &wire_name(code), &detail))?;
                    if state == ChangeState::Refused {
                        // What the office says of a person's work is not for the log.
                        let field = if code == RefusalCode::Rejected { "" } else { detail.as_str() };
                        tracing::warn!(%document, ?code, field, "a change was not accepted");
                        self.answered.insert(document, true);
                    }
                }
                Meaning::Waits => {
                    self.answered.insert(document, true);
                    // The server may have lost what it builds on: what it has, it says when it is asked.
                    if !self.round.request.fetch.contains(&document) {
                        self.applied.summary.differing.insert(document);
                    }
                }
                Meaning::Lost => {
                    tracing::warn!(%document, "the server has lost a change that it kept for the office");
                    settle_change(self.writing, document, hash, (ChangeState::Pending, "", ""))?;
                    self.applied.summary.advanced = true;
                }
                Meaning::Forked => self.applied.is_forked = true,
                Meaning::Nothing => {}
            }
        }
        for (document, hashes) in there {
            let heads = advance_heads(self.writing, document, &hashes)?;
            self.change_server_heads(document, &heads)?;
        }
        // While streams are still being read, a document without one may only not have been named yet.
        if self.streams.iter().all(|row| row.is_complete) {
            for document in self.answered.keys() {
                // What the server has not said farewell to, and does not have whole, is asked about instead.
                if is_document_beyond(self.writing, *document)? {
                    self.applied.summary.differing.insert(*document);
                } else {
                    self.loose.insert(*document);
                }
            }
        }
        self.applied.sent_records = self.answered.len();
        if !self.answered.is_empty() {
            self.applied.topics.extend([Topic::Outbox, Topic::Households, Topic::Incidents]);
        }
        Ok(())
    }

    /// Takes over what was decided on own steps in incidents that this device does not receive any more.
    pub(super) fn take_rulings(&mut self, rulings: &[Ruling]) -> Result<(), StoreError> {
        for ruling in rulings {
            let word =
                if ruling.effective { Word::Effective } else { Word::Futile(Refusal::from_code(&ruling.reason)) };
            if note_ruling(self.writing, ruling.document, ruling.transition, word)? {
                self.applied.topics.insert(Topic::Incidents);
            }
        }
        Ok(())
    }

    fn settle(
        &mut self,
        document: RecordId,
        hash: ChangeHash,
        end: (ChangeState, &str, &str),
    ) -> Result<(), StoreError> {
        if settle_change(self.writing, document, hash, end)? {
            note_answer(self.writing, document, hash, self.now)?;
            self.applied.summary.answered += 1;
        }
        self.answered.entry(document).or_insert(false);
        Ok(())
    }
}

/// The code as it stands on the wire.
fn wire_name(code: RefusalCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "other".to_owned(),
    }
}
