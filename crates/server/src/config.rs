//! The command line. Every option also by environment (`QIANBAO_…`) and by a TOML file (`--config`): flag before environment before
//! file before default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use serde::Deserialize;

use crate::database::{Address, AddressError, Database};
use crate::door::client_address::TrustedProxy;
use crate::hosts::{Hosts, Transport};
use crate::traces::TraceOptions;

/// A digital wallet that an organisation runs for its people and shops.
#[derive(Debug, Parser)]
#[command(name = "qianbao", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the wallet, the desk and their API until SIGINT or SIGTERM.
    Serve(Box<ServeOptions>),
    /// Recompute every balance, claim and guard of both realms from the postings. Exit code 1 when something does not hold.
    Audit(DataOptions),
    /// Copy both realms into a new folder, checked and audited; also while a server runs on them.
    Backup(BackupOptions),
    /// Make a new data folder from a backup, in which every cursor and session of before is over.
    Restore(RestoreOptions),
    /// Do to a database that Postgres' own tools have restored what `restore` does to a folder. No server may be running.
    BeginLife(DataOptions),
    /// Audit, and where the books are right let refunds and payouts go on that an audit has stopped.
    Resume(DataOptions),
    /// Make demo people, a demo shop and some history in an empty data folder.
    Seed(DataOptions),
    /// List the money from the bank that nobody could be found for, or that could not be booked, oldest first, as tab-separated lines.
    Held(DataOptions),
    /// Write the built-in limits and rates with their sources, in the form that `serve --limits` takes.
    Limits,
    /// Make a new operator key for codes and receipts; the present one stays valid for verification.
    RotateKeys(DataOptions),
    /// Write the OpenAPI 3 document to standard output.
    Openapi,
}

/// Where everything lies.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct DataOptions {
    /// TOML file with options, named as the flags without the dashes in front.
    #[arg(long, value_name = "FILE", env = "QIANBAO_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder that holds both realms; made when missing. [default: data]
    #[arg(long, value_name = "DIR", env = "QIANBAO_DATA")]
    pub data: Option<PathBuf>,
    /// Postgres database that holds both realms, such as `postgres://user@host/database`; keys stay in the folder. A password is better given
    /// by the environment or the file. [default: SQLite in the folder]
    #[arg(long, value_name = "URL", env = "QIANBAO_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

