# The first page, the policy, the shop, cookies, the ledger.
home-title = Software licences, and your data stays yours
home-lead = Buy a licence without an account. We ask only for what the order needs, say why beside each question, and show you everyone who has looked at your data.
home-shop = Choose a licence
home-my-title = My data
home-my-text = See what we hold about you, who looked at it and why; correct it, or take it back.
home-policy-title = A policy that runs
home-policy-text = The text you read is the program we run. Open any clause to see how it is kept.
home-ledger-title = A ledger anyone can check
home-ledger-text = Every action with data is entered, refusals too. You need not take our word for it.
home-promises-title = What you can count on
home-promise-consent = Nothing is stored before you agree, and each consent is asked for by itself.
home-promise-abroad = Your data does not leave Kazakhstan.
home-promise-human = No machine decides about you alone.
home-promise-accounted = Every action with your data is recorded, and you can read the record.
home-promise-withdraw = You can withdraw consent at any time; your data is then destroyed, and you get a receipt.
policy-title = Personal data policy
policy-lead = This is the text in force, and it is what the system runs on. Under each clause you can see the rules that keep it, and how often they have said no.
policy-kept = How this is kept
policy-no-rules = This clause explains; it has no rule of its own.
policy-rules = Rules
policy-purposes = Purposes
policy-periods = Periods
policy-by-people = kept by people, not by the program
policy-refusals = Refused so far:
policy-version = Version of the policy in force:
shop-buy = Buy
shop-no-account = We do not put you on a mailing list: advertising is not among our purposes.
cookies-title = Cookies
cookies-lead = We use only cookies without which the site cannot work. There is nothing to accept or refuse.
cookies-name = Name
cookies-for = What it is for
cookies-until = How long it stays
cookies-none-other = No other site sets cookies here, and we count no visits.
cookie-visitor = shows that a form was sent from our own page
cookie-language = remembers the language you chose
cookie-binding = makes the code from our letter work in this browser only
cookie-session = keeps you signed in to your data
cookie-browser = lets you in after others tried in vain to come in as you
cookie-until-closed = until you close the browser
cookie-year = one year
cookie-half-year = half a year
cookie-hour = one hour
cookie-hour-or-month = an hour; a month where a parent or guardian is asked
cookie-until-out = until you sign out or close the browser
ledger-title = The ledger of actions with data
ledger-lead = Every action with personal data, and every refusal, is an entry here before its result leaves us.
ledger-holds = An entry says who acted by role, what was done, with which kinds of data, for which purpose and when.
ledger-holds-not = It holds no names, no values, and nothing by which a stranger could find a person.
ledger-grows = It only grows. An entry that was changed, removed or moved is found out.
ledger-checkpoint = Latest checkpoint
ledger-checkpoint-text = Keep a copy. Whoever holds an old checkpoint can prove whether the ledger was rewritten since.
ledger-witnesses = Signed by others
ledger-witnesses-text = A witness is a machine that is not ours. It signs a checkpoint only while the ledger goes on from what it signed before, so a ledger that was put back or split in two is found.
ledger-witnessed = { $witness } signed { $entries } entries on { $when }
ledger-witnessed-none = Nobody outside signs this ledger yet. Keep a checkpoint yourself.
ledger-key = Key that signs the checkpoints
ledger-check = Check it yourself
ledger-check-text = The verifier is a small program that works without us. With the file of your receipt it shows that the entry about it is in the ledger.
days-working = { $days ->
    [one] { $days } working day
   *[other] { $days } working days
}
days-calendar = { $days ->
    [one] { $days } calendar day
   *[other] { $days } calendar days
}
days-earlier = { $one } or { $other }, whichever ends first
services-title = Services
services-lead = Choose what you came for. Each form says why it asks for what it asks.
home-services-title = All services
home-services-text = Buy, ask, sign up for an event, apply for a vacancy, register with the service desk.
offered-none = Nothing is offered here at the moment. Please come back later.
offered-closed = Closed
offered-full = No places left
offered-until = Open until { $day }
offered-places = { $count ->
    [one] { $count } place left
   *[other] { $count } places left
}
offered-sign-up = Sign up
offered-apply = Apply
offered-enter = Take part
offered-reserve = Apply for the next vacancy of this kind
winners-title = Winners
winners-lead = Whoever wins in a promotion stands here, by the names that they agreed to show, and only as long as they agree.
winners-none = Nobody stands here yet.
