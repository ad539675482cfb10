//! 5.1.5-b: a cut-off or put-back ledger is found. Here by somebody outside: a witness signs what it is shown, the server
//! does not open a ledger that does not go on from there, and the witness keeps what convicts it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::harness::{Running, Visitor, command, exchange, profile_folder};

const FILES: [&str; 4] = ["sandyq.db", "sandyq.db-wal", "sandyq.db-shm", "ledger.head"];

fn witness(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(profile_folder().join("sandyq-witness"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the witness starts");
    // A witness that was called wrongly does not read.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("the witness ends")
}

fn said(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).expect("a text")
}

fn body(running: &Running, path: &str) -> String {
    let page = Visitor::at(&running.url).get(path);
    assert_eq!(page.answer.status, 200, "{path}");
    String::from_utf8(page.answer.body).expect("a text")
}

fn copy(from: &Path, to: &Path) {
    for file in FILES {
        let _absent = std::fs::remove_file(to.join(file));
        let _absent = std::fs::copy(from.join(file), to.join(file));
    }
}

#[test]
fn a_ledger_put_back_is_found_by_whoever_signed_it() {
    let mut running = Running::demo(&[]);
    let (data, elsewhere) = (running.data(), tempfile::tempdir().expect("a folder"));
    let folder = elsewhere.path().join("witness");
    let folder = folder.to_str().expect("a name");
    let ledger = body(&running, "/ledger/key");
    let key = said(&witness(
        &[
            "init",
            folder,
            "--name",
            "witness.example/w",
            "--ledger",
            ledger.trim(),
        ],
        "",
    ));

    assert!(running.stop().success());
    copy(&data, elsewhere.path());
    let settings = data.join("sandyq.toml");
    let text = std::fs::read_to_string(&settings).expect("settings");
    let line = format!("[ledger]\nwitnesses = [\"{}\"]\n", key.trim());
    let text = if text.contains("[ledger]\n") {
        text.replacen("[ledger]\n", &line, 1)
    } else {
        format!("{text}\n{line}")
    };
    std::fs::write(&settings, text).expect("settings");

    running.start_again();
    let older = body(&running, "/ledger/witness-request/0");
    running.at_desk("sales", "en");
    let request = body(&running, "/ledger/witness-request/0");
    assert_ne!(older, request, "a sign-in is an entry");
    let note = said(&witness(&["answer", folder], &request));
    let answer = |note: &str| {
        let url = format!("{}/ledger/cosigned", running.url);
        exchange("POST", &url, &[], note.as_bytes())
            .expect("an answer")
            .status
    };
    assert_eq!(answer(&request), 400, "nobody has signed this");
    assert_eq!(answer(&note), 200);
    assert_eq!(body(&running, "/ledger/witnessed"), note);
    assert!(body(&running, "/ledger").contains("witness.example/w"));
    let size = said(&witness(&["size", folder], ""));
    let next = body(&running, &format!("/ledger/witness-request/{}", size.trim()));
    said(&witness(&["answer", folder], &next));

    // Somebody shows the witness the ledger as it was before.
    let refused = witness(&["answer", folder], &older);
    assert_eq!(refused.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("put back to an older state"));
    let evidence = elsewhere.path().join("witness").join("evidence-1.note");
    assert!(older.ends_with(&std::fs::read_to_string(evidence).expect("the evidence is kept")));

    // Somebody puts the machine back, with everything that it has noted by itself.
    assert!(running.stop().success());
    copy(elsewhere.path(), &data);
    let verified = command(&["verify", "--data", data.to_str().expect("a name")]);
    assert_eq!(verified.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&verified.stderr).contains("it was cut off or put back"));
}
