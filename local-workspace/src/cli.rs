//! The command line. Every option has a default with which an app finds its local workspace unasked.

use crate::identity::{USERS, User};
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// The app connection that the defaults describe; the same on every machine, so that an `.env` can name it.
pub const DEFAULT_CLIENT_ID: Uuid = Uuid::from_u128(0x5d3c_f1a0_7b42_4e1c_9a56_2f08_c4de_71b9);

#[derive(Debug, Parser)]
#[command(version, about = "A local stand-in for a Databricks workspace")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the workspace until it is interrupted
    Serve(ServeOptions),
    /// Run the workspace beside a command, which finds it through DATABRICKS_* variables, and stop with it
    Exec {
        #[command(flatten)]
        options: ExecOptions,
        /// The command and its arguments
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct ServeOptions {
    /// Address to listen on: loopback only, port 0 picks a free one
    #[arg(long, default_value = "127.0.0.1:8484")]
    pub listen: SocketAddr,
    /// Stop when the standard input is closed, as happens when the program that started this one ends
    #[arg(long)]
    pub end_with_stdin: bool,
    #[command(flatten)]
    pub common: CommonOptions,
}

#[derive(Debug, Args)]
pub struct ExecOptions {
    /// Address to listen on: loopback only, port 0 picks a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub common: CommonOptions,
}

#[derive(Debug, Args)]
pub struct CommonOptions {
    /// Lifetime of access tokens
    #[arg(long, default_value = "1h", value_parser = parse_duration)]
    pub access_ttl: Duration,
    /// Lifetime of refresh tokens; starts anew with each rotation
    #[arg(long, default_value = "7d", value_parser = parse_duration)]
    pub refresh_ttl: Duration,
    /// Lifetime of a whole session, from the sign-in on; without it, refreshing goes on without an end
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub session_ttl: Option<Duration>,
    /// Refresh tokens can be used again and again, as on app connections without single-use tokens
    #[arg(long)]
    pub reusable_refresh_tokens: bool,
    /// No revocation endpoint, as on the real service
    #[arg(long)]
    pub no_revocation: bool,
    /// A personal access token for this user, told in the ready line; may be given several times
    #[arg(long = "personal-token", value_name = "USER", value_parser = parse_user)]
    pub personal_tokens: Vec<&'static User>,
    /// How long a stopped warehouse takes to start; 0s has it running from the beginning
    #[arg(long, default_value = "0s", value_parser = parse_duration)]
    pub warehouse_start: Duration,
    /// How long a running warehouse may be idle before it stops; 0s: it never does
    #[arg(long, default_value = "10m", value_parser = parse_duration)]
    pub auto_stop: Duration,
    /// How many statements a warehouse runs at a time; further ones wait
    #[arg(long, default_value = "10", value_name = "NUMBER")]
    pub warehouse_slots: NonZeroU16,
    /// Lifetime of the links to large results
    #[arg(long, default_value = "15m", value_parser = parse_duration)]
    pub link_ttl: Duration,
    /// A folder of CSV, JSON lines and Arrow files: FOLDER/trips.csv becomes local.FOLDER.trips
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Scale factor of samples.tpch, up to 1: 0.01 has 60,175 line items, 1 six million, all in memory
    #[arg(long, default_value = "0.01", value_parser = parse_scale)]
    pub tpch_scale: f64,
    /// The app connection's client id
    #[arg(long, default_value_t = DEFAULT_CLIENT_ID, value_name = "UUID")]
    pub client_id: Uuid,
    /// The app connection's secret; a new random one per start unless given
    #[arg(long, value_name = "SECRET")]
    pub client_secret: Option<String>,
    /// A public client: PKCE alone, no secret
    #[arg(long, conflicts_with = "client_secret")]
    pub public_client: bool,
    /// A registered redirect URI, compared letter by letter; may be given several times
    #[arg(long = "redirect-uri", default_value = "http://localhost:5173/token", value_name = "URI", value_parser = parse_redirect_uri)]
    pub redirect_uris: Vec<String>,
}

/// A whole number with a unit: `20s`, `15m`, `1h`, `7d`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is not a duration: write a whole number and a unit, such as 20s, 15m, 1h or 7d");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3_600),
        "d" => number.checked_mul(86_400),
        _ => None,
    };
    // A century keeps every later sum of an instant and a duration within range.
    seconds.filter(|seconds| *seconds <= 100 * 365 * 86_400).map(Duration::from_secs).ok_or_else(wrong)
}

fn parse_user(id: &str) -> Result<&'static User, String> {
    let known = || USERS.each_ref().map(|user| user.id).join(", ");
    User::by_id(id).ok_or_else(|| format!("there is no user '{id}'; known are {}", known()))
}

/// The tables are in memory, which is why there is an end to it.
fn parse_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if (0.001..=1.0).contains(&scale) => Ok(scale),
        _ => Err("a scale factor is a number from 0.001 to 1".to_owned()),
    }
}

/// Kept as text, because a redirect URI is compared letter by letter.
fn parse_redirect_uri(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.fragment().is_none() => Ok(text.to_owned()),
        _ => Err("a redirect URI is an absolute http or https URL without a fragment".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_a_unit() {
        for (text, seconds) in [("0s", 0), ("20s", 20), ("15m", 900), ("1h", 3_600), ("7d", 604_800)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "20", "s", "1w", "-1s", "1.5h", "99999999999999999999s", "99999999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
