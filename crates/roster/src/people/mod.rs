//! Who lives in a home: names, codes and numbers as offices write them.

pub(crate) mod marks;
pub(crate) mod names;
pub(crate) mod numbers;
pub(crate) mod person;
pub(crate) mod words;
