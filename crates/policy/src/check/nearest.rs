//! "Did you mean": the nearest known word, if one is near.

/// The known word at the smallest edit distance, when that is small for a word of this length.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > WORD_LENGTH_MAX {
        return None;
    }
    let near = known
        .map(|candidate| (distance(word, candidate), candidate))
        .min()?;
    let length = word.chars().count();
    (near.0 <= (length / 3).max(length.min(4) / 2)).then_some(near.1)
}

/// Longer words (bytes) are not compared; nobody misspells that much.
const WORD_LENGTH_MAX: usize = 64;

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(&b) {
            let change = diagonal + usize::from(left != *right);
            diagonal = *cell;
            last = change.min(*cell + 1).min(last + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn small_slips_are_found_and_strangers_are_not() {
        let known = ["last_name", "first_name", "email"];
        assert_eq!(nearest("lastname", known.into_iter()), Some("last_name"));
        assert_eq!(nearest("emial", known.into_iter()), Some("email"));
        assert_eq!(nearest("passport", known.into_iter()), None);
    }
}
