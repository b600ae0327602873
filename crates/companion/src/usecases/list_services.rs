//! `list_services`: the service directory.

use contract::{ListServices, ServiceList};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;

impl UseCase for ListServices {
    fn run(self, companion: &mut Companion) -> Result<ServiceList, Failure> {
        companion.require_account()?;
        Ok(ServiceList { rows: Vec::new(), version: None })
    }
}
