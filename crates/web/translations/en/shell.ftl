# What stands around every page.
site-name = Sandyq
skip = Skip to the content
title-wrong = { "Error: " }
nav-label = Main
nav-shop = Services
nav-my = My data
nav-policy = Policy
nav-cases = Cases
nav-sessions = Sessions
nav-ledger = The ledger
nav-cookies = Cookies
nav-staff = For staff
languages-label = Language
footer-label = About this site
sign-out = Sign out
back = Back
change = Change
total = Total
optional = (optional)
not-given = not given
contents = Contents
next-title = What you can do
to-home = Go to the first page
open-again = Open the page again
demo-note = A site for trying things out: no money moves, and no letter leaves this machine.
operator-bin = BIN { $bin }
operator-phone = Telephone: { $phone }
operator-email = E-mail: { $email }
operator-responsible = Responsible for personal data: { $name }
operator-missing = The operator’s details are not complete, so this site takes no data.
pages-label = Pages of the list
pages-previous = Newer
pages-next = Older
pages-here = Page { $page }
problems-title = There is a problem
count-refusals = { $count ->
    [0] no refusals so far
    [one] { $count } refusal
   *[other] { $count } refusals
}
