//! The whole decision matrix as text: role × verb × category × field × purpose × standing, kept in git so that a
//! change of the policy is a readable difference.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sandyq_model::{
    Category, Country, Facts, FieldSet, Purpose, Recipient, RecipientKind, Role, Standing, Verb,
};

use crate::policy::Policy;
use crate::question::{GroundWord, Question};
use crate::rules::ABSENT;

/// What is granted, and where.
type Granted = BTreeMap<(Option<Standing>, Category, u8), FieldSet>;

const HEAD: &str = "\
# Generated from the policy folder; do not edit. Rewrite it with
#   SANDYQ_REWRITE_DECISIONS=1 cargo test -p sandyq-policy --test policy
#
# Every line grants: standing | category | purposes | fields. What is not here is refused.
#
# Each question is asked in the most favourable lawful circumstances: the actor has read the policy; consent covers
# every field; the consent text was accepted in this submission; a case is open; nothing is withdrawn, held or kept by
# a floor; destruction is due; no decision with effect is taken. Subject, representative and the site act for the
# person himself. Recipients are registered, in Kazakhstan and have given their undertaking: a state body for 2.2.12,
# a distributor otherwise. The ground is consent; what only an approved and cited law allows is marked (law), and what
# is allowed once somebody was invited to an interview in that case (invited). What may be looked at in an emergency that two
# agreed on (5.1.7), and not otherwise, is marked (emergency).
#
# `all` are the fields of the category, `listed` those that the purposes list for it, `every field` all
# that are declared, `record` the record as a whole.
";

/// The matrix as it belongs into `decisions.txt`.
#[must_use]
pub fn decisions(policy: &Policy) -> String {
    let mut text = HEAD.to_owned();
    for role in policy.roles() {
        // INVARIANT: writing to a string does not fail.
        let _ = writeln!(text, "\n{}", role.name);
        let mut any = false;
        for verb in Verb::ALL {
            for line in lines(policy, role.role, verb) {
                let _ = writeln!(text, "  {:<13} {line}", verb.name());
                any = true;
            }
        }
        if !any {
            text.push_str("  nothing\n");
        }
    }
    text
}

/// The fields that a role reads for each purpose, of whichever category, in the circumstances that allow most: a case of the person is
/// open, and the consent is alive.
#[must_use]
pub fn reads(policy: &Policy, role: Role) -> Vec<(Purpose, FieldSet)> {
    let granted = granted(policy, role, Verb::Extract, MOST);
    let of = |purpose: Purpose| {
        let fields = granted
            .iter()
            .filter(|((_, _, number), _)| *number == purpose.number());
        let all = fields.fold(FieldSet::EMPTY, |all, (_, fields)| all.union(*fields));
        (purpose, all.difference(FieldSet::RECORD))
    };
    let read = Purpose::all().map(of);
    read.filter(|(_, fields)| !fields.is_empty()).collect()
}

/// Whether a role may do nothing that the other one may not do as well, whatever the circumstances.
#[must_use]
pub fn is_within(policy: &Policy, role: Role, other: Role) -> bool {
    Verb::ALL.into_iter().all(|verb| {
        [MOST, BY_LAW, EMERGENCY].into_iter().all(|so| {
            let wider = granted(policy, other, verb, so);
            let narrow = granted(policy, role, verb, so);
            narrow
                .iter()
                .all(|(place, fields)| wider.get(place).is_some_and(|all| fields.is_subset(*all)))
        })
    })
}

/// What is granted to a role for a verb, equal lines joined: first over purposes, then standings, then categories.
fn lines(policy: &Policy, role: Role, verb: Verb) -> Vec<String> {
    let consent = granted(policy, role, verb, UNINVITED);
    let mut lines = joined(policy, &consent);
    let most = granted(policy, role, verb, MOST);
    for (so, mark) in [(BY_LAW, "law"), (MOST, "invited"), (EMERGENCY, "emergency")] {
        let mut more = granted(policy, role, verb, so);
        more.retain(|place, fields| consent.get(place) != Some(fields));
        if so == EMERGENCY {
            more.retain(|place, fields| most.get(place).is_none_or(|known| !fields.is_subset(*known)));
        }
        let more = joined(policy, &more).into_iter();
        lines.extend(more.map(|line| format!("{line} ({mark})")));
    }
    lines
}

/// On which ground something is asked, whether somebody was invited to an interview in that case, and whether it is a look in an
/// emergency.
type So = (GroundWord, bool, bool);

const UNINVITED: So = (GroundWord::Consent, false, false);
const MOST: So = (GroundWord::Consent, true, false);
const BY_LAW: So = (GroundWord::Law, false, false);
const EMERGENCY: So = (GroundWord::Consent, true, true);