/// Options of `backup`.
#[derive(Args, Clone, Debug)]
pub struct BackupOptions {
    /// Where everything lies.
    #[command(flatten)]
    pub data: DataOptions,
    /// Folder to make. Nothing may be there; it will hold the keys, so keep it as safe as the data.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

/// Options of `restore`.
#[derive(Args, Clone, Debug)]
pub struct RestoreOptions {
    /// Where everything is to lie. Nothing may be there, or an empty folder.
    #[command(flatten)]
    pub data: DataOptions,
    /// Folder that `backup` has made.
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
}

/// Options of `serve`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ServeOptions {
    /// TOML file with options, named as the flags without the dashes in front.
    #[arg(long, value_name = "FILE", env = "QIANBAO_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder that holds both realms; made when missing. [default: data]
    #[arg(long, value_name = "DIR", env = "QIANBAO_DATA")]
    pub data: Option<PathBuf>,
    /// Postgres database that holds both realms, such as `postgres://user@host/database`; keys stay in the folder. A password is better given
    /// by the environment or the file. [default: SQLite in the folder]
    #[arg(long, value_name = "URL", env = "QIANBAO_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// Address to listen on. [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDR", env = "QIANBAO_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Domain of the hosts wallet.DOMAIN, desk.DOMAIN, …, with its port if it is not the scheme's own.
    /// [default: localhost and the port of --listen]
    #[arg(long, value_name = "DOMAIN", env = "QIANBAO_DOMAIN")]
    pub domain: Option<String>,
    /// Folder of the built browser apps: DIR/app and DIR/desk. [default: target/site]
    #[arg(long, value_name = "DIR", env = "QIANBAO_SITE")]
    pub site: Option<PathBuf>,
    /// Address of the bank. [default: the sandbox on port 8788 of this machine]
    #[arg(long, value_name = "URL", env = "QIANBAO_BANK_URL")]
    pub bank_url: Option<String>,
    /// Certificate chain, PEM. With --tls-key the server speaks TLS itself.
    #[arg(long, value_name = "FILE", env = "QIANBAO_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of --tls-cert, PEM, mode 0600.
    #[arg(long, value_name = "FILE", env = "QIANBAO_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Scheme by which browsers reach the hosts: `https` behind a proxy that ends TLS and passes the Host header on.
    /// [default: https with --tls-cert, else http]
    #[arg(long, value_name = "SCHEME", env = "QIANBAO_PUBLIC_SCHEME")]
    pub public_scheme: Option<Transport>,
    /// Address or network of a proxy whose `X-Forwarded-For` is believed; repeatable, in the environment with commas. Tries of
    /// passwords then count for the clients' addresses and not for the proxy's. [default: none]
    #[arg(long, value_name = "ADDR[/LEN]", env = "QIANBAO_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<TrustedProxy>>,
    /// Longest time for an answer, milliseconds, 100–60000. [default: 10000]
    #[arg(long, value_name = "MS", env = "QIANBAO_ANSWER_MS_MAX")]
    pub answer_ms_max: Option<u32>,
    /// Passwords checked at the same time, 1–64; each takes 19 MiB. [default: 2]
    #[arg(long, value_name = "N", env = "QIANBAO_PASSWORD_WORKERS")]
    pub password_workers: Option<u32>,
    /// Event streams open at the same time, 1–100000. [default: 2000]
    #[arg(long, value_name = "N", env = "QIANBAO_STREAMS_MAX")]
    pub streams_max: Option<u32>,
    /// Event streams of one person open at the same time, 1–1000. [default: 20]
    #[arg(long, value_name = "N", env = "QIANBAO_PERSON_STREAMS_MAX")]
    pub person_streams_max: Option<u32>,
    /// Minutes without a request after which a wallet session asks to sign in again, 1–720. [default: 15]
    #[arg(long, value_name = "MINUTES", env = "QIANBAO_SESSION_IDLE_MINUTES")]
    pub session_idle_minutes: Option<u32>,
    /// Hours that somebody with a recovery code has to wait, while every device of the person is told, 24–72. [default: 24]
    #[arg(long, value_name = "HOURS", env = "QIANBAO_RECOVERY_HOURS")]
    pub recovery_hours: Option<u32>,
    /// Hours after a recovery in which payments have lower limits, 24–720. [default: 72]
    #[arg(long, value_name = "HOURS", env = "QIANBAO_RECOVERY_LIMITS_HOURS")]
    pub recovery_limits_hours: Option<u32>,
    /// Limits and rates in the form that `qianbao limits` prints; checked at the start. [default: the built-in ones]
    #[arg(long, value_name = "FILE", env = "QIANBAO_LIMITS")]
    pub limits: Option<PathBuf>,
    /// Most requests that move value at the same time, 1–100000; fewer are let in while answers are slow. [default: 2000]
    #[arg(long, value_name = "N", env = "QIANBAO_VALUE_IN_FLIGHT_MAX")]
    pub value_in_flight_max: Option<u32>,
    /// Address where Prometheus may read metrics; never one that the public reaches. [default: none]
    #[arg(long, value_name = "ADDR", env = "QIANBAO_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// Megabytes that must be free on the disk of --data, or the server says that it is not ready, 0–1000000. [default: 200]
    #[arg(long, value_name = "MB", env = "QIANBAO_DISK_FREE_MB_MIN")]
    pub disk_free_mb_min: Option<u32>,
    /// Seconds between two comparisons of every balance with the log, 1–86400. [default: 600]
    #[arg(long, value_name = "SECONDS", env = "QIANBAO_AUDIT_SECONDS")]
    pub audit_seconds: Option<u32>,
    /// Address where an OpenTelemetry collector takes traces by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`. [default: none]
    #[arg(long, value_name = "URL", env = "QIANBAO_TRACE_TO")]
    pub trace_to: Option<String>,
    /// How many of a thousand traces are kept where no trusted proxy has decided that, 0–1000. [default: 1000]
    #[arg(long, value_name = "N", env = "QIANBAO_TRACE_PER_MILLE")]
    pub trace_per_mille: Option<u32>,
    /// What is logged, as in `info,qianbao_server=debug`. [default: info]
    #[arg(long, value_name = "FILTER", env = "QIANBAO_LOG")]
    pub log: Option<String>,
}

