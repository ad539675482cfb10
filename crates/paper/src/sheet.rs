//! A register as a table for spreadsheets (XLSX). Every cell is text: what somebody typed is never a formula, a link, a number or a
//! date there, whatever it begins with.

use jiff::civil::DateTime;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// The rows that one table may have, without its head.
pub const SHEET_ROWS_MAX: usize = 10_000;
/// The longest cell, in characters as spreadsheets count them; the rest is cut off, and marked.
pub const CELL_LENGTH_MAX: usize = 32_000;

/// What stands at the end of a cell that was cut off.
const CUT_OFF: &str = "…";
/// No column is wider, in characters.
const WIDTH_MAX: f64 = 60.0;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is called; nothing personal, since it shows in windows and lists.
    pub title: String,
    /// When it was made, in UTC.
    pub made_at: DateTime,
    /// The names of the columns.
    pub head: Vec<String>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The same as far as a table holds it. Where rows are left out, the last one says so: `says` stands in its first cell.
    #[must_use]
    pub fn fitted(mut self, says: &str) -> Self {
        if self.rows.len() > SHEET_ROWS_MAX {
            self.rows.truncate(SHEET_ROWS_MAX - 1);
            let mut last = vec![String::new(); self.head.len()];
            if let Some(first) = last.first_mut() {
                says.clone_into(first);
            }
            self.rows.push(last);
        }
        self
    }
}

/// A table that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// It has more than [`SHEET_ROWS_MAX`] rows.
    #[error("the table has more than {SHEET_ROWS_MAX} rows")]
    TooLong,
    /// A row has another number of cells than the head.
    #[error("a row of the table is of another width")]
    Width,
    /// The library refused.
    #[error("the table could not be written: {0}")]
    Library(String),
}

impl From<XlsxError> for Unwritable {
    fn from(error: XlsxError) -> Self {
        Self::Library(error.to_string())
    }
}

/// The table as XLSX, with one sheet.
///
/// # Errors
/// When it is too long, or its rows are not as wide as its head.
pub fn xlsx(sheet: &Sheet) -> Result<Vec<u8>, Unwritable> {
    if sheet.rows.len() > SHEET_ROWS_MAX {
        return Err(Unwritable::TooLong);
    }
    if sheet.rows.iter().any(|row| row.len() != sheet.head.len()) {
        return Err(Unwritable::Width);
    }
    let mut book = Workbook::new();
    book.set_properties(&properties(sheet)?);
    let page = book.add_worksheet();
    let (head, body) = (
        Format::new().set_bold().set_text_wrap(),
        Format::new().set_text_wrap(),
    );
    for (line, cells) in std::iter::once(&sheet.head).chain(&sheet.rows).enumerate() {
        let format = if line == 0 { &head } else { &body };
        for (column, cell) in cells.iter().enumerate() {
            let (line, column) = (place(line)?, place(column)?);
            let column = u16::try_from(column).map_err(|_| Unwritable::Width)?;
            // Never `write`, which makes formulas and links of what looks like them.
            page.write_string_with_format(line, column, fitting(cell), format)?;
        }
    }
    for (column, width) in widths(sheet).into_iter().enumerate() {
        let column = u16::try_from(column).map_err(|_| Unwritable::Width)?;
        page.set_column_width(column, width)?;
    }
    page.set_freeze_panes(1, 0)?;
    Ok(book.save_to_buffer()?)
}

fn place(index: usize) -> Result<u32, Unwritable> {
    u32::try_from(index).map_err(|_| Unwritable::TooLong)
}

fn properties(sheet: &Sheet) -> Result<DocProperties, Unwritable> {
    let at = sheet.made_at;
    let year = u16::try_from(at.year()).map_err(|_| Unwritable::Library("the year".to_owned()))?;
    let field = |part: i8| u8::try_from(part).unwrap_or_default();
    let made = ExcelDateTime::from_ymd(year, field(at.month()), field(at.day()))?.and_hms(
        field(at.hour()).into(),
        field(at.minute()),
        field(at.second()),
    )?;
    Ok(DocProperties::new()
        .set_title(&sheet.title)
        .set_creation_datetime(&made))
}

/// The text as far as a cell holds it, without signs that a spreadsheet cannot keep.
fn fitting(cell: &str) -> String {
    let plain: String = cell
        .chars()
        .filter(|sign| !sign.is_control() || *sign == '\n')
        .collect();
    let mut length = 0;
    let end = plain.char_indices().find(|(_, sign)| {
        length += sign.len_utf16();
        length > CELL_LENGTH_MAX
    });
    match end.and_then(|(end, _)| plain.get(..end)) {
        Some(kept) => format!("{kept}{CUT_OFF}"),
        None => plain,
    }
}

/// How wide each column is: as its longest line, within bounds.
fn widths(sheet: &Sheet) -> Vec<f64> {
    let mut widths = vec![8.0_f64; sheet.head.len()];
    for row in std::iter::once(&sheet.head).chain(&sheet.rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            let longest = cell.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            let longest = u32::try_from(longest).map_or(WIDTH_MAX, f64::from);
            *width = width.max(longest + 2.0).min(WIDTH_MAX);
        }
    }
    widths
}
