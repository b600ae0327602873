//! Accepting several at once: choosing rows, what was done with them, and taking it back.
//!
//! Flow: 选择多件 turns the links of 待受理 into boxes. What is chosen is kept by id and stays chosen while the list is
//! read again; what has left the list is let go and named. One tap accepts; the companion says of each whether it could
//! be done. For some seconds all of it is taken back by one tap, as one step is on its own page.

use std::collections::BTreeMap;

use contract::domain::workflow::{Refusal, State, TransitionKind};
use contract::domain::{IncidentId, Role};
use contract::{
    CommandError, INCIDENT_ROWS_LIMIT, IncidentRow, Queue, RecordState, RetractStep, RetractSteps, StepsTaken, SyncNow,
    TakeSteps, UNDO_MS,
};

use super::{Msg, Tasks};
use crate::state::Effect;

/// Chosen rows with what they are called on the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) chosen: BTreeMap<IncidentId, IncidentRow>,
    /// Were chosen, and are not in the list any more.
    pub(super) gone: Vec<IncidentRow>,
    pub(super) is_sending: bool,
}

/// What was done last with several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) taken: Vec<RetractStep>,
    pub(super) refused: Vec<(IncidentRow, Option<Refusal>)>,
    /// It was taken back.
    pub(super) is_back: bool,
    /// It waits for being taken back.
    pub(super) can_undo: bool,
}

/// What can happen while several are chosen.
pub(crate) enum ChooseMsg {
    /// Begin or end.
    Mode(bool),
    /// One more, or one less.
    Tick(IncidentId),
    /// All that are loaded, or none.
    TickAll,
    /// 受理所选
    Accept,
    /// It was done.
    Accepted(Result<StepsTaken, CommandError>),
    /// 撤销
    Undo,
    /// It was taken back.
    Undone(Result<StepsTaken, CommandError>),
    /// The time for that is over.
    UndoOver(u32),
    /// 立即提交
    SendNow,
}

/// Whether this row can be accepted as far as the list tells.
pub(super) fn is_acceptable(row: &IncidentRow) -> bool {
    row.standing == State::Reported && row.pending == 0 && row.state == RecordState::Confirmed
}

/// Whether somebody in this role accepts incidents.
pub(super) const fn accepts(role: Role) -> bool {
    matches!(role, Role::CommunityClerk | Role::Dispatcher)
}

impl Tasks {
    fn loaded(&self) -> &[IncidentRow] {
        self.list.ready().map(|list| list.rows.as_slice()).unwrap_or_default()
    }

    /// Whether several can be chosen in what is shown.
    pub(super) fn can_choose(&self) -> bool {
        self.is_accepting && self.shown() == Queue::ToAccept && self.loaded().iter().any(is_acceptable)
    }

    /// Whether everything is chosen that is loaded and can be.
    pub(super) fn are_all_chosen(&self) -> bool {
        let chosen = self.choice.as_ref().map(|choice| &choice.chosen);
        let mut acceptable = self.loaded().iter().filter(|row| is_acceptable(row));
        chosen.is_some_and(|chosen| acceptable.all(|row| chosen.contains_key(&row.id)))
    }

