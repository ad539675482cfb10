# Letters. Subject lines hold nothing personal.
letter-confirm-subject = Your confirmation code
letter-confirm-text =
    Good day,
    {""}
    somebody gave this address on our site and agreed to the processing of their data. If it was you, confirm it with this code:
    {""}
        { $code }
    {""}
    Type it in here: { $page }
    The code works once and for { $minutes } minutes.
    {""}
    If it was not you, do nothing: without the code, what was given is destroyed by itself.
letter-agree-subject = A consent that needs you
letter-agree-text =
    Good day,
    {""}
    somebody who is not of age named you on our site as parent or guardian. This is what is agreed to; each text stands behind its address:
    {""}
    { $texts }
    {""}
    If you agree, give them this code, or type it in yourself where they filled in the form:
    {""}
        { $code }
    {""}
    The page, in that browser: { $page }
    The code works once and for { $hours } hours.
    {""}
    Your name and this address are kept with the record for as long as it is kept. With this address and the reference you can see it at any time, change it and take the consent back.
    If you do not agree, do nothing: without the code, what was given is destroyed by itself.
letter-handed-subject = Something of yours was handed over
letter-handed-text =
    Good day,
    {""}
    data of yours was handed over under the number { $reference }. To whom, which fields and on what ground you read on your own page:
    {""}
        { $page }
    {""}
    If you are not signed in there, open “My data” with this address and your reference first. There you can also say that you want no such letters.
letter-breach-subject = Something happened that may concern your data
letter-breach-text =
    Good day,
    {""}
    on { $day } we found a breach of the protection of personal data that concerns you: { $kind }.
    {""}
    { $held ->
        [yes] Your data that it may concern: { $fields }.
       *[no] It concerns these data: { $fields }. We hold none of them about you now; we may have held them before.
    }
    {""}
    What happened and what was done:
    {""}
    { $text }
    {""}
    Whom to ask: { $contact }
    {""}
    We have to tell you this by law, whatever you agreed to. Nobody who calls or writes about it needs a password, a code or a card number from you.
    What this rests on: { $page }
letter-recall-subject = Please stop using what we gave you
letter-recall-text =
    Good day,
    {""}
    on { $day } we gave you data about a person under the number { $reference }. The ground for it has ended. Stop using that data, delete it with every copy, and confirm this to us in writing under the same number.
    {""}
    What this rests on: { $page }
letter-decided-subject = There is something to read about your case
letter-decided-text =
    Good day,
    {""}
    somebody here has decided about your case { $reference }. What was decided, and why, you read on your own page:
    {""}
        { $page }
    {""}
    If you are not signed in there, open “My data” with this address and the reference first.
letter-emergency-subject = Another desk may look at your case in an emergency
letter-emergency-text =
    Good day,
    {""}
    your case { $reference } had to be looked at by another desk of ours in an emergency. Two persons agreed on it, and it is open to that desk for some minutes only, for looking and for nothing else.
    {""}
    Who looked, at which fields, and how the responsible person judged it afterwards, you read on your own page:
    {""}
        { $page }
    {""}
    If you are not signed in there, open “My data” with this address and the reference first. If you think that it was not right, answer this letter.
letter-enter-subject = Your code for “My data”
letter-enter-text =
    Good day,
    {""}
    with this code you open the page with your data:
    {""}
        { $code }
    {""}
    Type it in here: { $page }
    The code works once and for { $minutes } minutes.
    {""}
    If you did not ask for it, do nothing: without the code nobody gets in.
letter-taken-subject = We have received it
letter-taken-text =
    Good day,
    {""}
    we have received what you sent. Reference number: { $reference }
    {""}
    A person on our staff will read it and answer to this address.
    {""}
    With the reference number and this e-mail address you can at any time see which data we hold about you, who looked at it, and take it back: { $page }
letter-answered-subject = Your request has an answer
letter-answered-text =
    Good day,
    {""}
    your request { $reference } has been answered. The answer itself is not in this letter: read it, or have it as PDF, on your own page: { $page }
    {""}
    If you do not agree with it, you can write to the person responsible for personal data who is named there.
