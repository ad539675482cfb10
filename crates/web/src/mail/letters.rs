//! What letters say (1.2-b, 6.4): plain text, in the reader's language. The subject line holds nothing personal; no letter
//! holds a value of a field.

use sandyq_processing::ports::{Letter, Message, Notice};

use sandyq_processing::Language;

use crate::language::{Args, LANGUAGES, phrase, phrase_with};

/// What every letter is written with.
#[derive(Clone, Debug)]
pub struct Letters {
    /// The address of the site, without a slash at the end.
    pub site: String,
    /// The operator's name, under every letter.
    pub operator: String,
}

/// A letter in words.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl Letters {
    /// The letter in words. A code stands in the text only.
    #[must_use]
    pub fn write(&self, letter: &Letter) -> Written {
        let (key, filled) = self.filled(&letter.message, letter.language);
        let args: Vec<_> = filled
            .iter()
            .map(|(name, value)| (*name, value.as_str().into()))
            .collect();
        // An organisation reads it in whichever language its people have.
        let languages = match letter.message {
            Message::Recall { .. } => LANGUAGES.to_vec(),
            _ => vec![letter.language],
        };
        let texts = languages.iter().map(|language| self.text(key, &args, *language));
        let texts: Vec<String> = texts.collect();
        Written {
            subject: phrase(&format!("{key}-subject"), letter.language),
            text: texts.join("\n* * *\n\n"),
        }
    }

    fn text(&self, key: &str, args: Args<'_>, language: Language) -> String {
        let body = phrase_with(&format!("{key}-text"), args, language);
        let operator = [("operator", self.operator.as_str().into())];
        let foot = phrase_with("letter-foot", &operator, language);
        format!("{body}\n\n{foot}\n")
    }

    /// The key of the words of a message, and what stands in them.
    fn filled(&self, message: &Message, language: Language) -> (&'static str, Vec<(&'static str, String)>) {
        match message {
            Message::ConfirmationCode {
                code,
                ticket,
                minutes,
            } => (
                "letter-confirm",
                self.with_code(code.expose(), &format!("confirm/{ticket}"), *minutes),
            ),
            Message::AgreementCode {
                code,
                ticket,
                hours,
                consents,
            } => (
                "letter-agree",
                self.agreeing((code.expose(), ticket, *hours), consents),
            ),
            Message::EntryCode {
                code,
                ticket,
                minutes,
            } => (
                "letter-enter",
                self.with_code(code.expose(), &format!("my/enter/{ticket}"), *minutes),
            ),
            Message::ResetCode {
                code,
                ticket,
                minutes,
            } => (
                "letter-reset",
                self.with_code(code.expose(), &format!("sign-in/forgotten/{ticket}"), *minutes),
            ),
            Message::AddressCode { code, minutes, .. } => {
                ("letter-address", self.with_code(code.expose(), "my", *minutes))
            }
            Message::AccountNotice { notice } => (notice_key(*notice), vec![("page", self.sign_in())]),
            Message::AccountClosed { reason, day } => ("letter-account-closed", self.closed(reason, day)),
            Message::IdentityCode { code } => (
                "letter-identity",
                vec![
                    ("code", code.expose().clone()),
                    ("page", format!("{}/policy", self.site)),
                ],
            ),
            Message::Answered { reference } => {
                let page = format!("my/requests/{reference}");
                ("letter-answered", self.with_reference(reference, &page))
            }
            Message::Decided { reference } => {
                let page = format!("taken/{reference}");
                ("letter-decided", self.with_reference(reference, &page))
            }
            Message::Emergency { reference } => {
                ("letter-emergency", self.with_reference(reference, "my/accesses"))
            }
            Message::HandedOver { reference } => (
                "letter-handed",
                self.with_reference(reference, "my/confidentiality"),
            ),
            Message::Breach { .. } => ("letter-breach", self.of_breach(message, language)),
            Message::Recall { reference, day } => ("letter-recall", self.recalling(reference, *day)),
            Message::Taken { reference } => ("letter-taken", self.with_reference(reference, "my")),
            Message::OrderPlaced { reference } => ("letter-order", self.with_reference(reference, "my")),
        }
    }

    /// What stands in a letter about a breach; nothing in any other.
    fn of_breach(&self, message: &Message, language: Language) -> Vec<(&'static str, String)> {
        let Message::Breach {
            kind,
            day,
            fields,
            held,
            text,
            contact,
        } = message
        else {
            return Vec::new();
        };
        vec![
            ("kind", phrase(&format!("breach-kind-{kind}"), language)),
            ("day", day.to_string()),
            ("fields", fields.join(", ")),
            ("held", if *held { "yes" } else { "no" }.to_owned()),
            ("text", text.clone()),
            ("contact", contact.clone()),
            ("page", format!("{}/policy#clause-5.1.3", self.site)),
        ]
    }

    fn sign_in(&self) -> String {
        format!("{}/sign-in", self.site)
    }

    fn closed(&self, reason: &str, day: &str) -> Vec<(&'static str, String)> {
        let page = format!("{}/policy#clause-1.3", self.site);
        vec![
            ("reason", reason.to_owned()),
            ("day", day.to_owned()),
            ("page", page),
        ]
    }

    fn with_texts(&self, consents: &[(String, String)]) -> Vec<(&'static str, String)> {
        let texts = consents.iter();
        let texts = texts.map(|(label, hash)| format!("- {label}\n  {}/texts/{hash}", self.site));
        vec![("texts", texts.collect::<Vec<_>>().join("\n"))]
    }

    fn agreeing(
        &self,
        (code, ticket, hours): (&str, &str, u32),
        consents: &[(String, String)],
    ) -> Vec<(&'static str, String)> {
        let mut filled = self.with_texts(consents);
        filled.push(("code", code.to_owned()));
        filled.push(("page", format!("{}/confirm/{ticket}/agree", self.site)));
        filled.push(("hours", hours.to_string()));
        filled
    }

    fn recalling(&self, reference: &str, day: jiff::civil::Date) -> Vec<(&'static str, String)> {
        let mut filled = self.with_reference(reference, "policy");
        filled.push(("day", day.to_string()));
        filled
    }

    fn with_reference(&self, reference: &str, path: &str) -> Vec<(&'static str, String)> {
        let page = format!("{}/{path}", self.site);
        vec![("reference", reference.to_owned()), ("page", page)]
    }

    fn with_code(&self, code: &str, path: &str, minutes: u32) -> Vec<(&'static str, String)> {
        let page = format!("{}/{path}", self.site);
        vec![
            ("code", code.to_owned()),
            ("page", page),
            ("minutes", minutes.to_string()),
        ]
    }
}

