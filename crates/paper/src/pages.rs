//! Puts lines on pages of A4: sizes, distances, and a heading never last on its page.

use sandyq_model::letter::{Block, Line, Span};

use crate::faces::Faces;
use crate::lines::{FittedLine, fitted};
use crate::{Document, PAGES_MAX, Unprintable};

/// A4, in points.
pub(crate) const PAGE: (f32, f32) = (595.276, 841.89);
/// From the left edge, wide enough for a file.
pub(crate) const LEFT: f32 = 71.0;
/// Where the foot stands.
pub(crate) const FOOT: f32 = 805.0;
/// The size of the foot.
pub(crate) const FOOT_SIZE: f32 = 8.0;

const RIGHT: f32 = 57.0;
const TOP: f32 = 62.0;
const BOTTOM: f32 = 780.0;
const INDENT: f32 = 14.0;

/// One page.
#[derive(Default)]
pub(crate) struct PageLines {
    pub(crate) lines: Vec<PlacedLine>,
}

/// A line at its place.
pub(crate) struct PlacedLine {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) size: f32,
    pub(crate) line: FittedLine,
    /// Which block it belongs to, and which item of it.
    pub(crate) block: usize,
    pub(crate) item: usize,
    /// Whether it is the mark before an item.
    pub(crate) is_mark: bool,
}

/// How a block looks.
struct Look {
    size: f32,
    leading: f32,
    before: f32,
    indent: f32,
    bold: bool,
}

struct Composer<'d> {
    faces: &'d Faces,
    pages: Vec<PageLines>,
    y: f32,
}

/// The whole document on pages.
pub(crate) fn lay_out(document: &Document, faces: &Faces) -> Result<Vec<PageLines>, Unprintable> {
    let mut composer = Composer {
        faces,
        pages: vec![PageLines::default()],
        y: TOP,
    };
    for (number, block) in document.blocks.iter().enumerate() {
        composer.put(number, block)?;
    }
    Ok(composer.pages)
}

fn look(block: &Block) -> Look {
    let (size, leading, before, indent, bold) = match block {
        Block::Heading(1, _) => (15.0, 20.0, 14.0, 0.0, true),
        Block::Heading(..) => (11.5, 16.0, 13.0, 0.0, true),
        Block::Paragraph(_) => (10.5, 15.0, 8.0, 0.0, false),
        Block::List(_) => (10.5, 15.0, 5.0, INDENT, false),
        Block::Exact(_) => (8.0, 11.0, 6.0, 0.0, false),
    };
    Look {
        size,
        leading,
        before,
        indent,
        bold,
    }
}

impl Composer<'_> {
    fn put(&mut self, number: usize, block: &Block) -> Result<(), Unprintable> {
        let look = look(block);
        if self.y > TOP {
            self.y += look.before;
        }
        match block {
            Block::Heading(_, line) => {
                // A heading needs two lines of what follows below it.
                if self.y + look.leading + 2.0 * 15.0 > BOTTOM {
                    self.turn()?;
                }
                let spans: Line = line
                    .iter()
                    .map(|span| Span {
                        text: span.text.clone(),
                        bold: look.bold,
                    })
                    .collect();
                self.lines(&spans, &look, (number, 0))
            }
            Block::Paragraph(lines) => lines
                .iter()
                .try_for_each(|line| self.lines(line, &look, (number, 0))),
            Block::List(items) => items.iter().enumerate().try_for_each(|(item, line)| {
                self.mark(&look, (number, item))?;
                self.lines(line, &look, (number, item))
            }),
            Block::Exact(text) => {
                let span = Span {
                    text: text.clone(),
                    bold: false,
                };
                self.lines(&[span], &look, (number, 0))
            }
        }
    }

    /// The mark before an item, on the line that comes next.
    fn mark(&mut self, look: &Look, (block, item): (usize, usize)) -> Result<(), Unprintable> {
        if self.y + look.leading > BOTTOM {
            self.turn()?;
        }
        let mark = fitted(&[Span::plain("•")], self.faces, look.size, INDENT);
        let y = self.y + look.leading;
        for line in mark {
            self.place(PlacedLine {
                x: LEFT,
                y,
                size: look.size,
                line,
                block,
                item,
                is_mark: true,
            });
        }
        Ok(())
    }

    fn lines(
        &mut self,
        spans: &[Span],
        look: &Look,
        (block, item): (usize, usize),
    ) -> Result<(), Unprintable> {
        let width = PAGE.0 - LEFT - RIGHT - look.indent;
        for line in fitted(spans, self.faces, look.size, width) {
            if self.y + look.leading > BOTTOM {
                self.turn()?;
            }
            self.y += look.leading;
            if line.runs.is_empty() {
                continue;
            }
            self.place(PlacedLine {
                x: LEFT + look.indent,
                y: self.y,
                size: look.size,
                line,
                block,
                item,
                is_mark: false,
            });
        }
        Ok(())
    }

    fn place(&mut self, line: PlacedLine) {
        if let Some(page) = self.pages.last_mut() {
            page.lines.push(line);
        }
    }

    fn turn(&mut self) -> Result<(), Unprintable> {
        if self.pages.len() >= PAGES_MAX {
            return Err(Unprintable::TooLong);
        }
        self.pages.push(PageLines::default());
        self.y = TOP;
        Ok(())
    }
}
