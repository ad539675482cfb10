//! The stable codes of everything `check` can find. A code never changes its meaning; a retired one is not used again.

use std::fmt;
use std::str::FromStr;

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal, $page:literal;)*) => {
        /// What is wrong, by a number that never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As it is written: `PD0001`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $number,)* }
            }

            /// What it stands for, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it means, why it matters and how it is mended.
            #[must_use]
            pub const fn page(self) -> &'static str {
                match self { $(Self::$name => $page,)* }
            }
        }
    };
}

codes! {
    KdlSyntax = "PD0001", "a declaration block is not valid KDL",
        "Blocks marked `kdl` hold declarations, one node each: a word, then quoted names, then `property=value`, then\n\
         children in braces. Strings are always quoted; numbers and `true`/`false` are not.\n\n\
             field \"last_name\" number=1 class=\"name\" kind=\"name\"\n\n\
         Nothing of a block that cannot be read is used, so later findings may follow from this one.";
    CedarSyntax = "PD0002", "a rule is not valid Cedar",
        "Blocks marked `cedar` hold rules: `permit (…) when { … };` or `forbid (…) unless { … };`, each ended by a\n\
         semicolon. Actions are written `Verb::\"collect\"`.\n\n\
             forbid (principal, action in Verb::\"transfer\", resource)\n\
             unless { context.recipient.country == \"KZ\" };";
    PromiseSyntax = "PD0003", "a promise cannot be read",
        "A promise says what never happens: `never VERBS when CONDITION`. VERBS is `any`, `transfer` or verbs with commas\n\
         between; CONDITION is a Cedar expression over `principal`, `resource` and `context`.\n\n\
             never transfer when context.recipient.country != \"KZ\"";
    Declaration = "PD0004", "a declaration is not what it should be",
        "Each kind of declaration has its own properties; a word that is not one of them is a mistake and not ignored,\n\
         because a misspelt property would silently change what is enforced.";
    Duplicate = "PD0005", "declared twice",
        "A name, a field number or a clause has one meaning. Ledger entries name fields by number for ever, so a number\n\
         that two fields share, or that moved, would change what old entries say.";
    UnknownField = "PD0006", "no such field",
        "Only declared fields exist (1.1.1). A field is declared once, with its number, class and kind, in section 1.";
    UnknownVerb = "PD0007", "no such verb",
        "The list of actions with personal data is closed (DEF-3): collect, record, systematize, accumulate, store,\n\
         clarify, extract, use, disseminate, provide, access, depersonalize, block, unblock, delete, destroy, confirm and\n\
         withdraw. `transfer` is the group of disseminate, provide and access.";
    UnknownPurpose = "PD0008", "no such purpose",
        "The purposes are the twelve of clause 2.2, written 2.2.1 to 2.2.12; rules also know \"none\" for an operation\n\
         that states no purpose. Advertising is not among them, so nothing can be done for it.";
    UnknownRole = "PD0009", "no such role",
        "Who acts is one of the declared roles (5.1.4): `role \"sales\" number=10 human=true`.";
    UnknownName = "PD0010", "no such name",
        "A category, class, service, consent, recipient or other name is used that nothing declares.";
    FieldWithoutPurpose = "PD0011", "a field that no purpose needs",
        "Each field of a category must serve at least one purpose of that category (2.1). What no purpose needs cannot\n\
         be collected: take the field out of the category, or name it under the purpose it serves.";
    FieldOutsideCategory = "PD0012", "a purpose uses a field that its category does not collect",
        "The field sets of clauses 1.1.2 to 1.1.5 are exact. A purpose can only use what its category gives.";
    CardVerificationStored = "PD0013", "the card verification value may not be stored",
        "The value on the back of a card lives in memory for one authorisation and is then wiped (1.1.2, 1.1.3, PCI DSS\n\
         3.3.1). Its class says `storage=\"never\" search=\"none\" mask=\"hidden\"`, and a service takes it as `transient`.";
    NoEndOfStorage = "PD0014", "a field without an end of storage",
        "Data is kept until its purpose is reached (8); there is no \"for ever\". Every purpose says when it ends:\n\
         `ends \"fulfilled\" days=30`.";
    FloorWithoutCitation = "PD0015", "a retention floor without a citation",
        "Keeping data longer than its purpose lasts needs a law that says so (8). A floor names the article:\n\
         `citation=\"Tax Code 2026, Art. 206(3)\"`.";
    DeadlineTooLate = "PD0016", "a deadline later than the law's",
        "The operator may promise an earlier answer than the law demands, never a later one (6.5). The law's deadlines\n\
         stand in law/kz.kdl with their articles.";
    TranslationMissing = "PD0017", "a translation is missing",
        "The policy is published in Kazakh, Russian and English. Each file NAME.md has siblings NAME.kk.md and NAME.ru.md\n\
         with a text under every clause.";
    TranslationDiffers = "PD0018", "a translation has other clause numbers",
        "Translations carry the same clauses in the same order as the English file, so that 6.3 is 6.3 in every language.";
    WordsMissing = "PD0019", "words are missing",
        "Everything a person can meet on a page has words in every language: `words { field \"email\" label=\"E-mail\" }`.\n\
         Rules have `text`, so that a refusal can be explained.";
    OutsideCountry = "PD0020", "outside the country",
        "No personal data goes to, or lies in, another country, on any ground (4.3). Recipients, addresses and stores are\n\
         in KZ. An unknown country counts as another one.";
    ExternalProcessor = "PD0021", "an external processor",
        "The operator does not let others process for it (1.4). A recipient receives data for its own purpose, with the\n\
         person's consent, or under a law; `processor` is a kind that is always refused.";
    InhumanDecision = "PD0022", "a decision with effect that no human takes",
        "A decision with effect on a person is taken by a person (1.3): `decision \"reject-applicant\" actor=\"human\"`, and\n\
         no rule lets a role that is not human decide with effect.";
    GroundOutsideSet = "PD0023", "a ground outside the closed set",
        "Processing rests on consent, on a case of Article 9 or on another law that is cited (3). A contract, a charter, an\n\
         internal order or a legitimate interest is none of these.";
    RuleNeverApplies = "PD0024", "a rule that can never apply",
        "No combination of role, verb, purpose, category, field and circumstances satisfies this rule, so it says something\n\
         that the policy does not do. Usually two of its conditions contradict each other.";
    ServiceAsksTooMuch = "PD0025", "a service that asks for more than its purposes need",
        "A service may require only what its purposes list under `needs` for its category, and offer what they list under\n\
         `needs` or `may` (1.1.1).";
    OutsideSubset = "PD0026", "an expression outside the part of Cedar that is used here",
        "Rules are compiled into tables, so they use a part of Cedar whose every outcome can be listed: `==`, `!=`, `&&`,\n\
         `||`, `!`, `in` a list, `[…].contains(…)`, `resource.purposes.contains(…)`, names, strings, true and false.";
    RuleInvalid = "PD0027", "a rule does not fit the declarations",
        "Rules are validated strictly against a schema made from the declarations. Attributes are those of principal (role,\n\
         human, familiar), resource (field, category, purposes) and context.";
    Misplaced = "PD0028", "something stands where it does not belong",
        "Declarations, rules and promises stand under a clause of an English file; translations hold text and `words` only.\n\
         Fences other than `kdl`, `cedar` and `promise` are not part of the policy.";
    FileMissing = "PD0029", "a file of the policy is missing",
        "The folder holds the numbered section files, law/kz.kdl and calendar/kz.kdl.";
    Calendar = "PD0030", "the calendar cannot be used",
        "The working calendar names its first and last day, the days off and the weekend days that are worked.";
    Case = "PD0031", "a case cannot be read",
        "A case is a decided example: who does what, in which circumstances, and what the policy answers.";
    CaseDiffers = "PD0032", "a case comes out otherwise",
        "The rules decide an example differently than the case says. Either a rule changed what it means, or somebody\n\
         changed their mind; the case and the rule must say the same before the policy is published.";
    Letter = "PD0033", "a letter cannot be written like this",
        "The letters in letters/ are headings `#` and `##`, lines, items `-` and `**bold words**`, with places in braces:\n\n\
             # Answer to request {reference}\n\n\
         What is put into a place stays text. A line whose place has nothing to hold is left out. Each letter knows its own\n\
         places, and some of them it must have, because without them it would say too little.";
    LetterMissing = "PD0034", "a letter is missing",
        "Answers, refusals, receipts of consents and acts of destruction are worded in letters/, each in three languages:\n\
         answer.md, answer.ru.md, answer.kk.md, then refusal, consent and destruction. A folder without any letters is in\n\
         order; nothing can be had as PDF then.";
    ApplicantSearched = "PD0035", "what applicants tell about themselves may not be searched",
        "Nobody is found or sorted by what an application says of them (1.1.5, 1.3). Fields of the classes `profile` and\n\
         `delicate` have  search=\"none\".";
    CountedPerson = "PD0036", "what would be counted leads to people",
        "For 2.2.3 and 2.2.4 figures are made (DEF-5). Countries, regions, cities and organizations may be counted, and short\n\
         texts of the class `work`; names, dates, addresses, contacts, numbers and people's own words may not, because few share\n\
         them and they tell who somebody is.";
    PeriodUnread = "PD0037", "a limit that the program does not keep",
        "Limits and deadlines are published. Each is one that the program reads or that holds by how it is built, or people keep\n\
         it and the policy says so:  by=\"people\". A name that nothing reads is often misspelt.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or(UnknownCode)
    }
}

/// No finding has that code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such code; they run from PD0001 to PD0037")]
pub struct UnknownCode;

/// The page about a code: what it means, why it matters, how it is mended.
#[must_use]
pub fn explain(code: Code) -> String {
    format!("{code}: {}\n\n{}\n", code.title(), code.page())
}
