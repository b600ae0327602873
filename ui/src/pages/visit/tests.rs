//! Stories of this page.
