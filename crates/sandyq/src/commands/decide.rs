//! `sandyq decide`: asks the policy about one operation, and shows the clauses and rules that answer.
//!
//! Nothing is done and nobody's data is touched: the facts are those that the command line states. What it does not
//! state is not so.

use std::path::PathBuf;

use clap::Args;
use sandyq_model::{
    Category, Clause, Country, Facts, Field, FieldSet, Purpose, Recipient, RecipientKind, Role, Standing,
    Verb,
};
use sandyq_policy::declarations::WordKind;
use sandyq_policy::{Answer, GroundWord, Policy, Question};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::policy_source::PolicySource;
use crate::terminal::{Terminal, Tone};

/// Ask the policy about one operation.
///
/// What is not stated is not so: without --consent there is none, without --case no case is named.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq decide --role sales --verb extract --category guest --purpose 2.2.7 \\
      --fields last_name,email --standing active --consent --case
  sandyq decide --role site --verb provide --category guest --purpose 2.2.5 --fields email \\
      --standing active --consent --recipient reseller:DE --json

Exit codes: 0 permitted, 1 refused.")]
pub struct Decide {
    /// Who acts: a role of the policy
    #[arg(long)]
    pub role: String,
    /// What is done: collect, record, extract, provide, destroy and so on
    #[arg(long)]
    pub verb: Verb,
    /// Whose data: guest, registered, partner or applicant
    #[arg(long)]
    pub category: Category,
    /// What for: 2.2.1 to 2.2.12
    #[arg(long)]
    pub purpose: Option<Purpose>,
    /// To which fields, with commas between; `record` is the record as a whole
    #[arg(long, value_delimiter = ',', default_value = "record", value_name = "FIELDS")]
    pub fields: Vec<String>,
    /// Where the record stands: absent, pending, active, blocked or destroyed
    #[arg(long, value_parser = standing)]
    pub standing: Asked,
    /// On what it rests: consent, art9:ITEM, law:CITATION, or other
    #[arg(long, default_value = "consent", value_parser = ground)]
    pub ground: GroundStated,
    /// Who would receive: KIND:COUNTRY, such as reseller:KZ
    #[arg(long, value_parser = recipient, value_name = "KIND:COUNTRY")]
    pub recipient: Option<Recipient>,
    #[command(flatten)]
    stated: Stated,
    /// The policy folder
    #[arg(long, value_name = "DIR")]
    pub policy: Option<PathBuf>,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

/// Circumstances that are so when they are stated.
#[derive(Args, Debug)]
struct Stated {
    /// A live, confirmed consent covers the fields for the purpose
    #[arg(long, help_heading = "Circumstances")]
    consent: bool,
    /// The consent text was accepted in this submission, or waits for confirmation
    #[arg(long, help_heading = "Circumstances")]
    agreed: bool,
    /// The person has withdrawn
    #[arg(long, help_heading = "Circumstances")]
    withdrawn: bool,
    /// An open case of the person that serves the purpose is named
    #[arg(long, help_heading = "Circumstances")]
    case: bool,
    /// The actor is the person, or the recorded representative
    #[arg(long, help_heading = "Circumstances")]
    own: bool,
    /// It decides about the person with effect
    #[arg(long, help_heading = "Circumstances")]
    effect: bool,
    /// A cited law makes us keep the fields
    #[arg(long, help_heading = "Circumstances")]
    floor: bool,
    /// A court order or a lawful block holds the fields
    #[arg(long, help_heading = "Circumstances")]
    hold: bool,
    /// Destruction is due
    #[arg(long, help_heading = "Circumstances")]
    due: bool,
    /// Somebody was invited to an interview in that case
    #[arg(long, help_heading = "Circumstances")]
    interview: bool,
    /// The responsible person approved this very operation
    #[arg(long, help_heading = "Circumstances")]
    approved: bool,
    /// Another person, who may do the same, agreed to this very operation
    #[arg(long, help_heading = "Circumstances")]
    seconded: bool,
    /// It is a look that was asked for in an emergency
    #[arg(long, help_heading = "Circumstances")]
    emergency: bool,
    /// The actor has not read the policy in force
    #[arg(long, help_heading = "Circumstances")]
    unfamiliar: bool,
    /// The register of recipients holds the recipient
    #[arg(long, requires = "recipient", help_heading = "Circumstances")]
    registered: bool,
    /// The recipient undertook the law's duties in writing
    #[arg(long, requires = "recipient", help_heading = "Circumstances")]
    undertaking: bool,
}

/// What `--standing` said: where a record stands, or that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked(Option<Standing>);

/// What `--ground` said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroundStated {
    word: GroundWord,
    cited: bool,
}