/// Options that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The file could not be read.
    #[error("expected a readable file with options at {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("expected options in TOML at {path}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The address of the database.
    #[error(transparent)]
    Database(#[from] AddressError),
    /// A number is out of its range.
    #[error("expected --{option} from {least} to {most}, found {found}")]
    Range {
        /// The option.
        option: &'static str,
        /// Smallest.
        least: u32,
        /// Largest.
        most: u32,
        /// What was given.
        found: u32,
    },
    /// One of two options that belong together is missing.
    #[error("expected --tls-cert and --tls-key together")]
    HalfTls,
    /// The server speaks TLS, and browsers are said not to.
    #[error(
        "expected --public-scheme https, or none, with --tls-cert; found http: browsers would come by HTTPS all the same"
    )]
    PlainTls,
}

/// What `serve` runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of both realms.
    pub data: PathBuf,
    /// Where ledgers and directories lie.
    pub database: Database,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The hosts.
    pub hosts: Hosts,
    /// How browsers reach the server.
    pub transport: Transport,
    /// Whose word about a client's address is believed.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// Folder of the browser apps.
    pub site: PathBuf,
    /// Address of the bank.
    pub bank_url: String,
    /// Certificate chain and private key.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Longest time for an answer, milliseconds.
    pub answer_ms_max: u32,
    /// Passwords checked at the same time.
    pub password_workers: u32,
    /// Event streams open at the same time.
    pub streams_max: u32,
    /// Event streams of one person open at the same time.
    pub person_streams_max: u32,
    /// Minutes until an unused wallet session is over.
    pub session_idle_minutes: u32,
    /// Hours that a recovery waits.
    pub recovery_hours: u32,
    /// Hours in which payments have lower limits after it.
    pub recovery_limits_hours: u32,
    /// File with limits and rates, in place of the built-in ones.
    pub limits: Option<PathBuf>,
    /// Most requests that move value at the same time.
    pub value_in_flight_max: u32,
    /// Where Prometheus may read metrics.
    pub metrics_listen: Option<SocketAddr>,
    /// Megabytes that must be free on the disk of the data.
    pub disk_free_mb_min: u32,
    /// Seconds between two comparisons of every balance with the log.
    pub audit_seconds: u32,
    /// Where traces go, if anywhere.
    pub traces: Option<TraceOptions>,
    /// What is logged.
    pub log: String,
}

macro_rules! merge {
    ($given:ident, $file:ident, $($field:ident),*) => {
        ServeOptions { config: $given.config, $($field: $given.$field.or($file.$field)),* }
    };
}

