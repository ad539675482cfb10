//! Runs the decided examples of the folder.

use crate::cases::Case;
use crate::check::{Code, Report};
use crate::policy::Policy;

/// Reports every case that comes out otherwise than it says.
pub(crate) fn run_cases(cases: &[Case], policy: &Policy, report: &mut Report) {
    for case in cases {
        let Err(outcome) = case.run(policy) else { continue };
        let expected = if case.expected.allowed {
            "permit"
        } else {
            "refusal"
        };
        report
            .add(
                Code::CaseDiffers,
                format!("the case `{}` comes out otherwise: {outcome}", case.title),
            )
            .at(
                case.place,
                format!("expects a {expected} by {}", case.expected.clause),
            )
            .clause(case.expected.clause.clone());
    }
}
