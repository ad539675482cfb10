//! What the tests need beside Rust and a C compiler, and how to get it.
//!
//! As root on a Debian machine it is installed; otherwise the one line to run is printed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fault::Fault;
use crate::postgres;
use crate::step;
use crate::suite::Extent;

/// The variable in which the journeys find axe-core's script.
pub const AXE_VARIABLE: &str = "SANDYQ_TEST_AXE";

/// The variable in which the tests find a Python with an object store that is not ours.
pub const MOTO_VARIABLE: &str = "SANDYQ_TEST_MOTO";

/// The release of moto (Apache-2.0), which speaks S3. Used by tests only.
const MOTO_RELEASE: &str = "5.2.5";

/// The variable in which the tests find a Python that reads receipts without our code.
pub const PYSHACL_VARIABLE: &str = "SANDYQ_TEST_PYSHACL";

/// The release of pyshacl (Apache-2.0), which judges receipts by the shapes in `spec/`. Used by tests only.
const PYSHACL_RELEASE: &str = "0.40.1";

/// The release of cryptography (Apache-2.0 or BSD-3-Clause), with which the second verifier checks signatures.
const CRYPTOGRAPHY_RELEASE: &str = "48.0.0";

/// The variable in which the journeys find an identity provider that is not ours.
pub const PROVIDER_VARIABLE: &str = "SANDYQ_TEST_PROVIDER";

/// The release of oidc-provider (MIT), which speaks OpenID Connect. Used by tests only, never shipped or committed.
const PROVIDER_RELEASE: &str = "9.13.3";

/// The release of axe-core (MPL-2.0) that judges the pages. Used by tests only, never shipped or committed.
const AXE_RELEASE: &str = "4.14.1";

/// The release of cargo-deny that is built when none is there.
const DENY_RELEASE: &str = "0.20.2";

/// A program that the tests start.
struct Tool {
    /// Its Debian package.
    package: &'static str,
    /// What it is for.
    purpose: &'static str,
    /// Whether only the browser tests need it.
    browser: bool,
    /// Whether it is there.
    present: fn() -> bool,
}

const TOOLS: [Tool; 13] = [
    Tool {
        package: "postgresql",
        purpose: "the second database engine",
        browser: false,
        present: || postgres::programs().is_some(),
    },
    Tool {
        package: "age",
        purpose: "custodians, and opening a backup without our code",
        browser: false,
        present: || answers("age", &["--version"]),
    },
    Tool {
        package: "zstd",
        purpose: "opening a backup without our code",
        browser: false,
        present: || answers("zstd", &["--version"]),
    },
    Tool {
        package: "curl",
        purpose: "making a bucket in that object store",
        browser: false,
        present: || answers("curl", &["--version"]),
    },
    Tool {
        package: "python3-venv",
        purpose: "an object store and a reader of receipts that are not ours",
        browser: false,
        present: || answers("/usr/bin/python3", &["-c", "import ensurepip, venv"]),
    },
    Tool {
        package: "cvc5",
        purpose: "`sandyq prove`",
        browser: false,
        present: || answers("cvc5", &["--version"]),
    },
    Tool {
        package: "python3-aiosmtpd",
        purpose: "a mail server that is not ours",
        browser: false,
        present: || answers("/usr/bin/python3", &["-c", "import aiosmtpd"]),
    },
    Tool {
        package: "poppler-utils",
        purpose: "reading back what is printed",
        browser: false,
        present: || answers("pdftotext", &["-v"]),
    },
    Tool {
        package: "openssl",
        purpose: "a certificate for that mail server",
        browser: false,
        present: || answers("openssl", &["version"]),
    },
    Tool {
        package: "softhsm2",
        purpose: "a PKCS#11 token",
        browser: false,
        present: || answers("softhsm2-util", &["--version"]),
    },
    Tool {
        package: "chromium",
        purpose: "journeys in a browser",
        browser: true,
        present: || answers("chromium", &["--version"]),
    },
    Tool {
        package: "chromium-driver",
        purpose: "journeys in a browser",
        browser: true,
        present: || answers("chromedriver", &["--version"]),
    },
    Tool {
        package: "npm",
        purpose: "getting axe-core and an identity provider",
        browser: true,
        present: || answers("npm", &["--version"]),
    },
];

