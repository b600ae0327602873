//! Licences, bans and sources by cargo-deny; the list with its reasons stands in `deny.toml`. Advisories need the
//! network of the day and are looked at by hand: `cargo deny check advisories`.

use anyhow::Result;

use crate::install::install_cargo_deny;
use crate::workspace::{command, execute};

/// Nothing that we may not ship, nothing that we decided against.
pub(super) fn check_licences() -> Result<()> {
    let program = install_cargo_deny()?;
    execute(command(program).args([
        "--log-level",
        "error",
        "--workspace",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))
}
