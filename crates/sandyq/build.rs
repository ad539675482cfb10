//! The policy folder is part of the binary: a file that is added to it is a reason to build again.

fn main() {
    let folders = ["", "/law", "/calendar", "/cases"];
    let lines = folders.map(|folder| format!("cargo::rerun-if-changed=../../policy{folder}\n"));
    // A build script speaks to cargo on its output; a closed output stops the build by itself.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), lines.concat().as_bytes());
}
