//! How staff sign in, by their password and by what they keep as their second factor; the number that a telephone would show is
//! computed by somebody else's hands.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Mutex;

use super::html;
use super::patience::wait_for;
use super::program::{Running, Staff};
use super::visitor::{Page, Visitor};

/// What a member of staff keeps, and what of it was used.
struct Kept {
    secret: String,
    codes: Vec<String>,
    last: u64,
}

/// What everybody keeps, by name.
#[derive(Default)]
pub struct Desks(Mutex<BTreeMap<String, Kept>>);

impl Desks {
    /// Somebody's second factor, unless it is known.
    pub fn learn(&self, staff: &Staff) {
        let mut all = self.0.lock().expect("no test fails while it holds this");
        all.entry(staff.name.clone()).or_insert_with(|| Kept {
            secret: staff.secret.clone(),
            codes: staff.codes.clone(),
            last: 0,
        });
    }

    /// Somebody has another one now.
    fn replace(&self, name: &str, secret: &str, codes: Vec<String>) {
        let kept = Kept {
            secret: secret.to_owned(),
            codes,
            last: step_now(),
        };
        self.0
            .lock()
            .expect("no test fails while it holds this")
            .insert(name.to_owned(), kept);
    }

    /// A number that was not used, or else the next code on paper, or else a number that comes.
    pub fn proof_of(&self, name: &str) -> String {
        wait_for("a number that was not used", || {
            let mut all = self.0.lock().expect("no test fails while it holds this");
            let kept = all
                .get_mut(name)
                .unwrap_or_else(|| panic!("{name} has no second factor"));
            let next = step_now().max(kept.last + 1);
            if next <= step_now() + 1 {
                kept.last = next;
                return Some(number_at(&kept.secret, next));
            }
            kept.codes.pop()
        })
    }
}

impl Running {
    /// Somebody in that role signs in and reads the policy, in that language and without a browser.
    pub fn at_desk(&self, role: &str, language: &str) -> Visitor {
        let card = self.staff_in(role).clone();
        let mut staff = Visitor::speaking(&self.url, language);
        let page = self.gives_the_password(&mut staff, &card);
        let entered = staff.submit(&page, &[("code", &self.desks.proof_of(&card.name))]);
        assert_eq!(entered.answer.status, 200, "{}", entered.text());
        let familiar = staff.get("/staff/familiar");
        staff.submit(&familiar, &[("read", "yes")]);
        staff
    }

    /// Half the way in.
    pub fn gives_the_password(&self, staff: &mut Visitor, card: &Staff) -> Page {
        let door = staff.get("/staff/sign-in");
        staff.submit(&door, &[("name", &card.name), ("password", &card.password)])
    }

    /// Somebody who has no second factor any more sets up another one, at the same folder in a server for the occasion.
    pub fn sets_up_again(&self, card: &Staff) {
        let server = self.another();
        let mut staff = Visitor::at(&server.url);
        let page = server.gives_the_password(&mut staff, card);
        let (secret, codes) = sets_up(&mut staff, &page);
        self.desks.replace(&card.name, &secret, codes);
    }
}

/// Sets up a second factor on that page; gives its secret and the codes on paper.
pub fn sets_up(staff: &mut Visitor, page: &Page) -> (String, Vec<String>) {
    let secret = html::text(page.source.split("id=\"secret\">").nth(1).expect("a secret"));
    let secret: String = secret.split_whitespace().take(8).collect();
    let set = staff.submit(page, &[("code", &number_now(&secret))]);
    let codes: Vec<String> = set
        .source
        .split("<li><code>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next().map(ToOwned::to_owned))
        .collect();
    assert_eq!(codes.len(), 10, "{}", set.text());
    (secret, codes)
}

/// The number that a program on a telephone shows now.
pub fn number_now(secret: &str) -> String {
    number_at(secret, step_now())
}

#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the program that is tried goes by the clock of this machine"
)]
fn step_now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a time after 1970").as_secs() / 30
}

fn number_at(secret: &str, step: u64) -> String {
    let program = "import base64,hmac,struct,sys\n\
        key=base64.b32decode(sys.argv[1].replace(' ',''))\n\
        tag=hmac.new(key,struct.pack('>Q',int(sys.argv[2])),'sha1').digest()\n\
        at=tag[19]&15\n\
        print('%06d'%((struct.unpack('>I',tag[at:at+4])[0]&0x7fffffff)%1000000))";
    let output = Command::new("python3")
        .args(["-c", program, secret, &step.to_string()])
        .output()
        .expect("python3 starts");
    String::from_utf8(output.stdout)
        .expect("a number")
        .trim()
        .to_owned()
}
