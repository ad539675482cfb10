//! Splits a `cedar` block into its rules, so that a mistake in one does not hide the others.

use std::ops::Range;

/// The ranges of the statements of a block, each with its semicolon, comments before it left out.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (kind, range) in tokens(text) {
        if kind == Token::Comment {
            continue;
        }
        let first = *start.get_or_insert(range.start);
        if kind == Token::Other(';') {
            found.push(first..range.end);
            start = None;
        }
    }
    if let Some(start) = start {
        let end = start + text.get(start..).unwrap_or_default().trim_end().len();
        found.push(start..end);
    }
    found
}

/// What a piece of rule text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Comment,
    Text,
    Word,
    Other(char),
}

/// The pieces of rule text without the spaces between: comments, quoted texts, words and single characters.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = (Token, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        let rest = text.get(at..)?;
        let first = rest.chars().next()?;
        let (kind, length) = if rest.starts_with("//") {
            (Token::Comment, rest.find('\n').unwrap_or(rest.len()))
        } else if first == '"' {
            (Token::Text, quoted_length(rest))
        } else if is_word(first) {
            (Token::Word, rest.find(|c| !is_word(c)).unwrap_or(rest.len()))
        } else {
            (Token::Other(first), first.len_utf8())
        };
        let range = at..at + length;
        at = range.end;
        Some((kind, range))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn statements_end_at_semicolons_that_are_not_quoted_or_commented() {
        let text = "// a; b\npermit (x) when { \"a;\\\"b\" };\n\nforbid; // c\n rest ";
        let parts: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["permit (x) when { \"a;\\\"b\" };", "forbid;", "rest"]);
    }
}