/// Gets what is missing.
///
/// # Errors
/// When something is missing and we are not root, or cannot be installed.
pub fn prepare(root: &Path, extent: Extent) -> Result<(), Fault> {
    let wanted = |tool: &&Tool| (extent == Extent::Whole || !tool.browser) && !(tool.present)();
    let missing: Vec<&Tool> = TOOLS.iter().filter(wanted).collect();
    if !missing.is_empty() {
        install(root, &missing)?;
        if let Some(tool) = missing.iter().find(|tool| !(tool.present)()) {
            return Err(Fault::Said(format!(
                "{} is installed and still does not answer",
                tool.package
            )));
        }
    }
    if extent == Extent::Whole {
        fetch_axe(root)?;
        fetch_moto(root)?;
        fetch_pyshacl(root)?;
        fetch_provider(root)?;
    }
    Ok(())
}

/// Where moto lies once fetched; without it the tests of object stores pass over what needs one.
pub fn moto(root: &Path) -> Option<PathBuf> {
    let own = folder(root).join(format!("moto-{MOTO_RELEASE}"));
    own.join("bin").join("moto_server").is_file().then_some(own)
}

/// Fetches moto.
fn fetch_moto(root: &Path) -> Result<(), Fault> {
    if moto(root).is_some() {
        return Ok(());
    }
    let wanted = format!("moto[server,s3]=={MOTO_RELEASE}");
    fetch_python(root, &format!("moto-{MOTO_RELEASE}"), &[&wanted])
}

/// Where pyshacl lies once fetched; without it the tests that let others read our receipts pass over what needs it.
pub fn pyshacl(root: &Path) -> Option<PathBuf> {
    let own = folder(root).join(format!("pyshacl-{PYSHACL_RELEASE}"));
    own.join("bin").join("pyshacl").is_file().then_some(own)
}

/// Fetches pyshacl, and what the second verifier needs beside it.
fn fetch_pyshacl(root: &Path) -> Result<(), Fault> {
    if pyshacl(root).is_some() {
        return Ok(());
    }
    let wanted = [
        format!("cryptography=={CRYPTOGRAPHY_RELEASE}"),
        format!("pyshacl=={PYSHACL_RELEASE}"),
    ];
    fetch_python(
        root,
        &format!("pyshacl-{PYSHACL_RELEASE}"),
        &wanted.each_ref().map(String::as_str),
    )
}

/// Where oidc-provider lies once fetched; without it the journey that needs one passes over that.
pub fn provider(root: &Path) -> Option<PathBuf> {
    let own = folder(root).join(format!("oidc-provider-{PROVIDER_RELEASE}"));
    let fetched = own
        .join("node_modules")
        .join("oidc-provider")
        .join("package.json");
    fetched.is_file().then_some(own)
}

/// Fetches oidc-provider with npm, which checks its integrity, under `target/`; nothing of it is run then.
fn fetch_provider(root: &Path) -> Result<(), Fault> {
    if provider(root).is_some() {
        return Ok(());
    }
    let own = folder(root).join(format!("oidc-provider-{PROVIDER_RELEASE}"));
    std::fs::create_dir_all(&own).map_err(Fault::io("making the folder for oidc-provider"))?;
    let wanted = format!("oidc-provider@{PROVIDER_RELEASE}");
    let arguments = [
        "install",
        "--prefix",
        ".",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        &wanted,
    ];
    let mut install = step::bounded(&own, "npm", &arguments);
    install.stdout(std::io::stderr());
    step::run(install)
}

