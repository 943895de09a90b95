//! Where reports go, and in what form: formats, and templates of the user's own.

use crate::fail::{CommandError, Kind, Result};
use lazaret_report::{Format, TEMPLATE, TEMPLATE_BYTES_MAX, Template, contrib};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One report to write. Without a file it goes to standard output.
pub(crate) struct Output {
    pub(crate) form: Form,
    pub(crate) file: Option<PathBuf>,
}

/// How a report is written.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    Format(Format),
    Template(Arc<Template>),
}

/// What `--format`, `--output`, `--template` and each `--report` ask for. The template is read
/// once, and before anything is scanned.
pub(crate) fn outputs(
    format: Option<&str>,
    file: Option<&Path>,
    template: Option<&str>,
    reports: &[String],
) -> Result<Vec<Output>> {
    let mut asked = vec![(format, file.map(Path::to_owned))];
    for report in reports {
        let (word, file) = report.split_once('=').ok_or_else(|| {
            CommandError::usage(format!("--report takes FORMAT=FILE, not `{report}`"))
        })?;
        asked.push((Some(word), Some(file.into())));
    }
    let wants_template = asked.iter().any(|(word, _)| *word == Some(TEMPLATE));
    let own = match (template, wants_template) {
        (Some(template), true) => Some(self::template(template)?),
        (None, true) => {
            let message = "the format `template` takes a template";
            return Err(CommandError::usage(message).hint("name one with --template FILE"));
        }
        (Some(_), false) => {
            let message = "--template is for the format `template`, which is not asked for";
            return Err(CommandError::usage(message).hint("add --format template"));
        }
        (None, false) => None,
    };
    let form = |word: Option<&str>| match (word, &own) {
        (None, _) => Ok(Form::Format(Format::Table)),
        (Some(TEMPLATE), Some(own)) => Ok(own.clone()),
        (Some(word), _) => word.parse().map(Form::Format).map_err(CommandError::usage),
    };
    asked.into_iter().map(|(word, file)| Ok(Output { form: form(word)?, file })).collect()
}

/// The template of a flag: a file, with `@` in front or without, or the text itself.
///
/// Templates that Trivy brings along are asked for by their path, `@contrib/html.tpl` or wherever
/// Trivy is installed. Where that is not, a format of ours stands in.
fn template(value: &str) -> Result<Form> {
    let (path, is_file) = match value.strip_prefix('@') {
        Some(path) => (Path::new(path), true),
        None => (Path::new(value), !value.contains(['\n', '{'])),
    };
    if !is_file {
        return parsed("template", value);
    }
    if !path.exists() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_contrib = path.parent().is_some_and(|folder| folder.ends_with("contrib"));
        return match contrib(name) {
            Some(format) if is_contrib => Ok(Form::Format(format)),
            _ => {
                let message = format!("there is no template {}", path.display());
                let hint = "a template is a file, or a text that has {{ or {% in it";
                Err(CommandError::usage(message).hint(hint))
            }
        };
    }
    let failed = |error: std::io::Error| {
        let context = format!("failed to read the template {}", path.display());
        CommandError::new(Kind::Usage, anyhow::Error::new(error).context(context))
    };
    let mut text = String::new();
    let most = u64::try_from(TEMPLATE_BYTES_MAX).unwrap_or(u64::MAX);
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(most.saturating_add(1)).read_to_string(&mut text).map_err(failed)?;
    parsed(&path.display().to_string(), &text)
}

fn parsed(name: &str, text: &str) -> Result<Form> {
    let template = Template::parse(name, text).map_err(|error| {
        let context = anyhow::Error::new(error).context("the template cannot be read");
        CommandError::new(Kind::Usage, context)
    })?;
    Ok(Form::Template(Arc::new(template)))
}
