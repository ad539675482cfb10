//! DEF-5, 2.2.4: figures that lead to nobody, one set for each month. A set is written once and never changed. The numbers of people come
//! here rounded, and no small group does: what is in these tables may be read by everybody.

use jiff::Timestamp;
use sandyq_model::{Category, Fault, Field, Purpose, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, Value, statement};
use crate::tables::consent::ConsentAct;

/// The figures of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureSet {
    /// The month, as the number `202611`.
    pub month: u32,
    /// When the set was made.
    pub made_at: Timestamp,
    /// The smallest group that it may show, in people; every number of people in it is a multiple of that.
    pub smallest: u32,
}

/// One figure: how many people wrote the same in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it was counted for.
    pub purpose: Purpose,
    /// What those people are to the operator.
    pub category: Category,
    /// The field.
    pub field: Field,
    /// What stands in it.
    pub words: String,
    /// At least so many people.
    pub people: u32,
}

/// Writes a whole set. One of the same month is a conflict.
#[must_use]
pub fn put(set: FigureSet, figures: &[Figure]) -> Vec<Statement> {
    let begun = statement(
        "INSERT INTO figure_set (month, made_at, smallest) VALUES ($1, $2, $3)",
        [set.month.into(), set.made_at.into(), set.smallest.into()],
    )
    .touching(1);
    let one = |(place, figure): (u32, &Figure)| {
        statement(
            "INSERT INTO figure (month, place, purpose, category, field, words, people) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [
                set.month.into(),
                place.into(),
                figure.purpose.into(),
                figure.category.into(),
                figure.field.into(),
                figure.words.as_str().into(),
                figure.people.into(),
            ],
        )
        .touching(1)
    };
    std::iter::once(begun)
        .chain((0..).zip(figures).map(one))
        .collect()
}

/// The sets, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn sets(reader: &mut dyn Reader, limit: u32) -> Result<Vec<FigureSet>, Fault> {
    reader.list(
        "SELECT month, made_at, smallest FROM figure_set ORDER BY month DESC LIMIT $1",
        &[limit.into()],
        |row| {
            Ok(FigureSet {
                month: row.take(0)?,
                made_at: row.take(1)?,
                smallest: row.take(2)?,
            })
        },
    )
}

/// The figures of a month in the order in which they were written.
///
/// # Errors
/// When the engine does not answer.
pub fn of_month(reader: &mut dyn Reader, month: u32, limit: u32) -> Result<Vec<Figure>, Fault> {
    reader.list(
        "SELECT purpose, category, field, words, people FROM figure WHERE month = $1 ORDER BY place LIMIT $2",
        &[month.into(), limit.into()],
        read,
    )
}

/// People who once agreed to something for one of these purposes, in the order of their identifiers, after that one. Whether the consent
/// is alive is not asked here.
///
/// # Errors
/// When the engine does not answer.
pub fn who_agreed(
    reader: &mut dyn Reader,
    [one, other]: [Purpose; 2],
    after: Option<SubjectId>,
    limit: u32,
) -> Result<Vec<SubjectId>, Fault> {
    let after = after.map_or_else(|| Value::Blob(Vec::new()), Value::from);
    reader.list(
        "SELECT DISTINCT subject_id FROM consent WHERE subject_id > $1 AND act = $2 AND purpose IN ($3, $4) \
         ORDER BY subject_id LIMIT $5",
        &[
            after,
            ConsentAct::Given.into(),
            one.into(),
            other.into(),
            limit.into(),
        ],
        |row| row.take(0),
    )
}

fn read(row: &mut Row) -> Result<Figure, Fault> {
    Ok(Figure {
        purpose: row.take(0)?,
        category: row.take(1)?,
        field: row.take(2)?,
        words: row.take(3)?,
        people: row.take(4)?,
    })
}
