//! Lists as offices send them, read and laid over a ledger: who lives with whom, whose number is whose, and that no row
//! is lost. All people and numbers are invented; area codes begin with 9901.

mod columns;
mod doors;
mod files;
mod found;
mod generator;
mod ledger;
mod names;
mod numbers;
mod office;
mod rows;
mod sheets;
mod support;
mod trials;
