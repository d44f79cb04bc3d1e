//! How near a record is to a caller. A list selects it once for each row. Then the reach of any action is one look, and no
//! button needs a query.

use super::{Pred, Shape, Who};
use crate::access::{Caller, Reach};
use crate::db::{Field, Part, Record, Row, Value};
use crate::error::Result;

/// Which reaches contain a record that the caller sees, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near(i64);

/// The reaches with a bit. `Reach::All` contains whatever a tag limit leaves.
const BITS: [(i64, Reach); 4] = [(1, Reach::All), (2, Reach::Team), (4, Reach::Own), (8, Reach::Assigned)];

impl Near {
    /// For an action without a record, and for records that have no facts but their workspace.
    pub const HERE: Near = Near(1);
    /// For a list, and for a record that the caller creates. Every reach contains it.
    pub const NEW: Near = Near(1 + 2 + 4 + 8);

    pub fn is_within(self, reach: Reach) -> bool {
        BITS.iter().any(|(bit, of)| *of == reach && self.0 & bit != 0)
    }
}

impl Field for Near {
    type Column = i64;
    fn read(bits: i64) -> Result<Self> {
        Ok(Near(bits))
    }
    fn value(&self) -> Value {
        self.0.into()
    }
}

impl Record for Near {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        row.take().map(Near)
    }
}

impl Caller {
    /// Fills `{near}`, a column of a statement.
    pub fn near(&self, shape: &Shape) -> impl FnOnce(&mut Part) {
        let who = Who { user: self.user(), member: self.member() };
        let preds =
            BITS.map(|(bit, reach)| (bit, Pred::new(self.workspace(), reach, who, self.tag_limits())));
        let shape = *shape;
        move |out| {
            out.push("cast(");
            for (at, (bit, pred)) in preds.iter().enumerate() {
                out.push(if at > 0 { " + case when " } else { "case when " });
                pred.sql(&shape, out);
                out.push(&format!(" then {bit} else 0 end"));
            }
            out.push(" as bigint)");
        }
    }
}
