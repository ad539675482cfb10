//! 1.1.2-d: postal addresses of Kazakhstan carry a postal code; countries are named by their code.

use super::text;
use crate::mistake::Problem;

/// The longest address, in characters.
const ADDRESS_LENGTH_MAX: usize = 300;

/// An address in lines. In Kazakhstan its last line is the postal code: six digits, or seven characters since 2015.
pub(super) fn postal_address(typed: &str, in_kazakhstan: bool) -> Result<String, Problem> {
    let typed = typed.replace("\r\n", "\n");
    let mut lines = Vec::new();
    for line in typed.lines() {
        let line = text::one_spaced(line)?;
        if !line.is_empty() {
            lines.push(line);
        }
    }
    if in_kazakhstan {
        let code = lines.pop().ok_or(Problem::Missing)?;
        if lines.is_empty() {
            return Err(if is_postal_code(&code) {
                Problem::Missing
            } else {
                Problem::PostalCode
            });
        }
        let code: String = code
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_uppercase();
        if !is_postal_code(&code) {
            return Err(Problem::PostalCode);
        }
        lines.push(code);
    }
    text::bounded(lines.join("\n"), ADDRESS_LENGTH_MAX)
}

/// `050012`, or `A01P3K4`: a letter, two digits, then letter and digit twice.
fn is_postal_code(code: &str) -> bool {
    let shape: String = code
        .to_uppercase()
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '0'
            } else if c.is_ascii_uppercase() {
                'A'
            } else {
                '?'
            }
        })
        .collect();
    matches!(shape.as_str(), "000000" | "A00A0A0")
}

/// A country by its two-letter code.
pub(super) fn country(typed: &str) -> Result<String, Problem> {
    let code = typed.trim().to_ascii_uppercase();
    if code.is_empty() {
        return Err(Problem::Missing);
    }
    code.parse::<crate::recipient::Country>()
        .map_err(|_| Problem::Country)?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_postal_code() {
        assert_eq!(
            postal_address("Tole bi 1, 5\n050012", true).as_deref(),
            Ok("Tole bi 1, 5\n050012")
        );
        assert_eq!(
            postal_address("Abay 10\r\na01 p3k4", true).as_deref(),
            Ok("Abay 10\nA01P3K4")
        );
        assert_eq!(postal_address("Abay 10\n05001", true), Err(Problem::PostalCode));
        assert_eq!(postal_address("050012", true), Err(Problem::Missing));
        assert_eq!(
            postal_address("Unter den Linden 1\n10117 Berlin", false).as_deref(),
            Ok("Unter den Linden 1\n10117 Berlin")
        );
    }
}
