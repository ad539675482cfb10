//! 1.1.2 c and e: telephone numbers and e-mail addresses.

use crate::mistake::Problem;

/// The longest address that mail can carry (RFC 5321).
const EMAIL_LENGTH_MAX: usize = 254;
/// The longest part before the `@`.
const EMAIL_LOCAL_LENGTH_MAX: usize = 64;

/// A number in E.164. In Kazakhstan it has ten national digits, of zone 6 or 7 (F1); `8`, `7` and `+7` are the same
/// prefix, and `+7 9…` is another country (F2).
pub(super) fn phone(typed: &str, in_kazakhstan: bool) -> Result<String, Problem> {
    let typed = typed.trim();
    let international = typed.starts_with('+');
    let rest = typed.strip_prefix('+').unwrap_or(typed);
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.' | '\u{a0}');
    if !rest.chars().all(allowed) {
        return Err(Problem::Phone);
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Err(Problem::Missing);
    }
    if in_kazakhstan {
        national(&digits, international)
    } else {
        foreign(&digits, international)
    }
}

fn national(digits: &str, international: bool) -> Result<String, Problem> {
    let national = match (digits.len(), digits.as_bytes().first()) {
        (11, Some(b'7')) => &digits[1..],
        (11, Some(b'8')) if !international => &digits[1..],
        (10, _) if !international => digits,
        _ if international => return Err(Problem::PhoneCountry),
        _ => return Err(Problem::Phone),
    };
    if national.starts_with(['6', '7']) {
        Ok(format!("+7{national}"))
    } else {
        Err(Problem::PhoneCountry)
    }
}

fn foreign(digits: &str, international: bool) -> Result<String, Problem> {
    if international && (8..=15).contains(&digits.len()) && !digits.starts_with('0') {
        return Ok(format!("+{digits}"));
    }
    national(digits, international).map_err(|_| Problem::Phone)
}

/// An address that mail can be sent to, with nothing that could become a second header line.
pub(super) fn email(typed: &str) -> Result<String, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Problem::Missing);
    }
    if typed.len() > EMAIL_LENGTH_MAX {
        return Err(Problem::TooLong);
    }
    if typed.chars().any(char::is_control) {
        return Err(Problem::Characters);
    }
    let (local, domain) = typed.rsplit_once('@').ok_or(Problem::Email)?;
    if !is_local_part(local) || !is_domain(domain) {
        return Err(Problem::Email);
    }
    Ok(format!("{local}@{}", domain.to_lowercase()))
}

fn is_local_part(local: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    !local.is_empty()
        && local.len() <= EMAIL_LOCAL_LENGTH_MAX
        && local.chars().all(fits)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    domain.contains('.')
        && domain.split('.').all(is_label)
        && domain.ends_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_many_forms() {
        for typed in ["8 (727) 250-00-00", "+7 727 2500000", "77272500000", "7272500000"] {
            assert_eq!(phone(typed, true).as_deref(), Ok("+77272500000"), "{typed}");
        }
        assert_eq!(phone("+7 701 1234567", true).as_deref(), Ok("+77011234567"));
        assert_eq!(phone("+7 912 345 67 89", true), Err(Problem::PhoneCountry));
        assert_eq!(phone("+49 30 123456", true), Err(Problem::PhoneCountry));
        assert_eq!(phone("+49 30 123456", false).as_deref(), Ok("+4930123456"));
        for refused in ["727250000", "727250000012", "seven", "8 727 250 00 0a"] {
            assert!(phone(refused, true).is_err(), "{refused}");
        }
    }

    #[test]
    fn addresses_that_mail_can_carry() {
        assert_eq!(
            email(" Dana.S+shop@Example.KZ ").as_deref(),
            Ok("Dana.S+shop@example.kz")
        );
        for refused in [
            "",
            "a@b",
            "a b@example.kz",
            "a@example.kz\r\nBcc: x@y.kz",
            "@example.kz",
            "a@-x.kz",
            "a..b@x.kz",
        ] {
            assert!(email(refused).is_err(), "{refused:?}");
        }
    }
}