impl ServeOptions {
    /// Flags and environment over the file over the defaults.
    ///
    /// # Errors
    /// When the file or a value cannot be used.
    pub fn resolve(self) -> Result<Config, OptionsError> {
        let given = self;
        let file: Self = read(given.config.as_deref())?;
        let all = merge!(
            given,
            file,
            data,
            database,
            listen,
            domain,
            site,
            bank_url,
            tls_cert,
            tls_key,
            public_scheme,
            trusted_proxy,
            answer_ms_max,
            password_workers,
            streams_max,
            person_streams_max,
            session_idle_minutes,
            recovery_hours,
            recovery_limits_hours,
            limits,
            value_in_flight_max,
            metrics_listen,
            disk_free_mb_min,
            audit_seconds,
            trace_to,
            trace_per_mille,
            log
        );
        let per_mille = within("trace-per-mille", all.trace_per_mille, 1_000, 0, 1_000)?;
        let listen = all.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8787)));
        let tls = match (all.tls_cert, all.tls_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err(OptionsError::HalfTls),
        };
        let transport = match (all.public_scheme, &tls) {
            (Some(Transport::Plain), Some(_)) => return Err(OptionsError::PlainTls),
            (Some(said), _) => said,
            (None, Some(_)) => Transport::Tls,
            (None, None) => Transport::Plain,
        };
        let domain = all.domain.unwrap_or_else(|| format!("localhost:{}", listen.port()));
        Ok(Config {
            data: all.data.unwrap_or_else(|| PathBuf::from("data")),
            database: database(all.database.as_deref())?,
            listen,
            hosts: Hosts::new(&domain, transport),
            transport,
            trusted_proxies: all.trusted_proxy.unwrap_or_default(),
            site: all.site.unwrap_or_else(|| PathBuf::from("target/site")),
            bank_url: all.bank_url.unwrap_or_else(|| "http://127.0.0.1:8788".to_owned()),
            tls,
            answer_ms_max: within("answer-ms-max", all.answer_ms_max, 10_000, 100, 60_000)?,
            password_workers: within("password-workers", all.password_workers, 2, 1, 64)?,
            streams_max: within("streams-max", all.streams_max, 2_000, 1, 100_000)?,
            person_streams_max: within("person-streams-max", all.person_streams_max, 20, 1, 1_000)?,
            session_idle_minutes: within("session-idle-minutes", all.session_idle_minutes, 15, 1, 720)?,
            recovery_hours: within("recovery-hours", all.recovery_hours, 24, 24, 72)?,
            recovery_limits_hours: within("recovery-limits-hours", all.recovery_limits_hours, 72, 24, 720)?,
            limits: all.limits,
            value_in_flight_max: within("value-in-flight-max", all.value_in_flight_max, 2_000, 1, 100_000)?,
            metrics_listen: all.metrics_listen,
            disk_free_mb_min: within("disk-free-mb-min", all.disk_free_mb_min, 200, 0, 1_000_000)?,
            audit_seconds: within("audit-seconds", all.audit_seconds, 600, 1, 86_400)?,
            traces: all.trace_to.map(|to| TraceOptions { to, per_mille }),
            log: all.log.unwrap_or_else(|| "info".to_owned()),
        })
    }
}

impl DataOptions {
    /// The data folder: flag or environment over the file over the default.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn folder(self) -> Result<PathBuf, OptionsError> {
        Ok(self.resolve()?.0)
    }

    /// The data folder, and where ledgers and directories lie: flag or environment over the file over the default.
    ///
    /// # Errors
    /// When the file or the address cannot be used.
    pub fn resolve(self) -> Result<(PathBuf, Database), OptionsError> {
        // The file may hold options of `serve` as well: one file serves all commands.
        let file: ServeOptions = read(self.config.as_deref())?;
        let data = self.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        Ok((data, database(self.database.or(file.database).as_deref())?))
    }
}

fn database(address: Option<&str>) -> Result<Database, AddressError> {
    address.map_or(Ok(Database::Folder), |address| Ok(Database::Postgres(address.parse::<Address>()?)))
}

fn read(path: Option<&Path>) -> Result<ServeOptions, OptionsError> {
    let Some(path) = path else { return Ok(ServeOptions::default()) };
    let text = std::fs::read_to_string(path)
        .map_err(|source| OptionsError::Unreadable { path: path.to_path_buf(), source })?;
    toml::from_str(&text)
        .map_err(|source| OptionsError::Malformed { path: path.to_path_buf(), source: Box::new(source) })
}