const fn notice_key(notice: Notice) -> &'static str {
    match notice {
        Notice::Registered => "letter-account-registered",
        Notice::SignedIn => "letter-account-signed-in",
        Notice::Password => "letter-account-password",
        Notice::Address => "letter-account-address",
        Notice::FactorAdded => "letter-account-factor-added",
        Notice::FactorRemoved => "letter-account-factor-removed",
        Notice::PasskeyAdded => "letter-account-passkey-added",
        Notice::PasskeyRemoved => "letter-account-passkey-removed",
    }
}

#[cfg(test)]
mod tests {
    use sandyq_model::Plain;

    use super::*;

    fn every_message() -> Vec<Message> {
        let code = || Plain::from("482913");
        let reference = || "SQ-1234-5678".to_owned();
        let messages = [
            Message::AddressCode {
                code: code(),
                ticket: "tick".into(),
                minutes: 30,
            },
            Message::ResetCode {
                code: code(),
                ticket: "tick".into(),
                minutes: 30,
            },
            Message::ConfirmationCode {
                code: code(),
                ticket: "tick".into(),
                minutes: 30,
            },
            Message::EntryCode {
                code: code(),
                ticket: "tick".into(),
                minutes: 30,
            },
            Message::IdentityCode { code: code() },
            Message::OrderPlaced {
                reference: reference(),
            },
            Message::Answered {
                reference: reference(),
            },
            Message::Taken {
                reference: reference(),
            },
            Message::Emergency {
                reference: reference(),
            },
            Message::HandedOver {
                reference: reference(),
            },
            Message::Recall {
                reference: "SQ-1234-5678".into(),
                day: jiff::civil::date(2026, 11, 27),
            },
            Message::Breach {
                kind: sandyq_model::BreachKind::Spread,
                day: jiff::civil::date(2026, 11, 27),
                fields: vec!["Name".into(), "Address".into()],
                held: true,
                text: "A laptop was lost.\nIt was wiped.".into(),
                contact: "Aru, +7 727 250 00 00".into(),
            },
            Message::Breach {
                kind: sandyq_model::BreachKind::Access,
                day: jiff::civil::date(2026, 11, 27),
                fields: vec!["Mobile telephone".into()],
                held: false,
                text: "A laptop was lost.".into(),
                contact: "Aru, +7 727 250 00 00".into(),
            },
            Message::AccountClosed {
                reason: "It does not fit the published rules".into(),
                day: "2026-12-13".into(),
            },
        ];
        let notices = Notice::ALL.map(|notice| Message::AccountNotice { notice });
        messages.into_iter().chain(notices).collect()
    }

    #[test]
    fn a_letter_about_a_breach_says_where_nothing_of_it_is_held() {
        let letters = Letters {
            site: "https://example.kz".into(),
            operator: "Мысал ЖШС".into(),
        };
        for (language, said) in [
            (Language::Kk, "олардың ешқайсысы жоқ"),
            (Language::Ru, "нет ни одного из них"),
            (Language::En, "We hold none of them about you now"),
        ] {
            for message in every_message() {
                let Message::Breach { held, .. } = message else {
                    continue;
                };
                let letter = Letter {
                    to: Plain::from("dana@example.com"),
                    language,
                    message,
                    return_path: None,
                };
                let text = letters.write(&letter).text;
                assert_eq!(text.contains(said), !held, "{text}");
            }
        }
    }

    #[test]
    fn every_letter_in_every_language_says_what_it_must_and_nothing_personal() {
        let letters = Letters {
            site: "https://example.kz".into(),
            operator: "Мысал ЖШС".into(),
        };
        for language in LANGUAGES {
            for message in every_message() {
                let with_code = !matches!(
                    message,
                    Message::OrderPlaced { .. }
                        | Message::Decided { .. }
                        | Message::Emergency { .. }
                        | Message::HandedOver { .. }
                        | Message::Breach { .. }
                        | Message::Recall { .. }
                        | Message::Taken { .. }
                        | Message::Answered { .. }
                        | Message::AccountNotice { .. }
                        | Message::AccountClosed { .. }
                );
                let letter = Letter {
                    to: Plain::from("dana@example.com"),
                    language,
                    message,
                    return_path: None,
                };
                let written = letters.write(&letter);
                assert!(written.text.contains("https://example.kz/"), "{}", written.text);
                assert_eq!(written.text.contains("482913"), with_code);
                assert!(!written.subject.contains("482913") && !written.subject.contains("letter-"));
                assert!(!format!("{}{}", written.subject, written.text).contains("dana"));
                assert!(
                    !written.text.contains("letter-") && !written.text.contains('{'),
                    "{}",
                    written.text
                );
            }
        }
    }
}