impl Decide {
    /// Asks, and shows the answer.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let policy = PolicySource::find(self.policy.as_deref()).load()?;
        let role = self.known_role(&policy)?;
        let fields = self.known_fields(&policy)?;
        let answer = policy.answer(&self.question(&policy, role, fields));
        if self.json {
            terminal.answer_json(&self.as_json(&answer, &policy, fields, terminal))?;
        } else {
            terminal.answer(&self.in_words(&answer, &policy, fields, terminal))?;
        }
        Ok(if answer.allowed { Exit::Done } else { Exit::No })
    }

    fn known_role(&self, policy: &Policy) -> Result<Role, Failure> {
        policy.role_named(&self.role).ok_or_else(|| {
            let names: Vec<&str> = policy.roles().map(|role| role.name.as_str()).collect();
            Failure::new(
                Exit::Usage,
                format!("the policy has no role `{}` (5.1.4)", self.role),
            )
            .help(format!("its roles are {}", names.join(", ")))
        })
    }

    fn known_fields(&self, policy: &Policy) -> Result<FieldSet, Failure> {
        let known = |name: &String| {
            policy.field_named(name.trim()).ok_or_else(|| {
                let declared = policy.names_of(policy.category_fields(self.category));
                Failure::new(
                    Exit::Usage,
                    format!("the policy declares no field `{name}`; only those exist (1.1.1)"),
                )
                .help(format!("a {} has {}", self.category, declared.join(", ")))
            })
        };
        self.fields.iter().map(known).collect()
    }

    fn question(&self, policy: &Policy, role: Role, fields: FieldSet) -> Question {
        Question {
            role,
            human: policy.role(role).is_some_and(|role| role.human),
            verb: self.verb,
            category: self.category,
            fields,
            purpose: self.purpose,
            ground: self.ground.word,
            citation: self.ground.cited,
            effect: self.stated.effect,
            facts: self.facts(fields),
        }
    }

    fn facts(&self, fields: FieldSet) -> Facts {
        let stated = &self.stated;
        let when = |so: bool| {
            if so {
                fields.with(Field::RECORD)
            } else {
                FieldSet::EMPTY
            }
        };
        let recipient = self.recipient.map_or(Recipient::OPERATOR, |recipient| Recipient {
            registered: stated.registered,
            undertaking: stated.undertaking,
            ..recipient
        });
        Facts {
            standing: self.standing.0,
            familiar: !stated.unfamiliar,
            consented: when(stated.consent),
            agreed: when(stated.agreed),
            withdrawn: stated.withdrawn,
            case: stated.case,
            interview: stated.interview,
            own: stated.own,
            recipient,
            floor: when(stated.floor),
            hold: when(stated.hold),
            due: stated.due,
            approved: stated.approved,
            seconded: stated.seconded,
            emergency: stated.emergency,
        }
    }

    fn in_words(&self, answer: &Answer, policy: &Policy, fields: FieldSet, terminal: &Terminal) -> String {
        let words = policy.words(terminal.language);
        let verdict = if answer.allowed {
            terminal.paint("permitted", Tone::Good)
        } else {
            terminal.paint("refused", Tone::Bad)
        };
        let purpose = self.purpose.map_or_else(
            || "none stated".to_owned(),
            |purpose| {
                let name = purpose.to_string();
                format!("{name} {}", words.label(WordKind::Purpose, &name))
            },
        );
        let label = |field| words.label(WordKind::Field, policy.field_name(field)).to_owned();
        let labels: Vec<String> = fields.iter().map(label).collect();
        let mut lines = vec![
            verdict,
            line("who", words.label(WordKind::Role, &self.role)),
            line("verb", words.label(WordKind::Verb, self.verb.name())),
            line("whose", words.label(WordKind::Category, self.category.name())),
            line("fields", &labels.join(", ")),
            line("for", &purpose),
        ];
        if !answer.allowed && answer.refused != fields {
            let refused: Vec<String> = answer.refused.iter().map(label).collect();
            lines.push(line("fails on", &refused.join(", ")));
        }
        for rule in &answer.rules {
            let text = in_words(rule, policy, terminal);
            lines.push(format!(
                "by {}: {text}",
                terminal.paint(rule.as_str(), Tone::Strong)
            ));
        }
        lines.join("\n")
    }

    fn as_json(&self, answer: &Answer, policy: &Policy, fields: FieldSet, terminal: &Terminal) -> Value {
        let rules = answer.rules.iter().map(|rule| {
            json!({ "rule": rule.as_str(), "clause": rule.clause(), "words": in_words(rule, policy, terminal) })
        });
        json!({
            "schema_version": 1,
            "decision": if answer.allowed { "permit" } else { "refuse" },
            "rules": rules.collect::<Vec<_>>(),
            "role": self.role,
            "verb": self.verb.name(),
            "category": self.category.name(),
            "purpose": self.purpose.map(|purpose| purpose.to_string()),
            "fields": policy.names_of(fields),
            "refused_fields": policy.names_of(answer.refused),
            "policy_version": hex::encode(policy.version()),
        })
    }
}

