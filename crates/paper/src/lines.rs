//! Breaks text into lines where Unicode allows it (UAX 14), and inside a word that is wider than a line.

use sandyq_model::letter::Span;
use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::faces::{Faces, Run};

/// A line that fits.
#[derive(Clone, Default)]
pub(crate) struct FittedLine {
    pub(crate) runs: Vec<Run>,
}

/// The piece of a text between two places at which it may be broken.
struct Piece {
    runs: Vec<Run>,
    /// The line ends behind it.
    ends_line: bool,
}

/// The lines of a text in that size that are no wider than `width`. A text without content has none.
pub(crate) fn fitted(spans: &[Span], faces: &Faces, size: f32, width: f32) -> Vec<FittedLine> {
    let mut lines = Vec::new();
    let mut line = FittedLine::default();
    for piece in pieces(spans, faces) {
        let mut rest = piece.runs;
        if !line.fits(&rest, size, width) && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while !line.fits(&rest, size, width) {
            let Some((head, tail)) = broken(&rest, faces, size, width) else {
                break;
            };
            line.extend(&head);
            lines.push(std::mem::take(&mut line));
            rest = tail;
        }
        line.extend(&rest);
        if piece.ends_line {
            lines.push(std::mem::take(&mut line));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

impl FittedLine {
    fn is_empty(&self) -> bool {
        self.runs.iter().all(|run| run.text.is_empty())
    }

    /// Whether the runs fit behind what is there; spaces at the end may hang over.
    fn fits(&self, runs: &[Run], size: f32, width: f32) -> bool {
        let there: f32 = self.runs.iter().map(Run::width).sum();
        let more: f32 = runs.iter().map(Run::width).sum();
        (there + more - hanging(runs)) * size <= width + 0.01
    }

    fn extend(&mut self, runs: &[Run]) {
        for run in runs {
            match self.runs.last_mut() {
                Some(last) if last.bold == run.bold => last.append(run),
                _ => self.runs.push(run.clone()),
            }
        }
    }
}

/// The width of the spaces at the end.
fn hanging(runs: &[Run]) -> f32 {
    let Some(last) = runs.last() else { return 0.0 };
    let text = last.text.trim_end().len();
    let hanging = last.glyphs.iter().filter(|glyph| glyph.text_range.start >= text);
    hanging.map(|glyph| glyph.x_advance).sum()
}

/// Cuts a piece that is wider than a line: as many characters as fit, one at least, and the rest.
fn broken(runs: &[Run], faces: &Faces, size: f32, width: f32) -> Option<(Vec<Run>, Vec<Run>)> {
    let mut taken = 0.0;
    for (at, run) in runs.iter().enumerate() {
        for (place, glyph) in run.glyphs.iter().enumerate() {
            let is_first = at == 0 && place == 0;
            let begins = place == 0 || run.glyphs.get(place - 1)?.text_range != glyph.text_range;
            if (taken + glyph.x_advance) * size > width && begins && !is_first {
                let (head, tail) = run.text.split_at_checked(glyph.text_range.start)?;
                let mut before: Vec<Run> = runs.get(..at)?.to_vec();
                before.extend((!head.is_empty()).then(|| faces.shape(head, run.bold)));
                let mut after = vec![faces.shape(tail, run.bold)];
                after.extend_from_slice(runs.get(at + 1..)?);
                return Some((before, after));
            }
            taken += glyph.x_advance;
        }
    }
    None
}

fn pieces(spans: &[Span], faces: &Faces) -> Vec<Piece> {
    let mut text = String::new();
    let mut bolds = Vec::new();
    for span in spans {
        // Line breaks are kept for the breaker; everything else without a shape goes.
        for (at, line) in span.text.expose().lines().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(&faces.printable(line));
        }
        bolds.push((text.len(), span.bold));
    }
    let mut pieces = Vec::new();
    let mut from = 0;
    for (to, opportunity) in linebreaks(&text) {
        let ends_line = opportunity == BreakOpportunity::Mandatory && to < text.len();
        let runs = runs(&text, from..to, &bolds, faces);
        pieces.push(Piece { runs, ends_line });
        from = to;
    }
    pieces
}

/// The range of the text in its faces.
fn runs(text: &str, range: std::ops::Range<usize>, bolds: &[(usize, bool)], faces: &Faces) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut from = range.start;
    for (end, bold) in bolds {
        let to = (*end).min(range.end);
        if to > from {
            let part = text.get(from..to).unwrap_or_default().trim_end_matches('\n');
            if !part.is_empty() {
                runs.push(faces.shape(part, *bold));
            }
            from = to;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lines: &[FittedLine]) -> Vec<String> {
        let one = |line: &FittedLine| line.runs.iter().map(|run| run.text.as_str()).collect();
        lines.iter().map(one).collect()
    }

    #[test]
    fn lines_are_broken_between_words_and_never_lose_a_character() {
        let faces = Faces::open().unwrap();
        let text = "Сіздің өтінішіңізге жауап: деректер жойылды, 3 жұмыс күні ішінде. ₸ 15 000";
        let spans = [Span::plain(text)];
        let lines = fitted(&spans, &faces, 10.0, 120.0);
        assert!(lines.len() > 2);
        assert_eq!(said(&lines).concat(), text);
        for line in &lines {
            let width: f32 = line.runs.iter().map(Run::width).sum();
            assert!((width - hanging(&line.runs)) * 10.0 <= 120.1);
        }
    }

    #[test]
    fn a_word_wider_than_a_line_is_broken_inside() {
        let faces = Faces::open().unwrap();
        let word = "A1".repeat(200);
        let lines = fitted(&[Span::plain("no: "), Span::bold(&word)], &faces, 10.0, 100.0);
        assert_eq!(said(&lines).concat(), format!("no: {word}"));
        assert!(lines.len() > 20);
        // Even where not one character fits, it ends.
        assert_eq!(fitted(&[Span::plain("абв")], &faces, 10.0, 0.5).len(), 3);
    }

    #[test]
    fn line_breaks_stay_and_nothing_is_no_line() {
        let faces = Faces::open().unwrap();
        let lines = fitted(&[Span::plain("один\nдва\r\nтри")], &faces, 10.0, 400.0);
        assert_eq!(said(&lines), ["один", "два", "три"]);
        assert!(fitted(&[Span::plain("")], &faces, 10.0, 400.0).is_empty());
        assert!(fitted(&[], &faces, 10.0, 400.0).is_empty());
    }
}
