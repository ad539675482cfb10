//! Noto Sans, regular and bold, as it lies in `fonts/`: which characters it has, and how wide text is in it.

use std::borrow::Cow;
use std::cell::RefCell;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, Script, ShapePlan, UnicodeBuffer};

use crate::Unprintable;

/// Stands for a character that neither face has.
pub const MISSING: char = '\u{FFFD}';

const REGULAR: &[u8] = include_bytes!("../fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold.ttf");

/// The two faces.
pub(crate) struct Faces {
    regular: Face<'static>,
    bold: Face<'static>,
    /// How text of a script is put together in a face: found once, used for every word.
    plans: RefCell<Vec<((bool, Script), ShapePlan)>>,
}

/// Text in one face, measured for the size 1.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) bold: bool,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
}

/// Whether both faces have every character of a text.
#[must_use]
pub fn can_be_printed(text: &str) -> bool {
    Faces::open().is_ok_and(|faces| !faces.printable(text).contains(MISSING))
}

impl Faces {
    pub(crate) fn open() -> Result<Self, Unprintable> {
        let open = |bytes| Face::from_slice(bytes, 0).ok_or(Unprintable::Standard("a face cannot be read"));
        Ok(Self {
            regular: open(REGULAR)?,
            bold: open(BOLD)?,
            plans: RefCell::new(Vec::new()),
        })
    }

    /// The bytes of a face.
    pub(crate) const fn bytes(bold: bool) -> &'static [u8] {
        if bold { BOLD } else { REGULAR }
    }

    const fn face(&self, bold: bool) -> &Face<'static> {
        if bold { &self.bold } else { &self.regular }
    }

    /// The text with what can be neither shown nor read aloud taken out: controls and characters without a shape, which
    /// could also turn the order of what is read, go; a character that the faces lack becomes [`MISSING`].
    pub(crate) fn printable<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let fits = |c: char| !is_shapeless(c) && self.has(c);
        if text.chars().all(fits) {
            return Cow::Borrowed(text);
        }
        let kept = text.chars().filter_map(|c| match c {
            '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
            c if is_shapeless(c) => None,
            c if self.has(c) => Some(c),
            _ => Some(MISSING),
        });
        Cow::Owned(kept.collect())
    }

    fn has(&self, c: char) -> bool {
        [&self.regular, &self.bold]
            .iter()
            .all(|face| face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0))
    }

    /// The shapes of a printable text.
    pub(crate) fn shape(&self, text: &str, bold: bool) -> Run {
        let face = self.face(bold);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let key = (bold, buffer.script());
        let mut plans = self.plans.borrow_mut();
        let known = plans.iter().position(|(of, _)| *of == key).unwrap_or_else(|| {
            let plan = ShapePlan::new(face, Direction::LeftToRight, Some(key.1), None, &[]);
            plans.push((key, plan));
            plans.len() - 1
        });
        let shaped = match plans.get(known) {
            Some((_, plan)) => rustybuzz::shape_with_plan(face, plan, buffer),
            None => rustybuzz::shape(face, &[], buffer),
        };
        let (infos, places) = (shaped.glyph_infos(), shaped.glyph_positions());
        #[expect(clippy::cast_precision_loss, reason = "units of a face fit into 16 bits")]
        let em = |units: i32| units as f32 / face.units_per_em() as f32;
        let glyphs = infos.iter().zip(places).enumerate().map(|(at, (info, place))| {
            let start = info.cluster as usize;
            let later = infos.iter().skip(at).map(|info| info.cluster as usize);
            let end = later
                .into_iter()
                .find(|cluster| *cluster > start)
                .unwrap_or(text.len());
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                em(place.x_advance),
                em(place.x_offset),
                em(place.y_offset),
                em(place.y_advance),
                start..end,
                None,
            )
        });
        Run {
            bold,
            text: text.to_owned(),
            glyphs: glyphs.collect(),
        }
    }
}

impl Run {
    /// How wide it is at the size 1.
    pub(crate) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.x_advance).sum()
    }

    /// Puts another run of the same face behind this one.
    pub(crate) fn append(&mut self, other: &Self) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.glyphs.extend(other.glyphs.iter().map(|glyph| {
            let mut glyph = glyph.clone();
            glyph.text_range = glyph.text_range.start + shift..glyph.text_range.end + shift;
            glyph
        }));
    }
}

/// Controls, marks of direction and other characters that have no shape, and what nobody but its maker can read.
fn is_shapeless(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{E0FFF}'
            | '\u{F0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_have_what_is_written_here() {
        let alphabet = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯаәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
        let latin = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;!?()[]{}/\\'\"@#%&*+-=_<>|~^`$";
        for text in [alphabet, latin, "₸ № « » – — … • § × © · “ ” ’ ‑ é ü ğ ı ş"]
        {
            assert!(can_be_printed(text), "{text}");
        }
        assert!(Faces::open().unwrap().has(MISSING));
    }

    #[test]
    fn what_has_no_shape_goes_and_what_is_missing_shows() {
        let faces = Faces::open().unwrap();
        assert_eq!(faces.printable("Айгерім"), "Айгерім");
        assert_eq!(faces.printable("a\u{202E}b\u{0}c\td\u{E001}"), "abc d");
        assert_eq!(faces.printable("山 ok"), "\u{FFFD} ok");
        assert!(!can_be_printed("山"));
    }

    #[test]
    fn a_run_has_the_width_of_its_parts() {
        let faces = Faces::open().unwrap();
        let mut run = faces.shape("Қазақ ", false);
        let more = faces.shape("Өнер", false);
        let width = run.width() + more.width();
        run.append(&more);
        assert!((run.width() - width).abs() < 1e-4);
        assert!(faces.shape("iii", false).width() < faces.shape("MMM", false).width());
        let last = run.glyphs.last().unwrap();
        assert_eq!(&run.text[last.text_range.clone()], "р");
    }
}