/// The rule in words; the title of its clause when the rule has none of its own.
pub fn in_words(rule: &Clause, policy: &Policy, terminal: &Terminal) -> String {
    let language = terminal.language;
    let said = policy.words(language).rule(rule.as_str()).map(ToOwned::to_owned);
    said.or_else(|| policy.clause(language, rule).map(|clause| clause.title.clone()))
        .unwrap_or_default()
}

fn line(key: &str, value: &str) -> String {
    format!("  {key:<8} {value}")
}

fn standing(word: &str) -> Result<Asked, String> {
    if word == "absent" {
        return Ok(Asked(None));
    }
    let known = word.parse().map(|standing| Asked(Some(standing)));
    known.map_err(|_| "there are absent, pending, active, blocked and destroyed".to_owned())
}

fn ground(said: &str) -> Result<GroundStated, String> {
    let (word, citation) = said.split_once(':').unwrap_or((said, ""));
    let stated = GroundWord::named(word).map(|word| GroundStated {
        word,
        cited: !citation.trim().is_empty(),
    });
    stated.ok_or_else(|| {
        "the grounds are consent, art9:ITEM and law:CITATION; `other` stands for every other one (3)"
            .to_owned()
    })
}

fn recipient(word: &str) -> Result<Recipient, String> {
    let (kind, country) = word
        .split_once(':')
        .ok_or("write KIND:COUNTRY, such as reseller:KZ")?;
    let kinds: Vec<&str> = RecipientKind::ALL.iter().map(|kind| kind.name()).collect();
    let kind = RecipientKind::from_name(kind).ok_or_else(|| format!("the kinds are {}", kinds.join(", ")))?;
    let country: Country = country
        .parse()
        .map_err(|error: sandyq_model::recipient::NotACountry| error.to_string())?;
    Ok(Recipient {
        kind,
        country,
        registered: false,
        undertaking: false,
    })
}