fn within(option: &'static str, given: Option<u32>, default: u32, least: u32, most: u32) -> Result<u32, OptionsError> {
    let found = given.unwrap_or(default);
    if (least..=most).contains(&found) { Ok(found) } else { Err(OptionsError::Range { option, least, most, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::{Audience, RealmName};

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("qianbao.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:9300\"\nstreams-max = 7\n").expect("the file is written");
        let options = ServeOptions { config: Some(file.clone()), streams_max: Some(9), ..ServeOptions::default() };
        let config = options.resolve().expect("the options are right");
        assert_eq!((config.listen.port(), config.streams_max, config.answer_ms_max), (9300, 9, 10_000));
        assert!(config.hosts.place("wallet.localhost:9300").is_some());

        std::fs::write(&file, "streems-max = 7\n").expect("the file is written");
        let misspelt = ServeOptions { config: Some(file), ..ServeOptions::default() }.resolve();
        assert!(matches!(misspelt, Err(OptionsError::Malformed { .. })));
    }

    #[test]
    fn a_number_out_of_range_is_refused() {
        let options = ServeOptions { password_workers: Some(0), ..ServeOptions::default() };
        assert!(matches!(options.resolve(), Err(OptionsError::Range { option: "password-workers", found: 0, .. })));
    }

    #[test]
    fn the_public_scheme_is_that_of_the_server_unless_a_proxy_stands_before_it() {
        let origin = |options: ServeOptions| {
            let domain = Some("example.org".to_owned());
            let config = ServeOptions { domain, ..options }.resolve()?;
            Ok::<_, OptionsError>((config.transport, config.hosts.origin(RealmName::Live, Audience::Wallet)))
        };
        let plain = ServeOptions::default();
        let (certificate, key) = (Some(PathBuf::from("a.pem")), Some(PathBuf::from("a.key")));
        let tls = ServeOptions { tls_cert: certificate, tls_key: key, ..ServeOptions::default() };
        let said = |public_scheme, options: &ServeOptions| ServeOptions { public_scheme, ..options.clone() };
        let (http, https) = ("http://wallet.example.org".to_owned(), "https://wallet.example.org".to_owned());
        for (options, expected) in [
            (plain.clone(), (Transport::Plain, http.clone())),
            (tls.clone(), (Transport::Tls, https.clone())),
            (said(Some(Transport::Plain), &plain), (Transport::Plain, http)),
            (said(Some(Transport::Tls), &plain), (Transport::Tls, https.clone())),
            (said(Some(Transport::Tls), &tls), (Transport::Tls, https)),
        ] {
            assert_eq!(origin(options).expect("right options"), expected);
        }
        assert!(matches!(origin(said(Some(Transport::Plain), &tls)), Err(OptionsError::PlainTls)));

        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("qianbao.toml");
        std::fs::write(&file, "public-scheme = \"https\"\n").expect("the file is written");
        let options = ServeOptions { config: Some(file), ..ServeOptions::default() };
        assert_eq!(options.resolve().expect("right options").transport, Transport::Tls);
        let parse = |scheme: &str| Cli::try_parse_from(["qianbao", "serve", "--public-scheme", scheme]);
        assert!(parse("https").is_ok() && parse("ftp").is_err());
    }

    #[test]
    fn proxies_are_named_one_by_one_or_as_a_list() {
        let proxies =
            |texts: &[&str]| -> Vec<TrustedProxy> { texts.iter().map(|text| text.parse().expect("a proxy")).collect() };
        let given = |arguments: &[&str]| {
            let cli = Cli::try_parse_from(["qianbao", "serve"].iter().chain(arguments)).expect("right options");
            let Command::Serve(options) = cli.command else { panic!("serve was asked for") };
            options.resolve().expect("right options").trusted_proxies
        };
        assert_eq!(given(&[]), []);
        let each = given(&["--trusted-proxy", "10.0.0.7", "--trusted-proxy", "fd00::/64"]);
        assert_eq!(each, proxies(&["10.0.0.7", "fd00::/64"]));
        assert_eq!(given(&["--trusted-proxy", "10.0.0.7,fd00::/64"]), each, "as in the environment");
        assert!(Cli::try_parse_from(["qianbao", "serve", "--trusted-proxy", "0.0.0.0/0"]).is_err());

        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("qianbao.toml");
        std::fs::write(&file, "trusted-proxy = [\"10.0.0.7\", \"fd00::/64\"]\n").expect("the file is written");
        let options = ServeOptions { config: Some(file.clone()), ..ServeOptions::default() };
        assert_eq!(options.resolve().expect("right options").trusted_proxies, each);
        std::fs::write(&file, "trusted-proxy = [\"our proxy\"]\n").expect("the file is written");
        let wrong = ServeOptions { config: Some(file), ..ServeOptions::default() }.resolve();
        assert!(matches!(wrong, Err(OptionsError::Malformed { .. })));
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