letter-order-subject = Your order is placed
letter-order-text =
    Good day,
    {""}
    your order is placed. Reference number: { $reference }
    {""}
    Our staff will make out the licence and send it to this address.
    {""}
    With the reference number and this e-mail address you can at any time see which data we hold about you, who looked at it, and take it back: { $page }
letter-reset-subject = Your code for a new password
letter-reset-text =
    Good day,
    {""}
    with this code you choose a new password for your account:
    {""}
        { $code }
    {""}
    Type it in here: { $page }
    The code works once and for { $minutes } minutes.
    {""}
    If you did not ask for it, do nothing: your password stays as it is.
letter-account-registered-subject = You have an account already
letter-account-registered-text =
    Good day,
    {""}
    somebody wanted to open an account with this address. It has one already, so nothing was changed and nothing of what was typed was kept.
    {""}
    If it was you, sign in here: { $page }
    On the same page you can ask for a new password.
    {""}
    If it was not you, there is nothing for you to do: whoever it was did not learn that you have an account.
letter-account-signed-in-subject = Somebody signed in to your account
letter-account-signed-in-text =
    Good day,
    {""}
    somebody signed in to your account with your password, in a browser that had not been used for it before.
    {""}
    If it was you, there is nothing for you to do.
    If it was not you, choose a new password now. This signs everybody else out: { $page }
letter-account-password-subject = Your password was changed
letter-account-password-text =
    Good day,
    {""}
    the password of your account was changed, and everybody was signed out.
    {""}
    If it was you, there is nothing for you to do.
    If it was not you, ask for a new password now: { $page }
letter-account-factor-added-subject = A second proof was added to your account
letter-account-factor-added-text =
    Good day,
    {""}
    from now on your account asks for a number from your telephone beside the password.
    {""}
    If it was you, there is nothing for you to do.
    If it was not you, write to us at once: the address is on the site. You sign in here: { $page }
letter-account-factor-removed-subject = The second proof of your account was taken away
letter-account-factor-removed-text =
    Good day,
    {""}
    from now on the password alone opens your account.
    {""}
    If it was you, there is nothing for you to do.
    If it was not you, choose a new password now: { $page }
letter-account-passkey-added-subject = A passkey was added to your account
letter-account-passkey-added-text =
    Good day,
    {""}
    from now on another passkey opens your account. You see it under “My data”, in “Passkeys”.
    {""}
    If it was you, there is nothing for you to do.
    If it was not you, sign in, take the passkey away and choose a new password: { $page }
letter-account-passkey-removed-subject = A passkey of your account was taken away
letter-account-passkey-removed-text =
    Good day,
    {""}
    one of your passkeys opens your account no more.
    {""}
    If it was you, there is nothing for you to do.
    If it was not you, choose a new password now: { $page }
letter-account-closed-subject = Your account was closed
letter-account-closed-text =
    Good day,
    {""}
    we have closed your account. Reason: { $reason }.
    {""}
    Two persons decided about it. What we hold under it is destroyed after { $day }, except what a law or an order to keep it demands; until then you can still ask us for your data, or complain, by answering to the address in our policy.
    {""}
    What this rests on: { $page }
letter-identity-subject = A code to show that it is you
letter-identity-text =
    Good day,
    {""}
    somebody asks us about personal data, and says to be you. If it is you, tell this code to our responsible person, who is named here: { $page }
    {""}
        { $code }
    {""}
    If it is not you, tell it to nobody and do nothing: without the code nobody learns anything.
letter-address-subject = Your code for the new address
letter-address-text =
    Good day,
    {""}
    somebody wants to use this address for their account on our site. If it was you, type this code into the page that is open in your browser:
    {""}
        { $code }
    {""}
    The code works once and for { $minutes } minutes. If the page is closed, begin again: { $page }
    {""}
    If it was not you, do nothing: without the code nothing changes, and we do not keep this address.
letter-account-address-subject = Your account has another address now
letter-account-address-text =
    Good day,
    {""}
    the e-mail address of your account was changed. This is the last letter to the old one.
    {""}
    If it was you, there is nothing for you to do.
    If it was not you, write to us at once: the address is on the site, { $page }
letter-foot =
    { $operator }
    We never ask for passwords or card numbers by mail.
