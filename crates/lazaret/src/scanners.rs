//! What a scan looks for: `--scanners` and the flags that belong to one of them.

use crate::args::{CheckArgs, ScanArgs};
use crate::fail::{CommandError, Kind, Result};
use lazaret_check::license::{Class, Classes};
use lazaret_check::secret::SecretConfig;
use lazaret_scan::{Checks, SecretRules};
use std::path::Path;
use std::sync::Arc;

/// Where Trivy looks for rules for secrets when it is not told of any.
const SECRET_CONFIG_DEFAULT: &str = "trivy-secret.yaml";

/// What is looked for.
pub(crate) struct Scanners {
    /// Whether vulnerabilities are.
    pub(crate) vulnerabilities: bool,
    /// What else is.
    pub(crate) checks: Checks,
}

impl Scanners {
    /// Reads the flags. Without any it is vulnerabilities and secrets, as everywhere in this field.
    pub(crate) fn new(args: &ScanArgs) -> Result<Self> {
        let default = ["vuln".to_owned(), "secret".to_owned()];
        let words = if args.scanners.is_empty() { &default[..] } else { &args.scanners };
        let mut scanners = Self { vulnerabilities: false, checks: Checks::default() };
        for word in words {
            match word.as_str() {
                "vuln" => scanners.vulnerabilities = true,
                "secret" => scanners.checks.secrets = Some(secret_rules(&args.check)?),
                "misconfig" | "config" => scanners.checks.misconfiguration = true,
                "license" => {
                    scanners.checks.licenses = Some(classes(&args.check)?);
                    scanners.checks.license_files = args.check.license_full;
                }
                "none" if words.len() == 1 => {}
                other => {
                    let what = "expected vuln, secret, misconfig or license";
                    return Err(CommandError::usage(format!("`{other}` is not a scanner: {what}")));
                }
            }
        }
        Ok(scanners)
    }
}

fn secret_rules(args: &CheckArgs) -> Result<SecretRules> {
    let default = Path::new(SECRET_CONFIG_DEFAULT);
    let path = match &args.secret_config {
        Some(path) => path.as_path(),
        None if default.is_file() => default,
        None => return Ok(SecretRules::BuiltIn),
    };
    let wrong = |error: anyhow::Error| {
        let context = format!("{} holds no rules for secrets", path.display());
        CommandError::new(Kind::Config, error.context(context))
    };
    let bytes = std::fs::read(path).map_err(|error| {
        let context = format!("failed to read {}", path.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let config = SecretConfig::parse(&name, &bytes).map_err(|error| wrong(error.into()))?;
    let scanner = config.into_scanner().map_err(|error| wrong(error.into()))?;
    Ok(SecretRules::Custom(Arc::new(scanner)))
}

fn classes(args: &CheckArgs) -> Result<Classes> {
    let mut classes = Classes::default();
    for pair in &args.license_class {
        let parts = pair
            .split_once('=')
            .and_then(|(class, names)| class.parse::<Class>().ok().map(|class| (class, names)));
        let Some((class, names)) = parts else {
            let message = format!(
                "--license-class takes CLASS=LICENSE,LICENSE with one of {}, not `{pair}`",
                Class::ALL.map(Class::name).join(", ")
            );
            return Err(CommandError::usage(message));
        };
        classes.set(class, names.split(',').filter(|name| !name.trim().is_empty()));
    }
    Ok(classes)
}
