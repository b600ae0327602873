//! Files of tables as offices keep them: XLSX, XLSB, XLS, ODS and CSV, read as sheets of text cells.
//!
//! Why a crate of its own. Rosters, reference data and exports meet the same cells: full-width digits, numbers that a
//! program rounded, apostrophes against formulas. What a cell says is decided here once; what it means is decided by
//! whoever asks.
//!
//! Flow: bytes → [`open`] looks at what they are, whatever the name ends in → `book` (spreadsheets) or `delimited`
//! (text) → [`Sheet`]s of [`Row`]s of [`Cell`]s. [`text`] has the plain forms of a text, [`formula`] the apostrophe that
//! keeps a text from being computed.
//!
//! Failure. A file that cannot be read is an [`OpenError`] with a sentence that says what to do; it never holds cells.

mod book;
mod decode;
mod delimited;
mod format;
pub mod formula;
mod gather;
mod html;
mod kinds;
mod markup;
mod mhtml;
mod open;
mod sheet;
mod spreadsheet_ml;
pub mod text;
mod xlsx;
mod xml;

pub use kinds::is_office_litter;
pub use open::{OpenError, TableFile, open};
pub use sheet::{Cell, Merge, Row, Sheet};
