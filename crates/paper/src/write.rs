//! Writes pages as PDF with what a screen reader needs: each line belongs to a heading, a paragraph or an item, in the
//! order in which it is read; page numbers belong to nothing.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::text::Font;
use krilla::{Data, SerializeSettings};
use sandyq_model::letter::{Block, Line};

use crate::faces::{Faces, Run};
use crate::pages::{FOOT, FOOT_SIZE, LEFT, PAGE, PageLines, PlacedLine};
use crate::{Document, Unprintable};

/// What was drawn of a block: by item, whether it is its mark, in the order in which it is read.
type Drawn = BTreeMap<(usize, usize, bool), Vec<Identifier>>;

struct Writer {
    regular: Font,
    bold: Font,
}

pub(crate) fn write(document: &Document, pages: &[PageLines], faces: &Faces) -> Result<Vec<u8>, Unprintable> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| Unprintable::Standard("no version of PDF has both"))?;
    let mut pdf = krilla::Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let writer = Writer::open()?;
    let mut drawn = Drawn::new();
    let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(Unprintable::Standard("no such page"))?;
    for (at, lines) in pages.iter().enumerate() {
        let mut page = pdf.start_page_with(size.clone());
        let mut surface = page.surface();
        for line in &lines.lines {
            let identifier = writer.draw(&mut surface, line);
            let key = (line.block, line.item, !line.is_mark);
            drawn.entry(key).or_default().push(identifier);
        }
        writer.foot(&mut surface, document, faces, (at + 1, pages.len()));
        surface.finish();
        page.finish();
    }
    pdf.set_metadata(metadata(document));
    pdf.set_outline(outline(document, pages));
    pdf.set_tag_tree(tags(document, &mut drawn));
    pdf.finish().map_err(|error| {
        // Its own words may hold the text.
        Unprintable::Standard(match error {
            krilla::error::KrillaError::Font(..) => "a face could not be embedded",
            krilla::error::KrillaError::Validation(_) => "the validator refuses it",
            _ => "it could not be written",
        })
    })
}

impl Writer {
    fn open() -> Result<Self, Unprintable> {
        let open = |bold| {
            Font::new(Data::from(Faces::bytes(bold)), 0).ok_or(Unprintable::Standard("a face cannot be read"))
        };
        Ok(Self {
            regular: open(false)?,
            bold: open(true)?,
        })
    }

    fn font(&self, bold: bool) -> Font {
        if bold {
            self.bold.clone()
        } else {
            self.regular.clone()
        }
    }

    fn draw(&self, surface: &mut Surface<'_>, line: &PlacedLine) -> Identifier {
        let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        let mut x = line.x;
        for run in &line.line.runs {
            self.run(surface, run, (x, line.y), line.size);
            x += run.width() * line.size;
        }
        surface.end_tagged();
        identifier
    }

    fn run(&self, surface: &mut Surface<'_>, run: &Run, (x, y): (f32, f32), size: f32) {
        let start = Point::from_xy(x, y);
        surface.draw_glyphs(start, &run.glyphs, self.font(run.bold), &run.text, size, false);
    }

    /// What stands at the foot of the page: to be seen, not read aloud.
    fn foot(
        &self,
        surface: &mut Surface<'_>,
        document: &Document,
        faces: &Faces,
        (page, pages): (usize, usize),
    ) {
        let text = format!("{}  –  {page} / {pages}", document.foot);
        let run = faces.shape(&faces.printable(&text), false);
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        self.run(surface, &run, (LEFT, FOOT), FOOT_SIZE);
        surface.end_tagged();
    }
}

fn metadata(document: &Document) -> Metadata {
    let at = document.made_at;
    let byte = |number: i8| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(byte(at.month()))
        .day(byte(at.day()))
        .hour(byte(at.hour()))
        .minute(byte(at.minute()))
        .second(byte(at.second()))
        .utc_offset_hour(0);
    Metadata::new()
        .title(document.title.clone())
        .authors(vec![document.author.clone()])
        .language(document.language.to_owned())
        .creation_date(date)
}

/// The headings as an outline, each leading to its place.
fn outline(document: &Document, pages: &[PageLines]) -> Outline {
    let mut outline = Outline::new();
    for (number, block) in document.blocks.iter().enumerate() {
        let Block::Heading(_, line) = block else { continue };
        let place = pages.iter().enumerate().find_map(|(page, lines)| {
            let first = lines.lines.iter().find(|line| line.block == number)?;
            Some((page, Point::from_xy(first.x, first.y - first.size)))
        });
        if let Some((page, point)) = place {
            outline.push_child(OutlineNode::new(text_of(line), XyzDestination::new(page, point)));
        }
    }
    outline
}

fn text_of(line: &Line) -> String {
    line.iter().map(|span| span.text.expose().as_str()).collect()
}

fn tags(document: &Document, drawn: &mut Drawn) -> TagTree {
    let mut tree = TagTree::new();
    for (number, block) in document.blocks.iter().enumerate() {
        let mut group = match block {
            Block::Heading(level, line) => {
                let level = NonZeroU16::new(u16::from(*level)).unwrap_or(NonZeroU16::MIN);
                TagGroup::new(Tag::Hn(level, Some(text_of(line))))
            }
            Block::Paragraph(_) => TagGroup::new(Tag::P),
            Block::List(items) => {
                tree.push(list(number, items.len(), drawn));
                continue;
            }
            Block::Exact(_) => TagGroup::new(Tag::P),
        };
        let lines = drawn.remove(&(number, 0, true)).unwrap_or_default();
        if lines.is_empty() {
            continue;
        }
        if matches!(block, Block::Exact(_)) {
            let code = lines.into_iter().map(Into::into).collect();
            group.push(TagGroup::with_children(Tag::Code, code));
        } else {
            lines.into_iter().for_each(|line| group.push(line));
        }
        tree.push(group);
    }
    tree
}

fn list(number: usize, items: usize, drawn: &mut Drawn) -> TagGroup {
    let mut list = TagGroup::new(Tag::L(ListNumbering::Disc));
    for item in 0..items {
        let mut group = TagGroup::new(Tag::LI);
        for is_body in [false, true] {
            let lines = drawn.remove(&(number, item, is_body)).unwrap_or_default();
            let children = lines.into_iter().map(Into::into).collect();
            group.push(if is_body {
                TagGroup::with_children(Tag::LBody, children)
            } else {
                TagGroup::with_children(Tag::Lbl, children)
            });
        }
        list.push(group);
    }
    list
}