fn granted(policy: &Policy, role: Role, verb: Verb, (ground, invited, emergency): So) -> Granted {
    let mut granted = Granted::new();
    for standing in std::iter::once(None).chain(Standing::ALL.map(Some)) {
        for category in Category::ALL {
            for purpose in std::iter::once(None).chain(Purpose::all().map(Some)) {
                let mut question = favourable(
                    policy,
                    Place {
                        role,
                        verb,
                        standing,
                        category,
                        purpose,
                    },
                    ground,
                );
                question.facts.interview = invited;
                question.facts.emergency = emergency;
                let fields = policy.answer(&question).spoken.allowed;
                if !fields.is_empty() {
                    granted.insert((standing, category, purpose.map_or(0, Purpose::number)), fields);
                }
            }
        }
    }
    granted
}

/// Where in the matrix.
pub(crate) struct Place {
    pub(crate) role: Role,
    pub(crate) verb: Verb,
    pub(crate) standing: Option<Standing>,
    pub(crate) category: Category,
    pub(crate) purpose: Option<Purpose>,
}

/// The question in the most favourable lawful circumstances.
pub(crate) fn favourable(policy: &Policy, place: Place, ground: GroundWord) -> Question {
    let Place {
        role,
        verb,
        standing,
        category,
        purpose,
    } = place;
    let law = ground != GroundWord::Consent;
    let kind = if verb == Verb::Disseminate {
        RecipientKind::Public
    } else if purpose == Some(Purpose::STATUTORY) {
        RecipientKind::StateBody
    } else {
        RecipientKind::Distributor
    };
    let recipient = if verb.is_transfer() {
        Recipient {
            kind,
            country: Country::KZ,
            registered: true,
            undertaking: true,
        }
    } else {
        Recipient::OPERATOR
    };
    let facts = Facts {
        standing,
        familiar: true,
        consented: FieldSet::ALL,
        agreed: FieldSet::ALL,
        withdrawn: false,
        case: true,
        interview: true,
        own: [Role::SUBJECT, Role::REPRESENTATIVE, Role::SITE].contains(&role),
        recipient,
        floor: FieldSet::EMPTY,
        hold: FieldSet::EMPTY,
        due: true,
        approved: law,
        seconded: true,
        emergency: false,
    };
    let human = policy.role(role).is_some_and(|role| role.human);
    let fields = policy.all_fields;
    Question {
        role,
        human,
        verb,
        category,
        fields,
        purpose,
        ground,
        citation: law,
        effect: false,
        facts,
    }
}

fn joined(policy: &Policy, granted: &Granted) -> Vec<String> {
    let mut by_fields: BTreeMap<(Option<Standing>, Category, String), Vec<u8>> = BTreeMap::new();
    for ((standing, category, purpose), fields) in granted {
        let said = said(policy, *fields, *category, Purpose::new(*purpose));
        by_fields
            .entry((*standing, *category, said))
            .or_default()
            .push(*purpose);
    }
    let mut by_purposes: BTreeMap<(Category, String, Vec<u8>), Vec<String>> = BTreeMap::new();
    for ((standing, category, fields), purposes) in by_fields {
        let standing = standing.map_or(ABSENT, Standing::name).to_owned();
        by_purposes
            .entry((category, fields, purposes))
            .or_default()
            .push(standing);
    }
    let mut by_standings = BTreeMap::<_, Vec<&str>>::new();
    for ((category, fields, purposes), standings) in by_purposes {
        by_standings
            .entry((standings, purposes, fields))
            .or_default()
            .push(category.name());
    }
    let lines = by_standings
        .into_iter()
        .map(|((standings, purposes, fields), categories)| {
            format!(
                "{} | {} | {} | {fields}",
                standings.join(" "),
                categories.join(" "),
                numbers(&purposes)
            )
        });
    lines.collect()
}

/// The fields in words: as one of the sets that have a name, less a few fields, or one by one if that is shorter.
fn said(policy: &Policy, fields: FieldSet, category: Category, purpose: Option<Purpose>) -> String {
    let record = FieldSet::RECORD;
    let listed = purpose.map_or(FieldSet::EMPTY, |purpose| {
        policy.purpose_fields(purpose, category)
    });
    let sets = [
        ("listed", listed),
        ("listed and record", listed.union(record)),
        ("all", policy.category_fields(category)),
        ("every field", policy.all_fields),
    ];
    let mut shortest = policy.names_of(fields).join(" ");
    for (name, set) in sets
        .into_iter()
        .filter(|(_, set)| !set.is_empty() && fields.is_subset(*set))
    {
        let missing = policy.names_of(set.difference(fields)).join(" ");
        let said = if missing.is_empty() {
            name.to_owned()
        } else {
            format!("{name} but {missing}")
        };
        if said.len() < shortest.len() {
            shortest = said;
        }
    }
    shortest
}

/// `none 2.2.1-3 2.2.7`.
fn numbers(purposes: &[u8]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = purposes;
    if let [0, after @ ..] = rest {
        parts.push("none".to_owned());
        rest = after;
    }
    while let [first, ..] = rest {
        let run = rest
            .iter()
            .zip(*first..)
            .take_while(|(number, next)| *number == next)
            .count();
        let last = rest.get(run - 1).unwrap_or(first);
        parts.push(if run == 1 {
            format!("2.2.{first}")
        } else {
            format!("2.2.{first}-{last}")
        });
        rest = rest.get(run..).unwrap_or_default();
    }
    parts.join(" ")
}
