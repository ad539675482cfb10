//! DEF-2: usage. Values work inside the system – matched, mailed to, paid with – and nobody sees them.

use std::sync::Arc;

use sandyq_model::act::Use;
use sandyq_model::value::Values;
use sandyq_policy::Permit;
use sandyq_store::Statement;
use sandyq_store::vault::SearchToken;

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;

/// What the values are used for.
pub enum Usage {
    /// Open them for a part of the system (the mailer), with what it changes.
    Open {
        /// Rows that change with it, such as the hash of the code that is sent.
        statements: Vec<Statement>,
    },
    /// Work on a case ends with a decision (1.3): nothing is opened.
    Decide {
        /// The decision.
        statements: Vec<Statement>,
        /// The letter about it.
        jobs: Vec<sandyq_store::Job>,
        /// What was served by it.
        serves: Vec<sandyq_model::Purpose>,
    },
    /// Values that were typed a moment ago and are not stored: a card on its way to an authorisation.
    InHand,
    /// Tell by which tokens the person is found, to look for records that look alike (6.1).
    Alike,
    /// Identify somebody who proved who they are by a key of their own: nothing is opened and nothing compared (2.2.1).
    Proven,
    /// Compare stored tokens with these, by field: match or no match (2.2.1).
    Match {
        /// What was claimed.
        claimed: Vec<(sandyq_model::Field, SearchToken)>,
    },
}

/// What comes of it.
pub enum Used {
    /// The opened values.
    Values(Values),
    /// Nothing to hand back.
    Nothing,
    /// Whether everything that was claimed matches.
    Matches(bool),
    /// By which tokens the person is found.
    Tokens(Vec<(sandyq_model::Field, SearchToken)>),
}

impl Performed for Use {
    type Input = Usage;
    type Output = Used;

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Usage,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        match input {
            Usage::Open { statements } => {
                let sealed = dossier.sealed(permit.fields());
                let (values, spent) = system.vault().open(permit, dossier.key()?, &sealed)?;
                let changes = Changes {
                    statements: statements.clone(),
                    ..Changes::default()
                };
                Ok(Done {
                    spent,
                    changes,
                    output: Used::Values(values),
                })
            }
            Usage::Decide {
                statements,
                jobs,
                serves,
            } => {
                let now = permit.at();
                let coming = Coming {
                    served: serves.clone(),
                    ..Coming::default()
                };
                let mut changes = Changes {
                    statements: system.moved_by(dossier, &coming, dossier.known()?.clone(), now)?,
                    jobs: jobs.clone(),
                    moves: true,
                    answer: Some(Vec::new()),
                    ..Changes::default()
                };
                changes.statements.extend(statements.iter().cloned());
                Ok(Done {
                    spent: permit.spend(),
                    changes,
                    output: Used::Nothing,
                })
            }
            Usage::InHand | Usage::Proven => Ok(Done {
                spent: permit.spend(),
                changes: Changes::default(),
                output: Used::Nothing,
            }),
            Usage::Alike => {
                let mut tokens = tokens_of(dossier, system)?;
                tokens.retain(|(field, _)| permit.fields().contains(*field));
                Ok(Done {
                    spent: permit.spend(),
                    changes: Changes::default(),
                    output: Used::Tokens(tokens),
                })
            }
            Usage::Match { claimed } => {
                let tokens = tokens_of(dossier, system)?;
                let matches = !claimed.is_empty() && claimed.iter().all(|token| tokens.contains(token));
                Ok(Done {
                    spent: permit.spend(),
                    changes: Changes::default(),
                    output: Used::Matches(matches),
                })
            }
        }
    }
}

/// By which tokens a person is found.
fn tokens_of(
    dossier: &Dossier,
    system: &System,
) -> Result<Vec<(sandyq_model::Field, SearchToken)>, Rejected> {
    let key = dossier.key()?;
    let mut tokens = Vec::with_capacity(dossier.findable.len());
    for row in &dossier.findable {
        let lead = system.vault().open_lead(key, row.field, &row.sealed)?;
        tokens.push((lead.field, lead.token));
    }
    Ok(tokens)
}