/// Fetches packages with pip into a Python environment of their own under `target/`.
fn fetch_python(root: &Path, name: &str, wanted: &[&str]) -> Result<(), Fault> {
    let own = folder(root).join(name);
    let place = own.to_string_lossy();
    step::run(step::bounded(root, "/usr/bin/python3", &["-m", "venv", &place]))?;
    let pip = own.join("bin").join("pip");
    let arguments = [&["install", "--quiet"], wanted].concat();
    let mut install = step::bounded(root, &pip.to_string_lossy(), &arguments);
    install.stdout(std::io::stderr());
    step::run(install)
}

/// Installs Debian packages, or says how.
fn install(root: &Path, missing: &[&Tool]) -> Result<(), Fault> {
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    if !is_root() || !answers("apt-get", &["--version"]) {
        let said: Vec<String> = missing
            .iter()
            .map(|tool| format!("{} (for {})", tool.package, tool.purpose))
            .collect();
        let line = format!(
            "sudo apt-get update && sudo apt-get install --no-install-recommends {}",
            packages.join(" ")
        );
        return Err(Fault::Missing {
            missing: said.join(", "),
            line,
        });
    }
    step::run(apt(root, &["update", "-q"]))?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(packages);
    step::run(apt(root, &arguments))
}

/// `apt-get`, asking nothing and speaking on the error output only.
fn apt(root: &Path, arguments: &[&str]) -> Command {
    let mut command = step::bounded(root, "apt-get", arguments);
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(std::io::stderr());
    command
}

/// Where axe-core's script lies once fetched.
pub fn axe(root: &Path) -> PathBuf {
    folder(root)
        .join(format!("axe-core-{AXE_RELEASE}"))
        .join("package")
        .join("axe.min.js")
}

/// Fetches axe-core with npm, which checks its integrity, and unpacks it under `target/`.
fn fetch_axe(root: &Path) -> Result<(), Fault> {
    if axe(root).is_file() {
        return Ok(());
    }
    let tools = folder(root);
    let unpacked = tools.join(format!("axe-core-{AXE_RELEASE}"));
    std::fs::create_dir_all(&unpacked).map_err(Fault::io("making the folder for axe-core"))?;
    let wanted = format!("axe-core@{AXE_RELEASE}");
    let mut pack = step::bounded(&tools, "npm", &["pack", "--silent", &wanted]);
    pack.stdout(std::io::stderr());
    step::run(pack)?;
    let archive = format!("axe-core-{AXE_RELEASE}.tgz");
    step::run(step::bounded(
        &unpacked,
        "tar",
        &["-xzf", &format!("../{archive}")],
    ))
}

/// The command `cargo deny`, built first when it is not there.
///
/// # Errors
/// When it cannot be built.
pub fn deny(root: &Path) -> Result<PathBuf, Fault> {
    let own = folder(root).join("bin").join("cargo-deny");
    if answers("cargo-deny", &["--version"]) {
        return Ok(PathBuf::from("cargo-deny"));
    }
    if !own.is_file() {
        let place = folder(root);
        let place = place.to_string_lossy();
        // Unoptimised: it runs for a second, and its build is what costs.
        let arguments = [
            "install",
            "--locked",
            "--debug",
            "--root",
            &place,
            "--version",
            DENY_RELEASE,
            "cargo-deny",
        ];
        let mut build = step::bounded(root, "cargo", &arguments);
        build.env("CARGO_PROFILE_DEV_DEBUG", "false");
        step::run(build)?;
    }
    Ok(own)
}

/// The folder for what was fetched: under `target/`, so that git and the compiler leave it alone.
fn folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("tools")
}

/// Whether a command can be started and succeeds.
fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether we may install packages.
fn is_root() -> bool {
    let own = Command::new("id").arg("-u").output();
    own.is_ok_and(|own| own.stdout.trim_ascii() == b"0")
}