    pub(super) fn choose(&mut self, msg: ChooseMsg) -> Vec<Effect<Msg>> {
        match msg {
            ChooseMsg::Mode(is_on) => {
                self.choice = is_on.then(Choice::default);
                self.batch = None;
                return vec![Effect::Focus(if is_on { "choose-all" } else { "choose" })];
            }
            ChooseMsg::Tick(id) => {
                let row = self.loaded().iter().find(|row| row.id == id && is_acceptable(row)).cloned();
                if let Some(choice) = &mut self.choice
                    && choice.chosen.remove(&id).is_none()
                {
                    choice.chosen.extend(row.map(|row| (id, row)));
                }
            }
            ChooseMsg::TickAll => {
                let is_all = self.are_all_chosen();
                let rows = self.loaded().iter().filter(|row| is_acceptable(row) && !is_all);
                let chosen = rows.map(|row| (row.id, row.clone())).collect();
                if let Some(choice) = &mut self.choice {
                    choice.chosen = chosen;
                }
            }
            ChooseMsg::Accept => {
                let Some(choice) = &mut self.choice else { return Vec::new() };
                if choice.chosen.is_empty() || std::mem::replace(&mut choice.is_sending, true) {
                    return Vec::new();
                }
                let incidents = choice.chosen.keys().copied().take(INCIDENT_ROWS_LIMIT as usize).collect();
                let request = TakeSteps { incidents, kind: TransitionKind::Accept };
                return vec![Effect::ask(&request, |result| Msg::Choose(ChooseMsg::Accepted(result)))];
            }
            ChooseMsg::Accepted(Ok(done)) => {
                let mut chosen = self.choice.take().map(|choice| choice.chosen).unwrap_or_default();
                done.taken.iter().for_each(|step| _ = chosen.remove(&step.incident));
                let name = |(id, reason)| chosen.remove(&id).map(|row| (row, reason));
                let refused = done.refused.into_iter().filter_map(name).collect();
                // More than one request takes: the others are one more tap.
                self.choice = (!chosen.is_empty()).then(|| Choice { chosen, ..Choice::default() });
                let can_undo = !done.taken.is_empty();
                self.batch = Some(Batch { taken: done.taken, refused, is_back: false, can_undo });
                self.error = None;
                self.batches += 1;
                let over = Msg::Choose(ChooseMsg::UndoOver(self.batches));
                return vec![Effect::Focus("batch"), Effect::After { ms: UNDO_MS, msg: over }];
            }
            ChooseMsg::Undo => {
                let Some(batch) = self.batch.as_mut().filter(|batch| batch.can_undo) else { return Vec::new() };
                batch.can_undo = false;
                let request = RetractSteps { steps: batch.taken.clone() };
                return vec![Effect::ask(&request, |result| Msg::Choose(ChooseMsg::Undone(result)))];
            }
            ChooseMsg::Undone(Ok(done)) => {
                self.batch = Some(Batch { taken: done.taken, refused: Vec::new(), is_back: true, can_undo: false });
                return vec![Effect::Focus("batch")];
            }
            ChooseMsg::Accepted(Err(error)) | ChooseMsg::Undone(Err(error)) => {
                if let Some(choice) = &mut self.choice {
                    choice.is_sending = false;
                }
                self.error = Some(error);
            }
            ChooseMsg::UndoOver(number) => {
                if let Some(batch) = self.batch.as_mut().filter(|_| number == self.batches) {
                    batch.can_undo = false;
                }
            }
            ChooseMsg::SendNow => {
                let sending = self.send_batch();
                return sending.into_iter().chain([Effect::Focus("batch")]).collect();
            }
        }
        Vec::new()
    }

    /// Lets go what could still be taken back.
    pub(super) fn send_batch(&mut self) -> Option<Effect<Msg>> {
        let batch = self.batch.as_mut().filter(|batch| batch.can_undo)?;
        batch.can_undo = false;
        let number = self.batches;
        Some(Effect::ask(&SyncNow {}, move |_| Msg::Choose(ChooseMsg::UndoOver(number))))
    }

    /// The list was read again: what is still there stays chosen, as it stands now.
    pub(super) fn keep_choice(&mut self) {
        let Some(mut choice) = self.choice.take() else { return };
        if self.shown() != Queue::ToAccept {
            return;
        }
        let has_all = self.list.ready().is_some_and(|list| !list.has_more);
        for (id, row) in std::mem::take(&mut choice.chosen) {
            match self.loaded().iter().find(|row| row.id == id) {
                Some(now) if is_acceptable(now) => _ = choice.chosen.insert(id, now.clone()),
                // Further down than what was read: nothing is known against it.
                None if !has_all => _ = choice.chosen.insert(id, row),
                _ => choice.gone.push(row),
            }
        }
        self.choice = Some(choice);
    }
}
