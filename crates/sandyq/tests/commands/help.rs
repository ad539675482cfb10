//! What the program says about itself.

use super::said::Place;

#[test]
fn every_command_has_help_with_an_example() {
    let place = Place::new();
    let commands: [&[&str]; 16] = [
        &["init"],
        &["check"],
        &["explain"],
        &["decide"],
        &["decisions"],
        &["prove"],
        &["serve"],
        &["demo"],
        &["verify"],
        &["staff", "add"],
        &["subject", "show"],
        &["subject", "withdraw"],
        &["subject", "destroy"],
        &["breach"],
        &["doctor"],
        &[],
    ];
    for command in commands {
        let said = place.sandyq(&[command, &["--help"]].concat()).ends(0);
        assert!(said.out.contains("Example"), "{command:?}: {}", said.out);
        assert!(!said.out.contains('\x1b'), "{command:?} colours a pipe");
    }
}

#[test]
fn a_misspelt_command_is_guessed() {
    let said = Place::new().sandyq(&["chekc"]).ends(2);
    assert!(
        said.err.contains("a similar subcommand exists: 'check'"),
        "{}",
        said.err
    );
}

#[test]
fn no_option_takes_a_secret() {
    let place = Place::new();
    for command in [["staff", "add"], ["subject", "show"]] {
        let said = place.sandyq(&[command[0], command[1], "--help"]).ends(0);
        let options = said
            .out
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--"));
        let names = options.filter_map(|option| option.split_whitespace().next());
        for name in names.filter(|name| {
            ["password", "secret", "key"]
                .iter()
                .any(|word| name.contains(word))
        }) {
            assert_eq!(name, "password-stdin");
        }
    }
}
