//! The settings of a data folder: one TOML file in which nothing unknown stands. What is missing is said by name, and
//! without the operator's details nothing is served (I2: it fails closed).

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use sandyq_ledger::note::{SignatureKind, VerifierKey};
use sandyq_model::Plain;
use sandyq_processing::access::ProviderSettings;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::operator::{Operator, Person};
use sandyq_processing::ports::is_in_kazakhstan;
use sandyq_processing::transfer::WebhookSettings;
use sandyq_store::StoreOptions;
use sandyq_store::backup::Keep;
use sandyq_store::second_copy::SecondCopyOptions;
use sandyq_store::vault::{EPOCH_DEATHS_DEFAULT, EPOCH_HOURS_DEFAULT, EpochSchedule};
use sandyq_web::mail::{Security, Smtp};
use serde::Deserialize;

use crate::backups::{BackupSettings, ObjectStoreTable};
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::key_source::{EscrowTable, KeysTable};
use crate::places::{self, Place};
use crate::provider_settings::ProviderTable;
use crate::second_copy::SecondCopyTable;
use crate::webhook_settings::WebhooksTable;

/// Everything that `sandyq.toml` can say.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    operator: OperatorTable,
    web: WebTable,
    smtp: SmtpTable,
    identity_provider: Option<ProviderTable>,
    webhooks: Option<WebhooksTable>,
    payments: PaymentsTable,
    database: DatabaseTable,
    ledger: LedgerTable,
    keys: KeysTable,
    catalogue: CatalogueTable,
    backup: BackupTable,
    second_copy: SecondCopyTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OperatorTable {
    name: String,
    bin: String,
    address: String,
    phone: String,
    email: String,
    site: String,
    responsible: PersonTable,
    deputy: PersonTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PersonTable {
    name: String,
    phone: String,
    email: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WebTable {
    listen: Option<SocketAddr>,
    behind_tls: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SmtpTable {
    host: String,
    in_kazakhstan: Vec<String>,
    port: Option<u16>,
    security: SecurityWord,
    from: String,
    authority_file: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    returned: Option<PathBuf>,
}

impl SmtpTable {
    /// 4.3: letters are handed to a server in the country only. This machine and a network of one's own are where the program
    /// is; a name under the country's domains is taken for being there; any other is named by somebody who answers for it.
    fn is_in_kazakhstan(&self) -> bool {
        is_in_kazakhstan(&self.host, &self.in_kazakhstan)
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SecurityWord {
    Tls,
    #[default]
    StartTls,
    Plain,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PaymentsTable {
    port: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DatabaseTable {
    url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LedgerTable {
    origin: Option<String>,
    witnesses: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CatalogueTable {
    file: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct BackupTable {
    place: Option<String>,
    recipients: Vec<String>,
    second_recipients: Vec<String>,
    every_hours: u32,
    keep_all_days: u32,
    keep_daily: u32,
    keep_weekly: u32,
    max_age_days: u32,
    drill_identity: Option<PathBuf>,
    second_drill_identity: Option<PathBuf>,
    s3: ObjectStoreTable,
}

impl Default for BackupTable {
    fn default() -> Self {
        let keep = Keep::default();
        Self {
            place: None,
            recipients: Vec::new(),
            second_recipients: Vec::new(),
            every_hours: EVERY_HOURS,
            keep_all_days: keep.all_days,
            keep_daily: keep.daily,
            keep_weekly: keep.weekly,
            max_age_days: keep.max_age_days,
            drill_identity: None,
            second_drill_identity: None,
            s3: ObjectStoreTable::default(),
        }
    }
}

impl BackupTable {
    /// The folder that sets go to; `None` when there is none, or they go to an object store.
    fn folder(&self) -> Option<&Path> {
        let place = self.place.as_deref()?;
        (!place.contains("://")).then(|| Path::new(place))
    }
}

impl Configuration {
    /// Reads the settings of a data folder.
    ///
    /// # Errors
    /// Says the file, the line and the column; never what stands there, which may be a password.
    pub fn read(folder: &DataFolder) -> Result<Self, Failure> {
        Self::read_file(&folder.settings_file())
    }

    /// Reads settings that lie elsewhere.
    ///
    /// # Errors
    /// As [`Configuration::read`].
    pub fn read_file(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            let (line, column) = position(text, error.span().map_or(0, |span| span.start));
            let message = error.message().trim().replace('\n', ", ");
            Failure::new(
                Exit::Configuration,
                format!("{}:{line}:{column}: {message}", path.display()),
            )
            .help("the settings are explained in the file that `sandyq init` writes")
        })
    }

    /// The operator as far as it is given; [`Operator::mistakes`] says what is wrong with it.
    pub fn operator(&self) -> Operator {
        let person = |table: &PersonTable| Person {
            name: table.name.clone(),
            phone: table.phone.clone(),
            email: table.email.clone(),
        };
        let table = &self.operator;
        Operator {
            name: table.name.clone(),
            bin: table.bin.clone(),
            address: table.address.trim().to_owned(),
            phone: table.phone.clone(),
            email: table.email.clone(),
            site: table.site.trim_end_matches('/').to_owned(),
            responsible: person(&table.responsible),
            deputy: person(&table.deputy),
        }
    }

    /// Every setting that is missing or wrong, with what it must be; empty when the server may start.
    pub fn missing(&self) -> Vec<String> {
        let mut missing: Vec<String> = self
            .operator()
            .mistakes()
            .iter()
            .map(ToString::to_string)
            .collect();
        if self.smtp.host.trim().is_empty() {
            missing.push(
                "smtp.host is missing; name your mail server: consents are confirmed by mail (1.2)".into(),
            );
        }
        if !self.smtp.host.trim().is_empty() && !self.smtp.is_in_kazakhstan() {
            missing.push(format!(
                "smtp.host is `{}`, and nothing says that it stands in Kazakhstan (1.4, 4.3); if it does, name it in smtp.in_kazakhstan",
                self.smtp.host
            ));
        }
        if self.smtp.from.trim().is_empty() {
            missing.push("smtp.from is missing; give the address that letters come from".into());
        }
        missing.extend(self.identity_provider.iter().flat_map(ProviderTable::mistakes));
        missing.extend(self.webhooks.iter().flat_map(WebhooksTable::mistakes));
        if self.payments.port != DEMONSTRATION {
            missing.push(format!(
                "payments.port is missing or unknown; this release knows \"{DEMONSTRATION}\" only"
            ));
        }
        if !self.listen().ip().is_loopback() && !self.web.behind_tls {
            missing.push(
                "web.behind_tls is not true, and web.listen is open to others; people's data travels under TLS only"
                    .into(),
            );
        }
        let unknown = self.ledger.witnesses.iter().filter(|key| cosigner(key).is_none());
        missing.extend(unknown.map(|key| {
            format!("ledger.witnesses names `{key}`, which is no key that `sandyq-witness init` prints")
        }));
        missing
    }

    /// Where to listen.
    pub fn listen(&self) -> SocketAddr {
        self.web.listen.unwrap_or(LISTEN)
    }

    /// The same settings with another place to listen.
    pub fn listening(mut self, listen: Option<SocketAddr>) -> Self {
        self.web.listen = listen.or(self.web.listen);
        self
    }

    /// Whether TLS is spoken in front of the program.
    pub const fn behind_tls(&self) -> bool {
        self.web.behind_tls
    }

    /// The way to the mail server.
    ///
    /// # Errors
    /// When the file with the password cannot be read.
    pub fn smtp(&self, folder: &DataFolder) -> Result<Smtp, Failure> {
        let table = &self.smtp;
        let security = match table.security {
            SecurityWord::Tls => Security::Tls,
            SecurityWord::StartTls => Security::StartTls,
            SecurityWord::Plain => Security::Plain,
        };
        let port = table.port.unwrap_or(match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::Plain => 25,
        });
        let credentials = match (&table.user, &table.password_file) {
            (Some(user), Some(file)) => Some((user.clone(), first_line(&folder.path().join(file))?)),
            _ => None,
        };
        let authority = match &table.authority_file {
            Some(file) => {
                let path = folder.path().join(file);
                Some(fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?)
            }
            None => None,
        };
        Ok(Smtp {
            host: table.host.clone(),
            port,
            security,
            authority,
            credentials,
            from: table.from.clone(),
            hears_of_returns: table.returned.is_some(),
        })
    }

    /// The identity provider of staff, when there is one (5.1.4).
    ///
    /// # Errors
    /// When its settings cannot be followed, or a file of them cannot be read.
    pub fn identity_provider(&self, folder: &DataFolder) -> Result<Option<ProviderSettings>, Failure> {
        let table = self.identity_provider.as_ref();
        table.map(|table| table.settings(folder)).transpose()
    }

    /// What the settings say of addresses of recipients, when messages may go to any (4.2).
    pub const fn webhooks(&self) -> Option<&WebhooksTable> {
        self.webhooks.as_ref()
    }

    /// What lets messages go to addresses of recipients, when there is anything (4.2).
    ///
    /// # Errors
    /// When its settings cannot be followed, or a file of them cannot be read.
    pub fn webhook_settings(&self, folder: &DataFolder) -> Result<Option<WebhookSettings>, Failure> {
        let table = self.webhooks.as_ref();
        table.map(|table| table.settings(folder)).transpose()
    }

    /// The Maildir into which the mail server puts the letters that come back, when there is one (6.1).
    pub fn returned_letters(&self, folder: &DataFolder) -> Option<PathBuf> {
        let named = self.smtp.returned.as_ref();
        named.map(|named| folder.path().join(named))
    }

    /// Where everything lies.
    pub fn store_options(&self, folder: &DataFolder) -> StoreOptions {
        let options = StoreOptions::in_folder(folder.path());
        StoreOptions {
            database_url: self.database.url.clone(),
            epoch_schedule: EpochSchedule {
                hours: self.keys.epoch_hours.unwrap_or(EPOCH_HOURS_DEFAULT),
                deaths: self.keys.epoch_after_destructions.unwrap_or(EPOCH_DEATHS_DEFAULT),
            },
            epoch_files: options
                .epoch_files
                .iter()
                .cloned()
                .chain(self.keys.epoch_copy.as_ref().map(|copy| folder.path().join(copy)))
                .collect(),
            origin: self
                .ledger
                .origin
                .clone()
                .unwrap_or_else(|| options.origin.clone()),
            witnesses: self.witnesses(),
            ..options
        }
    }

    /// The keys of witnesses outside; [`Configuration::missing`] says which are none.
    pub fn witnesses(&self) -> Vec<VerifierKey> {
        let keys = self.ledger.witnesses.iter().filter_map(|key| cosigner(key));
        keys.collect()
    }

    /// What is on sale; nothing without a file.
    ///
    /// # Errors
    /// When the file cannot be read, or is no catalogue.
    pub fn catalogue(&self, folder: &DataFolder) -> Result<Catalogue, Failure> {
        let Some(file) = &self.catalogue.file else {
            return Ok(Catalogue::from_toml("licence = []")?);
        };
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, &error))?;
        Ok(Catalogue::from_toml(&text)?)
    }

    /// Where backups go, who can open them, how often they are made and how long they stay (5.1.6).
    pub fn backups(&self) -> BackupSettings {
        let table = &self.backup;
        BackupSettings {
            place: table.place.clone(),
            recipients: table.recipients.clone(),
            second_recipients: table.second_recipients.clone(),
            every_hours: table.every_hours,
            keep: Keep {
                all_days: table.keep_all_days,
                daily: table.keep_daily,
                weekly: table.keep_weekly,
                max_age_days: table.max_age_days,
            },
            drill_identities: [table.drill_identity.clone(), table.second_drill_identity.clone()],
            s3: table.s3.clone(),
        }
    }

    /// The second copy, as far as it is named.
    pub const fn second_copy(&self) -> &SecondCopyTable {
        &self.second_copy
    }

    /// Where the second copy lies and how far it may be behind; its old segments stay for as long as backups, and no longer than
    /// so many days.
    ///
    /// # Errors
    /// Exit 3 when the settings cannot be followed.
    pub fn second_copy_options(
        &self,
        folder: &DataFolder,
        days_at_most: u32,
    ) -> Result<Option<SecondCopyOptions>, Failure> {
        let days = self.backup.max_age_days.min(days_at_most);
        self.second_copy.options(folder, days)
    }

    /// Refuses places that lie in each other: of backups, of the second copy, of keys, and the data folder.
    ///
    /// # Errors
    /// Exit 3 names the two settings.
    pub fn places_apart(&self, data: &Path) -> Result<(), Failure> {
        let named = [
            ("keys.epoch_copy", self.keys.epoch_copy.as_deref()),
            (
                "keys.escrow.copy",
                self.keys.escrow.as_ref().and_then(EscrowTable::copy),
            ),
            ("second_copy.folder", self.second_copy.named()),
            ("backup.place", self.backup.folder()),
        ];
        let named = named
            .into_iter()
            .filter_map(|(setting, path)| Some(Place::named(setting, path?, data)));
        let places: Vec<Place> = std::iter::once(Place::data_folder(data)).chain(named).collect();
        places::apart(&places)
    }

    /// Where the root key comes from, before anything secret is asked for.
    pub const fn keys(&self) -> &KeysTable {
        &self.keys
    }

    /// Whether the database is a server, and not a file of the folder.
    pub const fn has_database_server(&self) -> bool {
        self.database.url.is_some()
    }
}

/// The key of a witness, when it is one.
fn cosigner(key: &str) -> Option<VerifierKey> {
    key.parse()
        .ok()
        .filter(|key: &VerifierKey| key.kind() == SignatureKind::Cosignature)
}

/// The first line of a file with a secret.
///
/// # Errors
/// When the file cannot be read.
pub fn first_line(path: &Path) -> Result<Plain<String>, Failure> {
    let text = fs::read_to_string(path)
        .map(Plain::new)
        .map_err(|error| Failure::file("read", path, &error))?;
    Ok(Plain::new(
        text.expose().lines().next().unwrap_or_default().to_owned(),
    ))
}

/// Line and column of a byte, from 1, the column in characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Where the server listens when nothing else is said: this machine only.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
/// A set is made so often when nothing else is said.
const EVERY_HOURS: u32 = 24;
/// The payment port that moves no money.
const DEMONSTRATION: &str = "demonstration";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Configuration, Failure> {
        Configuration::parse(text, Path::new("sandyq.toml"))
    }

    #[test]
    fn the_settings_that_init_writes_are_read_and_let_nothing_start() {
        let missing = parse(include_str!("settings.toml")).unwrap().missing();
        assert!(
            missing
                .iter()
                .any(|one| one.starts_with("operator.bin is missing")),
            "{missing:#?}"
        );
        assert!(
            missing.iter().any(|one| one.starts_with("operator.deputy.email")),
            "{missing:#?}"
        );
        assert!(
            missing.iter().any(|one| one.starts_with("payments.port")),
            "{missing:#?}"
        );
    }

    #[test]
    fn a_misspelt_setting_is_named_with_its_place() {
        let failure = parse("[web]\nlisten = \"127.0.0.1:1\"\nbehind_tsl = true\n").unwrap_err();
        assert_eq!(failure.exit, Exit::Configuration);
        assert!(
            failure
                .to_string()
                .starts_with("sandyq.toml:3:1: unknown field `behind_tsl`"),
            "{failure}"
        );
    }

    #[test]
    fn backups_are_made_daily_and_age_out_when_only_a_place_is_named() {
        let settings = parse("[backup]\nplace = \"/mnt/backup\"\nrecipients = [\"age1x\"]")
            .unwrap()
            .backups();
        assert_eq!(settings.place.as_deref(), Some("/mnt/backup"));
        assert_eq!((settings.every_hours, settings.keep), (24, Keep::default()));
        assert!(parse("[backup]\nmax_age = 3").is_err());
    }

    #[test]
    fn nobody_else_is_served_in_the_open() {
        let open = parse("[web]\nlisten = \"0.0.0.0:80\"").unwrap();
        assert!(open.missing().iter().any(|one| one.starts_with("web.behind_tls")));
        let closed = parse("[web]\nlisten = \"0.0.0.0:80\"\nbehind_tls = true").unwrap();
        assert!(
            !closed
                .missing()
                .iter()
                .any(|one| one.starts_with("web.behind_tls"))
        );
    }

    #[test]
    fn letters_are_handed_to_a_server_in_the_country_only() {
        let at = |host: &str, named: &[&str]| {
            SmtpTable {
                host: host.to_owned(),
                in_kazakhstan: named.iter().map(|name| (*name).to_owned()).collect(),
                ..SmtpTable::default()
            }
            .is_in_kazakhstan()
        };
        for host in [
            "localhost",
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "192.168.7.1",
            "fd00::1",
            "mail.example.kz",
            "MAIL.EXAMPLE.KZ.",
        ] {
            assert!(at(host, &[]), "{host}");
        }
        for host in [
            "smtp.example.com",
            "8.8.8.8",
            "2001:db8::1",
            "mail",
            "kz",
            "example.kz.example.com",
            "mail.notkz",
        ] {
            assert!(!at(host, &[]), "{host}");
            assert!(!at(host, &["mail.example.org"]), "{host}");
            assert!(at(host, &[host]), "{host}");
        }
        let unsure: Configuration = toml::from_str("[smtp]\nhost = \"smtp.example.com\"").unwrap();
        assert!(
            unsure
                .missing()
                .iter()
                .any(|one| one.contains("smtp.in_kazakhstan")),
            "{:?}",
            unsure.missing()
        );
    }
}
