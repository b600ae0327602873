//! Numbers for incidents: area, day, serial. Claimed before the incident is written, in a transaction of their own, so
//! that two servers never give the same; what is not used after all leaves a gap.

use std::collections::BTreeMap;

use domain::incident::format_human_no;
use domain::{GridCode, UnixMillis};

use crate::store::{Answer, Store};

/// Digits of a grid's code that name the area in a number.
const AREA_DIGITS: usize = 6;

/// A number for an incident of each of these grids, in order; `None` where the day's numbers are used up or none can be
/// given (damage): that keeps no report from being taken in.
///
/// # Errors
/// When the store fails for now.
pub(crate) async fn claim_numbers<S: Store>(
    store: &S,
    grids: &[GridCode],
    now: UnixMillis,
) -> Answer<Vec<Option<String>>> {
    let day = now.local_date();
    let mut wanted: BTreeMap<&str, u32> = BTreeMap::new();
    for grid in grids {
        *wanted.entry(area_of(grid)).or_default() += 1;
    }
    let mut next = BTreeMap::new();
    for (area, count) in wanted {
        match store.claim_serials(area.to_owned(), day, count).await {
            Ok(first) => {
                next.insert(area, first);
            }
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => tracing::error!(area, %error, "no numbers can be given; incidents go on without"),
        }
    }
    let mut give = |grid: &GridCode| {
        let area = area_of(grid);
        let serial = next.get_mut(area)?;
        let number = format_human_no(grid, day, *serial);
        if number.is_none() {
            tracing::warn!(area, serial = *serial, "no number is left for an incident today");
        }
        *serial += 1;
        number
    };
    Ok(grids.iter().map(&mut give).collect())
}

fn area_of(grid: &GridCode) -> &str {
    &grid.as_str()[..AREA_DIGITS]
}
