//! `list_departed_steps`, `dismiss_departed_step`: own steps in incidents that have left this device. Putting one away
//! twice is no error.

use contract::{DepartedStep, DismissDepartedStep, ListDepartedSteps, Topic};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::departed_step::{dismiss_departed_step, list_departed_steps};

impl UseCase for ListDepartedSteps {
    fn run(self, companion: &mut Companion) -> Result<Vec<DepartedStep>, Failure> {
        companion.require_account()?;
        Ok(list_departed_steps(companion.store.read())?)
    }
}

impl UseCase for DismissDepartedStep {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        companion.require_account()?;
        companion.store.write::<_, Failure>(|writing| Ok(dismiss_departed_step(writing, self.step)?))?;
        companion.mark_changed([Topic::Incidents]);
        Ok(())
    }
}
