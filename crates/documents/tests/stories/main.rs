//! Stories about records that several people write: what merges, what is asked, what is refused, what lasts.

mod clocks;
mod convergence;
mod dice;
mod fixtures;
mod hostile;
mod merging;
mod newer_apps;
mod office;
mod people;
mod sizes;
