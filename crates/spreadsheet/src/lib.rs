//! Files of tables as offices keep them, read as sheets of text cells: XLSX, XLSB, XLS (ET), ODS, CSV, and what old
//! systems export under these names: tables of web pages (also archived ones) and XML workbooks of 2003.
//!
//! Why a crate of its own. Rosters, reference data and exports meet the same cells: full-width digits, numbers that a
//! program rounded, apostrophes against formulas. What a cell says is decided here once, and it is what the office sees
//! on its screen; what it means is decided by whoever asks.
//!
//! Flow: bytes → [`open`] looks at what they are, whatever the name ends in (`kinds`) → `xlsx`, `book` (other workbooks,
//! through calamine, with `xls` beside it), `html`, `spreadsheet_ml`, `mhtml` or `delimited` → `gather` within limits →
//! [`Sheet`]s of [`Row`]s of [`Cell`]s. `format` shows numbers as their formats do. [`text`] has the plain forms of a
//! text, [`formula`] the apostrophe that keeps a text from being computed.
//!
//! Failure. A file that cannot be read is an [`OpenError`] with a sentence that says what to do; it never holds cells.
//! A workbook is read whole or not at all.
//!
//! Not done: each reader's header says what it does not see.

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
mod xls;
mod xlsx;
mod xml;

pub use kinds::is_office_litter;
pub use open::{OpenError, TableFile, open};
pub use sheet::{Cell, Merge, Row, Sheet};
